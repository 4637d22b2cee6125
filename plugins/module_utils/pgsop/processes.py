# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of a server, from /proc: not only the postmaster and what it starts, but all that its unit runs."""

from __future__ import annotations

import os


def all_processes() -> list[int]:
    """Return the ids of all processes, in ascending order."""
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def server_processes(postmaster: int | None, unit: str) -> frozenset[int]:
    """Return the ids of all processes of one server.

    Args:
        postmaster: its process id, None if it does not run.
        unit: name of the server's unit, as in ``postgresql@17-main.service``.

    Returns:
        The postmaster, the processes in the unit's control group (version 1 or 2), and the descendants of all of these;
        empty without a postmaster. Without systemd, a process that has detached itself from its parent is missing.
    """
    if postmaster is None:
        return frozenset()
    # The whole path counts: a container on this host may run a unit of the same name.
    group = _unit_groups(postmaster, unit)
    parents: dict[int, int] = {}
    found: set[int] = {postmaster}
    for pid in all_processes():
        parents[pid] = _parent(pid)
        if group & _unit_groups(pid, unit):
            found.add(pid)
    size = -1
    while size != len(found):
        size = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return frozenset(found)


def _parent(pid: int) -> int:
    """Return the process id of the parent (proc(5), the second field after the name in parentheses); 0 if there is no parent."""
    try:
        return int(_read(pid, "stat").rpartition(")")[2].split()[1])
    except (IndexError, ValueError):
        return 0


def _unit_groups(pid: int, unit: str) -> set[str]:
    """Control groups of a unit that a process is in: HIERARCHY:CONTROLLERS:PATH of /proc/PID/cgroup, up to the unit."""
    lines = (line.partition(f"/{unit}") for line in _read(pid, "cgroup").splitlines())
    return {before + name for before, name, after in lines if name and after[:1] in ("", "/")}


def _read(pid: int, name: str) -> str:
    """Return the contents of a file of a process; empty if the process has ended or hides it."""
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return ""
