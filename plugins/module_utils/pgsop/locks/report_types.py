# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about lock waits, as `pgsop locks --format json` and module pg_locks_info return it."""

from __future__ import annotations

from typing import TypedDict

from ..migrations.report_types import MigrationReport


class EndingStatement(TypedDict):
    """A statement that ends a lock wait. It is shown, never run."""

    sql: str
    effect: str


class Party(TypedDict):
    """A session or a prepared transaction; ages in seconds, None if unknown.

    Attributes:
        pid: process ID; None for a prepared transaction.
        gid: global identifier of a prepared transaction; None for a session.
        state: as in pg_stat_activity; None if this role cannot see it.
        query: the last statement, cut to 120 characters.
        truncated: whether the statement was cut.
        visible: whether this role can see what the session does.
    """

    pid: int | None
    gid: str | None
    role: str | None
    database: str | None
    application: str
    client: str
    backend_type: str | None
    state: str | None
    query_age_s: float | None
    transaction_age_s: float | None
    state_age_s: float | None
    query: str
    truncated: bool
    visible: bool


class WaitNode(Party):
    """A position in a tree.

    Attributes:
        depth: 0 for the root blocker.
        repeated: whether the party has an earlier position, below which its own waiters are.
        wait_age_s: seconds that it has waited for its lock; None for a root blocker or if unknown.
        mode: the lock mode that it requests.
        object: the object of the requested lock.
        holds: locks that others wait for, at most 3.
        blocked_by: process IDs and global identifiers of the direct blockers; None if unknown.
        blocked_sessions: number of sessions that it blocks directly or indirectly.
        in_cycle: whether it blocks itself indirectly: a deadlock.
    """

    depth: int
    repeated: bool
    wait_age_s: float | None
    mode: str | None
    object: str | None
    holds: list[str]
    blocked_by: list[int | str | None]
    blocked_sessions: int
    in_cycle: bool


class WaitTree(TypedDict):
    """A root blocker and all that it blocks.

    Attributes:
        message: the cause of the waits, without a full stop at the end.
        hint: the first of the statements.
        statements: statements that end the waits, the mildest first.
        blocked_sessions: number of sessions that the root blocker blocks.
        longest_wait_s: in seconds; None if the server hides it.
        nodes: from the root blocker on, branch by branch.
    """

    message: str
    hint: str
    statements: list[EndingStatement]
    blocked_sessions: int
    longest_wait_s: float | None
    nodes: list[WaitNode]


class PreparedTransaction(TypedDict):
    """A prepared transaction, its age in seconds."""

    transaction: int
    gid: str
    owner: str
    database: str
    age_s: float
    blocked_sessions: int


class AdvisoryLock(TypedDict):
    """An advisory lock; `lock` has the keys, and the migration tool that uses them, if known."""

    database: str | None
    lock: str
    granted: bool
    pid: int | None
    application: str
    role: str | None
    state: str | None
    state_age_s: float | None


class LockReport(MigrationReport):
    """Lock waits and migrations of a server.

    Attributes:
        at: seconds since the epoch.
        role: the role that inspected the server.
        hidden_sessions: number of processes with details that the role cannot see.
        visible: whether their number is 0.
        blocked: number of sessions that wait for a lock.
    """

    cluster: str
    server_version: str
    at: float
    role: str
    hidden_sessions: int
    visible: bool
    blocked: int
    trees: list[WaitTree]
    prepared: list[PreparedTransaction]
    advisory: list[AdvisoryLock]
