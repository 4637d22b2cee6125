# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that wait for a lock, and locks without a session."""

from __future__ import annotations

from collections.abc import Iterator

from ...locks.read import LockSnapshot, any_wait, read, wait_age
from ...locks.wait_graph import Key, root_blockers
from ...text import age
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext
from .sessions import format_session, name_of

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
# Each wait that lasted for deadlock_timeout and ended with the lock; a wait that a timeout or a cancel ends does not count.
_WAITS = """
SELECT locktype, waits::float8 AS waits, wait_time::float8 / 1000 AS seconds, fastpath_exceeded::float8 AS shared, stats_reset
  FROM pg_catalog.pg_stat_lock
"""
_COUNTED_SINCE = 19


@check(
    "locks.blocked",
    sop="7",
    title="sessions that wait for a lock",
    scope=SERVER,
    unit="s",
    warn=30,
    crit=120,
    ok_message="no session has waited for a lock for long",
    hint="see the whole chain, and what ends it, with 'pgsop locks'",
)
def blocked(here: ServerContext) -> Iterator[Measured]:
    """Yield sessions that wait for a lock, by the time of their wait in seconds, each with its root blockers."""
    if any_wait(here.session):
        yield from measured_waits(read(here.session))


def measured_waits(snapshot: LockSnapshot) -> Iterator[Measured]:
    """Yield each session that waits for a lock, by the time of its wait in seconds.

    Raises:
        HiddenError: after the last one, if the server hides the time of a wait, which only 13 does.
    """
    hidden = 0
    for key, lock in snapshot.waited_for.items():
        waiter = snapshot.backends.get(key)
        waited_s = wait_age(lock, waiter)
        if waiter is None:
            continue
        if waited_s is None:
            hidden += 1
            continue
        roots = "; ".join(_format_root(snapshot, root) for root in root_blockers(key, snapshot.blockers))
        message = f"{format_session(waiter)} has waited for a lock for {age(waited_s)}; at the root of it: {roots}"
        yield Measured(name_of(waiter), waited_s, message)
    if hidden:
        raise HiddenError(
            f"this role cannot see for how long {hidden} of {len(snapshot.waited_for)} sessions wait; grant it pg_monitor"
        )


def _format_root(snapshot: LockSnapshot, key: Key) -> str:
    if key <= 0:
        prepared = snapshot.prepared.get(-key)
        return f"prepared transaction {prepared['gid']}" if prepared else "a prepared transaction"
    root = snapshot.backends.get(key)
    if root is None:
        return f"session {key}, which has ended"
    if root.masked:
        return f"{format_session(root)}, whose state this role cannot see"
    return f"{format_session(root)}, {root.state or root.backend_type} for {age(root.state_age_s or 0.0)}"


@check(
    "locks.waits",
    sop="7",
    title="seconds in lock waits, per hour",
    scope=SERVER,
    unit="s",
    hint="the log has the sessions and statements, with log_lock_waits on; while it lasts, see them with 'pgsop locks'",
)
def waits(here: ServerContext) -> Iterator[Measured]:
    """Yield the seconds per hour that sessions waited for locks (pg_stat_lock), since 19; without thresholds.

    Waits count from deadlock_timeout on (1 s by default). Set warn if the application should not wait: `locks.blocked` sees only
    waits that last when it runs.
    """
    if here.version < _COUNTED_SINCE:
        yield Measured("server", None, f"PostgreSQL {here.version} does not count lock waits")
        return
    rows = here.session.rows(_WAITS)
    kinds = {row["locktype"]: row["waits"] for row in rows}
    total = {name: sum(row[name] for row in rows) for name in ("seconds", "shared")}
    window = here.window("locks.waits", {**kinds, **total}, max(row["stats_reset"] for row in rows))
    grown = {kind: window.grown[kind] for kind in kinds if window.grown[kind]}
    by_kind = ", ".join(f"{count:.0f} for {kind}" for kind, count in sorted(grown.items(), key=lambda each: -each[1]))
    message = f"sessions waited {sum(grown.values()):.0f} times for a lock within {age(window.seconds)}"
    message += f", {window.grown['seconds']:.0f} s in all: {by_kind}" if grown else ""
    shared = window.grown["shared"]
    message += f"; {shared:,.0f} locks had no room in the fast path (max_locks_per_transaction)" if shared else ""
    yield Measured("server", window.per_hour("seconds"), message)


@check(
    "locks.prepared",
    sop="7",
    title="prepared transactions",
    scope=SERVER,
    unit="s",
    warn=60,
    crit=3600,
    ok_message="no prepared transaction has been left for long",
    hint="ask the transaction manager that prepared it how it ended, and end it alike",
)
def prepared(here: ServerContext) -> Iterator[Measured]:
    """Yield prepared transactions by age in seconds: each keeps its locks, over restarts, and belongs to no session."""
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
def table(here: ServerContext) -> Iterator[Measured]:
    """Yield the share of the lock table in use, in percent.

    Its size is max_locks_per_transaction * (max_connections + max_prepared_transactions), as the manual has it. When it is full,
    statements of every session fail with "out of shared memory". Weak locks on few tables are elsewhere (fastpath).
    """
    sessions = here.setting("max_connections").number + here.setting("max_prepared_transactions").number
    room = here.setting("max_locks_per_transaction").number * sessions
    used = here.session.value(_LOCKED)
    yield Measured("server", 100.0 * used / room, f"{used:,} of {room:,.0f} places of the lock table are in use")
