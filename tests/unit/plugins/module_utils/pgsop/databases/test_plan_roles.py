# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: created, altered only where they differ, and a password that is sent but never shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import scram
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    ClusterState,
    DatabaseInfo,
    Membership,
    Objects,
    RoleState,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_roles import (
    RolePlan,
    passwords_match,
    plan_roles,
    remaining_superusers,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import (
    ADMINISTRATOR,
    PASSWORD,
    acl,
    blank,
    declared,
)

VERIFIER = scram.verifier(PASSWORD, b"0123456789abcdef")


def cluster(*roles: RoleState, version: int = 17, **more: Any) -> ClusterState:
    state = blank(version)
    return replace(state, roles={**state.roles, **{role.name: role for role in roles}}, **more)


def planned(role: dict[str, Any], *have: RoleState, same: bool = False, **more: Any) -> list[str]:
    declaration = declared(roles=[{"name": "x", **role}])
    return [item.text for item in plan_roles(declaration, cluster(*have, **more), {"x": same}).statements]


ALL_OFF = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ({}, [f"CREATE ROLE x WITH {ALL_OFF} LOGIN"]),
        ({"login": False}, [f"CREATE ROLE x WITH {ALL_OFF} NOLOGIN"]),
        (
            {"attributes": ["createdb", "bypassrls"]},
            ["CREATE ROLE x WITH NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS INHERIT LOGIN"],
        ),
        ({"connection_limit": 0}, [f"CREATE ROLE x WITH {ALL_OFF} LOGIN CONNECTION LIMIT 0"]),
        ({"valid_until": "2030-01-01"}, [f"CREATE ROLE x WITH {ALL_OFF} LOGIN VALID UNTIL '2030-01-01'"]),
        ({"password": PASSWORD}, [f"CREATE ROLE x WITH {ALL_OFF} LOGIN", "ALTER ROLE x PASSWORD '********'"]),
        ({"password_state": "absent"}, [f"CREATE ROLE x WITH {ALL_OFF} LOGIN"]),
        (
            {"settings": {"work_mem": "8MB"}},
            [f"CREATE ROLE x WITH {ALL_OFF} LOGIN", "ALTER ROLE x SET work_mem TO '8MB'"],
        ),
        (
            {"member_of": ["pg_monitor"]},
            [f"CREATE ROLE x WITH {ALL_OFF} LOGIN", "GRANT pg_monitor TO x WITH ADMIN FALSE, INHERIT TRUE, SET TRUE"],
        ),
    ],
)
def test_missing_role_is_created(role: dict[str, Any], expected: list[str]) -> None:
    assert planned(role) == expected


X = RoleState("x", login=True)


@pytest.mark.parametrize(
    ("role", "have", "expected"),
    [
        ({}, X, []),
        ({"attributes": ["createdb"]}, replace(X, createdb=True), []),
        ({}, replace(X, superuser=True), ["ALTER ROLE x WITH NOSUPERUSER"]),
        ({}, replace(X, createdb=True, createrole=True), ["ALTER ROLE x WITH NOCREATEDB NOCREATEROLE"]),
        ({}, replace(X, replication=True, bypassrls=True), ["ALTER ROLE x WITH NOREPLICATION NOBYPASSRLS"]),
        ({}, replace(X, inherit=False, login=False), ["ALTER ROLE x WITH INHERIT LOGIN"]),
        ({"login": False}, X, ["ALTER ROLE x WITH NOLOGIN"]),
        ({"connection_limit": 5}, replace(X, connection_limit=5), []),
        ({"connection_limit": 5}, X, ["ALTER ROLE x WITH CONNECTION LIMIT 5"]),
        ({}, replace(X, connection_limit=5), ["ALTER ROLE x WITH CONNECTION LIMIT -1"]),
        ({"valid_until": "t1"}, replace(X, valid_until="t1"), []),
        ({"valid_until": "t1"}, replace(X, valid_until="t2"), ["ALTER ROLE x WITH VALID UNTIL 't1'"]),
        ({}, replace(X, valid_until="t2"), ["ALTER ROLE x WITH VALID UNTIL 'infinity'"]),
        # a password that is not declared is kept, one that is declared absent goes
        ({}, replace(X, verifier="md5..."), []),
        ({"password_state": "absent"}, replace(X, verifier="md5..."), ["ALTER ROLE x PASSWORD NULL"]),
        ({"password_state": "absent"}, X, []),
    ],
)
def test_role_is_altered_where_it_differs(role: dict[str, Any], have: RoleState, expected: list[str]) -> None:
    assert planned(role, have) == expected


def test_role_wide_settings_are_exact() -> None:
    settings = {"x": {"work_mem": "4MB", "jit": "off"}, "stranger": {"jit": "off"}}
    assert planned({"settings": {"work_mem": "8MB"}}, X, settings=settings) == [
        "ALTER ROLE x RESET jit",
        "ALTER ROLE x SET work_mem TO '8MB'",
    ]


