# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of postgresql-common that pg_ctlcluster reads before it starts a server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..debian import is_packaged
from .start_obstacle import StartObstacle

_NAMES = ("environment", "pg_ctl.conf")
#: A line that pg_ctlcluster accepts (read_conf_file of PgCommon.pm): empty, a name with a text in quotes, or with a plain word.
_ACCEPTED = re.compile(
    r"\s*(?:#.*)?|\s*[a-zA-Z0-9_.-]+\s*(?:=|\s)\s*(?:'(?:[^']|''|(?<=\\)')*'|-?[^\W_][\w.:/+-]*)\s*(?:#.*)?|\s*include.*",
    re.ASCII,
)


def wrapper_obstacles(config_directory: str) -> Iterator[StartObstacle]:
    """Yield lines of environment and pg_ctl.conf that pg_ctlcluster refuses; nothing for a server that it does not start.

    Args:
        config_directory: of the cluster.

    Raises:
        OSError: a file exists and cannot be read.
    """
    for name in _NAMES if is_packaged(config_directory) else ():
        path = os.path.join(config_directory, name)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as handle:
            for number, line in enumerate(handle, start=1):
                if not _ACCEPTED.fullmatch(line.rstrip("\n")):
                    message = f"{path}, line {number}: pg_ctlcluster refuses this line, so it does not start the server"
                    yield StartObstacle(path, message, "write NAME = 'value', with the value in single quotes")
