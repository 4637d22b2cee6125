# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about sessions, as `pgsop activity --format json` and module pg_activity_info return it."""

from __future__ import annotations

from typing import TypedDict


class ProgressRow(TypedDict):
    """Progress of a command, as the server reports it.

    Attributes:
        command: such as VACUUM, CREATE INDEX CONCURRENTLY or REPACK (CONCURRENTLY).
        phase: as in the view pg_stat_progress_* of the command; empty for COPY.
        percent: share of the blocks, rows or bytes of the phase that are done; None if unknown.
    """

    command: str
    phase: str
    percent: float | None


class SessionRow(TypedDict):
    """A session of a client; ages in seconds, None if unknown.

    Attributes:
        category: blocking, blocked, idle_in_transaction, active or rest.
        state: as in pg_stat_activity; None if this role cannot see it.
        wait: kind and name of its wait event; empty if it does not wait.
        xmin_age: transactions since its oldest snapshot.
        blocked_by: process IDs of the sessions that block it or its parallel workers.
        blocks: number of sessions that it blocks directly.
        workers: number of its parallel workers.
        progress: of its command; None without a report of the server.
        query_id: as in pg_stat_activity from version 14 on.
        query: the last statement, cut to 120 characters.
        truncated: whether the statement was cut.
        visible: whether this role can see what the session does.
    """

    pid: int
    category: str
    role: str | None
    database: str | None
    application: str
    client: str
    state: str | None
    wait: str
    query_age_s: float | None
    transaction_age_s: float | None
    state_age_s: float | None
    session_age_s: float | None
    xmin_age: int | None
    blocked_by: list[int]
    blocks: int
    workers: int
    progress: ProgressRow | None
    query_id: int | None
    query: str
    truncated: bool
    visible: bool


class ActivityCounts(TypedDict):
    """Sessions of clients, counted in several ways; apart from them, the server's own processes.

    Attributes:
        waiting: sessions that wait for something else than their client, by wait event.
    """

    sessions: int
    by_category: dict[str, int]
    by_state: dict[str, int]
    by_database: dict[str, int]
    by_role: dict[str, int]
    waiting: dict[str, int]
    parallel_workers: int
    server_processes: dict[str, int]


class ActivitySummary(TypedDict):
    """Counts of all sessions, and a list.

    Attributes:
        hidden_sessions: number of sessions with details that the role cannot see.
        visible: whether their number is 0.
        sessions: the most harmful first, up to the limit.
        omitted: number of sessions that are not in the list, by category.
    """

    counts: ActivityCounts
    hidden_sessions: int
    visible: bool
    sessions: list[SessionRow]
    omitted: dict[str, int]


class ActivityReport(ActivitySummary):
    """The whole report.

    Attributes:
        at: seconds since the epoch.
        role: the role that inspected the server.
    """

    cluster: str
    server_version: str
    at: float
    role: str
    max_connections: int
