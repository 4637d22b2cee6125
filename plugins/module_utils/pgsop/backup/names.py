# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of sets and of the files in them."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Container
from datetime import datetime, timezone

#: A set, by the second (UTC) in which it was begun; a number follows where there was one of that second already.
SET_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
#: The same while it is being made, and while it is being removed.
PARTIAL_NAME = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?\.partial")
TRASH_NAME = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?\.trash")

#: Link to the newest usable set.
LATEST = "latest"
#: In every folder in which a set is being made; without it such a folder is somebody else's.
MARKER = ".pgsop"
#: What is in a set besides the dumps.
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
GLOBALS = "globals.sql"
ROLES = "roles.json"
CONFIGURATION = "configuration.tar"

_STAMP = "%Y%m%dT%H%M%SZ"


def set_name(moment: float, taken: Container[str]) -> str:
    """Name for a set that is begun now.

    Args:
        moment: seconds since the epoch.
        taken: names there are; a clock that went back, or two runs within a second, must not meet an older set.
    """
    begun_at = stamp(moment)
    name, number = begun_at, 1
    while name in taken:
        number += 1
        name = f"{begun_at}-{number}"
    return name


def stamp(moment: float) -> str:
    """A moment (UTC) as it is in names, to the second."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime(_STAMP)


def begun(name: str) -> float:
    """When a set was begun, in seconds since the epoch."""
    return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc).timestamp()


def partial(name: str) -> str:
    """Name of the folder in which a set is made."""
    return f".{name}.partial"


def trash(name: str) -> str:
    """Name of a set that is being removed."""
    return f".{name}.trash"


def dump_name(database: str) -> str:
    """File or folder of a database's dump; whatever is in a database's name, it stays one name of a file."""
    return _file_name(database) + ".dump"


def objects_name(database: str) -> str:
    """File with the description of every object of a database."""
    return _file_name(database) + ".objects.json"


def _file_name(database: str) -> str:
    return urllib.parse.quote(database, safe="", errors="surrogateescape")


def iso(moment: float) -> str:
    """A moment as people and programs read it, in UTC."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> float:
    """The inverse of iso.

    Raises:
        ValueError: where it is no such moment.
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
