# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a stopped server: to remove a declared value that keeps it from starting, no session is needed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from .. import service
from ..cluster import Cluster
from ..files import FileMode, read_state, restore, write_atomically
from ..transaction import transaction
from .plan import SettingsPlan
from .server import FileEntry

#: A line as ALTER SYSTEM writes it; quotes in the value are doubled.
_LINE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_$.]*)\s*=\s*'(.*)'\s*")


def auto_conf(cluster: Cluster) -> str:
    """Return the path of the file that ALTER SYSTEM writes."""
    return os.path.join(cluster.data_directory, "postgresql.auto.conf")


def auto_conf_entries(cluster: Cluster, names: Collection[str]) -> list[FileEntry]:
    """Return the lines of postgresql.auto.conf that override these settings, read without the server."""
    path = auto_conf(cluster)
    wanted = {name.lower() for name in names}
    found = []
    for number, line in enumerate((read_state(path).text or "").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match and match.group(1).lower() in wanted:
            value = match.group(2).replace("''", "'")
            found.append(FileEntry(path, number, match.group(1), value, applied=False, error=None))
    return found


def start(plan: SettingsPlan, cluster: Cluster) -> None:
    """Write what differs and start the server.

    Args:
        plan: made without the server.
        cluster: stopped.

    Raises:
        PgsopError: the server does not start; the previous files are back.
    """
    with transaction() as undo:
        if plan.writes:
            undo.callback(restore, plan.before)
            write_atomically(plan.before.path, plan.text, plan.mode)
        before = plan.auto_conf
        if before is not None:
            undo.callback(restore, before)
            gone = {entry.sourceline for entry in plan.resets}
            lines = (before.text or "").splitlines(keepends=True)
            kept = "".join(line for number, line in enumerate(lines, start=1) if number not in gone)
            write_atomically(before.path, kept, FileMode(before.owner, before.group, before.mode))
        service.restart(cluster)
