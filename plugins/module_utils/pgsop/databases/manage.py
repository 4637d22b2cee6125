# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring databases, roles and privileges to the declared state, and report each statement, or the plan in check mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ..availability import ABSENT, ANSWERS, FORECASTS, availability
from ..cluster import POSTGRES, Cluster, find_cluster
from ..connection import connect, find_running_cluster, load_driver
from ..errors import PgsopError
from ..identity import effective_user
from .apply import apply, one_run_at_a_time, prove_roles
from .converge import Tries
from .declaration import Entries, declare
from .desired import Declaration
from .login_check import Proof
from .plan import Survey, build_plan, forecast
from .read_cluster import marked_logins
from .report_types import DatabasesReport
from .schema import OPTIONS
from .statement import Statement


@dataclass(frozen=True)
class DatabasesRequest:
    """Declaration of a caller; the keys of the entries are those of module pg_databases.

    Attributes:
        version: major version of the cluster.
        cluster: its name.
        databases: declared databases.
        roles: declared roles besides those of databases.
        public_connect: databases, besides the declared ones, from which PUBLIC loses CONNECT.
        monitoring_logins: logins of monitoring programs; one that left the list is dropped. None leaves them as they are.
        lock_timeout_s: seconds a statement waits for a lock.
        attempts: how often a transaction is tried after conflicts with others.
    """

    version: int
    cluster: str
    databases: Entries
    roles: Entries = ()
    public_connect: Sequence[str] = tuple(OPTIONS["public_connect"]["default"])
    monitoring_logins: Entries | None = None
    lock_timeout_s: int = OPTIONS["lock_timeout_s"]["default"]
    attempts: int = OPTIONS["attempts"]["default"]


@dataclass(frozen=True)
class DatabasesOutcome:
    """Statements that were run, or in check mode would be, and the proof.

    Attributes:
        found: the plan.
        statements: each with its database; an empty name for the whole cluster.
        proof: one per login that was tried.
        validated: whether a server was asked.
        state: of the server, as ``availability`` names it.
    """

    found: Survey
    statements: tuple[tuple[str, Statement], ...]
    proof: tuple[Proof, ...] = ()
    validated: bool = True
    state: str = ANSWERS

    def as_dict(self) -> DatabasesReport:
        """Return the module's return values."""
        return {
            "changed": bool(self.statements),
            "diff": self._diff(),
            "statements": [{"database": place or None, "statement": item.text} for place, item in self.statements],
            "reported": [finding.as_dict() for finding in self.found.reported],
            "proof": [proof.as_dict() for proof in self.proof],
            "validated": self.validated,
            "server_state": self.state,
            "forecast": FORECASTS.get(self.state, ""),
            "databases": sorted(self.found.declaration.databases),
            "roles": sorted(self.found.declaration.roles),
        }

    def _diff(self) -> list[dict[str, str]]:
        """One part per database, in the order in which the statements are run."""
        mark = "" if self.validated else " (not yet validated by a server)"
        parts = []
        for place, group in groupby(self.statements, key=lambda pair: pair[0]):
            head = f"database {place}" if place else "roles and databases of the cluster"
            text = "".join(f"{statement.text};\n" for _place, statement in group)
            parts.append({"before_header": head, "after_header": head + mark, "before": "", "after": text})
        return parts


def manage(request: DatabasesRequest, *, check: bool) -> DatabasesOutcome:
    """Bring the host's cluster to the declared state.

    Args:
        request: the declaration.
        check: plan only.

    Raises:
        PgsopError: the declaration is refused, or a change failed; each database is as before or as declared.
    """
    _refuse_useless(request)
    declaration = _declared(request)
    # Without a declaration there is nothing to do but to drop monitoring logins that left the list, which can wait for the server.
    cluster = find_running_cluster(
        request.version,
        request.cluster,
        attempted="change databases and roles",
        check=check or _is_empty(declaration),
    )
    if cluster is None:
        return _forecast(declaration, request)
    return manage_cluster(cluster, request, check=check)


def _forecast(declaration: Declaration, request: DatabasesRequest) -> DatabasesOutcome:
    """Return the plan without a server: all statements on a bare host, no statement for a cluster that exists."""
    state = availability(find_cluster(request.version, request.cluster))
    found = forecast(declaration, request.version)
    if state == ABSENT and not _is_empty(declaration):
        return DatabasesOutcome(found, tuple(found.statements()), validated=False, state=state)
    return DatabasesOutcome(replace(found, reported=()), (), validated=False, state=state)


def _declared(request: DatabasesRequest, administrator: str = POSTGRES) -> Declaration:
    return declare(request.databases, request.roles, request.public_connect, administrator, request.monitoring_logins)


def _is_empty(declaration: Declaration) -> bool:
    """Return whether nothing is declared but that there are no monitoring logins."""
    return not (
        declaration.roles
        or declaration.databases
        or declaration.absent_databases
        or declaration.absent_roles
        or declaration.public_connect
    )


def _marked(cluster: Cluster) -> list[str]:
    with connect(cluster) as session:
        return marked_logins(session)


def _refuse_useless(request: DatabasesRequest) -> None:
    for name in ("attempts", "lock_timeout_s"):
        if getattr(request, name) < 1:
            raise PgsopError(
                attempted="change databases and roles",
                target=f"{name} {getattr(request, name)}",
                answer="it must be at least 1",
                next_step=f"correct {name}; nothing was changed",
            )


def manage_cluster(cluster: Cluster, request: DatabasesRequest, *, check: bool) -> DatabasesOutcome:
    """Bring a running cluster to the declared state, acting as its owner.

    Args:
        cluster: a cluster that answers.
        request: the declaration; version and cluster name are not used.
        check: plan only.

    Raises:
        PgsopError: as for :func:`manage`.
    """
    declaration = _declared(request, cluster.owner)
    load_driver()
    # Once for all: the effective user belongs to the process, not to a thread.
    with effective_user(cluster.owner):
        if _is_empty(declaration) and declaration.exact_logins and not _marked(cluster):
            return DatabasesOutcome(replace(forecast(declaration, cluster.version), reported=()), ())
        found = build_plan(cluster, declaration)
        planned = tuple(found.statements())
        if check or not planned:
            return DatabasesOutcome(found, planned)
        tries = Tries(request.attempts, request.lock_timeout_s)
        with one_run_at_a_time(cluster, tries):
            # Another run may have ended in between.
            found = build_plan(cluster, declaration)
            done = apply(cluster, found, tries)
        return DatabasesOutcome(found, tuple(done), tuple(prove_roles(cluster, found, done)))
