# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left alone is told: who else has access, whose objects, which passwords, which doors are open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    OWNER_ONLY,
    ClusterState,
    DatabaseInfo,
    DatabaseState,
    Dependency,
    Membership,
    Objects,
    RoleState,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.report import (
    UnmanagedRoles,
    bystanders,
    report_cluster,
    report_database,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
    ADMINISTRATOR,
    PASSWORD,
    acl,
    blank,
    declared,
)

#: Nothing here asks a server.
NOBODY = Session(None)


def table(text: str, owner: str = "shop_app", *names: str, columns: dict[str, str] | None = None) -> Objects:
    layers = {name: acl(item) for name, item in (columns or {}).items()}
    return Objects("r", "TABLE", "app", owner, acl(text), names or ("app.t",), columns=layers)


def of_database(*objects: Objects, **entry: Any) -> list[tuple[str, str]]:
    declaration = declared({"name": "shop", **entry})
    (desired,) = declaration.databases.values()
    found = report_database(NOBODY, desired, DatabaseState(objects), bystanders(declaration, blank()))
    assert {(finding.sop, finding.status) for finding in found} <= {("2", "WARNING")}
    return [(finding.id, finding.message) for finding in found]


def test_each_database_is_asked_about_those_who_have_something_in_it() -> None:
    roles = {name: RoleState(name) for name in ("z", "y", "shop_app", "pg_monitor")}
    roles["boss"] = RoleState("boss", superuser=True)
    rows = [("shop_app", "shop"), ("shop_app", "other"), ("z", "shop")]
    dependencies = tuple(Dependency(role, database, "pg_class", owns=True, count=1) for role, database in rows)
    assert bystanders(
        declared({"name": "shop"}), replace(blank(), roles=roles, dependencies=dependencies)
    ) == UnmanagedRoles(
        declared=frozenset({"shop_app", ""}),
        held={name: {("shop_app", "pg_class", True): 1} for name in ("shop", "other")},
        others=("y", "z"),
    )


def of_cluster(role: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str]]:
    """Of a cluster with one declared role, whose password is declared."""
    declaration = declared(roles=[{"name": "x", "password": PASSWORD, **(role or {})}], public_connect=["postgres"])
    state: ClusterState = replace(blank(), databases={}, **more)
    return [(finding.id, finding.message) for finding in report_cluster(declaration, state)]


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        (
            [table("shop_app=r/shop_app s1=rw/shop_app")],
            "s1, which is not declared, has SELECT/UPDATE on table app.t; it keeps that",
        ),
        (
            [table("s1=r/shop_app", "shop_app", "app.a", "app.b", "app.c")],
            "s1, which is not declared, has SELECT on table app.a and 2 more; it keeps that",
        ),
        (
            [table("", columns={"a": "s1=r/shop_app"})],
            "s1, which is not declared, has SELECT (a) on table app.t; it keeps that",
        ),
        (
            [table("s1=r/shop_app", "shop_app", f"app.t{number}", columns={}) for number in range(7)],
            f"s1, which is not declared, has {', '.join(f'SELECT on table app.t{i}' for i in range(5))} and 2 more; it keeps that",
        ),
    ],
)
def test_rights_of_strangers_are_told(objects: list[Objects], message: str) -> None:
    assert of_database(*objects) == [("access.stranger", f"in database shop {message}")]


def test_rights_of_declared_roles_everybody_and_the_owner_are_not() -> None:
    assert of_database(table("shop_app=r/own =r/own own=r/own", "own")) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, []),
        (
            {"own_objects": False},
            [
                ("access.owner", "in database shop s1 owns table app.a, table app.b, and not shop_app"),
                ("access.owner", "in database shop s1 owns collation app.c, and not shop_app"),
            ],
        ),
    ],
)
def test_objects_of_others_are_told_where_they_stay_theirs(entry: dict[str, Any], told: list[tuple[str, str]]) -> None:
    schema = Objects("n", "SCHEMA", "public", "s1", acl(""), ("public",))
    objects = [schema, table("s1=r/s1", "s1", "app.a", "app.b"), replace(table("s1=r/s1", "s1"), follows="inside")]
    objects += [Objects(OWNER_ONLY, "COLLATION", "app", "s1", acl(""), ("app.c",))]
    assert of_database(*objects, table("shop_app=r/shop_app"), **entry) == told


X = RoleState("x", login=True)


