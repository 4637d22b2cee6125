# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences in reading a connection string."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients import given
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.model import Difference
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.predict import predict
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.situation import Situation
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.string_rules import example


def _situation(name: str, text: str, **more: object) -> Situation:
    values: dict[str, Any] = {
        "user": "u",
        "database": "d",
        "host": "h",
        "origins": {"host": "given"},
        "ssl": False,
        **more,
    }
    return Situation(client=CLIENTS[name], given=given.read(text), **values)


def _differences(name: str, text: str, **more: object) -> tuple[Difference, ...]:
    return predict(name, _situation(name, text, **more)).differences


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("sqlalchemy-asyncpg", "postgresql+asyncpg://u@h/d?sslmode=disable", "use ?ssl=disable"),
        (
            "psycopg",
            "postgresql://u@h/d?schema=app",
            "use options=-csearch_path%3D..., or ALTER ROLE ... SET search_path",
        ),
        ("sqlalchemy-asyncpg", "postgresql+asyncpg://u@h/d?search_path=app", "ALTER ROLE ... SET search_path"),
        ("psycopg2", "postgresql://u@h/d?connection_limit=5", "leave it out"),
        ("asyncpg", "postgresql://u@h/d", ""),
        ("pgx", "postgresql://u@h/d?search_path=app", ""),
        ("prisma", "postgresql://u@h/d?connection_limit=5", ""),
        ("jdbc", "jdbc:postgresql://h/d?user=u&application_name=a", "use ApplicationName"),
        ("lib-pq", "postgresql://u@h/d", "use sslmode=disable, or switch on SSL on the server"),
        ("peewee", "postgresql://u:a%40@h/d", "pass unquote_user=True, unquote_password=True to connect()"),
        ("django", "postgresql://u@h", "add the database: /d"),
    ],
)
def test_remedy(name: str, text: str, remedy: str) -> None:
    assert [each.remedy for each in _differences(name, text)] == ([remedy] if remedy else [])


def test_a_name_that_no_driver_has_is_not_repeated() -> None:
    (found,) = _differences("psycopg", "postgresql://u@h/d?secret=1")
    assert "secret" not in found.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("psycopg", "postgresql://u%40@h:5432/d"),
        ("sqlalchemy-asyncpg", "postgresql+asyncpg://u%40@h:5432/d"),
        ("jdbc", "jdbc:postgresql://h:5432/d?user=u%40"),
        ("php-pdo", "pgsql:host=h;port=5432;dbname=d;user=u@"),
        ("dbd-pg", "dbi:Pg:postgresql://u%40@h:5432/d"),
        ("odbc", "Driver={PostgreSQL Unicode};Server=h;Port=5432;Database=d;UID=u@"),
        ("lib-pq", "postgresql://u%40@h:5432/d?sslmode=disable"),
    ],
)
def test_a_string_in_the_own_form_of_a_client(name: str, expected: str) -> None:
    assert example(_situation(name, "", user="u@")) == expected


def test_a_folder_becomes_localhost_for_a_client_that_reads_none() -> None:
    assert example(_situation("postgres.js", "", host="/run")) == "postgresql://u@localhost:5432/d"
    assert example(_situation("asyncpg", "", host="/run")) == "postgresql://u@%2Frun:5432/d"


def test_what_is_typed_in_options_of_the_command_has_no_form() -> None:
    assert _differences("jdbc", "") == ()


def test_an_ignored_port_is_harmless_if_it_is_the_default() -> None:
    text = "postgresql://u:p@/d?host=/run&port="
    assert _differences("sequelize", f"{text}5432", host="/run") == ()
    assert [each.id for each in _differences("sequelize", f"{text}5433", host="/run")] == ["client.parameter_ignored"]
