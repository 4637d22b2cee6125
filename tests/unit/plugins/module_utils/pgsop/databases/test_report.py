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
    DatabaseState,
    Dependency,
    Objects,
    RoleState,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.report import (
    UnmanagedRoles,
    bystanders,
    in_database,
    merge,
    report_database,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
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


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        (
            [table("shop_app=r/shop_app s1=rw/shop_app")],
            "role s1, which is not declared, has SELECT/UPDATE on table app.t",
        ),
        (
            [table("s1=r/shop_app", "shop_app", "app.a", "app.b", "app.c")],
            "role s1, which is not declared, has SELECT on table app.a and 2 more",
        ),
        (
            [table("s1=r/shop_app s2=r/shop_app")],
            "roles s1, s2, which are not declared, have SELECT on table app.t",
        ),
        (
            [table("", columns={"a": "s1=r/shop_app"})],
            "role s1, which is not declared, has SELECT (a) on table app.t",
        ),
        (
            [table("s1=r/shop_app", "shop_app", f"app.t{number}", columns={}) for number in range(7)],
            f"role s1, which is not declared, has {', '.join(f'SELECT on table app.t{i}' for i in range(5))} and 2 more",
        ),
    ],
)
def test_rights_of_strangers_are_told(objects: list[Objects], message: str) -> None:
    assert of_database(*objects) == [("access.stranger", f"in database shop, {message}")]


def test_rights_of_declared_roles_everybody_and_the_owner_are_not() -> None:
    assert of_database(table("shop_app=r/own =r/own own=r/own", "own")) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, []),
        (
            {"own_objects": False},
            [
                ("access.owner", "in database shop, s1 owns table app.a, table app.b, and not shop_app"),
                ("access.owner", "in database shop, s1 owns collation app.c, and not shop_app"),
            ],
        ),
    ],
)
def test_objects_of_others_are_told_where_they_stay_theirs(entry: dict[str, Any], told: list[tuple[str, str]]) -> None:
    schema = Objects("n", "SCHEMA", "public", "s1", acl(""), ("public",))
    objects = [schema, table("s1=r/s1", "s1", "app.a", "app.b"), replace(table("s1=r/s1", "s1"), follows="inside")]
    objects += [Objects(OWNER_ONLY, "COLLATION", "app", "s1", acl(""), ("app.c",))]
    assert of_database(*objects, table("shop_app=r/shop_app"), **entry) == told


def test_equal_sentences_about_several_databases_are_one() -> None:
    found = [
        (name, Finding("access.creator", "2", "WARNING", f"{in_database(name)}role s1 can {what}", hint="h"))
        for name, what in (("a", "create"), ("b", "create"), ("b", "read"), ("c", "create"))
    ]
    assert [(finding.id, finding.message, finding.hint) for finding in merge(found)] == [
        ("access.creator", "in databases a, b, c: role s1 can create", "h"),
        ("access.creator", "in database b, role s1 can read", "h"),
    ]
