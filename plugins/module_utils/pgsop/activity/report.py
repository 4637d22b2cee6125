# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of clients, the most harmful first: blocking, blocked, idle in a transaction, active."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..cluster import Cluster
from ..connection import connect
from ..session_options import reader_options
from .progress import progress
from .report_types import ActivityCounts, ActivityReport, ActivitySummary, ProgressRow, SessionRow
from .sessions import Backend, backends, rounded_age

#: How many sessions are listed by default.
LIMIT = 20

BLOCKING, BLOCKED, IDLE_IN_TRANSACTION, ACTIVE, REST = "blocking", "blocked", "idle_in_transaction", "active", "rest"
#: The most harmful first.
CATEGORIES = (BLOCKING, BLOCKED, IDLE_IN_TRANSACTION, ACTIVE, REST)

HIDDEN = "not visible"

_SERVER = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major,
       current_user::text AS role, current_setting('max_connections')::int AS max_connections
"""


@dataclass(frozen=True)
class _Client:
    """A session, and the values that decide about its place in the list.

    Attributes:
        blocked_by: of itself and its parallel workers.
        blocks: number of sessions that wait for it directly.
        workers: number of its parallel workers.
        progress: of its command, if the server reports it.
    """

    backend: Backend
    blocked_by: tuple[int, ...]
    blocks: int
    workers: int
    progress: ProgressRow | None

    @property
    def category(self) -> str:
        """Return the category of the session, one of ``CATEGORIES``."""
        if self.blocks:
            return BLOCKING
        if self.blocked_by:
            return BLOCKED
        state = self.backend.state or ""
        if state.startswith("idle in transaction"):
            return IDLE_IN_TRANSACTION
        return ACTIVE if state in ("active", "fastpath function call") else REST

    @property
    def order(self) -> tuple[int, float, int]:
        """Return a key that sorts the worst first, and among equals the one that has lasted longest."""
        backend = self.backend
        first = backend.state_age_s if self.category == REST else backend.transaction_age_s
        age = next((each for each in (first, backend.query_age_s, backend.session_age_s) if each is not None), 0.0)
        return (CATEGORIES.index(self.category), -age, backend.pid)


def activity(cluster: Cluster, *, database: str = "postgres", dsn: str = "", limit: int = LIMIT) -> ActivityReport:
    """Return the counts of all sessions of a server and a list of the most harmful.

    Args:
        cluster: of the server.
        database: to connect to; sessions of all databases are listed.
        dsn: connection string of another role than the cluster's owner; empty for the owner.
        limit: most sessions in the list.

    Raises:
        PgsopError: the server does not answer.
    """
    with connect(cluster, database, reader_options(), dsn=dsn) as session:
        server = session.rows(_SERVER)[0]
        found = backends(session)
        at_work = progress(session, server["major"])
    return {
        "cluster": cluster.label,
        "server_version": server["version"],
        "at": round(time.time(), 3),
        "role": server["role"],
        "max_connections": server["max_connections"],
        **summarize(found, limit, at_work),
    }


def summarize(
    found: Iterable[Backend], limit: int, at_work: Mapping[int, ProgressRow] | None = None
) -> ActivitySummary:
    """Return the counts of all sessions and a list of the most harmful.

    Args:
        found: all processes of the server.
        limit: most sessions in the list.
        at_work: progress of commands by process; None if it was not read.
    """
    everyone = list(found)
    clients = sorted(_clients(everyone, at_work or {}), key=lambda each: each.order)
    listed = clients[:limit]
    hidden = sum(each.backend.masked for each in clients)
    return {
        "counts": _counts(everyone, clients),
        "hidden_sessions": hidden,
        "visible": not hidden,
        "sessions": [_row(each) for each in listed],
        "omitted": _by(each.category for each in clients[limit:]),
    }


def _clients(everyone: list[Backend], at_work: Mapping[int, ProgressRow]) -> list[_Client]:
    leader = {each.pid: each.leader_pid for each in everyone if each.leader_pid and each.leader_pid != each.pid}
    waits: dict[int, set[int]] = {}
    for each in everyone:
        if each.blocked_by:
            own = leader.get(each.pid) or each.pid
            waits.setdefault(own, set()).update({leader.get(pid) or pid for pid in each.blocked_by} - {own})
    blocks = Counter(pid for blockers in waits.values() for pid in blockers)
    workers = Counter(leader[each.pid] for each in everyone if each.is_parallel_worker and each.pid in leader)
    return [
        _Client(
            each, tuple(sorted(waits.get(each.pid, ()))), blocks[each.pid], workers[each.pid], at_work.get(each.pid)
        )
        for each in everyone
        if _is_session(each)
    ]


def _is_session(backend: Backend) -> bool:
    """Return whether it is a session of a client; of a hidden process only the database is known."""
    return backend.is_client or (backend.masked and bool(backend.database) and backend.leader_pid is None)


def _counts(everyone: list[Backend], clients: list[_Client]) -> ActivityCounts:
    shown = {each.backend.pid for each in clients}
    own = [each for each in everyone if each.pid not in shown]
    return {
        "sessions": len(clients),
        "by_category": {name: sum(each.category == name for each in clients) for name in CATEGORIES},
        "by_state": _by(HIDDEN if each.backend.masked else each.backend.state or "none" for each in clients),
        "by_database": _by(each.backend.database or "none" for each in clients),
        "by_role": _by(each.backend.role or "none" for each in clients),
        "waiting": _by(_wait(each.backend) for each in clients if _waits(each.backend)),
        "parallel_workers": sum(each.is_parallel_worker for each in own),
        "server_processes": _by(each.backend_type or HIDDEN for each in own if not each.is_parallel_worker),
    }


def _by(names: Iterable[str]) -> dict[str, int]:
    """Count each name, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _wait(backend: Backend) -> str:
    return f"{backend.wait_event_type}: {backend.wait_event}" if backend.wait_event else ""


def _waits(backend: Backend) -> bool:
    """Return whether it waits for anything but the next message of its client."""
    return bool(backend.wait_event) and backend.wait_event_type != "Client"


def _row(client: _Client) -> SessionRow:
    backend = client.backend
    return {
        "pid": backend.pid,
        "category": client.category,
        "role": backend.role,
        "database": backend.database,
        "application": backend.application or "",
        "client": backend.client,
        "state": backend.state,
        "wait": _wait(backend),
        "query_age_s": rounded_age(backend.query_age_s),
        "transaction_age_s": rounded_age(backend.transaction_age_s),
        "state_age_s": rounded_age(backend.state_age_s),
        "session_age_s": rounded_age(backend.session_age_s),
        "xmin_age": backend.xmin_age,
        "blocked_by": list(client.blocked_by),
        "blocks": client.blocks,
        "workers": client.workers,
        "progress": client.progress,
        "query_id": backend.query_id,
        "query": backend.query,
        "truncated": backend.truncated,
        "visible": not backend.masked,
    }
