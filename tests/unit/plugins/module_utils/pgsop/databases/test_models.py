# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models: from two lines of an inventory to every role, rule and default privilege."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import PUBLIC
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.desired import (
    ALL,
    DefaultPrivilegeRule,
    DesiredDatabase,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.models import (
    expand,
    parts_of,
    privileges_of,
    schemas_of,
    search_path,
)

SOP = {"name": "shop"}
SEPARATED = {"name": "shop", "model": "separated"}


def desired(entry: dict[str, Any], memberships: frozenset[tuple[str, str]] = frozenset()) -> DesiredDatabase:
    return expand(entry, memberships | parts_of(entry).memberships, "admin")


def written(rules: tuple[DefaultPrivilegeRule, ...]) -> list[str]:
    return [f"{rule.kind} {rule.schema or '-'} {rule.grantee}: {', '.join(rule.privileges)}" for rule in rules]


@pytest.mark.parametrize(
    ("entry", "names", "owner"),
    [
        (SOP, {"app": "shop_app"}, "shop_app"),
        (
            {**SOP, "model": None, "roles": {"app": {"name": "A"}, "readonly": {}}},
            {"app": "A", "readonly": "shop_readonly"},
            "A",
        ),
        (
            SEPARATED,
            {"owner": "shop_owner", "migrator": "shop_migrator", "app": "shop_app"},
            "shop_owner",
        ),
        (
            {**SEPARATED, "roles": {"owner": {"name": "o"}, "readonly": {"name": "r"}, "app": {"name": None}}},
            {"owner": "o", "migrator": "shop_migrator", "app": "shop_app", "readonly": "r"},
            "o",
        ),
    ],
)
def test_model_has_its_roles(entry: dict[str, Any], names: dict[str, str], owner: str) -> None:
    parts = parts_of(entry)
    assert (parts.names, parts.owner) == (names, owner)
    assert parts.memberships == ({(owner, "shop_migrator")} if "migrator" in names else set())


def test_application_owns_its_schema_and_nobody_else_can_do_anything() -> None:
    shop = desired(SOP)
    assert shop.schemas == {"app": "shop_app"}
    assert shop.owner == "admin"
    assert written(shop.rules) == [
        "d - shop_app: CONNECT",
        "n app shop_app: USAGE",
        "r app shop_app: SELECT, INSERT, UPDATE, DELETE",
        "s app shop_app: SELECT, USAGE",
        "f app shop_app: EXECUTE",
    ]
    assert shop.creators == {"app": {"shop_app"}}
    assert {rule.creator for rule in shop.defaults} == {"admin"}
    assert shop.role_settings == {}


def test_readers_read_and_do_nothing_else() -> None:
    shop = desired({**SOP, "roles": {"readonly": {}}})
    assert written(shop.rules)[-4:-2] == ["f app shop_app: EXECUTE", "n app shop_readonly: USAGE"]
    assert written(shop.rules)[-2:] == ["r app shop_readonly: SELECT", "s app shop_readonly: SELECT"]
    assert "d - shop_readonly: CONNECT" in written(shop.rules)
    assert {rule.creator for rule in shop.defaults if rule.grantee == "shop_readonly"} == {"admin", "shop_app"}


def test_separated_application_changes_rows_only() -> None:
    shop = desired(SEPARATED)
    assert shop.schemas == {"app": "shop_owner"}
    assert written(shop.rules) == [
        "d - shop_migrator: CONNECT",
        "d - shop_app: CONNECT",
        "n app shop_app: USAGE",
        "r app shop_app: SELECT, INSERT, UPDATE, DELETE",
        "s app shop_app: SELECT, USAGE",
        "f app shop_app: EXECUTE",
    ]
    assert shop.creators == {"app": {"shop_owner", "shop_migrator"}}
    assert {(rule.creator, rule.kind) for rule in shop.defaults} == {
        (creator, kind) for creator in ("admin", "shop_owner", "shop_migrator") for kind in "rSf"
    }
    assert shop.role_settings == {"shop_migrator": {"role": "shop_owner"}}


@pytest.mark.parametrize(
    ("entry", "schemas", "path"),
    [
        ({}, ["app"], ["app", "public"]),
        ({"schema": "x", "schemas": ["y"]}, ["x", "y"], ["x", "y", "public"]),
        ({"schema": "x", "schemas": ["y", "x"], "search_path": ["y"]}, ["x", "y"], ["y"]),
        ({"schema": "public"}, ["public"], ["public"]),
        ({"schemas": ["audit"], "search_path": None}, ["app", "audit"], ["app", "audit", "public"]),
    ],
)
def test_schemas_make_the_search_path(entry: dict[str, Any], schemas: list[str], path: list[str]) -> None:
    assert schemas_of(entry) == schemas
    assert search_path(entry, schemas) == path
    assert desired({**SOP, **entry}).settings == {"search_path": path}


def test_every_schema_is_arranged_the_same_way() -> None:
    shop = desired({**SEPARATED, "schemas": ["audit"]})
    places: dict[str, list[object]] = {"app": [], "audit": []}
    for rule in shop.rules:
        if rule.schema:
            places[rule.schema].append((rule.kind, rule.grantee, rule.privileges))
    assert places["app"] == places["audit"] != []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["select", "Insert"], ("SELECT", "INSERT")),
        (["all"], (ALL,)),
        (["all  privileges"], (ALL,)),
        (["temp"], ("TEMPORARY",)),
        (None, ()),
    ],
)
def test_privileges_have_one_name(given: list[str] | None, read: tuple[str, ...]) -> None:
    assert privileges_of({"privileges": given}) == read


