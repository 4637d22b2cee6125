# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One database: schemas, owners, rights by rule, default privileges and settings, each only where it differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    OWNER_ONLY,
    PUBLIC,
    ClusterState,
    DatabaseState,
    Objects,
    rights_of,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_database import (
    DatabasePlan,
    blank_database,
    plan_database,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_object import Scope
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
    acl,
    blank,
    declared,
)

CLUSTER = blank()
#: What is in a database once the declaration {"name": "shop"} has been carried out, but for objects.
ITSELF = Objects("d", "DATABASE", "", "admin", acl("admin=CTc/admin shop_app=c/admin"), ("shop",))
PUBLIC_SCHEMA = Objects(
    "n",
    "SCHEMA",
    "public",
    "pg_database_owner",
    acl("pg_database_owner=CU/pg_database_owner =U/pg_database_owner"),
    ("public",),
)
APP = Objects("n", "SCHEMA", "app", "shop_app", acl("shop_app=CU/shop_app"), ("app",))
DEFAULTS = {
    ("admin", "app", "r"): rights_of(acl("shop_app=arwd/admin")),
    ("admin", "app", "S"): rights_of(acl("shop_app=rU/admin")),
    ("admin", "app", "f"): rights_of(acl("shop_app=X/admin")),
    ("shop_app", "", "f"): rights_of(acl("shop_app=X/shop_app")),
}
SETTINGS = {"": {"search_path": "app, public"}}
OWNERS_TABLE = "shop_app=arwdDxtm/shop_app"


def settled(*objects: Objects, **more: Any) -> DatabaseState:
    groups = (ITSELF, PUBLIC_SCHEMA, APP, *objects)
    return DatabaseState(groups, **{"defaults": DEFAULTS, "settings": SETTINGS, "connection_limit": -1, **more})


def table(
    text: str = OWNERS_TABLE, owner: str = "shop_app", *, names: tuple[str, ...] = ("app.t",), **more: Any
) -> Objects:
    return Objects("r", "TABLE", "app", owner, acl(text), names, **more)


def plan(
    state: DatabaseState,
    entry: dict[str, Any] | None = None,
    cluster: ClusterState = CLUSTER,
    roles: tuple[str, ...] = (),
) -> DatabasePlan:
    declaration = declared({"name": "shop", **(entry or {})}, roles=[{"name": name} for name in roles])
    scope = Scope(frozenset({*declaration.roles, PUBLIC}), cluster.every)
    (desired,) = declaration.databases.values()
    return plan_database(desired, state, cluster, scope)


def planned(state: DatabaseState, entry: dict[str, Any] | None = None, roles: tuple[str, ...] = ()) -> list[str]:
    return [statement.text for statement in plan(state, entry, roles=roles).statements]


def test_what_is_as_declared_is_left() -> None:
    found = plan(settled(table()))
    assert (found.statements, found.locks, found.handovers, found.missing) == ([], 0, 0, ())


def test_new_database_is_arranged() -> None:
    assert planned(blank_database("shop", CLUSTER)) == [
        "CREATE SCHEMA app AUTHORIZATION shop_app",
        "REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC",
        "GRANT CONNECT ON DATABASE shop TO shop_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA app GRANT SELECT, USAGE ON SEQUENCES TO shop_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA app GRANT EXECUTE ON FUNCTIONS TO shop_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "ALTER DATABASE shop CONNECTION LIMIT -1",
        "ALTER DATABASE shop SET search_path TO app, public",
    ]


@pytest.mark.parametrize(
    ("version", "owner", "expected"),
    [
        (14, "admin", ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]),
        (15, "pg_database_owner", []),
    ],
)
def test_nobody_creates_in_public(version: int, owner: str, expected: list[str]) -> None:
    cluster = blank(version)
    state = blank_database("shop", cluster)
    assert [group.owner for group in state.objects if group.kind == "n"] == [owner]
    found = [statement.text for statement in plan(state, cluster=cluster).statements]
    assert [text for text in found if "SCHEMA public" in text] == expected


@pytest.mark.parametrize(
    ("version", "owner", "expected"),
    [
        (17, "admin", []),
        (17, "shop_app", ["ALTER SCHEMA public OWNER TO pg_database_owner"]),
        (14, "shop_app", ["ALTER SCHEMA public OWNER TO admin"]),
    ],
)
def test_public_belongs_to_the_administrator(version: int, owner: str, expected: list[str]) -> None:
    schema = replace(PUBLIC_SCHEMA, owner=owner, acl=acl(f"{owner}=CU/{owner} =U/{owner}"))
    state = replace(settled(), objects=(ITSELF, schema, APP))
    assert [item.text for item in plan(state, cluster=blank(version)).statements] == expected


