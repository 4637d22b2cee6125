# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences that run out of numbers."""

from __future__ import annotations

from typing import Iterator

from ..check import DATABASE, HiddenError, Measured, check
from ..view import Database

# A column may be smaller than its sequence: a bigint sequence that feeds an integer column ends where the column does.
_USED = """
SELECT format('%I.%I', n.nspname, c.relname) AS name,
       s.seqincrement AS step,
       s.seqmin::numeric AS smallest,
       least(s.seqmax::numeric, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS largest,
       pg_sequence_last_value(c.oid)::numeric AS last,
       has_sequence_privilege(c.oid, 'USAGE,SELECT') AS readable
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d
         ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE NOT s.seqcycle AND c.relpersistence <> 't'
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
    """How much of a sequence is used, up to what its column can hold. A role without a privilege gets NULL, not an error."""
    hidden = 0
    for row in here.session.rows(_USED):
        if not row["readable"]:
            hidden += 1
        elif row["last"] is not None:
            first, end = (row["smallest"], row["largest"]) if row["step"] > 0 else (row["largest"], row["smallest"])
            percent = float(100 * (row["last"] - first) / (end - first)) if end != first else 100.0
            yield Measured(row["name"], percent, f"sequence {row['name']} of {here.name} has used {percent:.1f} % of its numbers")
    if hidden:
        raise HiddenError(f"the last value of {hidden} sequences may not be read")