@pytest.mark.parametrize(
    ("role", "have", "message"),
    [
        ({}, None, None),
        ({"password": None, "login": False}, None, None),
        ({"password": None, "password_state": "absent"}, None, None),
        ({"password": None}, None, "role x has no password and none is declared, so nobody can log in as it over TCP"),
        ({"password": None}, X, "role x has no password and none is declared, so nobody can log in as it over TCP"),
        (
            {"password": None},
            replace(X, verifier="md5aabb"),
            "role x has an md5 verifier, which is kept because no password is declared",
        ),
        (
            {"password": None},
            replace(X, verifier="SCRAM-SHA-256$..."),
            "role x keeps the password it has, because none is declared",
        ),
    ],
)
def test_password_that_is_not_declared_is_told(
    role: dict[str, Any], have: RoleState | None, message: str | None
) -> None:
    roles = {} if have is None else {"x": have}
    assert of_cluster(role, roles=roles) == ([] if message is None else [("role.password", message)])


@pytest.mark.parametrize(
    ("row", "role", "told"),
    [
        (
            Membership("x", "maker", ADMINISTRATOR, admin=True, inherit=False, set=False),
            {},
            [("role.creator", "maker has CREATEROLE and made x, so it may give itself that role")],
        ),
        (
            Membership("pg_read_server_files", "x", ADMINISTRATOR),
            {},
            [
                (
                    "role.membership",
                    "x was found to be a member of pg_read_server_files, which is not declared; it is revoked",
                )
            ],
        ),
        (Membership("x", "stranger", ADMINISTRATOR), {}, []),
        (Membership("stranger", "x", ADMINISTRATOR), {}, []),
        (Membership("pg_monitor", "x", ADMINISTRATOR), {"member_of": ["pg_monitor"]}, []),
        (Membership("pg_monitor", "stranger", ADMINISTRATOR), {}, []),
        (Membership("stranger", "maker", ADMINISTRATOR, admin=True, inherit=False, set=False), {}, []),
    ],
)
def test_memberships_that_lead_out_are_told(row: Membership, role: dict[str, Any], told: list[tuple[str, str]]) -> None:
    assert of_cluster(role, memberships=(row,), roles={"maker": RoleState("maker", createrole=True)}) == told


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            Dependency("x", "other", "pg_class", owns=True, count=3),
            "in database other, which is not declared, x owns 3 objects of pg_class",
        ),
        (
            Dependency("x", "other", "pg_proc", owns=False, count=1),
            "in database other, which is not declared, x is granted something on 1 objects of pg_proc",
        ),
        (
            Dependency("x", "", "pg_tablespace", owns=True, count=1),
            "in the cluster x owns 1 objects of pg_tablespace",
        ),
        # told by name elsewhere, or revoked
        (Dependency("x", "", "pg_database", owns=True, count=1), None),
        (Dependency("x", "", "pg_parameter_acl", owns=False, count=1), None),
        (Dependency("stranger", "other", "pg_class", owns=True, count=3), None),
    ],
)
def test_what_declared_roles_have_elsewhere_is_told(row: Dependency, message: str | None) -> None:
    expected = [] if message is None else [("access.elsewhere", message)]
    assert of_cluster(dependencies=(row,)) == expected


def test_what_is_in_declared_databases_is_not_elsewhere() -> None:
    declaration = declared(
        {"name": "shop", "roles": {"app": {"password": PASSWORD}}}, {"name": "old", "state": "absent"}
    )
    rows = tuple(Dependency("shop_app", name, "pg_class", owns=True, count=3) for name in ("shop", "old"))
    databases = {"shop": DatabaseInfo("shop", "admin", acl("shop_app=c/admin"))}
    assert report_cluster(declaration, replace(blank(), databases=databases, dependencies=rows)) == []


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (("other", "admin", "admin=CTc/admin"), []),
        (
            ("other", "admin", "=Tc/admin"),
            [("access.public", "every role may connect to database other, which is not declared")],
        ),
        (("other", "admin", "=T/admin"), []),
        (("postgres", "admin", "=Tc/admin"), []),
        (
            ("other", "admin", "x=Tc/admin"),
            [("access.elsewhere", "x has CONNECT, TEMPORARY on database other, which is not declared")],
        ),
        (("other", "x", "x=CTc/x"), [("access.elsewhere", "x owns database other, which is not declared")]),
    ],
)
def test_doors_to_other_databases_are_told(info: tuple[str, str, str], told: list[tuple[str, str]]) -> None:
    name, owner, text = info
    assert of_cluster_with(DatabaseInfo(name, owner, acl(text))) == told
    assert [
        item
        for item in of_cluster_with(DatabaseInfo(name, owner, acl(text), allows_connections=False))
        if "every" in item[1]
    ] == []


def of_cluster_with(info: DatabaseInfo) -> list[tuple[str, str]]:
    declaration = declared(roles=[{"name": "x", "password": PASSWORD}], public_connect=["postgres"])
    found = report_cluster(declaration, replace(blank(), databases={info.name: info}))
    return [(finding.id, finding.message) for finding in found]
