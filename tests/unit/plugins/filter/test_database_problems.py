# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad declaration is told before a host is asked, whatever shape it has, and never with a password in it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.database_problems import FilterModule, database_problems

SECRET = "canary-Zeisig-42"
APP = {"name": "appuser", "password": SECRET}
SOP: dict[Any, Any] = {"name": "appdb", "schema": "app", "roles": {"app": APP}}


def test_good_declaration_has_no_problems() -> None:
    assert database_problems([SOP], [{"name": "auditor"}], ["postgres"]) == []
    assert database_problems([]) == []


@pytest.mark.parametrize(
    ("databases", "roles", "words"),
    [
        ([{**SOP, "nmae": "x"}], [], "nmae"),
        ([{"schema": "app"}], [], "name"),
        ([SOP, SOP], [], "appdb"),
        ([{**SOP, "model": "literal"}], [], "model"),
        ([{**SOP, "roles": {"owner": {"name": "o"}}}], [], "owner"),
        ([{**SOP, "roles": {"app": {"name": "appuser", "password": "REPLACE_ME"}}}], [], "placeholder"),
        ([{**SOP, "roles": {"app": {"name": "appuser", "password": "short"}}}], [], "12"),
        ([{**SOP, "roles": {"app": {"name": "pg_x"}}}], [], "pg_x"),
        ([{**SOP, "grants": [{"to": ["nobody"], "privileges": ["SELECT"]}]}], [], "nobody"),
        ([SOP], [{"name": "a", "member_of": ["b"]}, {"name": "b", "member_of": ["a"]}], "member"),
        ([SOP], [{"name": "appuser", "login": False}], "differently"),
    ],
)
def test_bad_declaration_is_told(databases: list[Any], roles: list[Any], words: str) -> None:
    found = database_problems(databases, roles)
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize(
    ("databases", "roles"),
    [
        (SECRET, []),
        (None, []),
        (7, []),
        ({"name": "appdb", "roles": {"app": APP}}, []),
        ([[SOP]], []),
        ([SECRET], []),
        ([None], []),
        ([{**SOP, "password": SECRET}], []),
        ([{**SOP, "roles": SECRET}], []),
        ([{**SOP, "roles": [APP]}], []),
        ([{**SOP, "roles": {"app": SECRET}}], []),
        ([{**SOP, "roles": {"app": [APP]}}], []),
        ([{**SOP, "roles": {"app": [["appuser", SECRET]]}}], []),
        ([{**SOP, "roles": {"application": APP}}], []),
        ([{**SOP, "roles": {"app": {**APP, "pasword": SECRET}}}], []),
        ([{**SOP, "roles": {"app": {"name": APP, "password": SECRET}}}], []),
        ([{**SOP, "roles": {"app": {"name": "appuser", "password": {"vault": SECRET}}}}], []),
        ([{**SOP, "roles": {"app": {"name": "appuser", "password": [SECRET]}}}], []),
        ([{**SOP, "roles": {"app": {"name": "appuser", "password": 123456789012}}}], []),
        ([{**SOP, "roles": {"app": {**APP, "password": SECRET[:11]}}}], []),
        ([{**SOP, "roles": {"app": {**APP, "settings": [SECRET]}}}], []),
        ([{**SOP, "schemas": SOP}], []),
        ([{**SOP, "grants": SECRET}], []),
        ([{**SOP, "grants": [SECRET]}], []),
        ([{**SOP, "extensions": [[SECRET]]}], []),
        ([{**SOP, 1: SECRET, None: SECRET}], []),
        ([], SECRET),
        ([], {"name": "a", "password": SECRET}),
        ([], [SECRET]),
        ([], [[APP]]),
        ([], [{"name": "a", "password": [SECRET]}]),
        ([], [{"name": "a", "member_of": {"password": SECRET}}]),
        ([], [{"name": "a", "pass": SECRET}]),
    ],
)
def test_whatever_is_given_is_told_without_the_password(databases: Any, roles: Any) -> None:
    found = database_problems(databases, roles)
    assert found
    assert not [problem for problem in found if SECRET[:11] in problem]


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"database_problems": database_problems}
