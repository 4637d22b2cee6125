# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One diagnosis: examine the client's side, try once, examine the server's side, and name the cause."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..cluster import Cluster, list_clusters
from ..dsn import DsnError
from ..errors import OwnerRefusedError, PgsopError
from ..finding import CRITICAL, UNKNOWN, WARNING
from . import (
    attempt,
    catalogue,
    cluster_lookup,
    error_text,
    hba_match,
    hosts,
    ident_map,
    network,
    pgbouncer,
    reported,
    server_log,
)
from .attempt import ConnectionAttempt
from .causes import cause
from .error_text import ApplicationError
from .evidence import Cause, Evidence, PoolerEvidence
from .os_user import OsUser, get_os_user
from .report_types import CauseReport, ConnectionReport
from .steps import Step, steps
from .target import ConnectionRequest, ConnectionTarget, targets
from .unquoted import Unquoted

if TYPE_CHECKING:
    from ..clients.predict import Prediction

_DSN = "postgresql://USER:PASSWORD@localhost:5432/DATABASE"


@dataclass(frozen=True)
class Diagnosis:
    """Result of a diagnosis.

    Attributes:
        works: whether the connection works; False too if no attempt was possible.
        cause: why it does not work; None if it works.
        steps: the examined steps, in the order of a connection.
        target: host, port, database and user; empty if the connection string is invalid.
        session: user, database, version, encrypted, pid and latency_ms of a connection that works.
        psql: the command that opens psql as the server's owner.
        remarks: faults that do not keep the connection from working.
        notes: what was translated in the connection string, or left out of it.
        error: what the application's error text names; None without one.
        client: what the client library of the request does differently from libpq; None without one.
    """

    works: bool | None
    cause: Cause | None
    steps: tuple[Step, ...]
    target: Mapping[str, object]
    session: Mapping[str, Any]
    psql: str = ""
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: ApplicationError | None = None
    client: Prediction | None = None

    def as_dict(self) -> ConnectionReport:
        """Return the report."""
        found = self.cause
        cause_report: CauseReport | None = None
        if found is not None:
            cause_report = {"id": found.id, "message": found.message, "candidates": list(found.candidates)}
        return {
            "works": self.works,
            "cause": cause_report,
            "hint": found.hint if found else "",
            "hint_in": (self.psql if found.sql else "shell") if found else "",
            "declared": found.declared if found else "",
            "remarks": [*self.remarks, *(f"connection string: {note}" for note in self.notes)],
            "steps": [step.as_dict() for step in self.steps],
            "target": dict(self.target),
            "session": dict(self.session),
            "error": self.error.as_dict(found.id if found else "") if self.error else None,
            "client": self.client.as_dict() if self.client else None,
        }

    def reasons_to_fail(self, fail_on: str) -> list[str]:
        """Return why the connection is not good enough, as sentences; empty if it is.

        Args:
            fail_on: never; critical: the connection does not work; warning: also if it works and there are remarks.
        """
        if fail_on == "never":
            return []
        if self.cause is not None:
            return [f"The connection does not work: {self.cause.message}. Next step: {self.cause.hint}"]
        return [f"The connection works, but {remark}." for remark in self.remarks] if fail_on == "warning" else []


def diagnose(request: ConnectionRequest, clusters: Sequence[Cluster] | None = None) -> Diagnosis:
    """Find out why a connection does not work, or that it does. Change nothing, and try once.

    Args:
        request: the connection in question.
        clusters: the clusters of the host; read from the host by default.

    Raises:
        PgsopError: the driver is missing, this process may not act as the requested user, or an unexpected error occurred. The
            text of an unexpected error is left out: it may have a password in it.
    """
    with Unquoted():
        found, evidence = _diagnose(request, clusters)
        if request.as_client:
            from . import as_client  # pylint: disable=import-outside-toplevel

            found = replace(found, **as_client.changes(request, evidence, found.steps if found.works else ()))
        return found


def _diagnose(request: ConnectionRequest, clusters: Sequence[Cluster] | None) -> tuple[Diagnosis, Evidence | None]:
    """Return the diagnosis and its evidence, which is None if nothing was tried."""
    source = request.source
    os_user = get_os_user(request.as_user or (source.as_user if source else ""))
    os_user = source.fill(os_user) if source else os_user
    logged = error_text.read(request.error).for_request(request) if request.error else None
    if logged is not None:
        request = logged.fill(request)
        if not logged.can_be_checked(request):
            only = reported.unchecked(logged)
            return Diagnosis(
                False, only, (Step("application's error", UNKNOWN, logged.words),), {}, {}, error=logged
            ), None
    try:
        wanted = targets(request, os_user)
    except DsnError as error:
        hint = error.hint or f"write it like this: {_DSN}"
        broken = Cause(error.cause, f"the connection string cannot be used: {error}", hint)
        return Diagnosis(False, broken, (Step("connection string", CRITICAL, str(error)),), {}, {}, error=logged), None
    found = list_clusters() if clusters is None else clusters
    ordered = sorted(found, key=lambda each: (each.label != request.preferred, each.port))
    evidence = hosts.examine(wanted, os_user, lambda each: collect_evidence(each, os_user, ordered))
    return report(evidence, logged), evidence


