# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server's log says about the attempt: the reasons that no client is told."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from ..cluster import Cluster
from .target import ConnectionTarget

#: More than this is not from one attempt, in bytes.
_MOST = 262_144
_SAID = re.compile(r"\b(FATAL|ERROR|LOG|DETAIL|HINT|CONTEXT):\s+(.*)")
_ABOUT = ("no match in usermap", "provided user name", "could not", "authentication")


@dataclass(frozen=True)
class Mark:
    """Where the log ended before the attempt; -1 where it cannot be read."""

    path: str
    size: int


def mark(cluster: Cluster) -> Mark:
    """Remember the end of the log."""
    try:
        with open(cluster.log_file, "rb"):
            return Mark(cluster.log_file, os.path.getsize(cluster.log_file))
    except OSError:
        return Mark(cluster.log_file, -1)


def since(before: Mark, target: ConnectionTarget, said: str) -> tuple[str, ...]:
    """What was written about the attempt meanwhile; others may have failed in the same moment, so only what is about it counts.

    Args:
        before: end of the log before the attempt.
        target: what was tried.
        said: what the client was told.
    """
    if before.size < 0:
        return ()
    try:
        with open(before.path, "rb") as handle:
            handle.seek(before.size)
            text = handle.read(_MOST).decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(_about(text.splitlines(), target, said))


def _about(lines: list[str], target: ConnectionTarget, said: str) -> list[str]:
    found: list[str] = []
    mine = False
    for line in lines:
        match = _SAID.search(line)
        if match is None:
            continue
        word, rest = match.groups()
        if word in ("FATAL", "ERROR"):
            mine = bool(said) and rest.strip() in said
        elif word == "LOG":
            mine = f'"{target.user}"' in rest or (f"({target.user})" in rest and rest.startswith(_ABOUT[1]))
            mine = mine and rest.startswith(_ABOUT)
        if mine and word in ("LOG", "DETAIL", "HINT"):
            sentence = rest.strip()
            if sentence not in said and sentence not in found:
                found.append(sentence)
    return found