def test_public_that_is_declared_is_like_any_other_schema() -> None:
    public = replace(PUBLIC_SCHEMA, owner="shop_app", acl=acl("shop_app=CU/shop_app =U/shop_app"))
    found = planned(replace(settled(), objects=(ITSELF, public)), {"schema": "public"})
    assert "REVOKE USAGE ON SCHEMA public FROM PUBLIC" in found


@pytest.mark.parametrize(
    ("current", "entry", "expected"),
    [
        (table("admin=arwdDxtm/admin", "admin"), {}, ["ALTER TABLE app.t OWNER TO shop_app"]),
        (
            table("admin=arwdDxtm/admin", "admin"),
            {"own_objects": False},
            ["GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE app.t TO shop_app"],
        ),
        (
            replace(table("admin=arwdDxtm/admin", "admin"), word="MATERIALIZED VIEW"),
            {},
            ["ALTER MATERIALIZED VIEW app.t OWNER TO shop_app"],
        ),
        (
            table("admin=arwdDxtm/admin", "admin", names=("app.a", "app.b")),
            {},
            ["ALTER TABLE app.a OWNER TO shop_app", "ALTER TABLE app.b OWNER TO shop_app"],
        ),
        # it has no privileges
        (
            Objects(OWNER_ONLY, "COLLATION", "app", "admin", acl(""), ("app.c",)),
            {},
            ["ALTER COLLATION app.c OWNER TO shop_app"],
        ),
        (Objects(OWNER_ONLY, "COLLATION", "app", "admin", acl(""), ("app.c",)), {"own_objects": False}, []),
        # its owner follows that of the table
        (replace(table("admin=rwU/admin", "admin", follows="inside"), kind="s", word="SEQUENCE"), {}, []),
        # of a table that is not managed
        (
            replace(table("admin=rwU/admin", "admin", follows="outside"), kind="s", word="SEQUENCE"),
            {},
            ["GRANT SELECT, USAGE ON SEQUENCE app.t TO shop_app"],
        ),
    ],
)
def test_objects_belong_to_the_owner_of_their_schema(
    current: Objects, entry: dict[str, Any], expected: list[str]
) -> None:
    found = plan(settled(current), entry)
    assert [statement.text for statement in found.statements] == expected
    assert found.handovers == sum(text.startswith("ALTER") for text in expected)


def test_schema_and_database_get_their_owners() -> None:
    state = replace(settled(), objects=(ITSELF, PUBLIC_SCHEMA, replace(APP, owner="admin", acl=acl("admin=CU/admin"))))
    assert planned(state, {"owner": "shop_app"}) == [
        "ALTER DATABASE shop OWNER TO shop_app",
        "ALTER SCHEMA app OWNER TO shop_app",
    ]


def test_schema_is_handed_over_also_where_objects_are_not() -> None:
    state = replace(settled(), objects=(ITSELF, PUBLIC_SCHEMA, replace(APP, owner="admin", acl=acl("admin=CU/admin"))))
    assert planned(state, {"own_objects": False}) == ["ALTER SCHEMA app OWNER TO shop_app"]


def test_better_of_two_rules_counts() -> None:
    both = [
        {"to": ["x"], "privileges": ["SELECT"], "objects": ["t"], "grant_option": option} for option in (True, False)
    ]
    expected = ["GRANT SELECT ON TABLE app.t TO x WITH GRANT OPTION"]
    assert planned(settled(table(special="t")), {"grants": both}, ("x",)) == expected
    assert planned(settled(table(special="t")), {"grants": both[::-1]}, ("x",)) == expected


def grants(**more: Any) -> dict[str, Any]:
    return {"grants": [{"to": ["x"], "privileges": ["SELECT"], "objects": ["t"], **more}]}


@pytest.mark.parametrize(
    ("entry", "current", "expected"),
    [
        (grants(), table(special="t"), ["GRANT SELECT ON TABLE app.t TO x"]),
        (grants(to=["PUBLIC"]), table(special="t"), ["GRANT SELECT ON TABLE app.t TO PUBLIC"]),
        (grants(columns=["Odd col"]), table(special="t"), ['GRANT SELECT ("Odd col") ON TABLE app.t TO x']),
        (grants(grant_option=True), table(special="t"), ["GRANT SELECT ON TABLE app.t TO x WITH GRANT OPTION"]),
        (grants(privileges=["ALL"]), table(f"{OWNERS_TABLE} x=arwdDxtm/shop_app", special="t"), []),
        (grants(), table(), []),
        (grants(), table(f"{OWNERS_TABLE} x=r/shop_app"), ["REVOKE SELECT ON TABLE app.t FROM x"]),
    ],
)
def test_rule_for_one_object_is_for_that_one(entry: dict[str, Any], current: Objects, expected: list[str]) -> None:
    assert planned(settled(current), entry, ("x",)) == expected


