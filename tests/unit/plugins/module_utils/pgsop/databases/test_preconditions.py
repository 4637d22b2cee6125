# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server lacks, as far as that can be told from what was read of it."""

from __future__ import annotations

import locale
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import DatabaseInfo, RoleState
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.preconditions import (
    database_problems,
    group_problems,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
    blank,
    declared,
)

SHOP = DatabaseInfo("shop", "admin", frozenset(), encoding="UTF8", locale="en_US.UTF-8")


def found(entry: dict[str, Any], *databases: DatabaseInfo, version: int = 17, **more: Any) -> list[str]:
    (desired,) = declared({"name": "shop", **entry}).databases.values()
    state = replace(blank(version), databases={info.name: info for info in databases}, **more)
    return list(database_problems(desired, state))


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"encoding": "UTF8"},
        {"encoding": "utf-8"},
        {"encoding": "utf_8", "locale": "en_US.utf8"},
        {"locale": "en_us.UTF-8"},
    ],
)
def test_database_is_what_is_declared(entry: dict[str, Any]) -> None:
    assert found(entry, SHOP) == []


@pytest.mark.parametrize(
    ("entry", "info", "problem"),
    [
        (
            {"encoding": "LATIN1"},
            SHOP,
            "has encoding UTF8, not LATIN1, which only a dump and a new database can change",
        ),
        ({"locale": "C"}, SHOP, "has locale en_US.UTF-8, not C, which only a dump and a new database can change"),
        (
            {},
            replace(SHOP, allows_connections=False),
            "takes no connections (ALTER DATABASE ... ALLOW_CONNECTIONS true)",
        ),
        (
            {},
            replace(SHOP, connection_limit=-2),
            "is invalid: its DROP DATABASE was interrupted, and it accepts no connections (DROP DATABASE shop)",
        ),
        (
            {},
            replace(SHOP, connection_limit=-2, allows_connections=False),
            "is invalid: its DROP DATABASE was interrupted, and it accepts no connections (DROP DATABASE shop)",
        ),
    ],
)
def test_database_that_cannot_become_what_is_declared_is_refused(
    entry: dict[str, Any], info: DatabaseInfo, problem: str
) -> None:
    assert found(entry, info) == [f"database shop {problem}"]


def test_locale_of_a_new_database_is_one_of_the_host() -> None:
    before = locale.setlocale(locale.LC_COLLATE)
    assert found({"locale": "C"}) == []
    (problem,) = found({"locale": "xx_XX.UTF-8"})
    assert problem.startswith("database shop: the host has no locale 'xx_XX.UTF-8'; 'locale -a' lists those it has")
    assert locale.setlocale(locale.LC_COLLATE) == before


@pytest.mark.parametrize(
    ("available", "problems"),
    [
        ({"citext": ""}, []),
        (None, []),
        (
            {"lo": ""},
            ["database shop: extension citext is not installed on the host (pg_available_extensions)"],
        ),
    ],
)
def test_extension_is_installed_on_the_host(available: dict[str, str] | None, problems: list[str]) -> None:
    assert found({"extensions": [{"name": "citext"}]}, extensions=available) == problems


LATER = {"default_privileges": [{"for_role": "shop_app", "to": ["PUBLIC"], "privileges": ["MAINTAIN"]}]}


@pytest.mark.parametrize("entry", [{"grants": [{"to": ["PUBLIC"], "privileges": ["MAINTAIN", "SELECT"]}]}, LATER])
@pytest.mark.parametrize(("version", "known"), [(16, False), (17, True)])
def test_privilege_is_known_to_the_version(entry: dict[str, Any], version: int, *, known: bool) -> None:
    expected = [] if known else [f"database shop: PostgreSQL {version} does not know MAINTAIN"]
    assert found(entry, version=version) == expected


def test_sequences_are_known_by_both_their_letters() -> None:
    item = {"for_role": "shop_app", "to": ["PUBLIC"], "privileges": ["USAGE"], "type": "sequences"}
    assert found({"default_privileges": [item], "grants": [{"to": ["PUBLIC"], "privileges": ["ALL"]}]}) == []


@pytest.mark.parametrize(
    ("group", "problems"),
    [
        ("there", []),
        ("x", []),
        ("nobody", ["role y: there is no role nobody to be a member of"]),
        ("boss", ["role y: boss is a superuser, so its members would be as good as one"]),
        # declared, it is one no longer
        ("was_boss", []),
    ],
)
def test_group_exists_and_is_no_superuser(group: str, problems: list[str]) -> None:
    names = ["x", *(["was_boss"] if group == "was_boss" else [])]
    declaration = declared(roles=[*({"name": name} for name in names), {"name": "y", "member_of": [group]}])
    roles = {"there": RoleState("there"), "boss": RoleState("boss", superuser=True)}
    roles["was_boss"] = RoleState("was_boss", superuser=True)
    assert list(group_problems(declaration, replace(blank(), roles=roles))) == problems


def test_administrator_is_not_declared() -> None:
    """Its name is known for sure only when the server was asked."""
    declaration = declared(roles=[{"name": "x"}])
    assert list(group_problems(declaration, replace(blank(), administrator="x"))) == [
        "role x is the administrator of the cluster and is not declared"
    ]
