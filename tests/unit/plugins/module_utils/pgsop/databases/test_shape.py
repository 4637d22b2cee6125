# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes: anything may stand anywhere in an inventory; the answer is a sentence without the value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.schema import DATABASE, ROLE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.shape import shape_problems

SECRET = "the password at the wrong place"


def database(value: dict[str, Any]) -> list[str]:
    return list(shape_problems(value, DATABASE, "database d"))


@pytest.mark.parametrize(
    "value",
    [
        {"name": "d"},
        {"name": "d", "schemas": [], "extensions": None, "roles": {"app": None}},
        {"schemas": ("a", "b"), "own_objects": False, "connection_limit": 5},
        {"connection_limit": "5", "force": "yes", "own_objects": "False"},
        {"connection_limit": "-1", "state": "absent", "template": "template1"},
        {"roles": {"app": {"password": 1}, "owner": {"name": "o"}}},
        {"settings": {"anything": {"at": "all"}}},
        {"grants": [{"to": ["a"], "privileges": ["ALL"], "objects": ["t"], "columns": ["c"], "grant_option": True}]},
    ],
)
def test_database_has_its_shape(value: dict[str, Any]) -> None:
    assert database(value) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"owner": 1}, "database d: owner must be text, in quotes where YAML would read something else"),
        ({"connection_limit": "many"}, "database d: connection_limit must be a whole number"),
        ({"connection_limit": True}, "database d: connection_limit must be a whole number"),
        ({"connection_limit": 1.5}, "database d: connection_limit must be a whole number"),
        ({"force": "perhaps"}, "database d: force must be true or false"),
        ({"force": 1}, "database d: force must be true or false"),
        ({"schemas": "app"}, "database d: schemas must be a list"),
        ({"schemas": {"app": 1}}, "database d: schemas must be a list"),
        ({"schemas": ["app", None]}, "database d: schemas, entry 2 is empty"),
        ({"schemas": ["app", 2]}, "database d: schemas, entry 2 must be text"),
        ({"settings": ["a=1"]}, "database d: settings must be a mapping"),
        ({"roles": {"app": "a"}}, "database d: roles: app must be a mapping with keys name, password, password_state"),
        (
            {"roles": {"migrator": {"valid_until": 2030}}},
            "database d: roles: migrator: valid_until must be text, in quotes",
        ),
        ({"roles": {"owner": {"password": SECRET}}}, "database d: roles: owner has no key password; there are name"),
        ({"grants": [{True: "schema"}]}, "database d: grants, entry 1 has no key True; there are to, privileges, type"),
        ({"extensions": ["citext"]}, "database d: extensions, entry 1 must be a mapping with keys name, schema"),
        ({"state": "gone"}, "database d: state is one of present, absent"),
        ({"template": "template2"}, "database d: template is one of template0, template1"),
        ({SECRET: "x", "a": 1}, f"database d has no key a, {SECRET}"),
    ],
)
def test_what_has_another_shape_is_told_with_its_place(value: dict[str, Any], problem: str) -> None:
    (found,) = database(value)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "value",
    [
        {"name": [SECRET]},
        {"passwort": SECRET},
        {"roles": SECRET},
        {"roles": {"app": SECRET}},
        {"roles": {"app": {"name": {"password": SECRET}}}},
        {"state": SECRET},
        {"connection_limit": SECRET},
        {"grants": [SECRET]},
    ],
)
def test_values_are_never_repeated(value: dict[str, Any]) -> None:
    found = database(value)
    assert found
    assert SECRET not in str(found)


@pytest.mark.parametrize("key", ["login", "member_of", "attributes", "password", "valid_until", "force", "settings"])
def test_role_of_its_own_has_more_keys(key: str) -> None:
    assert list(shape_problems({key: None}, ROLE, "role r")) == []


def test_choices_are_those_of_entries_and_not_of_a_list() -> None:
    """Those of attributes are checked with the rest of the role."""
    assert list(shape_problems({"attributes": "createdb"}, ROLE, "role r")) == ["role r: attributes must be a list"]
    assert list(shape_problems({"attributes": ["superuser"]}, ROLE, "role r")) == []


def test_every_wrong_part_is_told() -> None:
    assert len(database({"owner": 1, "schemas": "a", "force": 3, "what": 1, "roles": {"app": 1, "readonly": 2}})) == 6