def test_what_is_declared_of_objects_that_do_not_exist_is_told() -> None:
    entry = {"grants": [{"to": ["x"], "privileges": ["SELECT"], "objects": ["t", "My table"]}]}
    assert plan(settled(table(special="t")), entry, roles=("x",)).missing == ('app."My table"',)


def test_types_are_for_everybody() -> None:
    domain = Objects("T", "DOMAIN", "app", "shop_app", acl("shop_app=U/shop_app"), ("app.d",))
    assert planned(settled(domain)) == ["GRANT USAGE ON TYPE app.d TO PUBLIC"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("shop_app=CU/shop_app", ["GRANT USAGE ON SCHEMA app TO s1", "REVOKE USAGE ON SCHEMA app FROM s1"]),
        ("shop_app=CU/shop_app s1=U/shop_app", []),
        (
            "shop_app=CU/shop_app s1=C/shop_app",
            ["GRANT USAGE ON SCHEMA app TO s1", "REVOKE USAGE ON SCHEMA app FROM s1"],
        ),
        ("shop_app=CU/shop_app =U/shop_app", ["REVOKE USAGE ON SCHEMA app FROM PUBLIC"]),
    ],
)
def test_who_is_to_revoke_can_name_the_object(schema: str, expected: list[str]) -> None:
    current = table(f"{OWNERS_TABLE} s1=r*/shop_app shop_app=r/s1")
    state = replace(settled(), objects=(ITSELF, PUBLIC_SCHEMA, replace(APP, acl=acl(schema)), current))
    assert [text for text in planned(state) if "SCHEMA" in text] == expected


def test_extensions_are_created_once() -> None:
    entry = {"extensions": [{"name": "citext"}, {"name": "lo", "schema": "app"}]}
    assert planned(settled(), entry) == ["CREATE EXTENSION citext SCHEMA public", "CREATE EXTENSION lo SCHEMA app"]
    assert planned(settled(extensions={"citext": "public", "lo": "public"}), entry) == []


def test_extension_with_a_schema_of_its_own_gets_no_other() -> None:
    cluster = replace(CLUSTER, extensions={"plperl": "pg_catalog", "citext": ""})
    desired = {"extensions": [{"name": "plperl"}, {"name": "citext"}]}
    found = [item.text for item in plan(settled(), desired, cluster=cluster).statements]
    assert found == ["CREATE EXTENSION plperl", "CREATE EXTENSION citext SCHEMA public"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"connection_limit": 0}, ["ALTER DATABASE shop CONNECTION LIMIT -1"]),
        ({"is_template": True}, ["ALTER DATABASE shop IS_TEMPLATE false"]),
        ({"settings": {"": {"search_path": "app, public", "jit": "off"}}}, ["ALTER DATABASE shop RESET jit"]),
        ({"settings": {**SETTINGS, "shop_app": {"jit": "off"}}}, ["ALTER ROLE shop_app IN DATABASE shop RESET jit"]),
        ({"settings": {**SETTINGS, "stranger": {"jit": "off"}}}, []),
    ],
)
def test_database_itself_is_exact(more: dict[str, Any], expected: list[str]) -> None:
    assert planned(settled(**more)) == expected


def test_migrator_becomes_the_owner() -> None:
    found = planned(blank_database("shop", CLUSTER), {"model": "separated"})
    # a schema that is only just made has its rights, too
    assert "GRANT USAGE ON SCHEMA app TO shop_app" in found
    assert "ALTER ROLE shop_migrator IN DATABASE shop SET role TO 'shop_owner'" in found


@pytest.mark.parametrize(("version", "locks"), [(17, 0), (18, 3)])
def test_locks_are_counted_where_a_grant_takes_them(version: int, locks: int) -> None:
    current = table(f"{OWNERS_TABLE} =r/shop_app", names=("app.a", "app.b", "app.c"))
    assert plan(settled(current), cluster=blank(version)).locks == locks


def test_names_are_quoted() -> None:
    schema, role = 'My "schema"', "Röle"
    entry = {"name": "My db", "schema": schema, "roles": {"app": {"name": role}}}
    found = plan(blank_database("My db", CLUSTER), entry)
    assert found.statements[0].text == 'CREATE SCHEMA "My ""schema""" AUTHORIZATION "Röle"'
    assert 'GRANT CONNECT ON DATABASE "My db" TO "Röle"' in [item.text for item in found.statements]
