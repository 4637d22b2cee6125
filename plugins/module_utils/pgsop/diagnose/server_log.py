# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the server's log about the attempt: the reasons that the server keeps from clients."""

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
    """Size of the log in bytes before the attempt; -1 if the log cannot be read."""

    path: str
    size: int


def mark(cluster: Cluster) -> Mark:
    """Return the end of the cluster's log, from which `since` reads."""
    try:
        with open(cluster.log_file, "rb"):
            return Mark(cluster.log_file, os.path.getsize(cluster.log_file))
    except OSError:
        return Mark(cluster.log_file, -1)


def since(before: Mark, target: ConnectionTarget, said: str) -> tuple[str, ...]:
    """Return the log's sentences about the attempt, without those that the client received.

    Other sessions may have failed at the same time: only lines with the client's answer or the role's name count.

    Args:
        before: end of the log before the attempt.
        target: the connection.
        said: the answer that the client received.

    Returns:
        LOG, DETAIL and HINT texts in the log's order; empty if the log cannot be read.
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
