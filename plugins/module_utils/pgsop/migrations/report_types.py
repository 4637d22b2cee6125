# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the report about lock waits that is about migrations."""

from __future__ import annotations

from typing import TypedDict


class MigrationRun(TypedDict):
    """A migration tool in a database, and the state of its last run.

    Attributes:
        tool: its name, or `unknown tool` if only sessions show the run.
        table: the tool's table, as a statement writes it; like `schema`, empty for an unknown tool.
        state: running, failed, dirty, locked, finished or unknown.
        reason: the reason of this state, as a phrase.
        since_s: seconds since the run began; None if unknown.
        hint: the next step; empty if no step is needed.
        visible: whether this role can read the table.
        status: OK, WARNING or UNKNOWN.
        message: tool, database, table, state and reason in a sentence.
    """

    tool: str
    database: str
    schema: str
    table: str
    state: str
    reason: str
    since_s: float | None
    hint: str
    visible: bool
    status: str
    message: str


class Leftover(TypedDict):
    """A trace of a failed or blocked migration, found without a tool's table; `pid` of its session, if it has one."""

    database: str
    kind: str
    message: str
    pid: int | None


class MigrationReport(TypedDict):
    """Migrations of all databases; `inaccessible_databases` has the server's answer by database."""

    migrations: list[MigrationRun]
    leftovers: list[Leftover]
    inaccessible_databases: dict[str, str]
