# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared logins of monitoring programs: what is refused, and what follows from an entry."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import declare, problems
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.monitoring_logins import (
    login_names,
    login_problems,
)

SECRET = "canary-Qz4wN8rT2b"  # pragma: allowlist secret
LOGIN = {"name": "watch", "password": SECRET}


@pytest.mark.parametrize(
    ("logins", "words"),
    [
        ("watch", ("must be a list",)),
        (["watch"], ("entry 1", "must be a mapping")),
        ([{"nme": "watch", "password": SECRET}], ("entry 1", "nme")),
        ([{"name": "watch", "pasword": SECRET}], ("watch", "pasword")),
        ([{"password": SECRET}], ("entry 1", "needs a name")),
        ([{"name": "watch", "os_user": 5}], ("watch", "os_user", "text")),
        ([{"name": "watch"}], ("watch", "needs a password", "os_user")),
        ([{"name": "watch", "password": "short"}], ("watch", "shorter than 12")),
        ([{"name": "watch", "password": "changeme"}], ("watch", "placeholder")),
        ([{"name": "replication", "password": SECRET}], ("replication", "keyword")),
        ([{"name": "all", "os_user": "nagios"}], ("role all", "keyword")),
        ([{"name": "pg_watch", "password": SECRET}], ("pg_watch", "reserved")),
        ([{"name": "postgres", "password": SECRET}], ("postgres", "administrator")),
        ([{"name": "/w.*", "password": SECRET}], ("/w.*", "name of letters")),
        ([{"name": "the watch", "password": SECRET}], ("the watch", "name of letters")),
        ([{"name": "watch", "os_user": "/^(.*)$"}], ("watch", "os_user")),
        ([{"name": "watch", "os_user": ""}], ("watch", "os_user")),
        ([LOGIN, {**LOGIN}], ("watch", "more than once")),
        ([LOGIN, {"name": "watch", "os_user": "nagios"}], ("watch", "more than once")),
    ],
    ids=str,
)
def test_refused(logins: Any, words: tuple[str, ...]) -> None:
    found = login_problems(logins)
    assert any(all(word in problem for word in words) for problem in found), found
    assert all(problem.startswith("pg_monitoring_logins") for problem in found), found
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    "entry",
    [
        LOGIN,
        {"name": "nagios", "os_user": "nagios"},
        {"name": "watch-1.b", "password": SECRET, "os_user": "_chrony"},
        {"name": "watch", "password": SECRET, "os_user": None},
    ],
    ids=str,
)
def test_accepted(entry: dict[str, Any]) -> None:
    assert login_problems([entry]) == []


@pytest.mark.parametrize("role", [{"name": "watch"}, {"name": "watch", "state": "absent"}], ids=str)
def test_login_has_no_second_declaration(role: dict[str, str]) -> None:
    assert len(problems([], [role], (), monitoring_logins=[LOGIN])) == 1


def test_login_is_no_role_of_a_database() -> None:
    shop = {"name": "shop", "roles": {"app": {"name": "watch"}}}
    assert len(problems([shop], [], (), monitoring_logins=[LOGIN])) == 1


def test_login_becomes_a_role_with_connect_on_each_database() -> None:
    declaration = declare(
        [{"name": "shop"}, {"name": "old", "state": "absent"}],
        [],
        (),
        monitoring_logins=[{"name": "look", "os_user": "a"}],
    )
    role = declaration.roles["look"]
    assert (role.password, role.password_absent, role.attributes) == (None, True, frozenset())
    assert login_names(declaration) == {"look"}
    assert {pair for pair in declaration.memberships if "look" in pair} == {("pg_monitor", "look")}
    rules = [rule for rule in declaration.databases["shop"].rules if rule.grantee == "look"]
    assert [(rule.kind, rule.privileges, rule.grant_option) for rule in rules] == [("d", ("CONNECT",), False)]


def test_no_list_is_not_an_empty_list() -> None:
    assert not declare([], [], ()).exact_logins
    assert declare([], [], (), monitoring_logins=[]).exact_logins
