# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and CPUs that the kernel lets a server use, after the limits of cgroups v1, v2 and both at once.
A process is bound by the limits of its own control group and of every group above it. Files that are missing,
``max`` and the huge numbers of cgroup v1 mean "no limit".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import PgsopError

#: Process 1 stands for the host, or for the container where this runs in one.
_INIT_PID = 1

#: How /proc/PID/cgroup writes the one hierarchy of cgroup v2 that holds all controllers ("0::/system.slice").
_UNIFIED = ""

_MEM_TOTAL = re.compile(r"^MemTotal:\s+(\d+) kB$", re.MULTILINE)
_GROUP_LINE = re.compile(r"\d+:([^:]*):(/.*)")
#: Topmost group seen, mount point, kind and options of a hierarchy in /proc/self/mountinfo (proc(5)).
_MOUNT_LINE = re.compile(r"(?:\S+ ){3}(\S+) (\S+) .* - (cgroup2?) \S+ (\S+)")
_CPUS_ALLOWED = re.compile(r"^Cpus_allowed_list:\s+([\d,-]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Limit:
    """An amount (bytes of memory, or a number of CPUs) and the source of the number."""

    value: int
    source: str


@dataclass(frozen=True)
class _Group:
    """One control group: its folder, the path to show a person, and whether it is of cgroup v2."""

    folder: Path
    path: str
    unified: bool

    @property
    def kind(self) -> str:
        return "cgroup" if self.unified else "cgroup v1"


def effective_memory(pid: int | None = None, root: Path = Path("/")) -> Limit:
    """Return the bytes of memory that a process may use: the least of MemTotal and the limits of its cgroups.

    The limits are ``memory.max`` and ``memory.high`` (v2) and ``memory.limit_in_bytes`` (v1).

    Args:
        pid: the postmaster; None if it does not run: then the limits of the host or the container as a whole count, not
            those of the caller's own login session.
        root: folder that holds ``proc`` and ``sys``.

    Raises:
        PgsopError: /proc/meminfo does not have the host's memory.
    """
    limits = [_mem_total(root)]
    for group in _groups(root, pid, "memory"):
        names = ("memory.max", "memory.high") if group.unified else ("memory.limit_in_bytes",)
        for name in names:
            amount = _number(_read(group.folder / name))
            if amount is not None:
                limits.append(Limit(amount, f"{group.kind} {name} {group.path}"))
    return min(limits, key=lambda limit: limit.value)


def effective_cpus(pid: int | None = None, root: Path = Path("/")) -> Limit:
    """Return the number of CPUs that a process may use, at least 1: the least of its affinity and its cgroups' quotas.

    A quota of one and a half CPUs counts as 1. The quotas are ``cpu.max`` (v2) and ``cpu.cfs_quota_us`` (v1).

    Args:
        pid: as for :func:`effective_memory`.
        root: as for :func:`effective_memory`.
    """
    limits = [_affinity(root, pid)]
    for group in _groups(root, pid, "cpu"):
        quota = _quota_v2(group.folder) if group.unified else _quota_v1(group.folder)
        if quota is not None:
            name = "cpu.max" if group.unified else "cpu.cfs_quota_us"
            limits.append(Limit(max(1, quota), f"{group.kind} {name} {group.path}"))
    return min(limits, key=lambda limit: limit.value)


def _mem_total(root: Path) -> Limit:
    path = root / "proc/meminfo"
    match = _MEM_TOTAL.search(_read(path) or "")
    if match is None:
        raise PgsopError(
            attempted="measure the memory of this host",
            target=str(path),
            answer="it has no line MemTotal",
            next_step="say how much memory PostgreSQL may use (pg_tuning_memory_mb in the role)",
        )
    return Limit(int(match.group(1)) * 1024, "MemTotal")


def _affinity(root: Path, pid: int | None) -> Limit:
    for candidate in (pid, _INIT_PID):
        match = _CPUS_ALLOWED.search(_read(root / f"proc/{candidate}/status") or "")
        if match is not None:
            return Limit(sum(_span(part) for part in match.group(1).split(",")), "CPU affinity")
    return Limit(1, "unknown, so one is assumed")


def _span(part: str) -> int:
    first, _dash, last = part.partition("-")
    return int(last or first) - int(first) + 1


def _quota_v2(folder: Path) -> int | None:
    quota, _space, period = (_read(folder / "cpu.max") or "").strip().partition(" ")
    return int(quota) // int(period) if quota.isdigit() and period.isdigit() else None


def _quota_v1(folder: Path) -> int | None:
    quota, period = _number(_read(folder / "cpu.cfs_quota_us")), _number(_read(folder / "cpu.cfs_period_us"))
    return None if quota is None or not period else quota // period


def _groups(root: Path, pid: int | None, controller: str) -> Iterator[_Group]:
    """Yield the process's groups that can limit this controller, each with all groups above it."""
    mine = _group_paths(root, pid)
    for name, mount in _mounts(root).items():
        if name not in (controller, _UNIFIED):
            continue
        path = mount.below(mine.get(name, "/"))
        for step in (path, *path.parents):
            yield _Group(mount.folder / step.relative_to("/"), str(step), unified=name == _UNIFIED)


def _group_paths(root: Path, pid: int | None) -> dict[str, str]:
    """Path of the process's group by controller, from /proc/PID/cgroup ("4:cpu,cpuacct:/system.slice")."""
    text = _read(root / f"proc/{pid}/cgroup") if pid else None
    lines = (text or _read(root / f"proc/{_INIT_PID}/cgroup") or "").splitlines()
    matches = [match for match in map(_GROUP_LINE.fullmatch, lines) if match]
    return {name: match.group(2) for match in matches for name in match.group(1).split(",")}


@dataclass(frozen=True)
class _Mount:
    """Where a hierarchy is mounted, and which of its groups is seen there as the topmost one."""

    folder: Path
    top: PurePosixPath

    def below(self, path: str) -> PurePosixPath:
        """Return the group's path as seen from the mount; outside of it only the topmost group can be seen."""
        group = PurePosixPath(path)
        if ".." in group.parts:
            return PurePosixPath("/")
        if self.top in (group, *group.parents):
            return PurePosixPath("/") / group.relative_to(self.top)
        return group


def _mounts(root: Path) -> dict[str, _Mount]:
    """Return the mounted hierarchies by controller."""
    mounts: dict[str, _Mount] = {}
    lines = (_read(root / "proc/self/mountinfo") or "").splitlines()
    for match in filter(None, map(_MOUNT_LINE.fullmatch, lines)):
        top, folder, kind, options = match.groups()
        # The controllers of v1 stand among the options of the file system: "rw,seclabel,cpu,cpuacct".
        names = [_UNIFIED] if kind == "cgroup2" else options.split(",")
        mounts.update(dict.fromkeys(names, _Mount(root / folder.lstrip("/"), PurePosixPath(top))))
    return mounts


def _number(text: str | None) -> int | None:
    """Return a count; None for a missing file, ``max`` and the -1 of cgroup v1."""
    word = (text or "").strip()
    return int(word) if word.isdigit() else None


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def filesystem_mb(*folders: str) -> int | None:
    """Return the size in MB (1024 * 1024 bytes) of the file system of the first of these folders that exists.

    The whole size and not the free space, which changes from run to run. None if no folder can be examined.
    """
    for folder in folders:
        try:
            status = os.statvfs(folder)
        except OSError:
            continue
        return status.f_blocks * status.f_frsize // 1024**2
    return None
