# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that was seen of one connection, and the words in which a cause is told."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import dsn
from ..errors import OwnerRefusedError
from .attempt import ConnectionAttempt
from .catalogue import Catalogue
from .cluster_lookup import ClusterMatch
from .hba_match import Decision
from .network import NetworkPath
from .os_user import OsUser
from .target import ConnectionTarget


@dataclass(frozen=True)
class Cause:
    """Why it does not work.

    Attributes:
        id: stable over releases.
        message: the cause in a sentence without a full stop.
        hint: the command that fixes it.
        sql: whether that is typed in psql rather than in a shell.
        declared: where this collection keeps it instead, so that the fix stays.
        candidates: identifiers of the causes it may be, where it may be several.
    """

    id: str
    message: str
    hint: str
    sql: bool = False
    declared: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What was seen.

    Attributes:
        found: what the server's owner sees, None where that is not known.
        hidden: why it is not.
        refused: why the rules refuse the server's owner itself, None where they do not.
        decision: what the rules say, None where they are not known.
        log: what the server's log says of the attempt.
        triggers: event triggers that run at login, looked for where nothing else explains a refusal.
        elsewhere: by label of another cluster, its port and whether it has the role and the database.
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

    def error_is(self, *kinds: str) -> bool:
        """Whether the client was told something of one of these kinds."""
        return self.attempt.kind in kinds

    def fits(self, *kinds: str) -> bool:
        """Whether what the client was told speaks for one of these kinds, or at least not against them.

        An answer in another language says nothing. Where a password was asked for and there was none, what comes after is not known.
        """
        return self.attempt.kind in (*kinds, "", "no_password")

    @property
    def subjects(self) -> Mapping[str, Any]:
        """What the catalogue says of role and database, empty where it is not known."""
        return self.found.subjects if self.found else {}

    @property
    def label(self) -> str:
        """The cluster, as one calls it."""
        return f"cluster {self.place.cluster.label}" if self.place.cluster else "the server"

    @property
    def psql(self) -> str:
        """The command in which SQL is typed."""
        cluster = self.place.cluster
        if cluster is None:
            return "sudo -u postgres psql"
        running = self.place.running
        folder = running.socket_directory if running and running.socket_directory else cluster.socket_directory
        return f"sudo -u {cluster.owner} psql -h {shlex.quote(folder)} -p {running.port if running else cluster.port} -d postgres"

    def uri(self, **changed: object) -> str:
        """The connection string without its password, with something changed."""
        parts: dict[str, str] = {"host": self.target.host, "port": str(self.target.port), "user": self.target.user}
        parts.update({"dbname": self.target.database}, **{key: str(value) for key, value in changed.items()})
        return dsn.write(parts)
