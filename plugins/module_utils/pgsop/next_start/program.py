# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the next start runs and loads: the server's program and its preload libraries."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from ..cluster import Cluster
from ..debian import is_packaged, program_directory

#: What the kernel appends to the name of a file that was removed or replaced (proc_pid_exe(5), proc_pid_maps(5)).
_DELETED = " (deleted)"
#: Inode and path of a mapped file.
_MAPPED = re.compile(r"^(?:\S+\s+){4}(\d+)\s+(/.*)$", re.MULTILINE)
#: Every server has this library, so its folder is that of the server's libraries ($libdir).
_LANDMARK = "plpgsql.so"


def server_program(cluster: Cluster) -> str:
    """Return the path of the program that the next start runs: that of the packages, or of the last start of a server from elsewhere."""
    packaged = f"{program_directory(cluster.version)}/postgres"
    if is_packaged(cluster.config_directory):
        return packaged
    try:
        # The path, then the arguments, each in double quotes (CreateOptsFile of postmaster.c).
        with open(
            os.path.join(cluster.data_directory, "postmaster.opts"), encoding="utf-8", errors="replace"
        ) as handle:
            return handle.readline().partition(' "')[0].strip() or packaged
    except OSError:
        return packaged


def is_replaced(pid: int, path: str) -> bool:
    """Return whether a process runs another file than the one that has a path today.

    Raises:
        OSError: this user may not inspect the process.
    """
    if os.readlink(f"/proc/{pid}/exe") == os.path.realpath(path):
        return False
    try:
        # A file that was moved away and back has another name for the kernel.
        return not os.path.samefile(f"/proc/{pid}/exe", path)
    except FileNotFoundError:
        return True


def library_folder(program: str) -> str:
    """Return the folder of the server's libraries ($libdir); empty if it is not near its program."""
    near = os.path.join(os.path.dirname(os.path.dirname(program)), "lib")
    folders = (near, os.path.join(near, "postgresql"))
    return next((folder for folder in folders if os.path.exists(os.path.join(folder, _LANDMARK))), "")


def library_path(name: str, folders: Sequence[str], data_directory: str) -> str:
    """Return the file of a preload library as the server searches it (expand_dynamic_library_name of dfmgr.c); empty without one.

    Args:
        name: as in shared_preload_libraries.
        folders: folders to search for a name without one; the first is $libdir.
        data_directory: where the server works.
    """
    name = name.replace("$libdir", folders[0], 1) if name.startswith("$libdir") else name
    places = [name] if "/" in name else [os.path.join(folder, name) for folder in folders]
    paths = [os.path.join(data_directory, place) for place in places]
    return next((found for path in paths for found in (path, f"{path}.so") if os.path.isfile(found)), "")


def replaced_libraries(pid: int, folder: str) -> list[str]:
    """Return files in a folder that a process has loaded, and that are other files today.

    Raises:
        OSError: this user may not inspect the process.
    """
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as handle:
        mapped = set(_MAPPED.findall(handle.read()))
    root = f"{os.path.realpath(folder)}/"
    gone = {path.removesuffix(_DELETED): int(inode) for inode, path in mapped if path.endswith(_DELETED)}
    return sorted(
        path
        for path, inode in gone.items()
        if path.startswith(root) and os.path.exists(path) and os.stat(path).st_ino != inode
    )
