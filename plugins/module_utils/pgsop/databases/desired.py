# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration in full: a model expands the short input of the inventory into these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Stands in a rule for all privileges the server knows for that kind of object.
ALL = "ALL"


@dataclass(frozen=True)
class DesiredRole:
    """A declared role, with its attributes.

    Attributes:
        name: unquoted.
        login: whether the role has LOGIN.
        password: clear text; None keeps the stored verifier.
        password_absent: whether the stored verifier is removed.
        connection_limit: -1 for no limit.
        valid_until: timestamp as the server reads it; None for no end.
        attributes: any of createdb, createrole, replication, bypassrls.
        settings: of the role in all databases.
        monitoring: whether it is a monitoring login.
    """

    name: str
    login: bool = True
    password: str | None = field(default=None, repr=False)
    password_absent: bool = False
    connection_limit: int = -1
    valid_until: str | None = None
    attributes: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    monitoring: bool = False


@dataclass(frozen=True)
class DefaultPrivilegeRule:
    """Privileges granted on existing objects of a database.

    Attributes:
        kind: letter as in ``acldefault()``.
        schema: unquoted; empty for the database.
        grantee: role or PUBLIC.
        privileges: in capitals, or ALL.
        object: unquoted name; empty: all of the schema, also later ones.
        columns: unquoted; empty: the whole relation.
        grant_option: whether they are granted WITH GRANT OPTION.
    """

    kind: str
    schema: str
    grantee: str
    privileges: tuple[str, ...]
    object: str = ""
    columns: tuple[str, ...] = ()
    grant_option: bool = False


@dataclass(frozen=True)
class DefaultRule:
    """Privileges granted on objects that one role creates later; kind and schema as in ``pg_default_acl``."""

    creator: str
    schema: str
    kind: str
    grantee: str
    privileges: tuple[str, ...]
    grant_option: bool = False


@dataclass(frozen=True)
class DesiredDatabase:
    """A declared database.

    Attributes:
        name: unquoted.
        owner: owner of the database.
        schemas: schema -> its owner.
        own_objects: whether objects of other owners in the schemas go to the schema's owner.
        rules: privileges on existing objects.
        defaults: privileges of objects created later.
        creators: declared roles that can create in the schemas, by schema.
        settings: of the database.
        role_settings: of roles in this database.
        extensions: extension -> its schema.
    """

    name: str
    owner: str
    schemas: Mapping[str, str]
    own_objects: bool = True
    rules: tuple[DefaultPrivilegeRule, ...] = ()
    defaults: tuple[DefaultRule, ...] = ()
    creators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    role_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    connection_limit: int = -1
    encoding: str | None = None
    locale: str | None = None
    template: str = "template0"
    extensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Absent:
    """A database or role that is to be dropped."""

    name: str
    force: bool = False


@dataclass(frozen=True)
class Declaration:
    """Desired state of a cluster.

    Attributes:
        administrator: the bootstrap superuser.
        roles: by name.
        memberships: (group, member).
        databases: by name.
        absent_databases: to be dropped.
        absent_roles: to be dropped.
        public_connect: databases, besides the declared ones, from which PUBLIC loses CONNECT.
        exact_logins: whether monitoring logins that are not declared are dropped.
    """

    administrator: str
    roles: Mapping[str, DesiredRole] = field(default_factory=dict)
    memberships: frozenset[tuple[str, str]] = frozenset()
    databases: Mapping[str, DesiredDatabase] = field(default_factory=dict)
    absent_databases: tuple[Absent, ...] = ()
    absent_roles: tuple[Absent, ...] = ()
    public_connect: tuple[str, ...] = ()
    exact_logins: bool = False
