# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings: what they say, and that what is wrong with one is told without a word of it."""

from __future__ import annotations

import traceback

import pytest
from psycopg2.extensions import parse_dsn

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import dsn

SECRET = "canary"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("appdb", {"dbname": "appdb"}),
        ("postgresql://", {}),
        (
            "postgresql://app:a%40b@localhost:5433/appdb?sslmode=disable",
            {
                "user": "app",
                "password": "a@b",
                "host": "localhost",
                "port": "5433",
                "dbname": "appdb",
                "sslmode": "disable",
            },
        ),
        ("postgresql://app:a b?c@h/x", {"user": "app", "password": "a b?c", "host": "h", "dbname": "x"}),
        ("postgres://%2Frun%2Fpg/x", {"host": "/run/pg", "dbname": "x"}),
        ("host='/a b' user = app password=it\\'s", {"host": "/a b", "user": "app", "password": "it's"}),
    ],
)
def test_what_it_says(text: str, expected: dict[str, str]) -> None:
    assert dsn.read(text) == expected


@pytest.mark.parametrize(
    "database",
    [
        *(
            "appdb",
            "a b",
            "a'b",
            "a\\b",
            "a\\'b",
            "host=evil",
            "postgresql://evil/x",
            "a'b host='evil",
            "a\nb",
            "\u6570",
        ),
        *("", "=", " a", "a\u00a0b", "dbname=x", "caf\u00e9"),
    ],
)
def test_libpq_reads_each_value_as_it_was_given(database: str) -> None:
    written = dsn.conninfo(dbname=database, user="it's me", port="5433")
    assert parse_dsn(written) == {"dbname": database, "user": "it's me", "port": "5433"}


@pytest.mark.parametrize("name", ["caf\udce9", "\udcff \udc80'"])
def test_bytes_that_are_no_utf8_are_kept(name: str) -> None:
    quoted = name.replace("'", "\\'")
    assert dsn.conninfo(dbname=name) in (f"dbname={quoted}", f"dbname='{quoted}'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"postgresql://app:x@{SECRET}@localhost/db", "%40"),
        (f"postgresql://app:x/{SECRET}@localhost/db", "%2F"),
        (f"postgresql://app:%zz{SECRET}@localhost/db", "%25"),
        (f"postgresql://app:%ca{SECRET}@localhost/db", "UTF-8"),
        (f"postgresql://app:%00{SECRET}@localhost/db", "%00"),
        (f"postgresql://app:{SECRET}@[::1/db", "]"),
        (f"postgresql://app:{SECRET}@[]/db", "IPv6"),
        (f"postgresql://app:{SECRET}@[::1]x/db", "should"),
        (f"postgresql://app:{SECRET}@h/db?schema=app", "schema is not one of libpq's"),
        (f"postgresql://app:{SECRET}@h/db?sslmode=a=b", "second ="),
        (f"postgresql://app:{SECRET}@h/db?sslmode", "no ="),
        (f"host=x password=two {SECRET}", "two words"),
        (f"host=x password=two {SECRET}=1", "keyword"),
        (f"password='{SECRET}", "never closed"),
        (f"jdbc:postgresql://h/db?password={SECRET}", "another driver"),
        (f"postgresql+asyncpg://app:{SECRET}@h/db", "another driver"),
        (f"mysql://app:{SECRET}@h/db", "another driver"),
        (f'"postgresql://app:{SECRET}@h/db"', "neither a URI"),
        (f"postgresql:/app:{SECRET}@h/db", "neither a URI"),
        (f"r2dbc:postgresql://app:{SECRET}@h/db", "neither a URI"),
        (f"\ufeffpostgresql://app:{SECRET}@h/db", "invisible"),
        (f"postgresql://app:{SECRET}@h/db\r\n", "line end of a file from Windows"),
        (f"postgresql://app:{SECRET}@h/db {SECRET}", "other text follows"),
        (f"postgresql://app/{SECRET}?{SECRET}=1", "its parameter is not one of libpq's"),
        (f"host=x password={SECRET}\udcff", "UTF-8"),
        (f"host=x password={SECRET}\0", "code 0"),
    ],
)
def test_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(dsn.DsnError) as caught:
        dsn.read(text)
    assert told in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception_only(caught.type, caught.value))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            {"user": "app", "host": "localhost", "port": "5432", "dbname": "appdb"},
            "postgresql://app@localhost:5432/appdb",
        ),
        ({"user": "a b", "host": "/run/pg", "port": "1", "dbname": "x/y"}, "postgresql://a%20b@%2Frun%2Fpg:1/x%2Fy"),
        ({"user": "app", "host": "::1", "port": "1", "dbname": "x"}, "postgresql://app@[::1]:1/x"),
    ],
)
def test_what_is_proposed_can_be_read(parts: dict[str, str], expected: str) -> None:
    assert dsn.write(parts) == expected
    assert dsn.read(expected) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("host=h user=u", ""),
        ("postgresql://u@h/d", ""),
        ("appdb", "neither a URI"),
        ("host=h;user=u", "its host"),
        ("port=1;user=u", "its port"),
        ("host=h u", "a word stands"),
    ],
)
def test_what_is_wrong_before_it_is_used(text: str, expected: str) -> None:
    assert bool(dsn.problem(text, {})) is bool(expected)
    assert expected in dsn.problem(text, {})


def test_the_environment_counts_where_a_string_leaves_something_out() -> None:
    environment = {"PGHOST": f"h;{SECRET}", "PGOPTIONS": "-c a=b"}
    assert dsn.problem("host=h", environment) == ""
    assert dsn.problem("user=u", environment).startswith("PGHOST ")
    assert SECRET not in dsn.problem("user=u", environment)


@pytest.mark.parametrize(
    ("text", "expected"), [("host", True), ("sslmode", True), ("hosts", False), ("Host", False), ("", False)]
)
def test_a_keyword(text: str, expected: bool) -> None:
    assert dsn.is_keyword(text) is expected
