# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes that are there and not used."""

from __future__ import annotations

from typing import Iterator

from ...finding import CRITICAL
from ..check import DATABASE, Measured, check
from ..view import Database

_INVALID = """
SELECT format('%I.%I', n.nspname, i.relname) AS name, format('%I.%I', n.nspname, t.relname) AS on_table, x.indisunique AS is_unique
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
 WHERE NOT (x.indisvalid AND x.indisready)
   AND i.relkind = 'i'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
 ORDER BY 1
"""


@check(
    "indexes.invalid",
    sop="4",
    title="invalid indexes",
    scope=DATABASE,
    counted=True,
    warn=0,
    fine="no index is invalid",
    hint="drop it, or build it anew with REINDEX INDEX CONCURRENTLY",
)
def invalid(here: Database) -> Iterator[Measured]:
    """What a CREATE INDEX CONCURRENTLY that failed leaves behind: written to, never read. A unique one does not guard any more."""
    for row in here.session.rows(_INVALID):
        kind = "unique index" if row["is_unique"] else "index"
        yield Measured(
            row["name"],
            None,
            f"{kind} {row['name']} on {row['on_table']} of {here.name} is invalid",
            CRITICAL if row["is_unique"] else "",
        )
