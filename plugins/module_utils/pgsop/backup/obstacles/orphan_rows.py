# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows without the row that they refer to, under foreign keys with disabled triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...connection import Session
from ...sql import quote_identifier
from .obstacle import Obstacle

#: Foreign keys that count as validated, with disabled triggers (ALTER TABLE ... DISABLE TRIGGER ALL): for them the server checks nothing, a
#: restore checks all rows. Only equality of the server's own is compared: nothing else may be called here.
_UNGUARDED = """
SELECT DISTINCT k.conname AS constraint, format('%s.%I', k.conrelid::regclass, k.conname) AS name, k.confmatchtype = 'f' AS full_match,
       CASE WHEN r.relkind = 'p' THEN '' ELSE 'ONLY ' END || r.oid::regclass AS referencing, r.oid::regclass::text AS table,
       CASE WHEN f.relkind = 'p' THEN '' ELSE 'ONLY ' END || f.oid::regclass AS referenced,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place) AS keys,
       ARRAY(SELECT o.oprname::text FROM unnest(k.conpfeqop) WITH ORDINALITY u(number, place)
               JOIN pg_operator o ON o.oid = u.number ORDER BY u.place) AS operators
  FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND k.convalidated
  JOIN pg_class r ON r.oid = k.conrelid AND r.relkind IN ('r', 'p') AND r.relpersistence <> 't'
  JOIN pg_class f ON f.oid = k.confrelid AND f.relkind IN ('r', 'p')
 WHERE t.tgisinternal AND t.tgenabled IN ('D', 'R')
   AND NOT EXISTS (SELECT FROM unnest(k.conpfeqop) o WHERE o >= 16384) AND to_jsonb(k) ->> 'conperiod' IS DISTINCT FROM 'true'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e')
 ORDER BY 2
"""


def orphan_rows(session: Session) -> Sequence[Obstacle]:
    """Return foreign keys that a restore cannot create, because rows refer to rows that are missing.

    Only foreign keys with disabled triggers are searched: for others, the server itself checks the rows.
    """
    return [
        _obstacle(row)
        for row in session.rows(_UNGUARDED)
        if session.value(f"SELECT EXISTS ({_orphans(row, 'SELECT')})")
    ]


def _orphans(row: Mapping[str, Any], select: str) -> str:
    pairs = list(zip(row["columns"], row["keys"], row["operators"], strict=False))
    equal = " AND ".join(
        f"p.{quote_identifier(key)} OPERATOR(pg_catalog.{operator}) f.{quote_identifier(column)}"
        for column, key, operator in pairs
    )
    filled = [f"f.{quote_identifier(column)} IS NOT NULL" for column in row["columns"]]
    concerned = f"({' OR '.join(filled)})" if row["full_match"] else " AND ".join(filled)
    return (
        f"{select} FROM {row['referencing']} f WHERE {concerned}"
        f" AND NOT EXISTS (SELECT FROM {row['referenced']} p WHERE {equal})"
    )


def _obstacle(row: Mapping[str, Any]) -> Obstacle:
    columns = ", ".join(quote_identifier(column) for column in row["columns"])
    return Obstacle(
        kind="constraint",
        name=row["name"],
        message=(
            f"triggers of foreign key {row['name']} are disabled, and rows of {row['table']} ({columns}) refer to rows that are missing:"
            " a restore cannot create it"
        ),
        hint=f"add or delete the rows of: {_orphans(row, 'SELECT f.*')}; then enable the triggers",
    )
