# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks that sessions wait for, and the locks that block them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..activity.sessions import Backend, backends
from ..connection import Session
from .wait_graph import Key

# Every role sees locks, also one that must not see the activity of others: so this does not go by wait_event_type.
# waitstart exists from 14 on; only the row as a whole can be asked for it without an error on 13.
_LOCK = """
SELECT l.pid, l.locktype AS kind, l.mode, coalesce(l.database, 0)::bigint AS database, l.relation::bigint AS relation, l.page, l.tuple AS tuple_number,
       l.virtualxid, l.transactionid::text::bigint AS transaction, l.classid::bigint AS classid, l.objid::bigint AS objid, l.objsubid,
"""
_WAITED_FOR = (
    _LOCK
    + """
       NULL::bigint AS prepared,
       CASE WHEN to_jsonb(l) ? 'waitstart'
            THEN coalesce(extract(epoch FROM clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)::float8, 0)
       END AS wait_age_s,
       pg_blocking_pids(l.pid) AS blocked_by
  FROM pg_catalog.pg_locks l
 WHERE NOT l.granted AND l.pid <> pg_backend_pid()
"""
)
_ANY_WAIT = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE NOT l.granted AND l.pid <> pg_backend_pid())"
# A prepared transaction keeps the virtual number of the session it was in, as its lock on its own number does.
_HELD = (
    _LOCK
    + """
       x.transaction::text::bigint AS prepared, NULL::float8 AS wait_age_s, '{}'::int[] AS blocked_by
  FROM pg_catalog.pg_locks l
  LEFT JOIN (pg_catalog.pg_locks own JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = own.transactionid)
    ON l.pid IS NULL AND own.pid IS NULL AND own.granted AND own.virtualtransaction = l.virtualtransaction
 WHERE l.granted AND (l.pid IS NULL OR l.pid = ANY (%s))
"""
)
_PREPARED = """
SELECT transaction::text::bigint AS transaction, gid, owner::text AS owner, database::text AS database,
       extract(epoch FROM clock_timestamp() - prepared)::float8 AS age_s
  FROM pg_catalog.pg_prepared_xacts
 ORDER BY prepared
"""
_DATABASES = """
SELECT oid::bigint AS oid, datname::text AS name, datallowconn AND NOT datistemplate AND datconnlimit <> -2 AS connectable
  FROM pg_catalog.pg_database
 ORDER BY datname
"""

# Which locks on a table exclude each other: https://www.postgresql.org/docs/current/explicit-locking.html, table 13.2.
_MODES = (
    "AccessShare",
    "RowShare",
    "RowExclusive",
    "ShareUpdateExclusive",
    "Share",
    "ShareRowExclusive",
    "Exclusive",
    "AccessExclusive",
)
_CONFLICTS: Mapping[str, tuple[str, ...]] = {
    "AccessShare": _MODES[7:],
    "RowShare": _MODES[6:],
    "RowExclusive": _MODES[4:],
    "ShareUpdateExclusive": _MODES[3:],
    "Share": ("RowExclusive", "ShareUpdateExclusive", *_MODES[5:]),
    "ShareRowExclusive": _MODES[2:],
    "Exclusive": _MODES[1:],
    "AccessExclusive": _MODES,
}


@dataclass(frozen=True)
class Lock:
    """A lock that a session holds or requests; the other fields are as in pg_locks.

    Attributes:
        database: its OID; 0 for a shared object.
        prepared: transaction of the prepared transaction that holds it; None for a process.
        wait_age_s: seconds of the wait, 0 in its first moment; None on 13, which does not record it, and for a held lock.
        blocked_by: blocking processes (pg_blocking_pids()); 0 stands for a prepared transaction.
    """

    pid: int | None
    kind: str
    mode: str
    database: int
    relation: int | None
    page: int | None
    tuple_number: int | None
    virtualxid: str | None
    transaction: int | None
    classid: int | None
    objid: int | None
    objsubid: int | None
    prepared: int | None
    wait_age_s: float | None
    blocked_by: Sequence[int]

    @property
    def target(self) -> tuple[Any, ...]:
        """Return the object of the lock as values of pg_locks; equal for locks on the same object."""
        where = (self.database, self.relation, self.page, self.tuple_number)
        return (self.kind, *where, self.virtualxid, self.transaction, self.classid, self.objid, self.objsubid)

    def excludes(self, other: Lock) -> bool:
        """Return whether one of the two locks has to wait for the other: same object, and modes that conflict."""
        mode, theirs = self.mode.replace("Lock", ""), other.mode.replace("Lock", "")
        return self.target == other.target and theirs in _CONFLICTS.get(mode, ())


