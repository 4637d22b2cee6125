# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names to which rules of pg_hba.conf grant access: a mistyped one locks out the role or the database meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..connection import Session
from ..hba_rules.rule import KEYWORDS
from ..nearest import did_you_mean

_NAMES = """
SELECT 'database' AS kind, datname::text AS name FROM pg_catalog.pg_database
UNION ALL SELECT 'role', rolname::text FROM pg_catalog.pg_authid
"""


def server_names(session: Session) -> tuple[list[str], list[str]]:
    """Return the names of all databases and of all roles of a server."""
    rows = session.rows(_NAMES)
    databases = [row["name"] for row in rows if row["kind"] == "database"]
    return databases, [row["name"] for row in rows if row["kind"] == "role"]


def unknown_names(
    pairs: Sequence[Mapping[str, Any]], databases: Iterable[str], roles: Iterable[str], *, asked: bool
) -> list[str]:
    """Return a sentence for each database or role of a pair that is neither declared nor on the server.

    Args:
        pairs: each with ``database`` and ``role``; with a reason under ``exception``, the names need not exist yet.
        databases: names that are declared or exist.
        roles: the same of roles.
        asked: whether the names include those of a server.
    """
    known = {"database": sorted(set(databases)), "role": sorted(set(roles))}
    where = "neither declared nor on the server" if asked else "not declared"
    return [
        f"pg_hardening_hba_pairs: {key} {name!r} is {where}{_suggestion(name, known[key])}"
        for key, name in _named(pairs)
        if name not in known[key]
    ]


def _named(pairs: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    seen = set()
    for pair in pairs:
        for key in ("database", "role"):
            if not pair.get("exception") and (key, pair[key]) not in seen:
                seen.add((key, pair[key]))
                yield key, str(pair[key])


def _suggestion(name: str, known: Sequence[str]) -> str:
    if name in KEYWORDS:
        return "; a pair takes names, so a rule with that keyword is declared in pg_hardening_hba_rules"
    return did_you_mean(name, known)
