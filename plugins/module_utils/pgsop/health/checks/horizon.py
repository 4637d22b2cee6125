# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps vacuum from removing dead rows, and anti-wraparound vacuums."""

from __future__ import annotations

from collections.abc import Iterator

from ...text import age
from ..check import SERVER, Measured, check
from ..context import ServerContext
from .sessions import format_session

# A transaction without a snapshot holds its own number. A vacuum holds back no other (PROC_IN_VACUUM in procarray.c of PostgreSQL).
_HOLDERS = """
SELECT CASE WHEN a.backend_type = 'walsender' THEN 'standby' ELSE 'session' END AS kind,
       format('%s (%s in %s%s)', a.pid, a.usename, a.datname, ', ' || nullif(a.application_name, '')) AS name,
       greatest(age(a.backend_xid), age(a.backend_xmin)) AS behind
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid <> pg_backend_pid()
   AND a.leader_pid IS NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = a.pid)
   AND coalesce(a.backend_xid, a.backend_xmin) IS NOT NULL
UNION ALL
SELECT 'prepared transaction', format('%s in %s', gid, database), age(transaction)
  FROM pg_catalog.pg_prepared_xacts
UNION ALL
SELECT 'replication slot', slot_name::text, greatest(age(xmin), age(catalog_xmin))
  FROM pg_catalog.pg_replication_slots
 WHERE coalesce(xmin, catalog_xmin) IS NOT NULL
"""
_WRAPAROUND = "to prevent wraparound"


@check(
    "vacuum.horizon",
    sop="6",
    title="transactions that vacuum cannot clean up behind",
    scope=SERVER,
    warn=1e7,
    crit=1e8,
    ok_message="nothing holds vacuum back for long",
    hint="end it: SELECT pg_terminate_backend(PID), COMMIT PREPARED or ROLLBACK PREPARED, or pg_drop_replication_slot(NAME)",
)
def horizon(here: ServerContext) -> Iterator[Measured]:
    """Yield holders of an old xmin, by the number of transactions begun since.

    A session with an old snapshot may still read rows that were deleted since, so vacuum keeps them. Every role may see these numbers,
    also of other roles' sessions.
    """
    for row in here.session.rows(_HOLDERS):
        message = (
            f"{row['kind']} {row['name']} keeps vacuum from removing what {row['behind']:,} transactions left behind"
        )
        yield Measured(f"{row['kind']} {row['name']}", row["behind"], message)


@check(
    "vacuum.wraparound_running",
    sop="6",
    title="vacuum against wraparound",
    scope=SERVER,
    hint="let it finish: it gives way to nobody; lower autovacuum_freeze_max_age only where it runs for hours",
)
def wraparound_running(here: ServerContext) -> Iterator[Measured]:
    """Yield running anti-wraparound vacuums by their age in seconds; without thresholds.

    Such a vacuum is in time, but it does not yield to lock requests, such as that of ALTER TABLE, as others do.
    """
    for each in here.backends:
        if each.backend_type == "autovacuum worker" and _WRAPAROUND in each.query:
            message = f"{format_session(each)} has been at '{each.query}' in {each.database} for {age(each.transaction_age_s or 0.0)}"
            yield Measured(each.query, each.transaction_age_s, message)
