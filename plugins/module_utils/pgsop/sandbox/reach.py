# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that this process can read and write.

A transient unit runs the source of this file, so it imports nothing of the engine.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Sequence
from typing import Any


def reach(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Return the access to each path, by the real user id of this process.

    Returns:
        For each path ``read``, ``write`` and ``id``: device and inode, by which two files differ; None if the path does
        not exist.
    """
    return [_reach(path) for path in paths]


def _reach(path: str) -> dict[str, Any]:
    try:
        status = os.stat(path)
    except OSError:
        return {"read": False, "write": False, "id": None}
    enter = os.X_OK if stat.S_ISDIR(status.st_mode) else 0
    found = {"read": os.access(path, os.R_OK | enter), "write": os.access(path, os.W_OK | enter)}
    # Each sandbox has its own file for a device; the device is the same.
    is_device = stat.S_ISCHR(status.st_mode)
    return dict(found, id=[0, status.st_rdev] if is_device else [status.st_dev, status.st_ino])


if __name__ == "__main__":
    json.dump(reach(json.loads(sys.argv[1])), sys.stdout)
