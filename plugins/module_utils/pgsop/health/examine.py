# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run over everything: the host, the server, every database, each within its time."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..cluster import Cluster
from ..connection import connect
from ..errors import OwnerRefusedError, PgsopError, ServerError
from ..finding import Finding, worst
from ..session_options import reader_options
from .catalogue import CHECKS
from .check import DATABASE, HOST, SERVER, Check
from .checks.readiness import READINESS, refusal, silence
from .config import HealthConfig, matches
from .context import DatabaseContext, HostContext, Limits, ServerContext
from .deadline import Deadline
from .extra import as_check
from .history import History
from .judge import judge
from .parts import FAILED, FIRST_LOOK, HIDDEN, Part, failure, gather
from .report_types import HealthFindings

#: Connections to databases at the same time: with that of the checks of backups not more than superuser_reserved_connections leaves on a
#: full server.
WORKERS = 2


@dataclass(frozen=True)
class ExamineRequest:
    """The parameters of a run.

    Attributes:
        cluster: the cluster to examine.
        config: the declaration.
        dsn: connection string of another role than the owner; its database is not used. Empty for the owner.
        only: identifiers of the checks to run, with ``*``; empty for all.
        remember: whether counters are saved for the next run.
    """

    cluster: Cluster
    config: HealthConfig
    dsn: str = ""
    only: tuple[str, ...] = ()
    remember: bool = True


@dataclass(frozen=True)
class HealthReport:
    """The result of a run.

    Attributes:
        cluster: its label.
        server_version: the setting server_version; empty if the server does not answer.
        at: time of its start, in seconds since the epoch.
        duration_s: in seconds.
        findings: in the order of the catalogue.
    """

    cluster: str
    server_version: str
    at: float
    duration_s: float
    findings: tuple[Finding, ...]

    @property
    def status(self) -> str:
        """Return the worst status of all findings."""
        return worst(self.findings)

    def as_dict(self) -> HealthFindings:
        """Return the report as JSON has it, with times rounded to milliseconds."""
        return {
            "cluster": self.cluster,
            "server_version": self.server_version,
            "at": round(self.at, 3),
            "duration_s": round(self.duration_s, 3),
            "status": self.status,
            "findings": [finding.as_dict() for finding in self.findings],
        }


def examine(request: ExamineRequest) -> HealthReport:
    """Run all requested checks.

    A check that fails or takes too long is a finding, not an error; so there is always a report.
    """
    began, now = time.monotonic(), time.time()
    checks = [*CHECKS, *(as_check(extra) for extra in request.config.extra_checks)]
    limits = {each.id: {**each.limits, **request.config.thresholds.get(each.id, {})} for each in checks}
    asked = [each for each in checks if _is_asked(request, each.id)]
    run = _Run(request, asked, limits, now)
    run.inspect()
    findings = [finding for each in asked for finding in run.findings(each)]
    return HealthReport(request.cluster.label, run.server_version, now, time.monotonic() - began, tuple(findings))


def _is_asked(request: ExamineRequest, name: str) -> bool:
    return request.config.asks(name) and (not request.only or matches(name, request.only))


