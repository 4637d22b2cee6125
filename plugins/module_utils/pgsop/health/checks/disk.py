# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free space on the disks that the server and its backups need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...backup.config import load
from ...cluster import Cluster
from ...errors import PgsopError
from ...text import size
from ..check import HOST, HiddenError, Measured, check
from ..context import HostContext


@dataclass(frozen=True)
class MountPoint:
    """A file system that the server or its backups need.

    Attributes:
        mount: its mount point.
        path: a folder on it.
        purposes: the data on it, such as data or WAL.
    """

    mount: str
    path: str
    purposes: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return mount point and purposes for messages."""
        return f"{self.mount} ({', '.join(self.purposes)})"


@check(
    "disk.space",
    sop="4",
    title="space in use",
    scope=HOST,
    unit="%",
    warn=80,
    crit=90,
    hint="see what takes it with 'du -xh --max-depth=2 PATH | sort -h | tail'; never remove anything in pg_wal by hand",
)
def space(here: HostContext) -> Iterator[Measured]:
    """Yield the space in use of each file system, in percent as in df: blocks reserved for root are not free."""
    yield from _each(here, _space)


@check(
    "disk.inodes",
    sop="4",
    title="inodes in use",
    scope=HOST,
    unit="%",
    warn=80,
    crit=90,
    hint="see where the files are with 'du -x --inodes --max-depth=2 PATH | sort -n | tail'",
)
def inodes(here: HostContext) -> Iterator[Measured]:
    """Yield the inodes in use of each file system, in percent; file systems without a fixed number have no value."""
    yield from _each(here, _inodes)


def places(folders: dict[str, str]) -> tuple[list[MountPoint], list[str]]:
    """Return the file systems of folders, each once, and the folders that cannot be examined.

    Args:
        folders: path by purpose.
    """
    found: dict[int, tuple[str, list[str]]] = {}
    hidden = []
    for purpose, path in folders.items():
        try:
            device = os.stat(path).st_dev
        except OSError as error:
            hidden.append(f"{path} ({purpose}): {error.strerror}")
            continue
        found.setdefault(device, (path, []))[1].append(purpose)
    return [MountPoint(_mount(path), path, tuple(purposes)) for path, purposes in found.values()], hidden


def _each(
    here: HostContext, measure: Callable[[MountPoint, os.statvfs_result], Iterator[Measured]]
) -> Iterator[Measured]:
    folders, hidden = _folders(here)
    found, unseen = places(folders)
    for place in found:
        yield from measure(place, os.statvfs(place.path))
    if hidden or unseen:
        raise HiddenError("; ".join([*hidden, *unseen]))


def _space(place: MountPoint, room: os.statvfs_result) -> Iterator[Measured]:
    used, free = (room.f_blocks - room.f_bfree) * room.f_frsize, room.f_bavail * room.f_frsize
    if used + free:
        percent = 100.0 * used / (used + free)
        yield Measured(place.mount, percent, f"{place.label} is {percent:.1f} % full, {size(free)} are free")


def _inodes(place: MountPoint, room: os.statvfs_result) -> Iterator[Measured]:
    if not room.f_files:
        yield Measured(place.mount, None, f"{place.label} has as many inodes as it needs")
        return
    used = room.f_files - room.f_ffree
    percent = 100.0 * used / max(1, used + room.f_favail)
    yield Measured(
        place.mount, percent, f"{place.label} has used {percent:.1f} % of its inodes, {room.f_favail:,} are free"
    )


def _folders(here: HostContext) -> tuple[dict[str, str], list[str]]:
    """Return path by purpose, and what could not be found out."""
    cluster, hidden = here.cluster, []
    folders = {"data": cluster.data_directory, "WAL": os.path.join(cluster.data_directory, "pg_wal")}
    if cluster.log_file:
        folders["log"] = os.path.dirname(cluster.log_file)
    for read in (lambda: _tablespaces(cluster), lambda: _backups(here.config.backup_config)):
        try:
            folders.update(read())
        except OSError as error:
            hidden.append(f"{error.filename}: {error.strerror}")
    return folders, hidden


def _tablespaces(cluster: Cluster) -> dict[str, str]:
    """Return tablespaces from the links in pg_tblspc, so that no server is needed."""
    folder = os.path.join(cluster.data_directory, "pg_tblspc")
    return {
        f"tablespace {os.path.realpath(os.path.join(folder, name))}": os.path.join(folder, name)
        for name in sorted(os.listdir(folder))
    }


def _backups(path: str) -> dict[str, str]:
    """Return the folder of backup sets, if backups are configured."""
    if not os.path.lexists(path):
        return {}
    with open(path, "rb"):
        pass
    try:
        return {"backups": load(path).directory}
    except PgsopError:
        # The checks of backups report its faults.
        return {}


def _mount(path: str) -> str:
    """Where the file system of a folder is mounted."""
    current = os.path.realpath(path)
    device = os.stat(current).st_dev
    while current != "/" and os.stat(os.path.dirname(current)).st_dev == device:
        current = os.path.dirname(current)
    return current
