# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of time zones that a server accepts."""

from __future__ import annotations

import os
import re

#: Settings that have a time zone.
SETTINGS = ("timezone", "log_timezone")
#: Where Debian's tzdata, which the servers of Debian read, has a file for each name.
FOLDER = "/usr/share/zoneinfo"
#: What the server takes for a time zone although no file has its name (pg_tzset, and the forms of SET TIME ZONE).
_COMPUTED = re.compile(r"[A-Za-z]{3,}[-+]?\d.*|<.+>.*|[-+]?\d+(\.\d+)?|interval\b.*|local|default", re.IGNORECASE)


def is_computed(name: str) -> bool:
    """Return whether a name is one that the server computes, such as UTC+3, so that no file must have it."""
    return _COMPUTED.fullmatch(name.strip()) is not None


def has_files() -> bool:
    """Return whether this host has a database of time zones."""
    return os.path.isdir(FOLDER)


def has_file(name: str) -> bool:
    """Return whether the database of this host has a time zone, in any case of its letters, as the server finds it."""
    folder = FOLDER
    for part in name.split("/"):
        try:
            entries = os.listdir(folder)
        except OSError:
            return False
        found = next((entry for entry in entries if entry.lower() == part.lower()), None)
        if found is None:
            return False
        folder = os.path.join(folder, found)
    return os.path.isfile(folder)
