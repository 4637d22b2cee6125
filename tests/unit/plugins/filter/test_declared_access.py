# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration says about who logs in where."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.declared_access import FilterModule, declared_access

SECRET = "canary-Qz4wN8rT2b"  # pragma: allowlist secret


def database(**parts: Any) -> dict[str, Any]:
    return {"name": "shop", "schema": "app", "roles": parts}


def test_short_form_is_expanded_to_names_and_logins() -> None:
    found = declared_access([database(app={"name": "clerk", "password": SECRET})], [{"name": "auditor"}])
    assert {"shop", "postgres", "template1"} <= set(found["databases"])
    assert {"clerk", "auditor", "postgres"} <= set(found["roles"])
    assert found["logins"] == [{"role": "clerk", "database": "shop", "password": SECRET}]


@pytest.mark.parametrize(
    "part",
    [
        {"name": "clerk"},
        {"name": "clerk", "password": None},
        {"name": "clerk", "password_state": "absent"},
        {"name": "clerk", "password": SECRET, "connection_limit": 0},
    ],
)
def test_role_that_cannot_log_in_with_a_known_password_is_no_login(part: dict[str, Any]) -> None:
    assert declared_access([database(app=part)])["logins"] == []


def test_role_logs_in_where_it_may_connect() -> None:
    reader = {"name": "reader", "password": SECRET}
    given = {
        **database(app={"name": "clerk"}),
        "grants": [{"type": "database", "to": ["reader"], "privileges": ["CONNECT"]}],
    }
    found = declared_access([given, {"name": "other", "roles": {"app": {"name": "otherapp"}}}], [reader])
    assert [(login["role"], login["database"]) for login in found["logins"]] == [("reader", "shop")]


def test_monitoring_logins_can_log_in_to_each_declared_database() -> None:
    logins: list[dict[str, Any]] = [
        {"name": "watch", "password": SECRET, "os_user": None},
        {"name": "look", "os_user": "nagios"},
    ]
    found = declared_access([database(), {"name": "other"}], [], logins)
    assert {"watch", "look"} <= set(found["roles"])
    assert sorted((login["role"], login["database"]) for login in found["logins"]) == [
        ("watch", "other"),
        ("watch", "shop"),
    ]


def test_declaration_that_is_refused_names_nothing() -> None:
    assert declared_access([{"nme": "shop"}]) == {"databases": [], "roles": [], "logins": []}


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"declared_access": declared_access}
