# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences that run out of numbers."""

from __future__ import annotations

from typing import Iterator

from ..check import DATABASE, HiddenError, Measured, check
from ..view import Database

#: To read a sequence locks it until the statement ends, and the lock table has room for some thousands only.
BATCH = 1000

# ALTER SEQUENCE keeps others out until it is committed; so nobody waits for it here.
_LOCKED = """
SELECT l.relation::bigint AS oid
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind = 'S'
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""

# A column may be smaller than its sequence: a bigint sequence that feeds an integer column ends where the column does. It feeds the
# column that owns it, and each whose default takes from it. The last value comes last, and only where it may be read: others get
# NULL or, until 16, an error for all.
_USED = """
WITH batch AS MATERIALIZED (
  SELECT s.seqrelid, s.seqincrement, s.seqmin::numeric, s.seqmax::numeric, s.seqstart::numeric, s.seqcycle
    FROM pg_catalog.pg_sequence s
   WHERE s.seqrelid > %(after)s
   ORDER BY s.seqrelid
   LIMIT %(batch)s
), fed AS MATERIALIZED (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number
    FROM batch
    JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_class'::regclass AND d.objid = batch.seqrelid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
   UNION
  SELECT d.refobjid, f.adrelid, f.adnum
    FROM batch
    JOIN pg_catalog.pg_depend d
      ON d.refclassid = 'pg_class'::regclass AND d.refobjid = batch.seqrelid AND d.classid = 'pg_attrdef'::regclass
    JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
), room AS MATERIALIZED (
  SELECT fed.sequence, min(CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END)::numeric AS largest
    FROM fed
    JOIN pg_catalog.pg_attribute a ON a.attrelid = fed.relation AND a.attnum = fed.number
   GROUP BY 1
), read AS MATERIALIZED (
  SELECT b.*, r.largest, n.nspname, c.relname, has_sequence_privilege(c.oid, 'USAGE,SELECT') AS readable, c.oid::bigint = ANY (%(locked)s::bigint[]) AS locked,
         CASE WHEN c.oid::bigint <> ALL (%(locked)s::bigint[]) AND has_sequence_privilege(c.oid, 'USAGE,SELECT')
              THEN pg_sequence_last_value(c.oid)::numeric END AS last
    FROM batch b
    JOIN pg_catalog.pg_class c ON c.oid = b.seqrelid AND c.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN room r ON r.sequence = b.seqrelid
   WHERE NOT b.seqcycle
), ends AS (
  SELECT read.*,
         CASE WHEN seqincrement > 0 THEN greatest(seqmin, least(seqstart, last, 1)) ELSE least(seqmax, greatest(seqstart, last, -1)) END AS first,
         CASE WHEN seqincrement > 0 THEN least(seqmax, largest) ELSE greatest(seqmin, -largest - 1) END AS final
    FROM read
)
SELECT format('%%I.%%I', nspname, relname) AS name, readable, locked,
       (100 * CASE WHEN final = first THEN 1 ELSE (last - first) / (final - first) END)::float8 AS percent,
       trunc(greatest(0, (final - last) / seqincrement))::text AS left
  FROM ends
 WHERE last IS NOT NULL OR locked OR NOT readable
"""
_NEXT = "SELECT max(s.seqrelid)::bigint FROM (SELECT seqrelid FROM pg_catalog.pg_sequence WHERE seqrelid > %s ORDER BY seqrelid LIMIT %s) s"


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
    hidden = locked = after = 0
    held = sorted({row["oid"] for row in here.session.rows(_LOCKED)})
    while True:
        asked = {"after": after, "batch": BATCH, "locked": held}
        after = here.session.value(_NEXT, [after, BATCH])
        if after is None:
            break
        for row in here.session.rows(_USED, asked):
            if row["locked"]:
                locked += 1
            elif not row["readable"]:
                hidden += 1
            else:
                message = f"sequence {row['name']} of {here.name} has used {row['percent']:.1f} % of its numbers, {row['left']} are left"
                yield Measured(row["name"], row["percent"], message)
    if hidden:
        raise HiddenError(f"the last value of {hidden} sequences may not be read")
    if locked:
        raise HiddenError(f"{locked} sequences are being altered and cannot be read until that is committed")
