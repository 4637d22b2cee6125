# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration: refused as a whole with everything that is wrong in it, or read into what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import declare, problems
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.desired import Absent, DesiredRole
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import PASSWORD

Entry = dict[str, Any]


def found(databases: Any = (), roles: Any = (), public_connect: Any = ()) -> list[str]:
    return problems(databases, roles, public_connect, "admin")


def shop(**more: Any) -> Entry:
    return {"name": "shop", **more}


def grants(*entries: Entry) -> Entry:
    return shop(grants=[{"to": ["shop_app"], "privileges": ["SELECT"], **entry} for entry in entries])


def later(**more: Any) -> Entry:
    return shop(default_privileges=[{"for_role": "shop_app", "to": ["shop_app"], "privileges": ["USAGE"], **more}])


@pytest.mark.parametrize(
    ("databases", "roles"),
    [
        ([], []),
        ([shop()], []),
        ([grants({"type": "database", "privileges": ["CONNECT"]})], []),
        ([later(type="types", for_role="admin")], []),
        ([], [{"name": "a", "member_of": ["b"]}, {"name": "b"}, {"name": "c", "member_of": ["a"]}]),
        ([shop(roles={"app": None, "owner": None, "migrator": None})], []),
        ([shop(roles={"app": {"name": "x"}, "readonly": {}})], [{"name": "x"}]),
        (
            [shop(model="separated", roles={"migrator": {"password": PASSWORD}})],
            [{"name": "x", "member_of": ["pg_monitor"]}],
        ),
        # one role in several places
        (
            [shop(roles={"app": {"name": "x"}}), {"name": "b", "roles": {"app": {"name": "x", "password": PASSWORD}}}],
            [],
        ),
        ([shop(roles={"app": {"password_state": "present"}})], [{"name": "shop_app", "password": PASSWORD}]),
        ([shop(owner="shop_app"), {"name": "b", "owner": "admin"}], []),
        ([grants({"to": ["PUBLIC", "x"]})], [{"name": "x", "login": False}]),
        ([later(type="types"), {"name": "b", "default_privileges": None}], []),
        ([shop(state="absent"), {"name": "b"}], [{"name": "shop_app", "state": "absent"}]),
        ([shop(state="absent", owner="gone")], [{"name": "x", "state": "absent", "member_of": ["x"]}]),
    ],
)
def test_declaration_is_fine(databases: list[Entry], roles: list[Entry]) -> None:
    assert found(databases, roles) == []


