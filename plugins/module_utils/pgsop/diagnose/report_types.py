# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about a connection, as `pgsop diagnose --format json` and module pg_connection_info return it."""

from __future__ import annotations

from typing import Any, TypedDict

from ..clients.report_types import ClientReport


class CauseReport(TypedDict):
    """Why a connection does not work; `candidates` has several causes if the evidence does not decide."""

    id: str
    message: str
    candidates: list[str]


class StepReport(TypedDict):
    """One step on the way to a session: OK, WARNING (the connection works all the same), CRITICAL or UNKNOWN."""

    name: str
    status: str
    message: str


class ErrorReport(TypedDict):
    """What an application's error text names; `causes` are ids, the one that the server confirms first."""

    drivers: list[str]
    sqlstate: str
    causes: list[str]


class ConnectionReport(TypedDict):
    """A diagnosis.

    Attributes:
        works: whether the connection works; False too if no attempt was possible.
        cause: why it does not work; None if it works.
        hint: the command that fixes it; empty if it works.
        hint_in: where to run the command: shell, or a call of psql; empty if it works.
        declared: the declaration of this collection in which the fix stays.
        remarks: faults that do not keep the connection from working; also of one that does not work, what was translated in the
            connection string, or left out of it.
        target: host, port, database and user, with every default filled in.
        session: user, database, version, encrypted, pid and latency_ms (milliseconds) of a connection that works.
        error: what the application's error text names; None without one.
        client: what the client library does differently from libpq; None without one.
    """

    works: bool | None
    cause: CauseReport | None
    hint: str
    hint_in: str
    declared: str
    remarks: list[str]
    steps: list[StepReport]
    target: dict[str, Any]
    session: dict[str, Any]
    error: ErrorReport | None
    client: ClientReport | None