class _Run:
    """One run in progress: it collects the results of all parts."""

    def __init__(self, request: ExamineRequest, checks: Sequence[Check], limits: Limits, now: float) -> None:
        self._request = request
        self._checks = checks
        self._limits = limits
        self._host = HostContext(request.cluster, request.config, limits, now)
        self._history = History(request.config.state_directory, now)
        self._parts: dict[str, list[Part]] = {each.id: [] for each in checks}
        self._refusal: Finding | None = None
        self._owner_refused = False
        self._deadline = Deadline(request.config.deadline_s)
        self._names: list[str] = []
        self.server_version = ""

    def inspect(self) -> None:
        """Inspect the host, and at the same time the server and then the databases."""
        self._deadline.run([self._at_host, self._at_server_and_databases], workers=2)

    def _at_server_and_databases(self) -> None:
        server = self._at_server()
        if server is not None:
            others = [name for name in self._names if name != self._request.config.database]
            jobs = [functools.partial(self._at_database, server, name) for name in others]
            self._deadline.run(jobs, workers=WORKERS)
            if self._request.remember:
                self._remember()

    def findings(self, check: Check) -> list[Finding]:
        """Return the findings of a check; empty for server checks if the rules refuse the server's owner."""
        if self._refusal is not None and check.id == READINESS:
            return [self._refusal]
        if self._owner_refused and check.scope != HOST:
            # The one finding about that has the cause and the next step.
            return []
        parts = list(self._parts[check.id])
        if check.id == READINESS and not parts:
            return [silence(self._host, self._request.config.deadline_s)]
        places = [""] if check.scope != DATABASE or self._refusal is not None else check.databases or self._names
        missing = [place for place in places if place not in {part.database for part in parts}]
        if check.at_server is not None and self._refusal is None and len(parts) == 1:
            # Its part of the server is missing.
            missing = [""]
        parts += [Part(place, (), FAILED, self._silence(place)) for place in missing]
        return [judge(check, self._limits[check.id], parts)]

    def _silence(self, database: str) -> str:
        """Return why a place has no result."""
        if self._refusal is not None:
            return "the server does not answer"
        if database and database not in self._names:
            return "there is no such database, or it takes no connections"
        return f"no answer within {self._request.config.deadline_s} s"

    def _at_host(self) -> None:
        self._read(HOST, self._host)

    def _at_server(self) -> ServerContext | None:
        """Return the server; None if it does not answer."""
        request = self._request
        began = time.monotonic()
        try:
            with self._connected(request.config.database) as session:
                session.value("SELECT 1")
                server = ServerContext(self._host, session, self._history, time.monotonic() - began)
                self.server_version = server.settings["server_version"].value
                self._read(SERVER, server)
                self._read_besides(server)
                # Asked here, where the session still is: the databases' own are in other threads.
                self._names = self._databases(server)
                first = request.config.database
                if first in self._names:
                    # A connection costs more than all checks of a small database, so this session serves its own one, too.
                    self._read(DATABASE, DatabaseContext(server, first, session), first)
                return server
        except ServerError as error:
            self._refusal = refusal(self._host, error)
            self._owner_refused = isinstance(error, OwnerRefusedError)
            return None

    def _at_database(self, server: ServerContext, name: str) -> None:
        try:
            with self._connected(name) as session:
                self._read(DATABASE, DatabaseContext(server, name, session), name)
        except ServerError as error:
            self._cannot(name, *failure(error))

    def _cannot(self, name: str, skip_reason: str, reason: str) -> None:
        """Record that a database cannot be examined, for each check of databases."""
        for each in self._checks:
            if each.scope == DATABASE and (not each.databases or name in each.databases):
                self._parts[each.id].append(Part(name, (), skip_reason, reason))

    def _connected(self, database: str) -> Any:
        config = self._request.config
        options = reader_options(config.statement_timeout_ms)
        return connect(self._request.cluster, database, options, dsn=self._request.dsn)

    def _databases(self, server: ServerContext) -> list[str]:
        """Return the databases to examine; record those that refuse the role."""
        # Read now, while the session is open: checks of databases need the role, too.
        me = server.me["name"]
        names = []
        for row in server.databases:
            if not row["connectable"] or row["template"] or not server.config.looks_at(row["name"]):
                continue
            if row["open"]:
                names.append(row["name"])
            else:
                self._cannot(row["name"], HIDDEN, f"{me} has no CONNECT there")
        return names if any(each.scope == DATABASE for each in self._checks) else []

    def _read(self, scope: str, view: Any, database: str = "") -> None:
        for each in self._checks:
            if each.scope == scope and (not each.databases or database in each.databases):
                self._parts[each.id].append(gather(self._request.config, each.id, each.read(view), database))

    def _read_besides(self, server: ServerContext) -> None:
        """Read what checks of the host read from a server that answers."""
        for each in self._checks:
            if each.at_server is not None:
                self._parts[each.id].append(gather(self._request.config, each.id, each.at_server(server)))

    def _remember(self) -> None:
        try:
            self._history.save()
        except (PgsopError, OSError) as error:
            part = Part("", (), FAILED, f"what was counted cannot be remembered: {failure(error)[1]}")
            for each in self._checks:
                if any(part.skip_reason == FIRST_LOOK for part in self._parts[each.id]):
                    self._parts[each.id] = [part]
