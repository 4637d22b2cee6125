# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One role, one grant, one setting: what is wrong with it is said in a sentence, and a password never is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.entry_problems import (
    PRIVILEGES,
    grant_problems,
    limit_problems,
    role_problems,
    setting_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_cluster import blank_cluster
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import PASSWORD


@pytest.mark.parametrize(
    "role",
    [
        {},
        {"password": PASSWORD},
        {"password": PASSWORD, "password_state": "present", "login": True},
        {"password_state": "absent"},
        {"login": False},
        {"password": "\u00e4" * 12},
        {"password": "exactly12chr"},
        {"attributes": ["createdb", "createrole", "replication", "bypassrls"]},
        {"connection_limit": 0, "settings": {"work_mem": "8MB"}},
    ],
)
def test_role_is_fine(role: dict[str, Any]) -> None:
    assert list(role_problems({"name": "app", **role}, "admin")) == []


@pytest.mark.parametrize(
    ("role", "problem"),
    [
        ({"name": "pg_x"}, "role name 'pg_x' is reserved: the server keeps pg_*"),
        ({"name": "admin"}, "role admin is the administrator of the cluster and is not declared"),
        ({"password_state": "gone"}, "role app: password_state is present or absent"),
        ({"password": PASSWORD, "password_state": "absent"}, "role app: has a password and password_state: absent"),
        ({"password": PASSWORD, "login": False}, "role app: has a password and does not log in"),
        ({"password": 123456789012}, "role app: the password is no text"),
        (
            {"password": " "},
            "role app: the password is empty; leave it out for a role without one (before ansible-core 2.19, default(none) is empty text)",
        ),
        ({"password": "Replace_Me"}, "role app: the password is still the placeholder"),
        ({"password": " changeme "}, "role app: the password is still the placeholder"),
        ({"password": "elevenchars"}, "role app: the password is shorter than 12 characters"),
        ({"password": "null\0in the middle"}, "role app: the password holds what no client can send"),
        ({"password": "half \ud800 of a pair"}, "role app: the password holds what no client can send"),
        (
            {"attributes": ["superuser"]},
            "role app: attributes are some of createdb, createrole, replication, bypassrls",
        ),
        ({"settings": {"no name": 1}}, "role app: 'no name' is no name of a setting"),
        ({"connection_limit": -2}, "role app: connection_limit is -2 and must be a whole number, or -1 for none"),
    ],
)
def test_role_is_refused(role: dict[str, Any], problem: str) -> None:
    (found,) = role_problems({"name": "app", **role}, "admin")
    assert found.startswith(problem)


@pytest.mark.parametrize("password", ["elevenchars", "changeme", "null\0in the middle", 1234567890, ["a", "list"]])
def test_password_is_never_repeated(password: object) -> None:
    (found,) = role_problems({"name": "app", "password": password}, "admin")
    assert str(password) not in found


@pytest.mark.parametrize(
    "settings", [{}, {"search_path": ["a", "b"]}, {"pg_trgm.x": 0.3}, {"Work_Mem": "8MB"}, {"a.b.c": True}]
)
def test_settings_are_fine(settings: dict[str, Any]) -> None:
    assert list(setting_problems(settings)) == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"work_mem; DROP": "1"}, "'work_mem; DROP' is no name of a setting"),
        ({"pg_trgm.": "1"}, "'pg_trgm.' is no name of a setting"),
        ({"": "1"}, "'' is no name of a setting"),
        ({"work_mem": None}, "the value of setting work_mem must be text, a number, a boolean, or a list of them"),
        ({"work_mem": {"a": 1}}, "the value of setting work_mem must be text"),
        ({"search_path": ["a", ["b"]]}, "the value of setting search_path must be text"),
    ],
)
def test_settings_are_refused(settings: dict[str, Any], problem: str) -> None:
    (found,) = setting_problems(settings)
    assert found.startswith(problem)


@pytest.mark.parametrize("limit", [None, -1, 0, 100, "100", "-1"])
def test_limit_is_fine(limit: object) -> None:
    assert list(limit_problems(limit)) == []


@pytest.mark.parametrize("limit", [-2, "-2", "--5", "\u00b2", "many", "", 1.5, True, 2**31])
def test_limit_is_refused(limit: object) -> None:
    assert list(limit_problems(limit)) == [f"connection_limit is {limit!r} and must be a whole number, or -1 for none"]


def grant(**more: Any) -> dict[str, Any]:
    return {"to": ["app"], "privileges": ["SELECT"], "type": "tables", **more}


@pytest.mark.parametrize(
    "entry",
    [
        grant(),
        grant(privileges=["ALL"]),
        grant(privileges=["MAINTAIN"]),
        grant(schema="app", objects=["Odd name"]),
        grant(objects=["t"], columns=["a"]),
        grant(type="database", privileges=["CONNECT"]),
        grant(type="schema", privileges=["USAGE", "CREATE"], schema="app"),
        grant(type="routines", privileges=["EXECUTE"], objects=["f"]),
        grant(type="types", privileges=["USAGE"]),
    ],
)
def test_grant_is_fine(entry: dict[str, Any]) -> None:
    assert list(grant_problems(entry, ["app", "audit"])) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (grant(type="views"), "type is one of database, schema, tables, sequences, routines, types, not 'views'"),
        (grant(to=[]), "privileges and to must not be empty"),
        (grant(privileges=[]), "privileges and to must not be empty"),
        (
            grant(privileges=["SELECT", "EXECUTE"]),
            "EXECUTE is no privilege of tables; there are DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE,",
        ),
        (
            grant(objects=["t"], columns=["a"], privileges=["DELETE"]),
            "DELETE is no privilege of columns; there are INSERT, REFERENCES, SELECT, UPDATE",
        ),
        (grant(columns=["a"]), "columns go with type: tables, with objects, and with privileges that are named"),
        (grant(objects=["t"], columns=["a"], privileges=["ALL"]), "columns go with type: tables, with objects"),
        (grant(type="sequences", objects=["s"], columns=["a"]), "columns go with type: tables, with objects"),
        (grant(type="database", privileges=["CONNECT"], objects=["t"]), "objects do not go with type: database"),
        (grant(type="schema", privileges=["USAGE"], objects=["t"]), "objects do not go with type: schema"),
        (grant(schema="other"), "schema 'other' is not among the declared ones: app, audit"),
        (
            grant(type="database", privileges=["CONNECT"], schema="app"),
            "schema 'app' is not among the declared ones",
        ),
        (grant(objects=[""]), "the name for a object is empty"),
        (grant(objects=["x" * 64]), f"object name '{'x' * 64}' has 64 bytes"),
        (grant(objects=["t"], columns=["a\nb"]), "object name 'a\\nb' has a control character"),
    ],
)
def test_grant_is_refused(entry: dict[str, Any], problem: str) -> None:
    (found,) = grant_problems(entry, ["app", "audit"])
    assert found.startswith(problem)


@pytest.mark.parametrize("kind", sorted(PRIVILEGES))
def test_privileges_are_those_of_the_newest_server(kind: str) -> None:
    assert blank_cluster(18, "admin").every[kind] == PRIVILEGES[kind]