@pytest.mark.parametrize(
    ("databases", "roles", "problem"),
    [
        # shapes
        (None, [], "databases must be a list, empty where there are none"),
        ("shop", [], "databases must be a list"),
        ([], {"name": "x"}, "roles must be a list"),
        ([None], [], "databases, entry 1 is empty"),
        ([{}], [], "databases, entry 1 needs a name"),
        ([shop(schemas="app")], [], "database shop: schemas must be a list"),
        ([], [{"name": "x", "login": "perhaps"}], "role x: login must be true or false"),
        # databases
        ([{"name": "a\n"}], [], "database name 'a\\n' has a control character"),
        ([{"name": "template1"}], [], "database template1 belongs to the cluster itself and is not declared"),
        ([shop(model="none")], [], "database shop: model is one of sop, separated, not 'none'"),
        (
            [shop(roles={"owner": {"name": "o"}, "migrator": {}})],
            [],
            "database shop: model sop has no role migrator, owner; it has app, readonly",
        ),
        (
            [shop(roles={"app": {"name": "x"}, "readonly": {"name": "x"}})],
            [],
            "database shop: role x is declared more than once",
        ),
        ([shop(schema="pg_x")], [], "database shop: schema name 'pg_x' is reserved"),
        ([shop(schemas=["information_schema"])], [], "database shop: schema name 'information_schema' is reserved"),
        ([shop(connection_limit=-5)], [], "database shop: connection_limit is -5"),
        ([shop(settings={"a b": 1})], [], "database shop: 'a b' is no name of a setting"),
        ([shop(extensions=[{"name": "../x"}])], [], "database shop: extension name '../x' has a slash"),
        ([shop(extensions=[{"schema": "x"}])], [], "database shop: the name for a extension is empty"),
        (
            [shop(model="separated", roles={"migrator": {"settings": {"role": "x"}}})],
            [],
            "database shop: the migrator becomes the owner, so its setting role is not declared",
        ),
        ([shop(), shop()], [], "database shop is declared more than once"),
        # grants
        ([grants({}, {"type": "views"})], [], "database shop: grants, entry 2: type is one of database"),
        (
            [grants({"privileges": ["EXECUTE"]})],
            [],
            "database shop: grants, entry 1: EXECUTE is no privilege of tables",
        ),
        ([grants({"to": None})], [], "database shop: grants, entry 1: privileges and to must not be empty"),
        (
            [grants({"to": ["x"]})],
            [],
            "database shop: x is granted something and is no declared role; add it to the roles",
        ),
        ([grants({"to": ["public"]})], [], "database shop: everybody is PUBLIC, in capitals, not public"),
        (
            [later(type="schema")],
            [],
            "database shop: default_privileges, entry 1: objects of type schema are not created in a schema",
        ),
        (
            [later(for_role=None, type="types")],
            [],
            "database shop: default_privileges need for_role, the role that creates",
        ),
        ([later(for_role="x", type="types")], [], "database shop: default_privileges for x, which is no declared role"),
        ([later(to=["y"], type="types")], [], "database shop: y is granted something and is no declared role"),
        ([shop(owner="x")], [], "database shop: its owner x is neither a declared role nor the administrator"),
        # roles
        ([], [{"name": "x"}, {"name": "x"}], "role x is declared more than once"),
        ([], [{"name": "admin"}], "role admin is the administrator of the cluster and is not declared"),
        ([], [{"name": "x", "password": "changeme"}], "role x: the password is still the placeholder"),
        ([shop(roles={"app": {"password": "short"}})], [], "role shop_app: the password is shorter than 12 characters"),
        ([shop()], [{"name": "shop_app", "state": "absent"}], "role shop_app is declared and also absent"),
        (
            [],
            [{"name": "team", "state": "absent"}, {"name": "x", "member_of": ["team"]}],
            "role team is absent and also has members",
        ),
        (
            [shop(grants=[{"to": ["PUBLIC"], "privileges": ["SELECT"], "grant_option": True}])],
            [],
            "database shop: grants, entry 1: PUBLIC cannot pass on what it is granted",
        ),
        (
            [shop(model="separated", roles={"owner": {"name": "o"}})],
            [{"name": "o", "login": True}],
            "role o: login is declared more than once, and differently",
        ),
        (
            [shop(roles={"app": {"password": PASSWORD}})],
            [{"name": "shop_app", "password": "another long pass phrase"}],
            "role shop_app: password is declared more than once, and differently",
        ),
        # memberships
        ([], [{"name": "x", "member_of": ["x"]}], "role x would be a member of itself, through x"),
        ([], [{"name": "x", "member_of": ["admin"]}], "role x: nobody becomes a member of admin"),
        (
            [],
            [{"name": "x", "member_of": ["pg_database_owner"]}],
            "role x: nobody becomes a member of pg_database_owner",
        ),
    ],
)
def test_what_is_wrong_is_told(databases: Any, roles: Any, problem: str) -> None:
    (told,) = found(databases, roles)
    assert told.startswith(problem)


@pytest.mark.parametrize("name", [1, ["x"], {"password": PASSWORD}])
def test_name_that_is_none_is_told_by_its_place(name: object) -> None:
    told = found([shop(), {"name": name}])
    assert told
    assert all(problem.startswith("databases, entry 2") for problem in told)
    assert PASSWORD not in str(told)


def test_circle_of_memberships_is_told() -> None:
    roles = [{"name": name, "member_of": [group]} for name, group in ("ab", "bc", "ca")]
    assert found([], roles) == [
        "role c would be a member of itself, through a",
        "role a would be a member of itself, through b",
        "role b would be a member of itself, through c",
    ]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["shop"], "public_connect: shop is a declared database"),
        ("postgres", "public_connect must be a list"),
        ([1], "public_connect, entry 1 must be text, in quotes where YAML would read something else"),
    ],
)
def test_public_connect_names_other_databases(names: object, problem: str) -> None:
    assert found([shop()], [], names) == [problem]


