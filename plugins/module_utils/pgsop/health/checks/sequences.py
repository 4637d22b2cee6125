# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences that run out of numbers."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Tuple

from ..check import DATABASE, HiddenError, Measured, check
from ..view import Database

#: To read a sequence locks it until the statement ends, and the lock table has room for some thousands only.
BATCH = 1000

# A column may be smaller than its sequence: a bigint sequence that feeds an integer column ends where the column does. It feeds the
# column that owns it, and each whose default takes from it. The type of a column is asked for one by one, as that goes by an index.
_SEQUENCES = """
WITH fed AS MATERIALIZED (
  SELECT objid AS oid, refobjid AS relation, refobjsubid AS number
    FROM pg_catalog.pg_depend
   WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid > 0
   UNION
  SELECT d.refobjid, f.adrelid, f.adnum
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
   WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid = 0
), types AS MATERIALIZED (
  SELECT s.seqrelid AS oid, (SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = fed.relation AND a.attnum = fed.number) AS type
    FROM pg_catalog.pg_sequence s
    JOIN fed ON fed.oid = s.seqrelid
), room AS MATERIALIZED (
  SELECT oid, min(CASE type WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS largest FROM types GROUP BY oid
)
SELECT s.seqrelid::bigint AS oid, format('%I.%I', n.nspname, c.relname) AS name, s.seqincrement AS step, s.seqmin AS smallest, s.seqmax AS biggest,
       s.seqstart AS start, r.largest, has_sequence_privilege(s.seqrelid, 'USAGE,SELECT') AS readable
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN room r ON r.oid = s.seqrelid
 WHERE NOT s.seqcycle
"""

# ALTER SEQUENCE keeps others out until it is committed; so nobody waits for it here.
_LOCKED = """
SELECT l.relation::bigint AS oid
  FROM pg_catalog.pg_locks l
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
# One that may not be read would be NULL or, until 16, an error for all.
_LAST = """
SELECT c.oid::bigint AS oid, pg_sequence_last_value(c.oid) AS last
  FROM unnest(%s::oid[]) AS o(oid)
  JOIN pg_catalog.pg_class c ON c.oid = o.oid
"""


@check(
    "sequences.exhaustion",
    sop="4",
    title="numbers of sequences in use",
    scope=DATABASE,
    unit="%",
    warn=80,
    crit=90,
    fine="every sequence has numbers left",
    hint="make column and sequence bigint (ALTER TABLE ... ALTER COLUMN ... TYPE bigint rewrites the table) before INSERT fails",
)
def exhaustion(here: Database) -> Iterator[Measured]:
    """How much of a sequence is used, up to what its columns can hold. Sequences that begin anew at their end have no end."""
    sequences = {row["oid"]: row for row in here.session.rows(_SEQUENCES)}
    locked = {row["oid"] for row in here.session.rows(_LOCKED)} & set(sequences)
    readable = [oid for oid, row in sequences.items() if row["readable"] and oid not in locked]
    for begin in range(0, len(readable), BATCH):
        for row in here.session.rows(_LAST, [readable[begin : begin + BATCH]]):
            if row["last"] is not None:
                sequence = sequences[row["oid"]]
                percent, left = used(sequence, row["last"])
                message = f"sequence {sequence['name']} of {here.name} has used {percent:.1f} % of its numbers, {left} are left"
                yield Measured(sequence["name"], percent, message)
    if locked:
        raise HiddenError(f"{len(locked)} sequences are being altered and cannot be read until that is committed")
    if len(readable) < len(sequences):
        raise HiddenError(f"the last value of {len(sequences) - len(readable)} sequences may not be read")


def used(sequence: Mapping[str, Any], last: int) -> Tuple[float, int]:
    """How much of a sequence is used, in percent, and how many numbers are left.

    It is used from its lowest number on, of those from 1 on where it could begin below but did not.

    Args:
        sequence: step, smallest, biggest and start of it, and the largest that its columns take, None for no limit.
        last: the latest number.
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
