# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: the statements that create and alter them, and their passwords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .. import scram
from ..sql import quote_identifier, quote_literal
from .actual import MEMBERSHIP_OPTIONS, MONITORING_MARK, PUBLIC, ClusterState, Objects, RoleState, rights_of
from .desired import Declaration, DesiredRole
from .monitoring_logins import DATABASE, login_names
from .plan_memberships import Members, plan_memberships
from .plan_object import PrivilegeTarget, Scope, plan_object
from .plan_settings import plan_settings
from .statement import Statement, merge, statements

#: Attributes that are exact, as ALTER ROLE writes them.
_FLAGS = ("superuser", "createdb", "createrole", "replication", "bypassrls", "inherit", "login")
_HASHERS = 4
_HIDDEN = "'********'"


@dataclass(frozen=True)
class RolePlan:
    """Statements of the transaction of the cluster.

    Attributes:
        statements: in order.
        touched: roles that are created or altered.
    """

    statements: list[Statement]
    touched: frozenset[str]


def plan_roles(declaration: Declaration, state: ClusterState, same: Mapping[str, bool]) -> RolePlan:
    """Return the statements for roles, memberships, role-wide settings, rights on parameters and CONNECT on databases of the cluster.

    Args:
        declaration: the desired state.
        state: state of the cluster.
        same: role -> whether the stored password is the declared one, as :func:`passwords_match` returns it.
    """
    by_role: dict[str, list[Statement]] = {}
    for name in sorted(declaration.roles):
        by_role[name] = list(_role(declaration.roles[name], state, same=same.get(name, False)))
    touched = frozenset(name for name, changes in by_role.items() if changes)
    creations = [statement for name in sorted(touched) for statement in by_role[name]]
    members = Members(
        wanted=declaration.memberships,
        managed=frozenset(declaration.roles),
        administrator=state.administrator,
        options=state.version >= MEMBERSHIP_OPTIONS,
        roles=state.roles,
    )
    settings = [statement for name in sorted(declaration.roles) for statement in _settings(name, declaration, state)]
    changes = creations + plan_memberships(state.memberships, members) + settings + _parameters(declaration, state)
    return RolePlan([*changes, *_connect(declaration, state)], touched)


def passwords_match(
    roles: Mapping[str, DesiredRole], state: ClusterState, answers: dict[tuple[str, str], bool] | None = None
) -> dict[str, bool]:
    """Return for each role with a stored verifier and a declared password whether the two match.

    Each takes some milliseconds, deliberately; threads share the processors over it.

    Args:
        roles: declared roles.
        state: state of the cluster.
        answers: results by role and verifier, which are not computed again; new ones are added.
    """
    known = {} if answers is None else answers
    asked = {}
    for role in roles.values():
        stored = state.roles[role.name].verifier if role.name in state.roles else None
        if role.password is not None and stored is not None:
            asked[role.name, stored] = role.password
    new = [(key, password) for key, password in asked.items() if key not in known]
    with ThreadPoolExecutor(_HASHERS) as pool:
        known.update(
            zip(
                (key for key, _password in new),
                pool.map(lambda item: scram.matches(item[1], item[0][1]), new),
                strict=False,
            )
        )
    return {name: known[name, stored] for name, stored in asked}


def remaining_superusers(declaration: Declaration, state: ClusterState) -> frozenset[str]:
    """Return the superusers that are not declared roles: these lose SUPERUSER."""
    superusers = {name for name, role in state.roles.items() if role.superuser}
    return frozenset(superusers - set(declaration.roles))


def _role(desired: DesiredRole, state: ClusterState, *, same: bool) -> Iterator[Statement]:
    have = state.roles.get(desired.name)
    name = quote_identifier(desired.name)
    if have is None:
        yield Statement(" ".join([f"CREATE ROLE {name} WITH", *_attributes(desired, None)]))
    else:
        changed = _attributes(desired, have)
        if changed:
            yield Statement(" ".join([f"ALTER ROLE {name} WITH", *changed]))
    if desired.password_absent:
        if have is not None and have.verifier is not None:
            yield Statement(f"ALTER ROLE {name} PASSWORD NULL")
    elif desired.password is not None and not same:
        verifier = scram.verifier(desired.password, iterations=state.scram_iterations)
        head = f"ALTER ROLE {name} PASSWORD"
        yield Statement(f"{head} {quote_literal(verifier)}", shown=f"{head} {_HIDDEN}")
    if desired.monitoring != (have is not None and have.monitoring):
        yield Statement(f"COMMENT ON ROLE {name} IS {quote_literal(MONITORING_MARK) if desired.monitoring else 'NULL'}")


def _attributes(desired: DesiredRole, have: RoleState | None) -> list[str]:
    wanted = {flag: flag in desired.attributes for flag in _FLAGS}
    wanted.update(inherit=True, login=desired.login)
    changed = [flag for flag in _FLAGS if have is None or getattr(have, flag) != wanted[flag]]
    words = [flag.upper() if wanted[flag] else f"NO{flag.upper()}" for flag in changed]
    if desired.connection_limit != (-1 if have is None else have.connection_limit):
        words.append(f"CONNECTION LIMIT {desired.connection_limit}")
    if desired.valid_until != (None if have is None else have.valid_until):
        words.append(f"VALID UNTIL {quote_literal(desired.valid_until or 'infinity')}")
    return words


def _settings(name: str, declaration: Declaration, state: ClusterState) -> Iterator[Statement]:
    have = state.settings.get(name, {})
    return plan_settings(f"ALTER ROLE {quote_identifier(name)}", declaration.roles[name].settings, have)


def _parameters(declaration: Declaration, state: ClusterState) -> list[Statement]:
    """SET and ALTER SYSTEM on parameters lead past every schema (15 and newer); no declared role has them."""
    scope = Scope(frozenset(declaration.roles), state.every, remaining_superusers(declaration, state))
    changes = []
    for parameter in state.parameters:
        changes += plan_object(parameter, PrivilegeTarget(owner=state.administrator), scope)
    return list(statements(merge(changes), {}))


def _connect(declaration: Declaration, state: ClusterState) -> list[Statement]:
    """Databases of the cluster itself, and others that are named: PUBLIC loses CONNECT, monitoring logins have it on postgres."""
    logins, superusers = login_names(declaration), remaining_superusers(declaration, state)
    changes = []
    for name in dict.fromkeys([*declaration.public_connect, *([DATABASE] if logins else [])]):
        info = state.databases.get(name)
        if info is None:
            continue
        wanted: dict[str, dict[str, bool]] = {}
        if name in declaration.public_connect:
            public = rights_of(info.acl).get(PUBLIC, {})
            wanted[PUBLIC] = {what: option for what, option in public.items() if what != "CONNECT"}
        if name == DATABASE:
            wanted |= {login: {"CONNECT": False} for login in logins}
        group = Objects("d", "DATABASE", "", info.owner, info.acl, (quote_identifier(name),))
        scope = Scope(frozenset(wanted), state.every, superusers)
        changes += plan_object(group, PrivilegeTarget(owner=info.owner, table=wanted), scope)
    return list(statements(merge(changes), {}))