def test_everything_wrong_is_told_at_once_and_no_password() -> None:
    roles: list[Entry] = [
        {"name": "x", "password": "changeme", "member_of": ["x"]},
        {"name": "y", "password": "elevenchars"},
    ]
    with pytest.raises(PgsopError) as failed:
        declare([shop(owner="z")], roles, [], "admin")
    assert failed.value.answer.split("; ") == [
        "role x: the password is still the placeholder",
        "role y: the password is shorter than 12 characters",
        "database shop: its owner z is neither a declared role nor the administrator",
        "role x would be a member of itself, through x",
    ]
    assert not {"changeme", "elevenchars"} & set(str(failed.value).split())


def test_role_is_gathered_from_everywhere_it_is_named() -> None:
    databases = [
        shop(roles={"app": {"name": "x", "connection_limit": 5, "settings": {"work_mem": "8MB"}}}),
        {"name": "b", "roles": {"readonly": {"name": "x", "valid_until": "2030-01-01", "password": None}}},
    ]
    roles = [{"name": "x", "password": PASSWORD, "attributes": ["createdb"], "settings": {"lock_timeout": "3s"}}]
    declaration = declare(databases, roles, [], "admin")
    assert declaration.roles["x"] == DesiredRole(
        name="x",
        password=PASSWORD,
        connection_limit=5,
        valid_until="2030-01-01",
        attributes=frozenset({"createdb"}),
        settings={"lock_timeout": "3s"},
    )
    assert sorted(declaration.roles) == ["b_app", "x"]


def test_settings_in_a_database_are_not_those_of_the_role() -> None:
    declaration = declare([shop(roles={"app": {"settings": {"work_mem": "8MB"}}})], [], [], "admin")
    assert declaration.roles["shop_app"].settings == {}


def test_what_is_not_said_contradicts_nothing() -> None:
    said = {"password": PASSWORD, "connection_limit": 5, "valid_until": "2030-01-01"}
    unsaid = {"name": "shop_app", **dict.fromkeys(said), "password_state": "present", "login": None}
    role = declare([shop(roles={"app": said})], [unsaid], [], "admin").roles["shop_app"]
    assert (role.password, role.connection_limit, role.valid_until, role.login) == (PASSWORD, 5, "2030-01-01", True)


def test_whether_a_role_logs_in_follows_from_its_part() -> None:
    declaration = declare([shop(model="separated")], [{"name": "x"}, {"name": "y", "login": False}], [], "admin")
    assert {name: role.login for name, role in declaration.roles.items()} == {
        "shop_owner": False,
        "shop_migrator": True,
        "shop_app": True,
        "x": True,
        "y": False,
    }


def test_password_is_kept_set_or_removed() -> None:
    roles = [{"name": "a"}, {"name": "b", "password": PASSWORD}, {"name": "c", "password_state": "absent"}]
    everywhere = [shop(roles={"app": {"name": "c", "password_state": "present"}})]
    declaration = declare(everywhere, roles, [], "admin")
    assert {name: (role.password, role.password_absent) for name, role in declaration.roles.items()} == {
        "a": (None, False),
        "b": (PASSWORD, False),
        "c": (None, True),
    }


def test_memberships_are_those_of_models_and_of_roles() -> None:
    declaration = declare([shop(model="separated")], [{"name": "x", "member_of": ["y", "pg_monitor"]}], [], "admin")
    assert declaration.memberships == {("shop_owner", "shop_migrator"), ("y", "x"), ("pg_monitor", "x")}
    # and they count for who may create in a schema
    member = declare([shop()], [{"name": "x", "member_of": ["shop_app"]}], [], "admin")
    assert member.databases["shop"].creators == {"app": {"shop_app", "x"}}


def test_absent_things_are_only_to_be_gone() -> None:
    databases = [shop(state="absent", force=True, roles={"app": {"name": "x"}}), {"name": "b", "state": "present"}]
    roles = [{"name": "x", "state": "absent"}, {"name": "y", "state": "present"}]
    declaration = declare(databases, roles, ["postgres"], "admin")
    assert declaration.absent_databases == (Absent("shop", force=True),)
    assert declaration.absent_roles == (Absent("x"),)
    assert list(declaration.databases) == ["b"]
    assert list(declaration.roles) == ["b_app", "y"]
    assert (declaration.public_connect, declaration.administrator) == (("postgres",), "admin")
