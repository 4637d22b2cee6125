# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Null values of a child table in a column that is NOT NULL in a table it inherits from."""

from __future__ import annotations

from collections.abc import Sequence

from ...connection import Session
from ...sql import quote_identifier
from .obstacle import Obstacle

#: Up to version 17 a child can drop the condition. A dump has no statement for that: the child inherits it again.
_DROPPED = """
WITH RECURSIVE above(child, parent) AS (
    SELECT inhrelid, inhparent FROM pg_inherits
    UNION SELECT above.child, i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.parent
)
SELECT DISTINCT c.oid::regclass::text AS table, a.attname AS column, format('%s.%I', c.oid::regclass, a.attname) AS name
  FROM above JOIN pg_class c ON c.oid = above.child AND c.relkind = 'r' AND c.relpersistence <> 't' AND NOT c.relispartition
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attnotnull AND NOT a.attisdropped
  JOIN pg_attribute p ON p.attrelid = above.parent AND p.attname = a.attname AND p.attnotnull AND NOT p.attisdropped
 ORDER BY 3
"""
_NULLS = "SELECT * FROM ONLY %s WHERE %s IS NULL"


def null_values(session: Session) -> Sequence[Obstacle]:
    """Return columns of which a restore rejects the null values."""
    found = []
    for row in session.rows(_DROPPED):
        column = quote_identifier(row["column"])
        nulls = _NULLS % (row["table"], column)
        if session.value(f"SELECT EXISTS ({nulls})"):
            found.append(
                Obstacle(
                    kind="column",
                    name=row["name"],
                    message=f"a parent of {row['table']} has NOT NULL on column {column}, which a restore inherits, and there are null values",
                    hint=f"give a value to the rows of: {nulls}; or drop NOT NULL from the parent too",
                )
            )
    return found
