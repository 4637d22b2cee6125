# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User name maps: which operating system user the server accepts as which role."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

_COLUMNS = ("map_name", "sys_name", "pg_username")


def parse(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of an ident file, for servers without the view pg_ident_file_mappings (before 15).

    Returns:
        Keys as in that view; lines that do not have exactly three words are left out.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            words = shlex.split(line.replace("\\", "\\\\"), comments=True)
        except ValueError:
            continue
        if len(words) == len(_COLUMNS):
            row = dict(zip(_COLUMNS, words, strict=False))
            found.append({**row, "line_number": number, "error": None})
    return found


def lets_in(
    rows: Sequence[Mapping[str, Any]], name: str, system_user: str, role: str, groups: AbstractSet[str]
) -> bool:
    """Return whether a map accepts an operating system user as a role (check_ident_usermap in src/backend/libpq/hba.c).

    Args:
        rows: of all maps.
        name: of the map; empty without a map: then the two names must be equal.
        system_user: the operating system user.
        role: the role of the connection.
        groups: every role that this role is a member of, itself included.
    """
    if not name:
        return system_user == role
    return any(
        _fits(str(row["sys_name"]), str(row["pg_username"]), system_user, role, groups)
        for row in rows
        if row["map_name"] == name and not row["error"]
    )


def roles_of(rows: Sequence[Mapping[str, Any]], name: str, system_user: str) -> tuple[str, ...]:
    """Return the roles that a map names for an operating system user, in the order of its lines."""
    mine = [
        row for row in rows if row["map_name"] == name and _expanded(str(row["sys_name"]), "x", system_user) is not None
    ]
    return tuple(str(_expanded(str(row["sys_name"]), str(row["pg_username"]), system_user)) for row in mine)


def _fits(pattern: str, wanted: str, system_user: str, role: str, groups: AbstractSet[str]) -> bool:
    found = _expanded(pattern, wanted, system_user)
    if found is None:
        return False
    if found == "all":
        return True
    if found.startswith("+"):
        return found[1:] in groups
    if found.startswith("/"):
        return _search(found[1:], role) is not None
    return found == role


def _expanded(pattern: str, wanted: str, system_user: str) -> str | None:
    """Return the role of a line for a user, with \\1 replaced by the match; None if the line is not about that user."""
    if not pattern.startswith("/"):
        return wanted if pattern == system_user else None
    found = _search(pattern[1:], system_user)
    if found is None:
        return None
    return wanted.replace("\\1", found.group(1) or "", 1) if found.re.groups else wanted


def _search(pattern: str, text: str) -> re.Match[str] | None:
    try:
        return re.search(pattern, text)
    except re.error:
        return None
