# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free space in tables and indexes: an estimate from the column widths that ANALYZE recorded.
As in the usual estimates: the pages that the rows would take, packed well, against the pages in use, with the padding of each column.
Without statistics there is no estimate, nor for TOAST and indexes other than btree. An index of many equal keys is smaller than is
assumed here, so that some of its bloat goes unnoticed; no index is reported too big for that reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...finding import CRITICAL, WARNING
from ..check import DATABASE, HiddenError, Measured, check
from ..context import DatabaseContext

#: Bytes of a page, of an item pointer, of the headers of a page, a row and an entry, and what a btree keeps at the end of a page.
ITEM, PAGE_HEADER, ROW_HEADER, ENTRY_HEADER, BTREE_SPECIAL = 4, 24, 23, 8, 16
MAXALIGN = 8
_ALIGNED = {"c": 1, "s": 2, "i": 4, "d": 8}
#: Values of variable length up to here have a short header, and no padding before them.
_SHORT = 127
_LIMITS = {
    "least_bytes": 100 * 2**20,
    "warn_percent": 40,
    "warn_bytes": 2**30,
    "crit_percent": 60,
    "crit_bytes": 5 * 2**30,
}

_SIZES = """
WITH big AS MATERIALIZED (
  SELECT oid, relname, relnamespace, relkind, relam, relpages, reltuples, reloptions, relpersistence, relreplident
    FROM pg_catalog.pg_class
   WHERE relkind = ANY (%s::"char"[]) AND relpages::float8 * %s >= %s
     AND relnamespace <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_toast')
)
SELECT c.oid::bigint AS oid, format('%%I.%%I', n.nspname, c.relname) AS name, c.relpages::float8 AS pages, c.reltuples::float8 AS tuples,
       coalesce((SELECT o.option_value FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'fillfactor')::float8,
                CASE c.relkind WHEN 'i' THEN 90 ELSE 100 END) AS fillfactor,
       CASE WHEN c.relkind = 'm' THEN 'a materialized view'
            WHEN c.relpersistence <> 'p' THEN 'an unlogged table'
            WHEN c.oid < 16384 THEN 'a system catalog'
            WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_index k WHERE k.indrelid = c.oid AND k.indisvalid AND k.indimmediate
                                AND CASE c.relreplident WHEN 'd' THEN k.indisprimary WHEN 'i' THEN k.indisreplident END)
            THEN 'a table without primary key or replica identity index' END AS obstacle,
       has_table_privilege(coalesce(x.indrelid, c.oid), 'SELECT') AND NOT row_security_active(coalesce(x.indrelid, c.oid)) AS readable
  FROM big c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid LIMIT 1) x ON true
  LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
 WHERE c.relkind <> 'i' OR m.amname = 'btree'
 ORDER BY c.relpages DESC
"""

# The columns of tables, and of indexes those of their table behind them; an expression has statistics under the name of its index.
_COLUMNS = """
SELECT a.attrelid::bigint AS oid, a.attalign::text AS align, a.attlen AS length, s.null_frac::float8 AS nulls, s.avg_width::float8 AS width
  FROM unnest(%s::oid[]) AS o(oid)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = a.attrelid
  LEFT JOIN pg_catalog.pg_attribute b
         ON b.attrelid = x.indrelid AND b.attnum = (string_to_array(x.indkey::text, ' ')::int2[])[a.attnum] AND b.attnum > 0
  JOIN pg_catalog.pg_class c ON c.oid = coalesce(b.attrelid, a.attrelid)
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stats s
         ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = coalesce(b.attname, a.attname) AND NOT s.inherited
 ORDER BY a.attrelid, a.attnum
"""


#: Since when REPACK is there. (CONCURRENTLY) locks the table only for a moment, and reads what changes meanwhile from WAL.
_REPACK_SINCE = 19
_CONFIRM = "confirm it with pgstattuple_approx; then"


@check(
    "tables.bloat",
    sop="6",
    title="bloated tables",
    scope=DATABASE,
    unit="%",
    extra_limits=_LIMITS,
    ok_message="no big table is bloated, by estimate",
    hint=f"{_CONFIRM} VACUUM FULL, which locks the table until it ends, or pg_repack",
)
def tables(here: DatabaseContext) -> Iterator[Measured]:
    """Yield tables and materialized views above least_bytes (100 MB) with the share of free space, in percent by estimate.

    Raises:
        HiddenError: after the last one, if statistics are missing or may not be read.
    """
    yield from _bloated(here, "tables.bloat", "table", ["r", "m"])


@check(
    "indexes.bloat",
    sop="6",
    title="bloated indexes",
    scope=DATABASE,
    unit="%",
    extra_limits=_LIMITS,
    ok_message="no big btree index is bloated, by estimate",
    hint="confirm it with pgstatindex; then REINDEX INDEX CONCURRENTLY",
)
def indexes(here: DatabaseContext) -> Iterator[Measured]:
    """Yield btree indexes above least_bytes (100 MB) with the share of free space, in percent by estimate.

    Raises:
        HiddenError: after the last one, if statistics are missing or may not be read.
    """
    yield from _bloated(here, "indexes.bloat", "index", ["i"])