@dataclass(frozen=True)
class LockSnapshot:
    """Locks, waits and processes of a server at one moment.

    Attributes:
        backends: all processes of the server except this session's, by process ID.
        waited_for: the lock that each waiter requests; for a parallel worker the waiter is its leader.
        blockers: the direct blockers by waiter.
        held: locks of blockers and of prepared transactions.
        prepared: prepared transactions by transaction ID: gid, owner, database, age_s.
        databases: names by OID.
        connectable: names of the databases that accept connections.
    """

    backends: Mapping[int, Backend]
    waited_for: Mapping[Key, Lock]
    blockers: Mapping[Key, Sequence[Key]]
    held: Sequence[Lock]
    prepared: Mapping[int, dict[str, Any]]
    databases: Mapping[int, str]
    connectable: Sequence[str]


def wait_age(lock: Lock, backend: Backend | None) -> float | None:
    """Return the seconds that a session has waited for a lock; None if hidden.

    On 13, which does not record the wait, it is the age of the statement, which is never less.

    Args:
        lock: the requested one.
        backend: its process; None if unknown.
    """
    if lock.wait_age_s is not None:
        return max(0.0, lock.wait_age_s)
    return None if backend is None or backend.query_age_s is None else max(0.0, backend.query_age_s)


def any_wait(session: Session) -> bool:
    """Return whether a session waits for a lock. Every role may see that."""
    return bool(session.value(_ANY_WAIT))


def read(session: Session) -> LockSnapshot:
    """Read the locks, waits and processes of the server at this moment.

    Args:
        session: of any role; details of other sessions may be masked.
    """
    waiting = [Lock(**row) for row in session.rows(_WAITED_FOR)]
    everyone = {each.pid: each for each in backends(session)}
    in_the_way = sorted({pid for lock in waiting for pid in lock.blocked_by})
    held = [Lock(**row) for row in session.rows(_HELD, [in_the_way])]
    prepared = {row["transaction"]: row for row in session.rows(_PREPARED)}
    waited_for: dict[Key, Lock] = {}
    blockers: dict[Key, list[Key]] = {}
    for lock in waiting:
        if lock.pid is None or not lock.blocked_by:
            continue
        own = _leader(lock.pid, everyone)
        waited_for.setdefault(own, lock)
        found = blockers.setdefault(own, [])
        for key in _in_the_way(lock, held, everyone):
            if key not in (own, *found):
                found.append(key)
    databases = session.rows(_DATABASES)
    return LockSnapshot(
        backends=everyone,
        waited_for={key: lock for key, lock in waited_for.items() if blockers[key]},
        blockers={key: found for key, found in blockers.items() if found},
        held=held,
        prepared=prepared,
        databases={row["oid"]: row["name"] for row in databases},
        connectable=[row["name"] for row in databases if row["connectable"]],
    )


def _leader(pid: int, everyone: Mapping[int, Backend]) -> int:
    backend = everyone.get(pid)
    return backend.leader_pid or pid if backend else pid


def _in_the_way(lock: Lock, held: Sequence[Lock], everyone: Mapping[int, Backend]) -> list[Key]:
    found: list[Key] = [_leader(pid, everyone) for pid in lock.blocked_by if pid]
    if 0 in lock.blocked_by:
        prepared = {each.prepared for each in held if each.prepared is not None and lock.excludes(each)}
        found += sorted(-transaction for transaction in prepared if transaction) or [0]
    return found
