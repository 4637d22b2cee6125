# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All reads and plans before the first change; check mode ends here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ..cluster import Cluster
from ..connection import connect
from ..errors import PgsopError
from ..finding import WARNING, Finding
from .actual import PUBLIC, ClusterState
from .create import create_database
from .desired import Absent, Declaration, DesiredDatabase
from .plan_database import DatabasePlan, blank_database, plan_database
from .plan_object import Scope
from .plan_roles import RolePlan, passwords_match, plan_roles, remaining_superusers
from .preconditions import refuse_unfit
from .read_cluster import blank_cluster, read_cluster
from .read_database import read_database
from .remove import Removal, plan_removals
from .report import SOP, UnmanagedRoles, bystanders, in_database, merge, report_database
from .report_cluster import report_cluster
from .statement import Statement

#: Databases read at the same time; the server, too, needs processors.
READERS = 2


@dataclass(frozen=True)
class Survey:
    """State of a cluster and the plan for it.

    Attributes:
        declaration: as the server reads it.
        state: of the cluster.
        roles: the transaction of the cluster.
        databases: the transaction of each database, by name.
        removals: drops, databases first.
        reported: access that is outside the declaration and stays.
    """

    declaration: Declaration
    state: ClusterState
    roles: RolePlan
    databases: Mapping[str, DatabasePlan]
    removals: Sequence[Removal] = ()
    reported: Sequence[Finding] = ()

    @property
    def new(self) -> list[DesiredDatabase]:
        """Return the declared databases that do not exist yet."""
        return [desired for name, desired in self.declaration.databases.items() if name not in self.state.databases]

    def statements(self) -> Iterator[tuple[str, Statement]]:
        """Yield each planned statement in order, with its database; an empty name for the whole cluster."""
        yield from (("", create_database(desired)) for desired in self.new)
        yield from (("", statement) for statement in self.roles.statements)
        for name, plan in self.databases.items():
            yield from ((name, statement) for statement in plan.statements)
        for removal in self.removals:
            yield from removal.shown()


def build_plan(cluster: Cluster, declaration: Declaration) -> Survey:
    """Read the cluster and its databases, and return the plan.

    Args:
        cluster: a cluster that answers.
        declaration: the desired state.

    Raises:
        PgsopError: the server cannot carry out the declaration; nothing was changed.
    """
    names = [*declaration.roles, *(item.name for item in declaration.absent_roles)]
    with connect(cluster) as session:
        extensions = any(desired.extensions for desired in declaration.databases.values())
        state = read_cluster(session, names, extensions=extensions)
        declaration = refuse_unfit(_without_forgotten(declaration, state), state, session)
    removals = plan_removals(cluster, declaration, state)
    wants = list(declaration.databases.values())
    look = _Inspection(cluster, state, scope_of(declaration, state), bystanders(declaration, state))
    with ThreadPoolExecutor(READERS) as pool:
        same = pool.submit(passwords_match, declaration.roles, state)
        read = list(pool.map(look.plan, wants))
    reported = [
        *report_cluster(declaration, state),
        *merge([(desired.name, finding) for desired, _plan, findings in read for finding in findings]),
    ]
    return Survey(
        declaration=replace(declaration, databases={desired.name: desired for desired, _plan, _findings in read}),
        state=state,
        roles=plan_roles(declaration, state, same.result()),
        databases={desired.name: plan for desired, plan, _findings in read},
        removals=removals,
        reported=reported,
    )


def _without_forgotten(declaration: Declaration, state: ClusterState) -> Declaration:
    """Return the declaration with each monitoring login that left the list as an absent role."""
    known = {*declaration.roles, *(item.name for item in declaration.absent_roles)}
    forgotten = [name for name, role in sorted(state.roles.items()) if role.monitoring and name not in known]
    if not declaration.exact_logins or not forgotten:
        return declaration
    return replace(declaration, absent_roles=(*declaration.absent_roles, *map(Absent, forgotten)))


