# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of sets and of the files in them."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Container
from datetime import datetime, timezone

#: A set, by the second (UTC) in which it was begun; a number follows if another set has that second already.
SET_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
#: The same while it is being made, and while it is being removed.
PARTIAL_NAME = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?\.partial")
TRASH_NAME = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?\.trash")

#: Link to the newest usable set.
LATEST = "latest"
#: In every folder in which a set is being made; without it such a folder belongs to another program.
MARKER = ".pgsop"
#: Files of a set besides the dumps.
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
GLOBALS = "globals.sql"
ROLES = "roles.json"
CONFIGURATION = "configuration.tar"

_STAMP = "%Y%m%dT%H%M%SZ"


def set_name(moment: float, taken: Container[str]) -> str:
    """Return the name for a set that is begun now.

    Args:
        moment: seconds since the epoch.
        taken: existing names. After a change of the clock, or within one second, a number makes the name unique.
    """
    begun_at = stamp(moment)
    name, number = begun_at, 1
    while name in taken:
        number += 1
        name = f"{begun_at}-{number}"
    return name


def stamp(moment: float) -> str:
    """Return a moment (seconds since the epoch) as it is in names: in UTC, to the second, as in 20261122T023000Z."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime(_STAMP)


def begun(name: str) -> float:
    """Return when a set was begun, in seconds since the epoch, from its name.

    Raises:
        ValueError: it is not the name of a set.
    """
    return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc).timestamp()


def partial(name: str) -> str:
    """Return the name of the folder in which a set is made."""
    return f".{name}.partial"


def trash(name: str) -> str:
    """Return the name that a set has while it is removed."""
    return f".{name}.trash"


def dump_name(database: str) -> str:
    """Return the name of the file or folder of a database's dump; the database's name is percent-encoded."""
    return _file_name(database) + ".dump"


def objects_name(database: str) -> str:
    """Return the name of the file with the description of every object of a database."""
    return _file_name(database) + ".objects.json"


def _file_name(database: str) -> str:
    return urllib.parse.quote(database, safe="", errors="surrogateescape")


def iso(moment: float) -> str:
    """Return a moment (seconds since the epoch) in ISO 8601, in UTC, to the second, as in 2026-11-22T02:30:00Z."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> float:
    """Return the seconds since the epoch of a moment that iso() wrote.

    Raises:
        ValueError: the text does not have that form.
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
