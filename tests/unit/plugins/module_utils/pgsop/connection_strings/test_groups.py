# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values of a configuration belong to one connection."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import groups
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.parsed_string import Draft
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import read
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

WHOLE = {"host": "h", "dbname": "d", "user": "u", "password": "K9x"}
PIECES = {"host": "h", "database": "d", "username": "u", "password": "K9x"}


def found(tree: dict[str, Any]) -> dict[str, str]:
    draft = Draft()
    groups.read_tree(tree, read, draft)
    return draft.values


@pytest.mark.parametrize(
    "tree",
    [
        {
            "DB_HOST": "h",
            "DB_NAME": "d",
            "DB_USER": "u",
            "DB_PASSWORD": "K9x",
            "APP_NAME": "x",
            "REDIS_HOST": "r",
            "REDIS_USER": "u",
        },
        {"POSTGRES_HOST": "h", "POSTGRES_DB": "d", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "K9x"},
        {"PGHOST": "h", "PGDATABASE": "d", "PGUSER": "u", "PGPASSWORD": "K9x"},
        {
            "APP_DATABASE_HOST": "h",
            "APP_DATABASE_USER_NAME": "u",
            "APP_DATABASE_PASS": "K9x",
            "APP_DATABASE_DB_NAME": "d",
        },
        {"DATABASE_URL": "postgresql://u:K9x@h/d", "REDIS_URL": "redis://r", "DB_HOST": "x", "DB_USER": "y"},
        {"DATABASE_URL": "postgresql://h/d", "DATABASE_USER": "u", "DATABASE_PASSWORD": "K9x"},
        {"FOO": "postgres://u:K9x@h/d", "BAR": "x"},
        {"spring": {"datasource": {"url": "jdbc:postgresql://h/d", "username": "u", "password": "K9x"}}},
        {
            "SPRING_DATASOURCE_URL": "jdbc:postgresql://h/d",
            "SPRING_DATASOURCE_USERNAME": "u",
            "SPRING_DATASOURCE_PASSWORD": "K9x",
        },
        {"ConnectionStrings": {"Any": "Host=h;Database=d;Username=u;Password=K9x"}},
        {"ConnectionStrings__Any": "Host=h;Database=d;Username=u;Password=K9x"},
        {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": "h",
                "NAME": "d",
                "USER": "u",
                "PASSWORD": "K9x",
            }
        },
        {"production": PIECES, "test": {**PIECES, "host": "x"}, "default": {"pool": "5"}},
        {"default": PIECES, "replica": {**PIECES, "host": "x"}},
        {"a": PIECES, "b": {"ENGINE": "django.db.backends.mysql", "HOST": "x", "NAME": "y"}},
        {"a": PIECES, "b": dict(PIECES)},
        {"engine": "postgres", "host": "h", "dbname": "d", "username": "u", "password": "K9x"},
    ],
)
def test_the_one_connection(tree: dict[str, Any]) -> None:
    assert found(tree) == WHOLE


def test_what_django_has_below_options() -> None:
    tree = {"default": {"HOST": "h", "NAME": "d", "OPTIONS": {"sslmode": "require"}}}
    assert found(tree) == {"host": "h", "dbname": "d", "sslmode": "require"}


def test_of_several_the_preferred_is_told() -> None:
    draft = Draft()
    groups.read_tree({"production": PIECES, "test": {**PIECES, "host": "x"}}, read, draft)
    assert ["production" in note for note in draft.notes] == [True]


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"canary": "yranac"},
        {"DB_HOST": "canary"},
        {"one": {**PIECES, "password": "canary"}, "two": {**PIECES, "host": "x"}},
        {"url": "mysql://u:canary@h/d"},
        {"DB_CONNECTION": "mysql", "DB_HOST": "canary", "DB_USER": "yranac"},
        {"url": "postgresql://u:x@canary@h/d"},
    ],
)
def test_what_is_refused_is_not_repeated(tree: dict[str, Any]) -> None:
    with pytest.raises(DsnError) as caught:
        found(tree)
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize(
    "tree",
    [
        {"DATABASE_URL": "${SECRET_URL}"},
        {"DB_HOST": "h", "DB_USER": "u", "DB_PASSWORD": "${DB_PASSWORD}"},
        {"production": {"host": "h", "database": "d", "password": '<%= ENV["X"] %>'}},
    ],
)
def test_a_variable_that_was_not_filled_in(tree: dict[str, Any]) -> None:
    with pytest.raises(DsnError) as caught:
        found(tree)
    assert caught.value.cause == "dsn.unexpanded"


def test_several_connections_are_named() -> None:
    with pytest.raises(DsnError) as caught:
        found(
            {"ONE_URL": "postgresql://h/canary", "TWO_URL": "postgresql://h/yranac", "canary_url": "postgresql://h/x"}
        )
    assert "(ONE_URL, TWO_URL)" in str(caught.value)
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"DATABASE_URL": "postgresql://u:K9x@h/d", "PGHOST": "x", "HOST": "y", "USER": "z"}, WHOLE),
        (
            {
                "DB_HOST": "h",
                "DB_NAME": "d",
                "DB_USER": "u",
                "DB_PASSWORD": "K9x",
                "PGPORT": "1",
                "HOST": "x",
                "PORT": "2",
            },
            WHOLE,
        ),
        ({"HOST": "h", "USER": "u", "PGHOST": "h"}, None),
    ],
)
def test_the_environment_of_a_process(variables: dict[str, str], expected: dict[str, str] | None) -> None:
    draft = Draft()
    assert groups.read_variables(variables, read, draft) is (expected is not None)
    assert draft.values == (expected or {})
    assert len(draft.notes) == (1 if expected else 0)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PGOPTIONS", "x", True),
        ("DB_PASSWORD", "x", True),
        ("ANY", "postgres://h", True),
        ("DATABASE_URL", "mysql://h", False),
        ("HOST", "x", False),
        ("LANG", "C", False),
    ],
)
def test_variables_of_a_connection(name: str, value: str, expected: bool) -> None:
    assert groups.is_variable(name, value) is expected


def test_variables_of_what_is_not_used_do_not_count() -> None:
    assert found({"DATABASE_URL": "postgresql://u:K9x@h/d", "OTHER": "${X}"}) == WHOLE