@pytest.mark.parametrize(
    ("grant", "rules"),
    [
        ({"type": "database", "privileges": ["TEMP"]}, [DefaultPrivilegeRule("d", "", "x", ("TEMPORARY",))]),
        ({"type": "schema", "schema": "app"}, [DefaultPrivilegeRule("n", "app", "x", ("ALL",))]),
        ({}, [DefaultPrivilegeRule("r", "app", "x", ("ALL",)), DefaultPrivilegeRule("r", "audit", "x", ("ALL",))]),
        ({"type": "routines", "schema": "audit"}, [DefaultPrivilegeRule("f", "audit", "x", ("ALL",))]),
        ({"to": ["PUBLIC"], "schema": "app"}, [DefaultPrivilegeRule("r", "app", PUBLIC, ("ALL",))]),
        (
            {"schema": "app", "objects": ["a", "b"], "columns": ["c"], "grant_option": True},
            [DefaultPrivilegeRule("r", "app", "x", ("ALL",), name, ("c",), grant_option=True) for name in "ab"],
        ),
    ],
)
def test_grants_add_rules(grant: dict[str, Any], rules: list[DefaultPrivilegeRule]) -> None:
    entry = {**SOP, "schemas": ["audit"], "grants": [{"to": ["x"], "privileges": ["ALL"], **grant}]}
    before = desired({**SOP, "schemas": ["audit"]}).rules
    assert desired(entry).rules == (*before, *rules)


@pytest.mark.parametrize(
    ("grant", "later"),
    [
        ({}, {("admin", "app", "r"), ("shop_app", "app", "r")}),
        ({"type": "sequences"}, {("admin", "app", "S"), ("shop_app", "app", "S")}),
        ({"objects": ["t"]}, set()),
        ({"type": "schema", "privileges": ["USAGE"]}, set()),
        ({"type": "database", "privileges": ["CONNECT"]}, set()),
        # who may create does so for others
        ({"type": "schema"}, set()),
    ],
)
def test_what_is_granted_on_all_is_granted_on_later_ones(
    grant: dict[str, Any], later: set[tuple[str, str, str]]
) -> None:
    shop = desired({**SOP, "grants": [{"to": ["x"], "privileges": ["ALL"], **grant}]})
    assert {(rule.creator, rule.schema, rule.kind) for rule in shop.defaults if rule.grantee == "x"} == later


