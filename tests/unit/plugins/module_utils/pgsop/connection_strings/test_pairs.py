# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs with semicolons and with keywords of other drivers."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import pairs
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import read
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError, refuse

WHOLE = {"host": "h", "port": "5433", "dbname": "appdb", "user": "app", "password": "K9x"}


@pytest.mark.parametrize(
    "text",
    [
        "Host=h;Port=5433;Database=appdb;Username=app;Password=K9x",
        "Server=h;Port=5433;Database=appdb;User Id=app;Password=K9x;",
        "Server = h; Port = 5433; Initial Catalog = appdb; UserName = app; Password = K9x ;; ",
        "Driver={PostgreSQL Unicode};Server=h;Port=5433;Database=appdb;UID=app;PWD={K9x};",
        "Driver={PostgreSQL Unicode};Server=h;Port=5433;Database=appdb;UID=app;PWD=K%39x;",
        "DSN=entry;Server=h;Port=5433;Database=appdb;UID=app;PWD=K9x",
        "host=h;port=5433;dbname=appdb;user=app;password=K9x",
    ],
)
def test_semicolons(text: str) -> None:
    found = pairs.read_semicolons(text)
    assert found is not None
    assert found.values == WHOLE
    assert found.notes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(("'a;b'", "a;b"), ("'it''s'", "it's"), ('"a""b;c"', 'a"b;c'), ("a'b", "a'b"), ("a=b", "a=b"), ("", "")),
        *(("{a;b}}c}", "{a;b}}c}"), ("a b", "a b"), ("a%41+b", "a%41+b")),
    ],
)
def test_values_of_npgsql(value: str, expected: str) -> None:
    found = pairs.read_semicolons(f"Host=h;Password={value};Database=d")
    assert found is not None
    assert found.values == {"host": "h", "password": expected, "dbname": "d"}


@pytest.mark.parametrize(
    ("value", "expected"), [("{a;b}}c}", "a;b}c"), ("{a%41+b}", "a%41+b"), ("a%41+b", "aAb b".replace("b b", " b"))]
)
def test_values_of_odbc(value: str, expected: str) -> None:
    found = pairs.read_semicolons(f"Driver={{x}};Server=h;PWD={value};Database=d")
    assert found is not None
    assert found.values["password"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "pgsql:host=h;port=5433;dbname=appdb;user=app;password=K9x",
        "dbi:Pg:dbname=appdb;host=h;port=5433;user=app;password=K9x",
        "DBI:Pg:dbname=appdb host=h port=5433 user=app password=K9x",
        "dbi:Pg(RaiseError=>1):dbname=appdb;host=h;port=5433;user=app;password=K9x",
        "dbi:Pg:postgresql://app:K9x@h:5433/appdb",
    ],
)
def test_prefixes(text: str) -> None:
    assert pairs.is_prefixed(text)
    found = pairs.read_prefixed(text, read)
    assert found is not None
    assert found.values == WHOLE
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host=h port=5433 database=appdb username=app pwd=K9x", WHOLE),
        ("host=h\nport=5433\ndb=appdb\nUser=app\npassword='K9x'", WHOLE),
        ("host=h database='my db' ssl=false schema=app", {"host": "h", "dbname": "my db", "sslmode": "disable"}),
    ],
)
def test_other_keywords(text: str, expected: dict[str, str]) -> None:
    found = pairs.read_words(text)
    assert found is not None
    assert found.values == expected
    assert found.notes


@pytest.mark.parametrize(
    "text",
    [
        "Host=h;Password=canary;yranac;Database=d",
        "Host=h;Password=canary;yranac=1",
        "Host=h;Password='canary;Database=d",
        "Host=h;Password='canary'yranac;Database=d",
        "Driver={x};Server=h;PWD={canary;Database=d",
        "Host=canary;Server=yranac;Database=d",
        "Host=h;SSL Mode=canary",
    ],
)
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        pairs.read_semicolons(text)
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "appdb", "host=h", "x=1;y=2", "host=h password=a;b", "database"])
def test_other_texts(text: str) -> None:
    assert pairs.read_semicolons(text) is None
    assert pairs.read_prefixed(text, read) is None


@pytest.mark.parametrize("text", ["x=1 host=h", "host=h canary", "host='h", "host=h,port=1 x"])
def test_other_words(text: str) -> None:
    assert pairs.read_words(text) is None


@pytest.mark.parametrize(
    "text", ["Host=h;Password=K9\u00a0", "host=h passwd=K9\u00a0", "dbi:Pg:host=h;password=K9\u00a0"]
)
def test_a_no_break_space_is_a_part_of_the_value(text: str) -> None:
    found = read(text)
    assert found.values["password"] == "K9\u00a0"
    assert "invisible" in found.notes[-1]


@pytest.mark.parametrize("text", ["Host=h;Database=d\r\n", "pgsql:host=h;dbname=d\u00a0"])
def test_an_invisible_end_of_a_name_is_kept_for_its_refusal(text: str) -> None:
    with pytest.raises(DsnError):
        refuse(read(text).values)


def test_two_values_for_one_other_keyword() -> None:
    with pytest.raises(DsnError) as caught:
        pairs.read_words("host=h passwd=canary host=yranac")
    assert "anar" not in str(caught.value)