def collect_evidence(
    wanted: ConnectionTarget, os_user: OsUser, clusters: Sequence[Cluster], *, poolers: bool = True
) -> Evidence:
    """Try a connection once, and collect everything that explains the result.

    Args:
        wanted: the connection.
        os_user: the operating system user that connects.
        clusters: the clusters of the host, the most likely first.
        poolers: whether to examine the server behind a PgBouncer; not behind a second one, because they may point to each other.

    Raises:
        PgsopError: the driver is missing.
    """
    reach = network.probe(wanted, os_user)
    place = cluster_lookup.find_match(wanted, reach, clusters)
    mark = server_log.mark(place.cluster) if place.cluster else None
    tried = _tried(wanted, os_user, reach)
    place = cluster_lookup.find_match(wanted, reach, clusters)
    evidence = Evidence(wanted, os_user, reach, place, tried)
    said = server_log.since(mark, wanted, tried.said) if mark else ()
    pooler = pgbouncer.find(wanted, reach) if poolers and place.cluster is None and reach.local else None
    if pooler is not None:
        return replace(evidence, pooler=_behind(pooler, evidence, clusters))
    return _with_catalogue(replace(evidence, log=said))


def _behind(pooler: pgbouncer.PgBouncer, evidence: Evidence, clusters: Sequence[Cluster]) -> PoolerEvidence:
    """Examine the connection that PgBouncer makes. It is tried only if the client's connection failed."""
    wanted = pooler.server(evidence.target, as_client=pgbouncer.refuses(evidence.attempt))
    if wanted is None or not pooler.pid:
        return PoolerEvidence(pooler)
    os_user = get_os_user(pooler.owner)
    if evidence.attempt.works:
        reach = network.probe(wanted, os_user)
        place = cluster_lookup.find_match(wanted, reach, clusters)
        return PoolerEvidence(pooler, _with_catalogue(Evidence(wanted, os_user, reach, place, evidence.attempt)))
    behind = collect_evidence(wanted, os_user, clusters, poolers=False)
    state = pooler.state(evidence.target.database, evidence.target.port) if behind.attempt.works else {}
    return PoolerEvidence(pooler, behind, state)


def report(evidence: Evidence, error: ApplicationError | None = None) -> Diagnosis:
    """Return the diagnosis for the evidence of one connection, and for what the application reported of it."""
    found = None if evidence.attempt.works else cause(evidence)
    if error is not None:
        found = reported.explain(error, evidence)
    if found is not None and evidence.target.hosts > 1:
        found = replace(found, message=f"{evidence.target.place}: {found.message}")
    works = bool(evidence.attempt.works) and found is None
    seen = steps(evidence)
    if error is not None:
        status = (WARNING if works else CRITICAL) if error.fault else UNKNOWN
        seen.insert(
            0, Step("application's error", status, f"{error.words}{'; it does not occur now' if works else ''}")
        )
    return Diagnosis(
        works=works,
        cause=found,
        steps=tuple(seen),
        target=evidence.target.as_dict(),
        session={**(evidence.attempt.session or {}), "latency_ms": round(evidence.attempt.seconds * 1000, 1)}
        if works
        else {},
        psql=evidence.psql,
        remarks=tuple(f"{step.name}: {step.message}" for step in seen if works and step.status == WARNING),
        notes=evidence.target.notes,
        error=error,
    )


def _tried(wanted: ConnectionTarget, os_user: OsUser, reach: network.NetworkPath) -> ConnectionAttempt:
    if reach.unresolved:
        return ConnectionAttempt(None, "not made: there is no address to connect to", "no_name")
    return attempt.attempt(wanted, os_user)


def _with_catalogue(evidence: Evidence) -> Evidence:
    """Return the evidence with the catalogue as the server's owner sees it, or with the reason why it is hidden."""
    cluster = evidence.place.cluster
    if cluster is None:
        return _hidden(evidence, "it is not known which cluster that is")
    if evidence.place.down or evidence.place.frozen:
        return _hidden(evidence, "the server does not answer")
    if not _owners(cluster):
        return _hidden(evidence, "run it with sudo")
    try:
        found = catalogue.catalogue(_actual(cluster), evidence.target)
    except OwnerRefusedError as error:
        hidden = _hidden(evidence, f"the rules refuse {cluster.owner}, who could ask the server")
        return replace(hidden, refused=error)
    except PgsopError as error:
        return _hidden(evidence, error.answer)
    found = _with_maps(found)
    decided = hba_match.decision(evidence.target, evidence.reach, found)
    absent = not found.subjects["role"] or not found.subjects["database"]
    seen: dict[str, Any] = {"found": found, "decision": decided, "elsewhere": _elsewhere(evidence) if absent else {}}
    if evidence.attempt.works is False and not evidence.attempt.kind and not absent:
        seen["triggers"] = catalogue.login_triggers(_actual(cluster), evidence.target)
    return replace(evidence, **seen)


def _hidden(evidence: Evidence, why: str) -> Evidence:
    return replace(evidence, hidden=why)


def _owners(cluster: Cluster) -> bool:
    """Whether this process may be the owner."""
    try:
        return os.geteuid() in (0, pwd.getpwnam(cluster.owner).pw_uid)
    except KeyError:
        return False


def _actual(cluster: Cluster) -> Cluster:
    """Return the cluster with the port and socket directory of its running server; the files may differ by now."""
    running = cluster_lookup.running(cluster)
    if running is None:
        return cluster
    folder = running.socket_directory or cluster.socket_directory
    return replace(cluster, port=running.port, socket_directory=folder)


def _with_maps(found: catalogue.Catalogue) -> catalogue.Catalogue:
    """User name maps from the file itself, where the server does not show them."""
    if found.maps is not None:
        return found
    try:
        with open(str(found.server["ident_file"]), encoding="utf-8", errors="replace") as handle:
            rows: list[dict[str, Any]] = ident_map.parse(handle)
    except OSError:
        return found
    return replace(found, maps=tuple(rows))


def _elsewhere(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """Where else the role and the database are."""
    found: dict[str, dict[str, Any]] = {}
    for each, at in evidence.place.others:
        if each.running and _owners(each):
            found[each.label] = {"port": at, **catalogue.elsewhere(_actual(each), evidence.target)}
    return found
