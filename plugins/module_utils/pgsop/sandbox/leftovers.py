# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drop-ins of a caller for clusters that do not exist any more, for example after an upgrade to another major version."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Sequence

from ..cluster import list_clusters
from ..debian import UNIT_ROOT
from ..files import read_state, remove
from .declaration import HEADER, SandboxRequest


def find_leftovers(request: SandboxRequest) -> list[str]:
    """Return the caller's drop-ins for clusters that do not exist, without the one of the request.

    A file that does not begin with this collection's first line is not the caller's.

    Raises:
        PgsopError: pg_lsclusters fails, or a file cannot be read.
    """
    pattern = f"{UNIT_ROOT}/postgresql@*.service.d/{os.path.basename(request.path)}"
    files = [path for path in sorted(glob.glob(pattern)) if path != request.path]
    if not files:
        return []
    folders = {f"{cluster.unit}.d" for cluster in list_clusters()}
    return [path for path in files if os.path.basename(os.path.dirname(path)) not in folders and _is_ours(path)]


def remove_leftovers(paths: Sequence[str]) -> None:
    """Remove drop-ins, and their folders if these are empty then."""
    for path in paths:
        remove(path)
        remove_empty(os.path.dirname(path))


def remove_empty(folder: str) -> None:
    """Remove a folder; do nothing if it has files or does not exist."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _is_ours(path: str) -> bool:
    return (read_state(path).text or "").startswith(HEADER)
