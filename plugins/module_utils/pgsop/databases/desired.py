# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared, in full: the short input of the inventory becomes these by a model."""

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
        login: LOGIN.
        password: clear text; None keeps what is there.
        password_absent: remove the verifier.
        connection_limit: -1 for none.
        valid_until: timestamp as the server reads it; None for no end.
        attributes: of createdb, createrole, replication, bypassrls.
        settings: role-wide.
    """

    name: str
    login: bool = True
    password: str | None = field(default=None, repr=False)
    password_absent: bool = False
    connection_limit: int = -1
    valid_until: str | None = None
    attributes: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DefaultPrivilegeRule:
    """That some privileges are granted.

    Attributes:
        kind: letter as in ``acldefault()``.
        schema: unquoted; empty for the database.
        grantee: role or PUBLIC.
        privileges: in capitals, or ALL.
        object: unquoted name; empty: all of the schema, also later ones.
        columns: unquoted; empty: the whole relation.
        grant_option: WITH GRANT OPTION.
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
    """That objects created later by one role get privileges."""

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
        owner: of the database.
        schemas: owner by name.
        own_objects: whether objects of others in the schemas are handed to the schema's owner.
        rules: privileges.
        defaults: privileges of objects created later.
        creators: declared roles that can create in the schemas, by schema.
        settings: of the database.
        role_settings: of roles in this database.
        extensions: schema by name.
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
    """A database or role that is to be gone."""

    name: str
    force: bool = False


@dataclass(frozen=True)
class Declaration:
    """Everything that is declared for a cluster.

    Attributes:
        roles: by name.
        memberships: (group, member).
        databases: by name.
        absent_databases: to be dropped.
        absent_roles: to be dropped.
        public_connect: databases, besides the declared ones, from which PUBLIC loses CONNECT.
    """

    administrator: str
    roles: Mapping[str, DesiredRole] = field(default_factory=dict)
    memberships: frozenset[tuple[str, str]] = frozenset()
    databases: Mapping[str, DesiredDatabase] = field(default_factory=dict)
    absent_databases: tuple[Absent, ...] = ()
    absent_roles: tuple[Absent, ...] = ()
    public_connect: tuple[str, ...] = ()
