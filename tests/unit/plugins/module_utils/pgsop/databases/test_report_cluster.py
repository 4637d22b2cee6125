# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left alone in the whole cluster is told, one sentence for each: passwords, other databases, other logins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    ClusterState,
    DatabaseInfo,
    Dependency,
    Membership,
    RoleState,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.report_cluster import report_cluster
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
    ADMINISTRATOR,
    PASSWORD,
    acl,
    blank,
    declared,
)


def of_cluster(role: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str]]:
    """Of a cluster with one declared role, whose password is declared."""
    declaration = declared(roles=[{"name": "x", "password": PASSWORD, **(role or {})}], public_connect=["postgres"])
    state: ClusterState = replace(blank(), databases={}, **more)
    return [(finding.id, finding.message) for finding in report_cluster(declaration, state)]


X = RoleState("x", login=True)


@pytest.mark.parametrize(
    ("role", "have", "message"),
    [
        ({}, None, None),
        ({"password": None, "login": False}, None, None),
        ({"password": None, "password_state": "absent"}, None, None),
        ({"password": None}, None, "role x has no password and none is declared, so it cannot log in over TCP"),
        ({"password": None}, X, "role x has no password and none is declared, so it cannot log in over TCP"),
        (
            {"password": None},
            replace(X, verifier="md5aabb"),
            "role x has an md5 verifier, which is kept because no password is declared",
        ),
        (
            {"password": None},
            replace(X, verifier="SCRAM-SHA-256$..."),
            "role x has a password that is kept, because none is declared",
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
            "database other, which is not declared: role x owns objects",
        ),
        (
            Dependency("x", "other", "pg_proc", owns=False, count=1),
            "database other, which is not declared: role x has privileges on objects",
        ),
        (
            Dependency("x", "", "pg_tablespace", owns=True, count=1),
            "x owns tablespaces, which cannot be declared",
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
            [("access.public", "database other, which is not declared: every role may connect")],
        ),
        (("other", "admin", "=T/admin"), []),
        (("postgres", "admin", "=Tc/admin"), []),
        (
            ("other", "admin", "x=Tc/admin"),
            [("access.elsewhere", "database other, which is not declared: role x has CONNECT, TEMPORARY")],
        ),
        (
            ("other", "x", "x=CTc/x"),
            [("access.elsewhere", "database other, which is not declared: role x owns the database")],
        ),
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


def names_of(*databases: str, roles: tuple[RoleState, ...] = (), **more: Any) -> dict[str, list[tuple[str, str]]]:
    """Messages and hints by finding, of a cluster with database shop, role shop_app and some more."""
    declaration = declared(
        {"name": "shop", "roles": {"app": {"password": PASSWORD}}},
        roles=[{"name": "x", "password": PASSWORD}, {"name": "gone", "state": "absent"}],
    )
    infos = {name: DatabaseInfo(name, "shop_app", acl("=c/shop_app shop_app=c/shop_app")) for name in databases}
    state = replace(blank(), databases=infos, roles={role.name: role for role in roles}, **more)
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in report_cluster(declaration, state):
        found.setdefault(finding.id, []).append((finding.message, finding.hint))
    return found


def test_restored_copy_is_one_line_with_the_command_that_drops_it() -> None:
    rows = tuple(Dependency("shop_app", "shop_restore", kind, owns=True, count=9) for kind in ("pg_class", "pg_proc"))
    found = names_of("shop", "shop_restore", dependencies=rows)
    assert [*found] == ["database.copy"]
    ((message, hint),) = found["database.copy"]
    assert message.startswith("shop_restore (")
    assert hint.endswith(": sudo -u postgres dropdb shop_restore")


def test_databases_that_restores_replaced_are_one_line() -> None:
    kept = ("shop_before_20261129T120000Z", "shop_before_20261130T120000Z_2")
    found = names_of("shop", *kept)
    assert [*found] == ["database.copy"]
    ((_message, hint),) = found["database.copy"]
    assert [word for word in hint.replace(";", "").split() if word.startswith("shop")] == [*kept]


@pytest.mark.parametrize("name", ["other_restore", "shop_before", "shop_restored", "_restore"])
def test_other_names_are_no_copies(name: str) -> None:
    assert [*names_of("shop", name)] == ["access.elsewhere", "access.public"]


def test_temporary_database_of_a_restore_is_not_told() -> None:
    assert names_of("shop", "pgsop_drill_60a49add", "pgsop_restore_00000000") == {}


def test_equal_access_to_several_databases_is_one_sentence() -> None:
    found = names_of("shop", "a", "b", "c")
    assert {name: len(each) for name, each in found.items()} == {"access.elsewhere": 1, "access.public": 1}
    assert "databases a, b, c, which are not declared" in found["access.elsewhere"][0][0]


def test_roles_that_can_log_in_and_are_not_declared_are_told_with_the_way_to_end_it() -> None:
    roles = (
        RoleState("bob", login=True),
        RoleState("ann", login=True, superuser=True),
        RoleState("group"),
        RoleState("shop_app", login=True),
        RoleState("gone", login=True),
        RoleState(ADMINISTRATOR, login=True, superuser=True),
    )
    found = names_of("shop", roles=roles)
    assert [*found] == ["role.undeclared"]
    ((message, hint),) = found["role.undeclared"]
    assert message.startswith("roles ann, bob, ")
    assert "state: absent" in hint


def test_equal_sentences_about_passwords_are_one() -> None:
    declaration = declared(roles=[{"name": "a"}, {"name": "b"}])
    (finding,) = (each for each in report_cluster(declaration, blank()) if each.id == "role.password")
    assert "a, b" in finding.message


def test_every_finding_has_a_next_step() -> None:
    found = names_of("shop", "other", "shop_restore", roles=(RoleState("bob", login=True),))
    assert all(hint for each in found.values() for _message, hint in each)
