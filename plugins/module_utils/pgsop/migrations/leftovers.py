# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leftovers of a failed migration, and signs of a blocked one, found without a tool's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from ..activity.sessions import Backend
from ..connection import Session
from .builders import changes_definitions, creators
from .registry import owner_of_lock
from .report_types import Leftover
from .state import named

#: Kind, message and process ID.
_Found: TypeAlias = "tuple[str, str, int | None]"

#: Seconds after which an AccessExclusiveLock, held or requested, is reported.
EXCLUSIVE_S = 30.0

# REINDEX CONCURRENTLY builds under a name of its own. A role without pg_read_all_stats cannot see the table that is in work.
_INVALID = """
SELECT format('%I.%I', n.nspname, i.relname) AS name, format('%I.%I', n.nspname, t.relname) AS on_table
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
 WHERE NOT (x.indisvalid AND x.indisready)
   AND i.relkind = 'i'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p
                    WHERE p.index_relid = x.indexrelid
                       OR (p.relid = x.indrelid AND i.relname ~ '_cc(new|old)[0-9]*$')
                       OR p.relid IS NULL)
 ORDER BY 1
"""
_NOT_VALID = """
SELECT quote_ident(k.conname) AS name, format('%I.%I', n.nspname, c.relname) AS on_table
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT k.convalidated AND k.contype IN ('c', 'f', 'n')
 ORDER BY 2, 1
"""
# Not enforced constraints (18) are not validated either, and not meant to be.
_NOT_VALID_18 = _NOT_VALID.replace("WHERE NOT", "WHERE k.conenforced AND NOT")
_ENFORCED_SINCE = 18
_EXCLUSIVE = """
SELECT l.pid, l.granted, format('%I.%I', n.nspname, c.relname) AS name,
       extract(epoch FROM clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)::float8 AS wait_age_s
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
  JOIN pg_catalog.pg_class c ON c.oid = l.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
   AND c.relkind IN ('r', 'p', 'm', 'v') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
 ORDER BY l.pid, name
"""
_ADVISORY = """
SELECT l.pid, l.classid::bigint AS classid, l.objid::bigint AS objid, l.objsubid
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
 WHERE l.locktype = 'advisory' AND l.granted
 ORDER BY l.pid, classid, objid
"""


def leftovers(session: Session, database: str, everyone: Sequence[Backend], version: int) -> list[Leftover]:
    """Return invalid indexes, constraints not validated, and sessions with signs of a blocked migration in a database.

    These sessions hold or request an AccessExclusiveLock for more than 30 s, are idle after changing definitions in an
    open transaction, or are idle with an advisory lock.

    Args:
        session: on the database.
        database: its name.
        everyone: all processes of the server.
        version: major version of the server.

    Raises:
        ServerError: the server refuses a query.
    """
    clients = {each.pid: each for each in everyone if each.database == database}
    found = (
        *_left_behind(session, version),
        *_exclusive(session, clients),
        *_sleeping(session, clients),
        *_kept(session, database, clients),
    )
    return [Leftover(database=database, kind=kind, message=message, pid=pid) for kind, message, pid in found]


def _left_behind(session: Session, version: int) -> Iterator[_Found]:
    for row in session.rows(_INVALID):
        yield "invalid index", f"index {row['name']} on {row['on_table']} is invalid: building it was broken off", None
    for row in session.rows(_NOT_VALID_18 if version >= _ENFORCED_SINCE else _NOT_VALID):
        yield "not validated constraint", f"constraint {row['name']} of {row['on_table']} was never validated", None


def _exclusive(session: Session, clients: Mapping[int, Backend]) -> Iterator[_Found]:
    for row in session.rows(_EXCLUSIVE):
        backend = clients.get(row["pid"])
        if backend is None:
            continue
        waited = row["wait_age_s"] if row["wait_age_s"] is not None else backend.query_age_s
        age = backend.transaction_age_s if row["granted"] else waited
        if age is not None and age > EXCLUSIVE_S:
            verb = "holds" if row["granted"] else "waits for"
            sentence = f"{named(backend)} {verb} an AccessExclusiveLock on {row['name']} for {age:.0f} s"
            yield "exclusive lock", sentence, row["pid"]


def _sleeping(session: Session, clients: Mapping[int, Backend]) -> Iterator[_Found]:
    created = creators(session, clients)
    for backend in clients.values():
        changed = backend.pid in created or changes_definitions(backend)
        if (backend.state or "").startswith("idle in transaction") and changed:
            age = f" for {backend.state_age_s:.0f} s" if backend.state_age_s is not None else ""
            sentence = f"{named(backend)} is {backend.state}{age} after: {backend.query}"
            yield "idle after changing definitions", sentence, backend.pid


def _kept(session: Session, database: str, clients: Mapping[int, Backend]) -> Iterator[_Found]:
    for row in session.rows(_ADVISORY):
        backend = clients.get(row["pid"])
        if backend is not None and backend.state == "idle":
            tool = owner_of_lock(database, row["classid"], row["objid"], row["objsubid"])
            whose = f"the advisory lock of {tool}" if tool else f"advisory lock ({row['classid']}, {row['objid']})"
            yield "advisory lock of an idle session", f"{named(backend)} is idle and holds {whose}", row["pid"]
