# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that last too long. In exclusions, a session is DATABASE.ROLE.APPLICATION."""

from __future__ import annotations

from collections.abc import Iterator

from ...activity.sessions import Backend
from ...finding import by_limits
from ...text import age
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext

#: What backups call themselves; they read everything, and have to take their time. A parallel pg_dump is idle in its transaction meanwhile.
BACKUPS = ("pg_dump", "pg_dumpall", "pgsop")
_IDLE, _ABORTED, _SILENT = "idle in transaction", "idle in transaction (aborted)", "disabled"


def name_of(backend: Backend) -> str:
    """Return the name by which a session can be excluded: DATABASE.ROLE.APPLICATION."""
    return f"{backend.database or ''}.{backend.role or ''}.{backend.application}"


def format_session(backend: Backend) -> str:
    """Return a session as messages name it."""
    application = f", {backend.application}" if backend.application else ""
    if backend.role is None:
        return f"process {backend.pid} ({backend.backend_type})"
    return f"session {backend.pid} ({backend.role} in {backend.database}{application})"


def _clients(here: ServerContext) -> Iterator[Backend]:
    """Yield sessions of clients other than backups. Parallel workers are left out: each belongs to a session.

    Raises:
        HiddenError: after the last one, if track_activities is off for a session.
    """
    clients = [each for each in here.backends if each.is_client and each.application not in BACKUPS]
    yield from clients
    silent = sum(1 for each in clients if each.state == _SILENT)
    if silent:
        raise HiddenError(
            f"track_activities is off for {silent} of {len(clients)} sessions, so they do not tell what they do"
        )


@check(
    "sessions.long_query",
    sop="4",
    title="statements that run long",
    scope=SERVER,
    unit="s",
    warn=300,
    crit=1800,
    ok_message="no statement has run for long",
    hint="see it with 'pgsop activity'; stop it with SELECT pg_cancel_backend(PID); set statement_timeout for its role",
)
def long_query(here: ServerContext) -> Iterator[Measured]:
    """Yield running statements of clients by age in seconds."""
    for each in _clients(here):
        if each.state == "active" and each.query_age_s is not None:
            message = f"{format_session(each)} has been at one statement for {age(each.query_age_s)}"
            yield Measured(name_of(each), each.query_age_s, message)


@check(
    "sessions.long_transaction",
    sop="4",
    title="transactions that last long",
    scope=SERVER,
    unit="s",
    warn=900,
    crit=7200,
    ok_message="no transaction has lasted for long",
    hint="see it with 'pgsop activity'; end it with SELECT pg_terminate_backend(PID); let the application commit earlier",
)
def long_transaction(here: ServerContext) -> Iterator[Measured]:
    """Yield open transactions by age in seconds: they hold locks, and keep vacuum from removing newer dead rows."""
    for each in _clients(here):
        if each.transaction_age_s is not None:
            message = f"{format_session(each)} has been in one transaction for {age(each.transaction_age_s)}, now {each.state}"
            yield Measured(name_of(each), each.transaction_age_s, message)


@check(
    "sessions.idle_in_transaction",
    sop="4",
    title="idle transactions",
    scope=SERVER,
    unit="s",
    warn=300,
    crit=900,
    extra_limits={"aborted_warn": 60, "aborted_crit": 300},
    ok_message="no transaction has been idle for long",
    hint="end it with SELECT pg_terminate_backend(PID), a cancel does nothing to it; set idle_in_transaction_session_timeout",
)
def idle_in_transaction(here: ServerContext) -> Iterator[Measured]:
    """Yield idle transactions by the time in seconds since their last statement.

    Aborted ones have lower limits (aborted_warn, aborted_crit): only a rollback can end them.
    """
    limits = here.limits["sessions.idle_in_transaction"]
    for each in _clients(here):
        if each.state in (_IDLE, _ABORTED) and each.state_age_s is not None:
            aborted = each.state == _ABORTED
            status = by_limits(each.state_age_s, limits["aborted_warn"], limits["aborted_crit"]) if aborted else ""
            message = f"{format_session(each)} has been {each.state} for {age(each.state_age_s)}"
            yield Measured(name_of(each), each.state_age_s, message, status)
