# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether another program uses apt or dpkg: who holds one of their locks."""

from __future__ import annotations

import fcntl
import os
import struct
import time

from .debian import APT_LOCKS

#: struct flock of 64-bit Linux (fcntl(2)): type, whence, start, length, process.
_FLOCK = "hhqqi4x"
_POLL_S = 1.0


def holder() -> str:
    """Return which program holds a lock of apt or dpkg, as "name, pid 4711"; empty if they are free, or if this user may not read them."""
    for path in APT_LOCKS:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_range, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
        finally:
            os.close(descriptor)
        if kind != fcntl.F_UNLCK:
            return f"{_program(pid)}, pid {pid}"
    return ""


def wait(seconds: int) -> str:
    """Wait until no other program holds a lock of apt or dpkg.

    Args:
        seconds: how long to wait at most; 0 does not wait.

    Returns:
        Who holds it when the time is over, as holder() returns it.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = holder()
        if not found or time.monotonic() >= deadline:
            return found
        time.sleep(_POLL_S)


def _program(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as handle:
            return handle.read().strip()
    except OSError:
        return "a process"