def table_pages(rows: float, columns: Sequence[Mapping[str, Any]], fillfactor: float, page: float) -> float:
    """Return the number of pages that rows would take, packed well.

    Args:
        rows: number of rows.
        columns: align, length, nulls (share) and width (bytes) of each, in their order.
        fillfactor: in percent.
        page: its size in bytes.
    """
    header = ROW_HEADER + (math.ceil(len(columns) / 8) if any(each["nulls"] for each in columns) else 0)
    size = ITEM + _padded(_padded(header, MAXALIGN) + _width(columns), MAXALIGN)
    return math.ceil(rows / max(1.0, (page - PAGE_HEADER) * fillfactor / 100 // size))


def index_pages(entries: float, columns: Sequence[Mapping[str, Any]], fillfactor: float, page: float) -> float:
    """Return the number of pages of a btree, packed well: metapage, leaves, and one level above them.

    Args:
        entries: number of entries.
        columns: as for table_pages.
        fillfactor: in percent.
        page: its size in bytes.
    """
    header = _padded(ENTRY_HEADER + (4 if any(each["nulls"] for each in columns) else 0), MAXALIGN)
    size = ITEM + _padded(header + _width(columns), MAXALIGN)
    fitting = max(1.0, (page - PAGE_HEADER - BTREE_SPECIAL) * fillfactor / 100 // size)
    leaves = math.ceil(entries / fitting)
    return 1 + leaves + math.ceil(leaves / max(2.0, fitting))


def _width(columns: Sequence[Mapping[str, Any]]) -> float:
    """Return the bytes of the values of a row, with the padding between them."""
    width = 0.0
    for each in columns:
        short = each["length"] == -1 and each["width"] < _SHORT
        width = (
            width if short else _padded(width, _ALIGNED[each["align"]]) * (1 - each["nulls"]) + width * each["nulls"]
        )
        width += each["width"] * (1 - each["nulls"])
    return width


def _padded(size: float, to: int) -> float:
    return math.ceil(size / to) * to


def _bloated(here: DatabaseContext, name: str, kind: str, relkinds: list[str]) -> Iterator[Measured]:
    limits = here.limits[name]
    page = here.server.setting("block_size").number
    big = here.session.rows(_SIZES, [relkinds, page, limits["least_bytes"]])
    readable = [row for row in big if row["readable"]]
    columns: dict[int, list[dict[str, Any]]] = {}
    if readable:
        for column in here.session.rows(_COLUMNS, [[row["oid"] for row in readable]]):
            columns.setdefault(column["oid"], []).append(column)
    unknown = 0
    for row in readable:
        known = columns.get(row["oid"], [])
        if row["tuples"] < 0 or any(column["width"] is None for column in known):
            unknown += 1
            continue
        pages = index_pages if kind == "index" else table_pages
        empty = max(0.0, row["pages"] - pages(row["tuples"], known, row["fillfactor"], page))
        percent = 100 * empty / row["pages"]
        status = _status(percent, empty * page, limits)
        size = f"{empty * page / 2**20:.0f} of {row['pages'] * page / 2**20:.0f} MB"
        yield Measured(
            row["name"],
            percent,
            f"{kind} {row['name']} of {here.name} is {percent:.0f} % empty by estimate, {size}",
            status,
            _repack(here, row) if kind == "table" and here.version >= _REPACK_SINCE else "",
        )
    if len(readable) < len(big):
        raise HiddenError(
            f"the statistics of {len(big) - len(readable)} big {kind}s may not be read; only roles that read the rows see them"
        )
    if unknown:
        raise HiddenError(f"there are no statistics of {unknown} big {kind}s: run ANALYZE")


def _repack(here: DatabaseContext, row: Mapping[str, Any]) -> str:
    """Return the fix of a table since 19: REPACK (CONCURRENTLY) where the server can do that, and why not elsewhere."""
    slots = here.server.setting("max_repack_replication_slots").number
    obstacle = f"for {row['obstacle']}" if row["obstacle"] else ""
    obstacle = obstacle or ("with wal_level = minimal" if here.server.setting("wal_level").value == "minimal" else "")
    obstacle = obstacle or ("with max_repack_replication_slots = 0" if not slots else "")
    if obstacle:
        return f"{_CONFIRM} 'REPACK {row['name']}', which locks the table until it ends: (CONCURRENTLY) is not possible {obstacle}"
    return (
        f"{_CONFIRM} 'REPACK (CONCURRENTLY) {row['name']}'; it needs free space for a copy of the table and the WAL written meanwhile, and"
        " begins when the open transactions have ended"
    )


def _status(percent: float, size: float, limits: Mapping[str, float | None]) -> str:
    for status, word in ((CRITICAL, "crit"), (WARNING, "warn")):
        if percent > (limits[f"{word}_percent"] or 0) and size > (limits[f"{word}_bytes"] or 0):
            return status
    return ""
