# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that may be declared."""

from __future__ import annotations

import re
from re import Pattern

from ..sql import LONGEST_NAME

#: Databases in which a restore or a drill works.
TEMPORARY = re.compile(r"pgsop_(restore|drill)_[0-9a-f]{8}")
#: What a restore appends to the name of a database: for the copy beside it, and, with a time, for the one that it replaced.
RESTORED, REPLACED = "_restore", "_before_"
_COPY = re.compile(rf"(.+?)(?:{RESTORED}|{REPLACED}\d{{8}}T\d{{6}}Z(?:_\d+)?)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def copied_from(name: str) -> str:
    """Return the original of a copy by its name, as restores name copies; empty if it has another form."""
    found = _COPY.fullmatch(name)
    return found[1] if found else ""


def name_problem(name: str, what: str) -> str | None:
    """Return the reason why a name may not be declared, as a phrase; None if it may.

    Quotes, spaces and letters of any language are allowed; the limit is 63 bytes in UTF-8.

    Args:
        name: as it is declared, unquoted.
        what: role, database, schema, extension or object.
    """
    if not name:
        return f"the name for a {what} is empty"
    told = f"{what} name {name!r}"
    if _CONTROL.search(name):
        return f"{told} has a control character"
    try:
        length = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return f"{told} is no valid Unicode text"
    if length > LONGEST_NAME:
        return f"{told} has {length} bytes in UTF-8; the server would cut it after {LONGEST_NAME}"
    refused, why = _REFUSED.get(what, (None, ""))
    return f"{told} {why}" if refused is not None and refused.fullmatch(name) else None


#: Names that the server refuses or keeps for itself, by what they name.
_REFUSED: dict[str, tuple[Pattern[str], str]] = {
    "role": (
        re.compile(r"pg_.*|(?i:public|none)"),
        "is reserved: the server keeps pg_*, public (everybody) and none (nobody)",
    ),
    "schema": (re.compile(r"pg_.*|information_schema"), "is reserved: the server keeps pg_* and information_schema"),
    "extension": (re.compile(r"-.*|.*-|.*--.*|.*/.*"), "has a slash, a double hyphen, or a hyphen at an end"),
}