@pytest.mark.parametrize(
    ("privileges", "memberships", "creators"),
    [
        (["USAGE"], set(), {"shop_app"}),
        (["CREATE"], set(), {"shop_app", "x"}),
        (["ALL"], {("x", "y"), ("y", "z"), ("other", "w")}, {"shop_app", "x", "y", "z"}),
        (["USAGE"], {("shop_app", "y")}, {"shop_app", "y"}),
    ],
)
def test_everybody_who_can_create_is_a_creator(
    privileges: list[str], memberships: set[tuple[str, str]], creators: set[str]
) -> None:
    grant = {"to": ["x", "PUBLIC"], "privileges": privileges, "type": "schema"}
    assert desired({**SOP, "grants": [grant]}, frozenset(memberships)).creators == {"app": creators}


@pytest.mark.parametrize(
    "grant",
    [
        {"type": "tables", "privileges": ["ALL"]},
        {"type": "database", "privileges": ["CREATE"]},
        {"type": "schema", "privileges": ["CREATE"], "schema": "audit"},
    ],
)
def test_nobody_else_is_a_creator(grant: dict[str, Any]) -> None:
    assert desired({**SOP, "schemas": ["audit"], "grants": [{"to": ["x"], **grant}]}).creators["app"] == {"shop_app"}


def test_settings_are_added_to_the_search_path_or_replace_it() -> None:
    assert desired({**SOP, "settings": {"jit": False}}).settings == {"search_path": ["app", "public"], "jit": False}
    assert desired({**SOP, "settings": {"search_path": "x"}}).settings == {"search_path": "x"}


def test_default_privileges_are_for_tables_unless_another_type_is_said() -> None:
    item = {"for_role": "x", "to": ["y"], "privileges": ["SELECT"], "type": None}
    assert [rule.kind for rule in desired({**SOP, "default_privileges": [item]}).defaults if rule.creator == "x"] == [
        "r"
    ]


def test_default_privileges_are_for_one_creator() -> None:
    item = {"for_role": "x", "to": ["PUBLIC"], "privileges": ["usage"], "type": "sequences"}
    both = desired({**SOP, "schemas": ["audit"], "default_privileges": [item]})
    one = desired({**SOP, "schemas": ["audit"], "default_privileges": [{**item, "schema": "audit"}]})
    found = [[rule for rule in shop.defaults if rule.creator == "x"] for shop in (both, one)]
    assert [[(rule.schema, rule.kind, rule.grantee, rule.privileges) for rule in rules] for rules in found] == [
        [("app", "S", PUBLIC, ("USAGE",)), ("audit", "S", PUBLIC, ("USAGE",))],
        [("audit", "S", PUBLIC, ("USAGE",))],
    ]


def test_settings_of_roles_are_for_this_database() -> None:
    roles = {"app": {"settings": {"work_mem": "8MB"}}, "migrator": {"settings": {"lock_timeout": "1s"}}}
    assert desired({**SEPARATED, "roles": roles}).role_settings == {
        "shop_app": {"work_mem": "8MB"},
        "shop_migrator": {"lock_timeout": "1s", "role": "shop_owner"},
    }


def test_everything_else_has_a_default_and_can_be_said() -> None:
    def rest(shop: DesiredDatabase) -> tuple[Any, ...]:
        return (
            *(shop.owner, shop.own_objects, shop.connection_limit, shop.encoding, shop.locale, shop.template),
            shop.extensions,
        )

    assert rest(desired(SOP)) == ("admin", True, -1, None, None, "template0", {})
    said = {"owner": "shop_app", "own_objects": False, "connection_limit": 0, "encoding": "LATIN1", "locale": "C"}
    said |= {"template": "template1", "extensions": [{"name": "citext"}, {"name": "lo", "schema": "app"}]}
    assert rest(desired({**SOP, **said})) == (
        *("shop_app", False, 0, "LATIN1", "C", "template1"),
        {"citext": "public", "lo": "app"},
    )
