# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions as files of a set."""

from __future__ import annotations

import json
import os

from ...errors import PgsopError
from ...files import FileMode, group_name, user_name, write_atomically
from ...json_text import to_json
from .catalogue import Description


def save(path: str, description: Description) -> None:
    """Write a description as JSON to a file with the folder's owner and mode 0600.

    Raises:
        PgsopError: the file cannot be written.
        OSError: its folder does not exist.
    """
    status = os.stat(os.path.dirname(path))
    mode = FileMode(user_name(status.st_uid), group_name(status.st_gid), 0o600)
    write_atomically(path, to_json(description, indent=0, sort_keys=True) + "\n", mode)


def load(path: str) -> Description:
    """Return the description in a file.

    Raises:
        PgsopError: the file cannot be read, or is not JSON.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            description: Description = json.load(handle)
    except (OSError, ValueError) as error:
        raise PgsopError(
            attempted="read the description of the database's objects",
            target=path,
            answer=getattr(error, "strerror", None) or str(error),
            next_step="restore from another set; 'pgsop backups --verify' tells which ones are whole",
        ) from error
    return description