def forecast(declaration: Declaration, version: int) -> Survey:
    """Return the plan for a host that has no server yet.

    Args:
        declaration: the desired state.
        version: major version that the cluster will have.
    """
    state = blank_cluster(version, declaration.administrator)
    scope = scope_of(declaration, state)
    plans = {name: _plan_new(desired, state, scope) for name, desired in declaration.databases.items()}
    # Nothing is stored yet, so no password is the stored one.
    roles = plan_roles(declaration, state, {})
    return Survey(declaration, state, roles, plans, reported=report_cluster(declaration, state))


def scope_of(declaration: Declaration, state: ClusterState) -> Scope:
    """Return the roles with exact rights in the declared databases: declared and absent ones, and PUBLIC."""
    gone = (item.name for item in declaration.absent_roles)
    # DROP OWNED leaves what others than the owner granted, and DROP ROLE then fails on it.
    managed = frozenset({*declaration.roles, *gone, PUBLIC})
    return Scope(managed, state.every, remaining_superusers(declaration, state))


@dataclass(frozen=True)
class _Inspection:
    """Facts that are the same for all databases."""

    cluster: Cluster
    state: ClusterState
    scope: Scope
    around: UnmanagedRoles

    def plan(self, desired: DesiredDatabase) -> tuple[DesiredDatabase, DatabasePlan, list[Finding]]:
        """Plan one database; leave owners of objects as they are if that would need over half of the lock table."""
        if desired.name not in self.state.databases:
            return desired, _plan_new(desired, self.state, self.scope), []
        with connect(self.cluster, desired.name) as session:
            session.execute("BEGIN READ ONLY")
            there = read_database(session, desired)
            plan = plan_database(desired, there, self.state, self.scope)
            too_many = []
            if plan.handovers > self.state.lock_slots // 2:
                too_many = [_too_many(desired, plan, self.state)]
                desired = replace(desired, own_objects=False)
                plan = plan_database(desired, there, self.state, self.scope)
            _refuse_too_many_locks(desired, plan, self.state)
            findings = too_many + report_database(session, desired, there, self.around)
        return desired, plan, findings + [_missing(desired, name) for name in plan.missing]


def _plan_new(desired: DesiredDatabase, state: ClusterState, scope: Scope) -> DatabasePlan:
    return plan_database(desired, blank_database(desired.name, state), state, scope)


def _missing(desired: DesiredDatabase, name: str) -> Finding:
    message = f"{in_database(desired.name)}{name} does not exist yet, so what is declared on it is not granted yet"
    return Finding("access.missing", SOP, WARNING, message, hint="run again once it exists")


def _too_many(desired: DesiredDatabase, plan: DatabasePlan, state: ClusterState) -> Finding:
    """Owners are changed one by one, each with an AccessExclusiveLock."""
    message = (
        f"{in_database(desired.name)}{plan.handovers} objects belong to others and are not handed over: their locks are more than"
        f" half of the {state.lock_slots} the lock table has room for"
    )
    return Finding("access.owners", SOP, WARNING, message, hint=_more_locks(plan.handovers, state))


def _more_locks(needed: int, state: ClusterState) -> str:
    return (
        f"raise max_locks_per_transaction at least {needed * 2 // state.lock_slots + 1} times (restart), then run again"
    )


def _refuse_too_many_locks(desired: DesiredDatabase, plan: DatabasePlan, state: ClusterState) -> None:
    """Refuse early: a statement that runs out of locks fails late, and others with it."""
    needed = plan.locks + plan.handovers
    if needed > state.lock_slots // 2:
        raise PgsopError(
            attempted="bring privileges to what is declared, in one transaction",
            target=f"database {desired.name}",
            answer=f"it would lock {needed} objects, more than half of the {state.lock_slots} the lock table has room for",
            next_step=f"{_more_locks(needed, state)}; nothing was changed",
        )
