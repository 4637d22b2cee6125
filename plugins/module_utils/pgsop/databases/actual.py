# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server has: roles, databases, objects and who may do what with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .invalid import INVALID

#: Major versions that changed something here.
OWNERLESS_PUBLIC = 15
"""Schema public belongs to whoever owns the database."""
PARAMETER_ACLS = 15
MEMBERSHIP_OPTIONS = 16
MAINTAIN = 17
LOCKING_GRANTS = 18

#: Everybody, as a grantee; no role can have an empty name.
PUBLIC = ""


class Right(NamedTuple):
    """One entry of an access control list, for one privilege."""

    grantor: str
    grantee: str
    privilege: str
    grantable: bool


Acl = frozenset[Right]

#: Kind of what has an owner and no privileges, such as an operator; every other kind is a letter of ``acldefault()``.
OWNER_ONLY = "o"

#: Grantee -> privilege -> whether it may be passed on.
Rights = Mapping[str, Mapping[str, bool]]

#: A default privilege without the grantor, which is always the creator: grantee -> privilege -> grantable.
DefaultKey = tuple[str, str, str]
"""Creator, schema (empty: all), kind of object as in ``pg_default_acl``."""


@dataclass(frozen=True)
class Objects:
    """Objects that differ in nothing but their names.

    Attributes:
        kind: letter as in ``acldefault()``: r relation, s sequence, f routine, T type, n schema, d database, p parameter; or
            OWNER_ONLY.
        word: what ``ALTER ... OWNER`` calls it.
        schema: unquoted; empty for a database and a parameter.
        special: unquoted name, where the declaration names the object; else empty.
        owner: of all of them.
        follows: empty, or where the object is whose owner this one shares (an identity sequence, the row type of a
            table): ``inside`` the managed schemas or ``outside``.
        acl: entries, the built-in ones where none were ever written.
        names: qualified and quoted.
        columns: entries of columns, by quoted column name; only where there is one object.
    """

    kind: str
    word: str
    schema: str
    owner: str
    acl: Acl
    names: tuple[str, ...]
    special: str = ""
    follows: str = ""
    columns: Mapping[str, Acl] = field(default_factory=dict)


@dataclass(frozen=True)
class RoleState:
    """One role, as in ``pg_authid``."""

    name: str
    superuser: bool = False
    inherit: bool = True
    createrole: bool = False
    createdb: bool = False
    login: bool = False
    replication: bool = False
    bypassrls: bool = False
    connection_limit: int = -1
    valid_until: str | None = None
    verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Membership:
    """One row of ``pg_auth_members``; before 16 there is one per pair and only the admin option counts."""

    group: str
    member: str
    grantor: str
    admin: bool = False
    inherit: bool = True
    set: bool = True


@dataclass(frozen=True)
class DatabaseInfo:
    """What the cluster knows of a database without connecting to it."""

    name: str
    owner: str
    acl: Acl
    connection_limit: int = -1
    is_template: bool = False
    allows_connections: bool = True
    encoding: str = "UTF8"
    locale: str = ""

    @property
    def invalid(self) -> bool:
        """Whether an interrupted DROP DATABASE left it."""
        return self.connection_limit == INVALID

    @property
    def open(self) -> bool:
        """Whether the server accepts connections to it."""
        return self.allows_connections and not self.invalid


@dataclass(frozen=True)
class Dependency:
    """That a role owns, or is named in the ACL of, objects that only the shared catalogue tells of."""

    role: str
    database: str
    catalogue: str
    owns: bool
    count: int


@dataclass(frozen=True)
class ClusterState:
    """Everything read once per run.

    Attributes:
        version: major version.
        administrator: the bootstrap superuser.
        every: what ALL means on this server, by kind of object.
        roles: by name.
        memberships: all rows.
        databases: by name.
        settings: role-wide ones: role -> setting -> stored text.
        parameters: ACLs of configuration parameters, one group each.
        dependencies: objects of declared roles, by database.
        scram_iterations: for new verifiers.
        lock_slots: locks that fit into the lock table.
        extensions: those that can be installed, each with the schema it insists on, or empty; None where nobody asked.
    """

    version: int
    administrator: str
    every: Mapping[str, frozenset[str]]
    roles: Mapping[str, RoleState] = field(default_factory=dict)
    memberships: tuple[Membership, ...] = ()
    databases: Mapping[str, DatabaseInfo] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: tuple[Objects, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    scram_iterations: int = 4096
    lock_slots: int = 6400
    extensions: Mapping[str, str] | None = None


@dataclass(frozen=True)
class DatabaseState:
    """What is in one database, as far as it is managed.

    Attributes:
        objects: in the managed schemas, without members of extensions; also the schemas themselves.
        defaults: default privileges, of the managed schemas and of those without schema.
        counts: number of relations, sequences and routines by (schema, kind), members of extensions included; only
            where there are many.
        extensions: schema by name.
        settings: role, or empty for the database itself -> setting -> stored text.
        connection_limit: -1 for none; 0 marks a database that a run has begun to make.
        is_template: whether everybody with CREATEDB may copy it.
    """

    objects: tuple[Objects, ...]
    defaults: Mapping[DefaultKey, Rights] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    connection_limit: int = 0
    is_template: bool = False


def rights_of(acl: Acl, *, grantor: str | None = None) -> dict[str, dict[str, bool]]:
    """Who holds what, over all grantors or of one."""
    held: dict[str, dict[str, bool]] = {}
    for right in acl:
        if grantor is None or right.grantor == grantor:
            privileges = held.setdefault(right.grantee, {})
            privileges[right.privilege] = privileges.get(right.privilege, False) or right.grantable
    return held


def reowned(acl: Acl, old: str, new: str) -> Acl:
    """The ACL after ALTER ... OWNER: the server renames the old owner, as grantee and as grantor, and merges duplicates."""
    merged: dict[tuple[str, str, str], bool] = {}
    for right in acl:
        key = (
            new if right.grantor == old else right.grantor,
            new if right.grantee == old else right.grantee,
            right.privilege,
        )
        merged[key] = merged.get(key, False) or right.grantable
    return frozenset(Right(*key, grantable) for key, grantable in merged.items())


def owner_rights(owner: str, privileges: frozenset[str], public: frozenset[str] = frozenset()) -> Acl:
    """The built-in ACL of a new object."""
    mine = {Right(owner, owner, privilege, False) for privilege in privileges}
    return frozenset(mine | {Right(owner, PUBLIC, privilege, False) for privilege in public})
