# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences that run out of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..check import DATABASE, HiddenError, Measured, check
from ..context import DatabaseContext

#: To read a sequence locks it until the statement ends, and the lock table has room for some thousands only.
BATCH = 1000

_ALL = "SELECT seqrelid::bigint AS oid FROM pg_catalog.pg_sequence WHERE NOT seqcycle"

# ALTER SEQUENCE keeps others out until it is committed; so this check does not wait for it.
_LOCKED = """
SELECT l.relation::bigint AS oid
  FROM pg_catalog.pg_locks l
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
# One that may not be read would be NULL or, until 16, an error for all. Those far from the end even of the smallest column are left out
# here, as what follows is dear for many.
_LAST = """
WITH read AS MATERIALIZED (
  SELECT s.*, r.readable, CASE WHEN r.readable THEN pg_sequence_last_value(s.seqrelid) END AS last
    FROM unnest(%s::oid[]) AS o(oid)
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = o.oid
   CROSS JOIN LATERAL (SELECT has_sequence_privilege(s.seqrelid, 'USAGE,SELECT') AS readable OFFSET 0) r
   WHERE (SELECT c.relpersistence FROM pg_catalog.pg_class c WHERE c.oid = s.seqrelid) <> 't'
)
SELECT seqrelid::bigint AS oid, readable, last, seqincrement AS step, seqmin AS smallest, seqmax AS biggest, seqstart AS start
  FROM read
 WHERE NOT readable OR last NOT BETWEEN -10000 AND 10000 OR (last IS NOT NULL AND (seqmax < 32767 OR seqmin > -32768 AND seqincrement < 0))
"""

# A column may be smaller than its sequence: a bigint sequence that feeds an integer column ends where the column does. It feeds the
# column that owns it, and each with a default from it. The lateral subqueries go by an index, which a join of all would not.
_FED = """
WITH fed AS MATERIALIZED (
  SELECT o.oid, d.refobjid AS relation, d.refobjsubid AS number
    FROM unnest(%(oids)s::oid[]) AS o(oid)
   CROSS JOIN LATERAL (
     SELECT refobjid, refobjsubid FROM pg_catalog.pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = o.oid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') OFFSET 0
   ) d
   UNION
  SELECT o.oid, f.adrelid, f.adnum
    FROM unnest(%(oids)s::oid[]) AS o(oid)
   CROSS JOIN LATERAL (
     SELECT objid FROM pg_catalog.pg_depend
      WHERE refclassid = 'pg_class'::regclass AND refobjid = o.oid AND classid = 'pg_attrdef'::regclass OFFSET 0
   ) d
    JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
), types AS MATERIALIZED (
  SELECT oid, (SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = fed.relation AND a.attnum = fed.number) AS type FROM fed
)
SELECT c.oid::bigint AS oid, format('%%I.%%I', n.nspname, c.relname) AS name,
       (SELECT min(CASE t.type WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) FROM types t WHERE t.oid = c.oid) AS largest
  FROM unnest(%(oids)s::oid[]) AS o(oid)
  JOIN pg_catalog.pg_class c ON c.oid = o.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""


@check(
    "sequences.exhaustion",
    sop="4",
    title="numbers of sequences in use",
    scope=DATABASE,
    unit="%",
    warn=80,
    crit=90,
    ok_message="every sequence has numbers left",
    hint="make column and sequence bigint (ALTER TABLE ... ALTER COLUMN ... TYPE bigint rewrites the table) before INSERT fails",
)
def exhaustion(here: DatabaseContext) -> Iterator[Measured]:
    """Yield the share of each sequence that is used, in percent, up to what its columns can hold. Cyclic sequences have no end.

    Raises:
        HiddenError: after the last one, if a sequence is locked by ALTER SEQUENCE or may not be read.
    """
    every = {row["oid"] for row in here.session.rows(_ALL)}
    locked = {row["oid"] for row in here.session.rows(_LOCKED)} & every
    free = sorted(every - locked)
    hidden = 0
    for begin in range(0, len(free), BATCH):
        near = {row["oid"]: row for row in here.session.rows(_LAST, [free[begin : begin + BATCH]])}
        told = [oid for oid, row in near.items() if row["last"] is not None]
        hidden += sum(not row["readable"] for row in near.values())
        for row in here.session.rows(_FED, {"oids": told}) if told else []:
            percent, left = used({**near[row["oid"]], **row}, near[row["oid"]]["last"])
            message = f"sequence {row['name']} of {here.name} has used {percent:.1f} % of its numbers, {left} are left"
            yield Measured(row["name"], percent, message)
    if locked:
        raise HiddenError(f"{len(locked)} sequences are being altered and cannot be read until that is committed")
    if hidden:
        raise HiddenError(f"the last value of {hidden} sequences may not be read")


def used(sequence: Mapping[str, Any], last: int) -> tuple[float, int]:
    """Return the share of a sequence that is used, in percent, and the number of values left.

    It counts from the lowest value; from 1 if the sequence could begin below but did not.

    Args:
        sequence: step, smallest, biggest and start of it, and the largest that its columns take, None for no limit.
        last: the latest value.
    """
    step, largest = sequence["step"], sequence["largest"]
    if step > 0:
        first = max(sequence["smallest"], min(sequence["start"], last, 1))
        end = sequence["biggest"] if largest is None else min(sequence["biggest"], largest)
    else:
        first = min(sequence["biggest"], max(sequence["start"], last, -1))
        end = sequence["smallest"] if largest is None else max(sequence["smallest"], -largest - 1)
    percent = 100.0 * (last - first) / (end - first) if end != first else 100.0
    return percent, max(0, (end - last) // step)