@pytest.mark.parametrize("version", [15, 16])
def test_memberships_are_planned_as_the_version_has_them(version: int) -> None:
    rows = (Membership("pg_monitor", "x", ADMINISTRATOR),)
    by = f" GRANTED BY {ADMINISTRATOR} CASCADE" if version >= 16 else ""
    assert planned({}, X, version=version, memberships=rows) == [f"REVOKE pg_monitor FROM x{by}"]


# passwords


def match(
    password: str | None, verifier: str | None, known: dict[tuple[str, str], bool] | None = None
) -> dict[str, bool]:
    declaration = declared(roles=[{"name": "x", "password": password}])
    return passwords_match(declaration.roles, cluster(replace(X, verifier=verifier)), known)


@pytest.mark.parametrize(
    ("password", "verifier", "same"),
    [
        (PASSWORD, VERIFIER, {"x": True}),
        ("another long pass phrase", VERIFIER, {"x": False}),
        (PASSWORD, "md5aabbcc", {"x": False}),
        (PASSWORD, None, {}),
        (None, VERIFIER, {}),
    ],
)
def test_stored_password_is_compared(password: str | None, verifier: str | None, same: dict[str, bool]) -> None:
    assert match(password, verifier) == same


def test_role_that_is_not_there_has_no_password_to_compare() -> None:
    declaration = declared(roles=[{"name": "y", "password": PASSWORD}])
    assert passwords_match(declaration.roles, cluster(X)) == {}


def test_what_was_compared_once_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[tuple[str, str], bool] = {}
    assert match(PASSWORD, VERIFIER, known) == {"x": True}
    monkeypatch.setattr(scram, "matches", lambda password, stored: pytest.fail("compared again"))
    assert match(PASSWORD, VERIFIER, known) == {"x": True}


@pytest.mark.parametrize(("same", "statements"), [(True, 0), (False, 1)])
def test_password_is_set_where_it_is_another(*, same: bool, statements: int) -> None:
    assert len(planned({"password": PASSWORD}, replace(X, verifier=VERIFIER), same=same)) == statements


def test_password_is_sent_as_a_verifier_and_shown_as_nothing() -> None:
    declaration = declared(roles=[{"name": "x", "password": PASSWORD}])
    (statement,) = plan_roles(declaration, cluster(X, scram_iterations=5000), {}).statements
    assert statement.text == "ALTER ROLE x PASSWORD '********'"
    verifier = statement.sql.removeprefix("ALTER ROLE x PASSWORD '").removesuffix("'")
    assert verifier.startswith("SCRAM-SHA-256$5000:")
    assert scram.matches(PASSWORD, verifier)
    assert PASSWORD not in statement.sql


# what else the cluster has


def test_roles_are_touched_where_something_of_themselves_changes() -> None:
    declaration = declared(
        roles=[{"name": "x"}, {"name": "y"}, {"name": "z", "member_of": ["x"], "settings": {"jit": 0}}]
    )
    plan: RolePlan = plan_roles(declaration, cluster(X, RoleState("z", login=True)), {})
    assert plan.touched == {"y"}
    assert len(plan.statements) == 3


def test_rights_on_parameters_are_taken_from_declared_roles_only() -> None:
    parameter = Objects("p", "PARAMETER", "", ADMINISTRATOR, acl("x=sA/admin s1=s/admin admin=sA/admin"), ("work_mem",))
    assert planned({}, X, parameters=(parameter,)) == ["REVOKE SET, ALTER SYSTEM ON PARAMETER work_mem FROM x"]


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        ("=Tc/admin admin=CTc/admin", ["REVOKE CONNECT ON DATABASE postgres FROM PUBLIC"]),
        ("=c/admin admin=CTc/admin x=c/admin s1=Cc/admin", ["REVOKE CONNECT ON DATABASE postgres FROM PUBLIC"]),
        ("=T/admin admin=CTc/admin", []),
        ("admin=CTc/admin x=C/admin", []),
    ],
)
def test_everybody_loses_connect_and_nothing_else(have: str, expected: list[str]) -> None:
    declaration = declared(public_connect=["postgres", "gone"])
    state = replace(blank(), databases={"postgres": DatabaseInfo("postgres", ADMINISTRATOR, acl(have))})
    assert [item.text for item in plan_roles(declaration, state, {}).statements] == expected


def test_declared_superuser_is_none_afterwards() -> None:
    declaration = declared(roles=[{"name": "x"}])
    state = cluster(replace(X, superuser=True), RoleState("boss", superuser=True), RoleState("plain"))
    assert remaining_superusers(declaration, state) == {"boss", ADMINISTRATOR}
