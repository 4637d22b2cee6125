# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of a server as read: roles, databases, objects, and the privileges on them."""

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

#: Comment of a role that is a monitoring login, by which a later run finds those that left the list.
MONITORING_MARK = "monitoring login, managed by aerovista.postgresql (pg_monitoring_logins)"
#: Everybody, as a grantee; no role can have an empty name.
PUBLIC = ""


class Right(NamedTuple):
    """One entry of an access control list (``aclexplode()``), for one privilege; an empty grantee is PUBLIC."""

    grantor: str
    grantee: str
    privilege: str
    grantable: bool


Acl = frozenset[Right]

#: Kind of an object that has an owner and no privileges, such as an operator; every other kind is a letter of ``acldefault()``.
OWNER_ONLY = "o"

#: Grantee -> privilege -> whether it may be passed on.
Rights = Mapping[str, Mapping[str, bool]]

#: A default privilege without the grantor, which is always the creator: grantee -> privilege -> grantable.
DefaultKey = tuple[str, str, str]
"""Creator, schema (empty: all), kind of object as in ``pg_default_acl``."""


@dataclass(frozen=True)
class Objects:
    """Objects that differ only in their names.

    Attributes:
        kind: letter as in ``acldefault()``: r relation, s sequence, f routine, T type, n schema, d database,
            p parameter; or OWNER_ONLY.
        word: the kind in ``ALTER ... OWNER``, such as ``TABLE``.
        schema: unquoted; empty for a database and a parameter.
        special: unquoted name, if the declaration names the object, else empty.
        owner: of all of them.
        follows: place of the object that gives this one its owner (an identity sequence, the row type of a
            table): ``inside`` the managed schemas or ``outside``; empty if it has an owner of its own.
        acl: entries; the built-in ones if the ACL is NULL.
        names: qualified and quoted.
        columns: entries of columns, by quoted column name; only for a single object.
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
    """One role, as in ``pg_authid``; a connection limit of -1 means no limit, ``valid_until`` None no end.

    ``monitoring`` is the mark of a monitoring login in its comment.
    """

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
    monitoring: bool = False


@dataclass(frozen=True)
class Membership:
    """One row of ``pg_auth_members``.

    Before 16 there is one row per pair and only the admin option counts.
    """

    group: str
    member: str
    grantor: str
    admin: bool = False
    inherit: bool = True
    set: bool = True


@dataclass(frozen=True)
class DatabaseInfo:
    """One row of ``pg_database``, read without connecting to the database; a connection limit of -1 means no limit."""

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
        """Return whether an interrupted DROP DATABASE left the database (``datconnlimit`` is -2)."""
        return self.connection_limit == INVALID

    @property
    def open(self) -> bool:
        """Return whether the server accepts connections to the database."""
        return self.allows_connections and not self.invalid


@dataclass(frozen=True)
class Dependency:
    """Objects that a role owns, or is named in the ACL of: a count by database and catalog, from ``pg_shdepend``."""

    role: str
    database: str
    catalogue: str
    owns: bool
    count: int


@dataclass(frozen=True)
class ClusterState:
    """State of the whole cluster, read once per run.

    Attributes:
        version: major version.
        administrator: the bootstrap superuser.
        every: the privileges of ALL on this server, by kind of object as in ``acldefault()``.
        roles: by name.
        memberships: all rows of ``pg_auth_members``.
        databases: by name.
        settings: role-wide ones: role -> setting -> stored text.
        parameters: ACLs of configuration parameters, one group each.
        dependencies: objects of declared roles, by database.
        scram_iterations: iterations of a new SCRAM verifier.
        lock_slots: locks of the lock table: max_locks_per_transaction x (max_connections +
            max_prepared_transactions); the server's own formula (NLOCKENTS in lock.c) adds background processes.
        extensions: those that can be installed, each with the schema it requires, or empty; None if not read.
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
    """State of one database, as far as it is managed.

    Attributes:
        objects: in the managed schemas, without members of extensions; also the schemas themselves.
        defaults: default privileges, of the managed schemas and of those without schema.
        counts: number of relations, sequences and routines by (schema, kind), members of extensions included; only
            if a group of objects has more than ``SPELL_OUT`` names.
        extensions: schema by name.
        settings: role, or empty for the database itself -> setting -> stored text.
        connection_limit: -1 for no limit; 0 marks a database that a run has begun to create.
        is_template: whether every role with CREATEDB may copy it.
    """

    objects: tuple[Objects, ...]
    defaults: Mapping[DefaultKey, Rights] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    connection_limit: int = 0
    is_template: bool = False


def rights_of(acl: Acl, *, grantor: str | None = None) -> dict[str, dict[str, bool]]:
    """Return the privileges of each grantee, and whether each may be passed on.

    Args:
        acl: entries of one object or column.
        grantor: count only the entries of this grantor; None for all.

    Returns:
        grantee -> privilege -> grant option; PUBLIC is the empty name.
    """
    held: dict[str, dict[str, bool]] = {}
    for right in acl:
        if grantor is None or right.grantor == grantor:
            privileges = held.setdefault(right.grantee, {})
            privileges[right.privilege] = privileges.get(right.privilege, False) or right.grantable
    return held


def reowned(acl: Acl, old: str, new: str) -> Acl:
    """Return the ACL as it is after ALTER ... OWNER.

    The server renames the old owner, as grantee and as grantor, and merges duplicates (``aclnewowner()`` in acl.c).

    Args:
        acl: entries before the change.
        old: owner before it.
        new: owner after it.
    """
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
    """Return the built-in ACL of a new object.

    Args:
        owner: owner and grantor of all entries.
        privileges: those of the owner.
        public: those of PUBLIC; empty by default.
    """
    mine = {Right(owner, owner, privilege, False) for privilege in privileges}
    return frozenset(mine | {Right(owner, PUBLIC, privilege, False) for privilege in public})
