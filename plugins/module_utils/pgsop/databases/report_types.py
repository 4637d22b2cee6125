# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of module pg_databases."""

from __future__ import annotations

from typing import TypedDict

from ..finding import FindingReport


class StatementReport(TypedDict):
    """A statement that is run, or would be; `database` is None for the cluster."""

    database: str | None
    statement: str


class ProofReport(TypedDict):
    """A login that was verified, with the privileges that the role has and the ones that it has not."""

    role: str
    database: str
    login: bool
    may: list[str]
    may_not: list[str]


class DatabasesReport(TypedDict):
    """The databases and roles of a cluster.

    Attributes:
        changed: whether there is anything to do.
        diff: for Ansible's --diff, a part for each database.
        reported: privileges and objects beyond the declaration, which are not changed.
        proof: logins with the declared passwords.
        validated: whether a running server was read.
        server_state: answers, stopped, refused or silent.
        forecast: why nothing could be read; empty if the server was read.
        databases: declared names.
        roles: declared names.
    """

    changed: bool
    diff: list[dict[str, str]]
    statements: list[StatementReport]
    reported: list[FindingReport]
    proof: list[ProofReport]
    validated: bool
    server_state: str
    forecast: str
    databases: list[str]
    roles: list[str]
