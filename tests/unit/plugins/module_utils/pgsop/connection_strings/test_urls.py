# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs of drivers, and the parameters behind their question mark."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import urls
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

WHOLE = {"user": "app", "password": "K9/x", "host": "h", "port": "5433", "dbname": "appdb"}


@pytest.mark.parametrize(
    "scheme",
    [
        *("postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2", "postgres+pg8000", "pgsql", "postgis"),
        *("psql", "pgx5", "pgx", "ecto", "asyncpg", "cockroachdb", "POSTGRESQL", "Postgres", "r2dbc:postgresql"),
        *("r2dbc:pool:postgresql", "timescalegis"),
    ],
)
def test_schemes(scheme: str) -> None:
    found = urls.read_url(f"{scheme}://app:K9%2Fx@h:5433/appdb")
    assert found is not None
    assert found.values == WHOLE
    assert len(found.notes) == 1


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_libpqs_own_are_no_news(scheme: str) -> None:
    found = urls.read_url(f"{scheme}://app:K9%2Fx@h:5433/appdb")
    assert found is not None
    assert (found.values, found.notes) == (WHOLE, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "jdbc:postgresql://h:5433/appdb?user=app&password=K9%2Fx",
            WHOLE,
        ),
        (
            "jdbc:postgresql://h/appdb?user=app&password=a+b",
            {"host": "h", "dbname": "appdb", "user": "app", "password": "a b"},
        ),
        ("jdbc:postgresql:appdb", {"host": "localhost", "dbname": "appdb"}),
        ("jdbc:postgresql:///appdb?ssl", {"host": "localhost", "dbname": "appdb", "sslmode": "require"}),
        (
            "jdbc:postgresql://[::1]:1/appdb?ApplicationName=a",
            {"host": "::1", "port": "1", "dbname": "appdb", "application_name": "a"},
        ),
        ("socket:/run/pg?db=appdb&user=app", {"host": "/run/pg", "dbname": "appdb", "user": "app"}),
        ("postgresql://h/appdb?ssl=true", {"host": "h", "dbname": "appdb", "sslmode": "require"}),
        ("postgresql://h/appdb?ssl=false", {"host": "h", "dbname": "appdb", "sslmode": "disable"}),
        ("r2dbc:postgresql://h/appdb?sslMode=require", {"host": "h", "dbname": "appdb", "sslmode": "require"}),
        ("postgresql://a:b?c@h/appdb?schema=x", {"user": "a", "password": "b?c", "host": "h", "dbname": "appdb"}),
    ],
)
def test_forms(text: str, expected: dict[str, str]) -> None:
    found = urls.read_url(text)
    assert found is not None
    assert found.values == expected


@pytest.mark.parametrize(
    "name", ["schema", "pool_max_conns", "x-migrations-table", "statement-cache-capacity", "serverVersion"]
)
def test_parameters_of_drivers_are_left_out(name: str) -> None:
    found = urls.read_url(f"postgresql://app@h/appdb?{name}=canary&sslmode=disable&{name}=x")
    assert found is not None
    assert found.values == {"user": "app", "host": "h", "dbname": "appdb", "sslmode": "disable"}
    assert [f"parameter {name} " in note for note in found.notes] == [True]


def test_html_between_parameters() -> None:
    found = urls.read_url("postgresql://h/appdb?sslmode=disable&amp;connect_timeout=3&amp;schema=x")
    assert found is not None
    assert found.values == {"host": "h", "dbname": "appdb", "sslmode": "disable", "connect_timeout": "3"}
    assert ["&amp;" in note for note in found.notes] == [True, False]


def test_jdbc_reads_no_user_before_the_host() -> None:
    found = urls.read_url("jdbc:postgresql://app:K9@h/appdb")
    assert found is not None
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app:canary@h/appdb?yranac=1",
        "postgresql+asyncpg://app:x@canary@h/appdb",
        "postgresql+asyncpg://app:canary@h/appdb\r\n",
        "jdbc:postgresql://h/appdb?user=app&password=canary&yranac",
        "jdbc:postgresql://h/appdb?user=app&password=canary&yranac=1",
        "jdbc:postgresql://h/appdb?password=canary%zz",
        "jdbc:postgresql://h/appdb?password=canary%ff",
        "jdbc:postgresql://h/appdb?password=canary%00",
        "jdbc:postgresql://h/appdb?password=canary\u00a0",
        "jdbc:postgresql://h/appdb?user=canary&user=yranac",
        "r2dbc:postgresql://app:canary@h/appdb?yranac=1",
        "socket:/run/pg?canary",
    ],
)
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        urls.read_url(text)
    assert "anar" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", ["mysql://h/x", "https://h/x", "host=h", "appdb", "", "jdbc:mysql://h/x", "socket:x"])
def test_other_texts(text: str) -> None:
    assert not urls.is_url(text)
    assert urls.read_url(text) is None
