# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that a restore evaluates while it loads rows, with functions that read other tables: their rows may be missing then."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...connection import Session
from ...sql import quote_identifier
from .evaluated import Evaluated, evaluated, has_rows
from .functions import Functions
from .obstacle import Obstacle
from .reading import Reading
from .report import listed
from .search_path import search_path

#: Tables with rows that a restore loads, and materialized views, which cannot be read before a restore fills them. Rows of an extension's table are
#: inserted by its script, before all others.
_LOADED = """
SELECT c.oid, coalesce(pg_partition_root(c.oid)::oid, c.oid) AS root, coalesce(pg_partition_root(c.oid)::oid, c.oid)::regclass::text AS name,
       c.oid = ANY (%(read)s) AND c.relpersistence <> 't' AND (c.relkind = 'm' AND c.relispopulated OR c.relkind = 'r' AND pg_relation_size(c.oid) > 0)
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AS loaded
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE (c.oid = ANY (%(read)s) OR c.oid = ANY (%(own)s)) AND n.nspname <> 'information_schema'
"""
#: Checks as they are declared, on the table or domain where they can be dropped.
_CHECKS = """
SELECT * FROM (
    SELECT CASE WHEN k.contypid <> 0 THEN format('%%I.%%I.%%I', n.nspname, t.typname, k.conname)
                ELSE format('%%s.%%I', coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid)::regclass, k.conname) END AS full_name,
           CASE WHEN k.conrelid <> 0 THEN k.conrelid::regclass::text ELSE k.contypid::regtype::text END AS owner,
           k.contypid <> 0 AS of_domain, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
      FROM pg_constraint k LEFT JOIN pg_type t ON t.oid = k.contypid LEFT JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE k.contype = 'c' AND k.coninhcount = 0) checks WHERE full_name = ANY (%(names)s)
"""
#: Parts of a name, quoted where needed.
_COLUMN = re.compile(r'"(?:[^"]|"")*"|[^".]+')


def reads_tables(session: Session) -> Sequence[Obstacle]:
    """Return checks, generated columns and partition keys that a restore evaluates before it fills the tables that they read.

    Indexes, statistics, materialized views and foreign keys come after all rows. The object's own table does not count: its rows come in the order
    in which they are stored, which is mostly that in which they were accepted.
    """
    candidates = [each for each in evaluated(session, by_path=False) if each.loading]
    if not candidates:
        return ()
    reading = Reading(session, Functions(session, search_path(session)))
    reading.follow({each.function for each in candidates})
    reads = {each.function: reading.relations(each.function) for each in candidates}
    relations = _relations(session, candidates, reads)
    filled: dict[int, bool] = {}
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for each in candidates:
        missing = _missing(each, reads[each.function], relations)
        if missing and each.relation not in filled:
            filled[each.relation] = has_rows(session, each.relation)
        if missing and filled[each.relation]:
            texts = {(reading.functions.get(function).signature, table) for function, table in missing}
            found.setdefault((each.kind, each.name), set()).update(texts)
    declared = _declared_later(session, [name for _kind, name in found])
    return [_obstacle(kind, name, pairs, declared.get(name, "")) for (kind, name), pairs in found.items()]


def _relations(
    session: Session, candidates: Sequence[Evaluated], reads: Mapping[int, Sequence[tuple[int, int]]]
) -> dict[int, Mapping[str, Any]]:
    read = sorted({relation for pairs in reads.values() for _function, relation in pairs})
    own = sorted({each.relation for each in candidates})
    return {row["oid"]: row for row in session.rows(_LOADED, {"read": read, "own": own})} if read else {}


def _missing(
    each: Evaluated, pairs: Sequence[tuple[int, int]], relations: Mapping[int, Mapping[str, Any]]
) -> list[tuple[int, str]]:
    """Functions and tables of which rows may be missing when the object is evaluated."""
    own = relations.get(each.relation, {}).get("root")
    known = [(function, relations[relation]) for function, relation in pairs if relation in relations]
    return [(function, row["name"]) for function, row in known if row["loaded"] and row["root"] != own]


def _obstacle(kind: str, name: str, pairs: set[tuple[str, str]], declared: str) -> Obstacle:
    by_function: dict[str, list[str]] = {}
    for signature, table in sorted(pairs):
        by_function.setdefault(signature, []).append(table)
    texts = [f"function {signature} reads {listed(tables)}" for signature, tables in by_function.items()]
    return Obstacle(
        kind=kind,
        name=name,
        message=f"a restore evaluates {kind} {name} while it loads rows, and {'; '.join(texts)}, whose rows may be missing then",
        hint=_hint(kind, name, declared),
    )


def _hint(kind: str, name: str, declared: str) -> str:
    """Return how to remove the obstacle. A check that is NOT VALID holds for new rows, and a restore creates it after all rows."""
    if kind == "table":
        return (
            f"partition {name} by a column that holds the value of its partition key, and have the application fill it"
        )
    if kind == "column":
        column = _COLUMN.findall(name)[-1]
        table = name[: -len(column) - 1]
        return (
            f"ALTER TABLE {table} ALTER COLUMN {column} DROP EXPRESSION; then fill {column} in a trigger BEFORE INSERT OR UPDATE,"
            " which a restore creates after all rows"
        )
    return declared or f"use a trigger, or declare {name} again as NOT VALID: then a restore creates it after all rows"


def _declared_later(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Statements that declare checks again as NOT VALID, by name."""
    found: dict[str, list[str]] = {}
    for row in session.rows(_CHECKS, {"names": names}) if names else ():
        constraint = quote_identifier(row["name"])
        drop, add = f"DROP CONSTRAINT {constraint}", f"ADD CONSTRAINT {constraint} {row['definition']} NOT VALID"
        alter = f"ALTER {'DOMAIN' if row['of_domain'] else 'TABLE'} {row['owner']}"
        found.setdefault(row["full_name"], []).append(
            f"{alter} {drop}; {alter} {add}" if row["of_domain"] else f"{alter} {drop}, {add}"
        )
    return {name: "; ".join(statements) for name, statements in found.items()}
