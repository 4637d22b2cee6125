# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One database: the statements from its state to its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..sql import quote_identifier
from .actual import (
    LOCKING_GRANTS,
    OWNER_ONLY,
    OWNERLESS_PUBLIC,
    PUBLIC,
    ClusterState,
    DatabaseState,
    Objects,
    owner_rights,
    reowned,
)
from .desired import ALL, DefaultPrivilegeRule, DesiredDatabase
from .plan_defaults import DefaultScope, plan_defaults
from .plan_object import PrivilegeTarget, Scope, plan_object
from .plan_settings import plan_settings
from .statement import PlannedChange, Statement, locks, merge, statements

PUBLIC_SCHEMA = "public"
#: Owner of schema public since 15: a role that stands for the owner of the database.
DATABASE_OWNER = "pg_database_owner"


@dataclass(frozen=True)
class DatabasePlan:
    """Statements of the transaction of a database.

    Attributes:
        statements: in order.
        handovers: how many objects get another owner, each of which takes locks.
        locks: how many objects are named one by one in a GRANT or REVOKE, if that takes locks (18 and newer), else 0.
        missing: objects named by a grant that do not exist.
    """

    statements: list[Statement]
    handovers: int = 0
    locks: int = 0
    missing: tuple[str, ...] = ()


def plan_database(desired: DesiredDatabase, state: DatabaseState, cluster: ClusterState, scope: Scope) -> DatabasePlan:
    """Return the statements that bring a database to its declaration, with the number of locks that they need.

    Args:
        desired: the declaration.
        state: state of the database, or :func:`blank_database`.
        cluster: state of the cluster.
        scope: roles with exact rights.
    """
    creations, groups = _creations(desired, state, cluster)
    owners: list[Statement] = []
    changes: list[PlannedChange] = []
    wanted = _Wanted(desired, scope, groups, cluster)
    for group in groups:
        target = wanted.target(group)
        if target.owner != group.owner and not group.follows:
            owners += [
                Statement(f"ALTER {group.word} {name} OWNER TO {quote_identifier(target.owner)}")
                for name in group.names
            ]
        if group.kind != OWNER_ONLY:
            changes += plan_object(group, target, scope)
    merged = merge(changes)
    creators = frozenset(role for roles in desired.creators.values() for role in roles) & scope.managed
    defaults = plan_defaults(
        desired, state, DefaultScope(scope.managed, creators, cluster.every, cluster.administrator)
    )
    rights = statements(merged, state.counts)
    ordered = [*creations, *owners, *rights, *defaults, *_settings(desired, state, scope.managed)]
    # Since 18 a GRANT, too, locks what it names.
    named = locks(merged, state.counts) if cluster.version >= LOCKING_GRANTS else 0
    return DatabasePlan(ordered, len(owners), named, wanted.missing())


def blank_database(name: str, cluster: ClusterState) -> DatabaseState:
    """Return the state of a database created from template0; schema public depends on the major version."""
    every = cluster.every["n"]
    if cluster.version >= OWNERLESS_PUBLIC:
        owner, public = DATABASE_OWNER, frozenset({"USAGE"})
    else:
        owner, public = cluster.administrator, every
    schema = Objects("n", "SCHEMA", PUBLIC_SCHEMA, owner, owner_rights(owner, every, public), (PUBLIC_SCHEMA,))
    return DatabaseState(objects=(schema, blank_itself(name, cluster)))


def blank_itself(name: str, cluster: ClusterState) -> Objects:
    """Return the database itself as an object, as CREATE DATABASE leaves it."""
    acl = owner_rights(cluster.administrator, cluster.every["d"], frozenset({"CONNECT", "TEMPORARY"}))
    return Objects("d", "DATABASE", "", cluster.administrator, acl, (quote_identifier(name),))


def _creations(
    desired: DesiredDatabase, state: DatabaseState, cluster: ClusterState
) -> tuple[list[Statement], list[Objects]]:
    """Schemas and extensions that are missing, and all objects as they are once those are made."""
    made, groups = [], list(state.objects)
    there = {group.schema for group in state.objects if group.kind == "n"}
    for schema, owner in sorted(desired.schemas.items()):
        if schema not in there:
            name = quote_identifier(schema)
            made.append(Statement(f"CREATE SCHEMA {name} AUTHORIZATION {quote_identifier(owner)}"))
            groups.append(Objects("n", "SCHEMA", schema, owner, owner_rights(owner, cluster.every["n"]), (name,)))
    # As they are declared, for one may need another.
    for extension, schema in desired.extensions.items():
        if extension not in state.extensions:
            place = "" if (cluster.extensions or {}).get(extension) else f" SCHEMA {quote_identifier(schema)}"
            made.append(Statement(f"CREATE EXTENSION {quote_identifier(extension)}{place}"))
    return made, groups


