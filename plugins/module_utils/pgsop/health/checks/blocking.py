# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for whom, and what holds locks without a session."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Sequence

from ...activity.sessions import Backend
from ...text import age
from ..check import SERVER, Measured, check
from ..view import Server
from .sessions import name_of, told

#: In blocked_by, what stands for any prepared transaction.
_PREPARED_PID = 0
#: Since when pg_locks tells when a wait began.
_WAITSTART_SINCE = 14

_WAITS = """
SELECT l.pid, max(extract(epoch FROM clock_timestamp() - l.waitstart))::float8 AS age_s
  FROM pg_catalog.pg_locks l
 WHERE NOT l.granted
 GROUP BY l.pid
"""
_PREPARED = """
SELECT gid, owner::text AS role, database::text AS database, quote_literal(gid) AS quoted,
       extract(epoch FROM clock_timestamp() - prepared)::float8 AS age_s
  FROM pg_catalog.pg_prepared_xacts
 ORDER BY prepared
"""
# One entry is one locked thing, by however many sessions it is locked. Predicate locks have a table of their own.
_LOCKED = """
SELECT count(*)
  FROM (SELECT DISTINCT locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid, objsubid
          FROM pg_catalog.pg_locks
         WHERE NOT fastpath AND mode <> 'SIReadLock') AS locked
"""


@check(
    "locks.blocked",
    sop="7",
    title="sessions that wait for a lock",
    scope=SERVER,
    unit="s",
    warn=30,
    crit=120,
    fine="no session has waited for a lock for long",
    hint="see the whole chain, and what ends it, with 'pgsop locks'",
)
def blocked(here: Server) -> Iterator[Measured]:
    """Sessions that wait for a lock, by the time they wait, with the session that is at the root of it.

    Only 14 and later tell since when; before, it is the time since the statement began.
    """
    waiting = [each for each in here.backends if each.blocked_by]
    if not waiting:
        return
    waits: Dict[int, float] = {each.pid: each.query_age_s or 0.0 for each in waiting}
    if here.version >= _WAITSTART_SINCE:
        waits.update({row["pid"]: row["age_s"] or 0.0 for row in here.session.rows(_WAITS)})
    by_pid = {each.pid: each for each in here.backends}
    prepared_ahead = any(_PREPARED_PID in each.blocked_by for each in waiting)
    gids = [row["gid"] for row in here.session.rows(_PREPARED)] if prepared_ahead else []
    for each in waiting:
        roots = "; ".join(_told_root(gids, by_pid, pid) for pid in _roots(each, by_pid))
        message = f"{told(each)} has waited for a lock for {age(waits[each.pid])}; at the root of it: {roots}"
        yield Measured(name_of(each), waits[each.pid], message)


def _roots(waiting: Backend, by_pid: Mapping[int, Backend]) -> List[int]:
    """Those in the way that wait for nobody, in the order in which they are met; all that are met where each waits for another."""
    met: List[int] = []
    ahead = list(waiting.blocked_by)
    while ahead:
        pid = ahead.pop(0)
        if pid not in met:
            met.append(pid)
            ahead += by_pid[pid].blocked_by if pid in by_pid else ()
    return [pid for pid in met if pid not in by_pid or not by_pid[pid].blocked_by] or met


def _told_root(gids: Sequence[str], by_pid: Mapping[int, Backend], pid: int) -> str:
    if pid == _PREPARED_PID:
        return f"prepared transaction {' or '.join(gids)}" if gids else "a prepared transaction"
    if pid not in by_pid:
        return f"session {pid}, which is gone"
    root = by_pid[pid]
    return f"{told(root)}, {root.state or root.backend_type} for {age(root.state_age_s or 0.0)}"


@check(
    "locks.prepared",
    sop="7",
    title="prepared transactions",
    scope=SERVER,
    unit="s",
    warn=60,
    crit=3600,
    fine="no prepared transaction has been left for long",
    hint="ask the transaction manager that prepared it how it ended, and end it alike",
)
def prepared(here: Server) -> Iterator[Measured]:
    """What was prepared and neither committed nor rolled back: it keeps its locks, over restarts, and belongs to no session."""
    for row in here.session.rows(_PREPARED):
        message = f"prepared transaction {row['gid']} of {row['role']} in {row['database']} has waited for its end for {age(row['age_s'])}"
        hint = f"ask the transaction manager how it ended; then, in {row['database']}, COMMIT PREPARED or ROLLBACK PREPARED {row['quoted']}"
        yield Measured(f"{row['database']}.{row['gid']}", row["age_s"], message, hint=hint)


@check(
    "locks.table",
    sop="7",
    title="the lock table",
    scope=SERVER,
    unit="%",
    warn=60,
    crit=85,
    hint="see who holds them with 'pgsop locks'; raise pg_tuning_settings.max_locks_per_transaction, which needs a restart",
)
def table(here: Server) -> Iterator[Measured]:
    """Locked things against the room for them: max_locks_per_transaction * (max_connections + max_prepared_transactions), as its manual says.

    When it is full, statements of anybody fail with "out of shared memory". Weak locks on few tables are kept elsewhere (fastpath).
    """
    sessions = here.setting("max_connections").number + here.setting("max_prepared_transactions").number
    room = here.setting("max_locks_per_transaction").number * sessions
    used = here.session.value(_LOCKED)
    yield Measured("server", 100.0 * used / room, f"{used:,} of {room:,.0f} places of the lock table are in use")
