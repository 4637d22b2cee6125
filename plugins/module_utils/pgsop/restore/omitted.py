# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that a restore with --keep-going left out: one list, for the report and for a file."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ..backup import names
from ..backup.config import BackupConfig
from ..files import FileMode, group_name, user_name, write_atomically
from ..json_text import to_json


@dataclass(frozen=True)
class Omitted:
    """One object that the restored database does not have.

    Attributes:
        kind: of the object: constraint, index, view, generated column, ...
        name: of the object, with its schema.
        statement: SQL that creates it once its cause is fixed; empty for kinds with statements that may hold passwords.
        message: why it could not be restored, without values of rows.
    """

    kind: str
    name: str
    statement: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return kind, name, statement and message."""
        return dataclasses.asdict(self)


def save(config: BackupConfig, target: str, omitted: Sequence[Omitted]) -> str:
    """Write the list to the state directory, for the cluster's owner only (mode 0600), and return its path.

    Args:
        config: with the state directory.
        target: name of the restored database.
        omitted: the list.

    Raises:
        PgsopError: the file cannot be written.
    """
    # Any name of a database is one of a file, except for the slash.
    file = f"omitted-{target.replace('/', '_')}-{names.stamp(time.time())}.json"
    path = os.path.join(config.state_directory, file)
    mode = FileMode(user_name(os.geteuid()), group_name(os.getegid()), 0o600)
    text = to_json([each.as_dict() for each in omitted], indent=1) + "\n"
    write_atomically(path, text, mode)
    return path
