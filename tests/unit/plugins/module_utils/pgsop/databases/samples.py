# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States to compare with, written as psql shows them."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    Acl,
    ClusterState,
    Right,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import declare
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.desired import Declaration
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_cluster import blank_cluster

ADMINISTRATOR = "admin"
PASSWORD = "a long enough pass phrase"

#: The letters of the manual's table of ACL privilege abbreviations.
LETTERS = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "C": "CREATE",
    "c": "CONNECT",
    "T": "TEMPORARY",
    "X": "EXECUTE",
    "U": "USAGE",
    "s": "SET",
    "A": "ALTER SYSTEM",
}


def acl(text: str) -> Acl:
    """An ACL from its items, separated by spaces: ``app=r*w/owner``."""
    rights = set()
    for item in text.split():
        grantee, _mark, rest = item.partition("=")
        letters, _mark, grantor = rest.partition("/")
        for letter, star in re.findall(r"(\w)(\*?)", letters):
            rights.add(Right(grantor, grantee, LETTERS[letter], bool(star)))
    return frozenset(rights)


def blank(version: int = 17) -> ClusterState:
    """A new cluster."""
    return blank_cluster(version, ADMINISTRATOR)


def declared(*databases: dict[str, Any], roles: list[dict[str, Any]] | None = None, **more: Any) -> Declaration:
    """A declaration for that cluster."""
    return declare(databases, roles or [], more.get("public_connect", ()), ADMINISTRATOR)
