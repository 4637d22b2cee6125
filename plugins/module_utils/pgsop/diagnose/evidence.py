# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All evidence about one connection, and the words for a cause."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import dsn
from ..errors import OwnerRefusedError
from ..finding import CRITICAL, UNKNOWN, WARNING
from .attempt import ConnectionAttempt
from .catalogue import Catalogue
from .cluster_lookup import ClusterMatch
from .hba_match import Decision
from .network import NetworkPath
from .os_user import OsUser
from .pgbouncer import PgBouncer
from .target import ConnectionTarget


@dataclass(frozen=True)
class Cause:
    """Why a connection does not work.

    Attributes:
        id: stable over releases.
        message: the cause in a sentence without a full stop.
        hint: the command that fixes it.
        sql: whether the command is typed in psql rather than in a shell.
        declared: the declaration of this collection in which the fix stays.
        candidates: ids of the possible causes if the evidence does not decide; otherwise empty.
    """

    id: str
    message: str
    hint: str
    sql: bool = False
    declared: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostResult:
    """What was found about another host of the same connection string.

    Attributes:
        number: its place in the string, from 1.
        place: host and port, or the socket.
        fault: why it does not work; empty if it was not tried.
    """

    number: int
    place: str
    fault: str

    def as_step(self, *, works: bool) -> tuple[str, str, str]:
        """Return name, status and message of its step.

        Args:
            works: whether the connection works by another host.
        """
        name = f"host {self.number}"
        if not self.fault:
            return name, UNKNOWN, f"{self.place}: libpq does not try it after the answer of the host before"
        return name, WARNING if works else CRITICAL, f"{self.place}: {self.fault}"


@dataclass(frozen=True)
class PoolerEvidence:
    """What was found about a PgBouncer that the connection leads to.

    Attributes:
        pooler: its process and configuration.
        behind: the connection that it makes to the server; None if that is not known.
        state: its console's row for the database; asked only if the server takes a login that PgBouncer does not get through.
    """

    pooler: PgBouncer
    behind: Evidence | None = None
    state: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """Everything that was found about one connection.

    Attributes:
        found: the catalogue as the server's owner sees it; None if it could not be read.
        hidden: why it could not be read.
        refused: why the rules refuse the server's owner itself; None if they do not.
        decision: the line of pg_hba.conf that matches; None if the rules could not be read.
        log: lines of the server's log about the attempt.
        triggers: event triggers that run at login; searched only if nothing else explains a refusal.
        elsewhere: by label of another cluster, its port and whether it has the role and the database.
        other_hosts: the other hosts of the same connection string.
        pooler: the PgBouncer that the connection leads to; None if it leads to a server.
    """

    target: ConnectionTarget
    os_user: OsUser
    reach: NetworkPath
    place: ClusterMatch
    attempt: ConnectionAttempt
    found: Catalogue | None = None
    hidden: str = ""
    refused: OwnerRefusedError | None = None
    decision: Decision | None = None
    log: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    elsewhere: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    other_hosts: tuple[HostResult, ...] = ()
    pooler: PoolerEvidence | None = None

    def error_is(self, *kinds: str) -> bool:
        """Return whether the answer to the attempt is of one of these kinds (keys of `SAID`; empty for other answers)."""
        return self.attempt.kind in kinds

    def fits(self, *kinds: str) -> bool:
        """Return whether the answer to the attempt is of one of these kinds, or does not rule them out.

        An answer in another language rules nothing out, nor does a missing password: the server checks the rest after it.
        """
        return self.attempt.kind in (*kinds, "", "no_password")

    @property
    def subjects(self) -> Mapping[str, Any]:
        """Return the role and the database as in the catalogue; empty if it could not be read."""
        return self.found.subjects if self.found else {}

    @property
    def label(self) -> str:
        """Return the words for the server in messages: its cluster, or "the server" if that is not known."""
        return f"cluster {self.place.cluster.label}" if self.place.cluster else "the server"

    @property
    def server(self) -> Evidence:
        """Return the evidence about the connection to the server: behind a PgBouncer, the one that it makes."""
        return (self.pooler.behind if self.pooler else None) or self

    @property
    def psql(self) -> str:
        """Return the shell command that opens psql as the server's owner in database postgres."""
        if self.server is not self:
            return self.server.psql
        cluster = self.place.cluster
        if cluster is None:
            return "sudo -u postgres psql"
        running = self.place.running
        folder = running.socket_directory if running and running.socket_directory else cluster.socket_directory
        return f"sudo -u {cluster.owner} psql -h {shlex.quote(folder)} -p {running.port if running else cluster.port} -d postgres"

    def uri(self, **changed: object) -> str:
        """Return the connection URI without the password.

        Args:
            **changed: values that replace those of the target, by keyword of libpq.
        """
        parts: dict[str, str] = {"host": self.target.host, "port": str(self.target.port), "user": self.target.user}
        parts.update({"dbname": self.target.database}, **{key: str(value) for key, value in changed.items()})
        return dsn.write(parts)