class _Wanted:
    """The rules of one database, found by object."""

    def __init__(self, desired: DesiredDatabase, scope: Scope, groups: list[Objects], cluster: ClusterState) -> None:
        self._want = desired
        self._scope = scope
        self._cluster = cluster
        self._usage = {group.schema: self._may_name(group) for group in groups if group.kind == "n"}
        self._groups = groups

    def target(self, group: Objects) -> PrivilegeTarget:
        table: dict[str, dict[str, bool]] = {}
        columns: dict[str, dict[str, dict[str, bool]]] = {}
        if group.kind == "T":
            _add(table, PUBLIC, ("USAGE",), option=False)
        if group.kind == "n" and group.schema == PUBLIC_SCHEMA and PUBLIC_SCHEMA not in self._want.schemas:
            _add(table, PUBLIC, ("USAGE",), option=False)
        for rule in self._rules(group):
            privileges = tuple(self._scope.every[group.kind]) if ALL in rule.privileges else rule.privileges
            for column in rule.columns:
                _add(
                    columns.setdefault(quote_identifier(column), {}), rule.grantee, privileges, option=rule.grant_option
                )
            if not rule.columns:
                _add(table, rule.grantee, privileges, option=rule.grant_option)
        return PrivilegeTarget(self._owner(group), table, columns, self._usage.get(group.schema, frozenset()))

    def missing(self) -> tuple[str, ...]:
        """Objects named by a rule that do not exist."""
        there = {(group.kind, group.schema, group.special) for group in self._groups}
        lacking = {
            f"{quote_identifier(rule.schema)}.{quote_identifier(rule.object)}"
            for rule in self._want.rules
            if rule.object and (rule.kind, rule.schema, rule.object) not in there
        }
        return tuple(sorted(lacking))

    def _rules(self, group: Objects) -> Iterator[DefaultPrivilegeRule]:
        for rule in self._want.rules:
            if (rule.kind, rule.schema) == (group.kind, group.schema) and rule.object in ("", group.special):
                yield rule

    def _owner(self, group: Objects) -> str:
        if group.kind == "d":
            return self._want.owner
        if group.follows == "outside":
            return group.owner
        if group.kind == "n" and group.schema not in self._want.schemas:
            return self._public_owner(group)
        if group.kind == "n" or self._want.own_objects:
            return self._want.schemas[group.schema]
        return group.owner

    def _public_owner(self, group: Objects) -> str:
        """Return the owner of schema public: the version's own, or the administrator (upgrade from before 15)."""
        administrator = self._cluster.administrator
        if self._cluster.version < OWNERLESS_PUBLIC or group.owner == administrator:
            return administrator
        return DATABASE_OWNER

    def _may_name(self, group: Objects) -> frozenset[str] | None:
        """Roles that the schema's ACL lets name objects in it, once it has its new owner; None for all."""
        owner = self._owner(group)
        usage = [right for right in reowned(group.acl, group.owner, owner) if right.privilege == "USAGE"]
        if any(right.grantee == PUBLIC for right in usage):
            return None
        return frozenset({right.grantee for right in usage} | {right.grantor for right in usage} | {owner})


def _add(rights: dict[str, dict[str, bool]], grantee: str, privileges: tuple[str, ...], *, option: bool) -> None:
    held = rights.setdefault(grantee, {})
    for privilege in privileges:
        held[privilege] = held.get(privilege, False) or option


def _settings(desired: DesiredDatabase, state: DatabaseState, managed: frozenset[str]) -> Iterator[Statement]:
    name = quote_identifier(desired.name)
    if state.is_template:
        yield Statement(f"ALTER DATABASE {name} IS_TEMPLATE false")
    if state.connection_limit != desired.connection_limit:
        yield Statement(f"ALTER DATABASE {name} CONNECTION LIMIT {desired.connection_limit}")
    yield from plan_settings(f"ALTER DATABASE {name}", desired.settings, state.settings.get("", {}))
    for role in sorted(
        role for role in {*desired.role_settings, *state.settings} if role in managed and role != PUBLIC
    ):
        head = f"ALTER ROLE {quote_identifier(role)} IN DATABASE {name}"
        yield from plan_settings(head, desired.role_settings.get(role, {}), state.settings.get(role, {}))
