# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pg_hba.conf of a server that is stopped; one that runs shows its lines itself (pg_hba_file_rules)."""

from __future__ import annotations

from collections.abc import Iterator

from ..hba_rules.read import read_lines
from .start_obstacle import StartObstacle

#: Since this major version, a file may include others.
_INCLUDES_SINCE = 16
_INCLUDES = ("include ", "include_if_exists ", "include_dir ")


def hba_obstacles(path: str, version: int) -> Iterator[StartObstacle]:
    """Yield why a start does not accept the file (load_hba of hba.c); included files are not read.

    Args:
        path: of the file.
        version: major version of the server.
    """
    hint = "correct the line before the next start"
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            lines = read_lines(handle.read())
    except OSError as error:
        yield StartObstacle(
            "hba_file", f"{path} cannot be read ({error.strerror}): a start fails", "put the file there"
        )
        return
    for line in lines:
        included = version >= _INCLUDES_SINCE and line.text.startswith(_INCLUDES)
        if line.problem and not included:
            yield StartObstacle("hba_file", f"{path}, line {line.number}: {line.problem}: a start fails", hint)
    if not lines:
        yield StartObstacle("hba_file", f"{path} has no rule: a start fails", hint)
