# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All processes of the server, each as one row: role, statement, ages, waits and blockers."""

from __future__ import annotations

from dataclasses import dataclass

from ..connection import Session
from .mask import masked_query

#: Characters of a statement that are shown.
QUERY_LENGTH = 120
#: Characters of a statement that are read. The server does not cut it: in a database with another encoding, it would reject the text.
_READ_LENGTH = 4096

# query_id exists from 14 on; only the row as a whole can be asked for it without an error on 13.
# pg_blocking_pids takes every partition of the lock manager for a moment, so only processes that wait for a lock are asked about; a role that must
# not see the waits of others sees their locks all the same.
_BACKENDS = """
SELECT a.pid, a.leader_pid, a.usename::text AS role, a.datname::text AS database, a.application_name AS application,
       coalesce(host(a.client_addr), '') AS client, a.backend_type, a.state, a.wait_event_type, a.wait_event,
       extract(epoch FROM clock_timestamp() - a.query_start)::float8 AS query_age_s,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_age_s,
       extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS state_age_s,
       extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS session_age_s,
       age(a.backend_xmin) AS xmin_age, (to_jsonb(a) ->> 'query_id')::bigint AS query_id, a.query,
       CASE WHEN a.wait_event_type = 'Lock' OR (a.query = '<insufficient privilege>'
                 AND a.pid = ANY (ARRAY(SELECT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted)))
            THEN pg_blocking_pids(a.pid) ELSE '{}' END AS blocked_by
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid <> pg_backend_pid()
 ORDER BY a.pid
"""
#: The kind of process that reads WAL for REPACK (CONCURRENTLY); its leader is the session, as of a parallel worker.
REPACK_WORKER = "REPACK decoding worker"
_MASKED = "<insufficient privilege>"


@dataclass(frozen=True)
class Backend:
    """One process of the server.

    Attributes:
        leader_pid: of a parallel worker or a worker of REPACK, the process it works for; None for all others.
        client: address; empty over the socket.
        state: as in pg_stat_activity; None for processes of the server itself.
        query_age_s: seconds since the current or last statement began; None before the first.
        transaction_age_s: seconds since the transaction began; None outside of one.
        state_age_s: seconds since the state changed.
        session_age_s: seconds since the process began.
        xmin_age: transactions since its oldest snapshot; None without a snapshot.
        blocked_by: blocking processes (pg_blocking_pids()); 0 stands for a prepared transaction.
        query: the statement on one line, cut to QUERY_LENGTH, without secrets.
        truncated: whether it was cut.
        masked: whether the role of the session that reads must not see its activity.
        query_id: as in pg_stat_statements; None on 13, and if the server does not compute it or hides it.
    """

    pid: int
    leader_pid: int | None
    role: str | None
    database: str | None
    application: str
    client: str
    backend_type: str
    state: str | None
    wait_event_type: str | None
    wait_event: str | None
    query_age_s: float | None
    transaction_age_s: float | None
    state_age_s: float | None
    session_age_s: float | None
    xmin_age: int | None
    blocked_by: tuple[int, ...]
    query: str
    truncated: bool
    masked: bool
    query_id: int | None = None

    @property
    def is_client(self) -> bool:
        """Return whether a client connected for it, unlike the server's own processes and parallel workers."""
        return self.backend_type == "client backend"

    @property
    def is_parallel_worker(self) -> bool:
        """Return whether it is a parallel worker of another process."""
        return self.leader_pid is not None and self.backend_type != REPACK_WORKER


def backends(session: Session) -> list[Backend]:
    """Return all processes of the server except this session's, by process ID.

    Args:
        session: of any role; without the privileges of pg_read_all_stats, activity of other roles is masked.
    """
    found = []
    for row in session.rows(_BACKENDS):
        raw = (row.pop("query") or "")[:_READ_LENGTH]
        query, truncated = masked_query(raw, QUERY_LENGTH)
        row["blocked_by"] = tuple(dict.fromkeys(row["blocked_by"]))
        found.append(Backend(**row, query=query, truncated=truncated, masked=raw == _MASKED))
    return found


def rounded_age(seconds: float | None) -> float | None:
    """Return an age as reports have it: in seconds, to the millisecond, not negative; None if unknown."""
    return None if seconds is None else round(max(0.0, seconds), 3)
