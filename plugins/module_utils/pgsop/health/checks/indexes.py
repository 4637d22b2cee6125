# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes that exist and are not used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...finding import CRITICAL
from ..check import DATABASE, HiddenError, Measured, check
from ..context import DatabaseContext

# Who may not see what others do gets no numbers in pg_stat_progress_create_index.
_INVALID = """
WITH building AS MATERIALIZED (
  SELECT relid, index_relid FROM pg_catalog.pg_stat_progress_create_index WHERE datname = current_database()
)
SELECT format('%I.%I', n.nspname, i.relname) AS name, i.relname::text AS index_name, format('%I.%I', n.nspname, t.relname) AS on_table,
       x.indisunique AS is_unique, i.relkind = 'I' AS partitioned,
       EXISTS (SELECT FROM building b WHERE b.index_relid = x.indexrelid) AS in_work,
       EXISTS (SELECT FROM building b WHERE b.relid = x.indrelid) AS table_in_work,
       EXISTS (SELECT FROM building b WHERE b.relid IS NULL) AS masked
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
 WHERE NOT (x.indisvalid AND x.indisready AND x.indislive)
 ORDER BY 1
"""

#: What REINDEX CONCURRENTLY calls the new index until it is done, and the old one after that: ChooseRelationName() may add a number.
_NEW, _OLD = re.compile(r"_ccnew\d*$"), re.compile(r"_ccold\d*$")


@check(
    "indexes.invalid",
    sop="4",
    title="invalid indexes",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    ok_message="no index is invalid",
    hint="drop it with DROP INDEX CONCURRENTLY, or build it anew with REINDEX INDEX CONCURRENTLY",
)
def invalid(here: DatabaseContext) -> Iterator[Measured]:
    """Yield invalid indexes, which a failed CREATE INDEX CONCURRENTLY leaves behind: written to, never read.

    A unique one is CRITICAL: it does not guard uniqueness any more.

    Raises:
        HiddenError: after the last one, if the role cannot see whether an index is being built.
    """
    masked = 0
    for row in here.session.rows(_INVALID):
        rebuilt = _NEW.search(row["index_name"]) or _OLD.search(row["index_name"])
        if row["in_work"] or (rebuilt and row["table_in_work"]):
            continue
        if row["masked"]:
            masked += 1
        elif row["partitioned"]:
            yield _unfinished(here, row)
        elif rebuilt:
            yield _left(here, row)
        else:
            kind = "unique index" if row["is_unique"] else "index"
            message = f"{kind} {row['name']} on {row['on_table']} of {here.name} is invalid"
            yield Measured(row["name"], None, message, CRITICAL if row["is_unique"] else "")
    if masked:
        raise HiddenError(f"only pg_monitor sees whether {masked} invalid indexes are being built right now")


def _unfinished(here: DatabaseContext, row: dict[str, Any]) -> Measured:
    """Return an invalid index of a partitioned table: only a bracket, for each partition has an index of its own that works."""
    message = f"partitioned index {row['name']} on {row['on_table']} of {here.name} is invalid: some partition has no part of it"
    hint = "build the missing parts with CREATE INDEX CONCURRENTLY on the partitions, and join each with ALTER INDEX ... ATTACH PARTITION"
    return Measured(row["name"], None, message, hint=hint)


def _left(here: DatabaseContext, row: dict[str, Any]) -> Measured:
    """Return a leftover of REINDEX CONCURRENTLY: the index to rebuild still works, whichever of the two is left over."""
    message = (
        f"index {row['name']} on {row['on_table']} of {here.name} is left over from a REINDEX CONCURRENTLY that failed"
    )
    return Measured(row["name"], None, message, hint="drop it with DROP INDEX CONCURRENTLY, and run the REINDEX again")
