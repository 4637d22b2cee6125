# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text of any form, and a text of no form."""

from __future__ import annotations

import contextlib
import time

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import dsn
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import read
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

WHOLE = {"user": "u", "password": "K9x", "host": "h", "dbname": "d"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("appdb", {"dbname": "appdb"}),
        ("host=h password=a;b", {"host": "h", "password": "a;b"}),
        ("password=a;b host=h", {"password": "a;b", "host": "h"}),
        ("host=h\nuser=u\n", {"host": "h", "user": "u"}),
        ("service=app", {"service": "app"}),
        ("postgresql://u:K9x@h/d", WHOLE),
    ],
)
def test_what_libpq_reads_is_no_news(text: str, expected: dict[str, str]) -> None:
    found = read(text)
    assert (found.values, found.notes) == (expected, ())


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ('"postgresql://u:K9x@h/d"', 1),
        ("'postgresql://u:K9x@h/d'", 1),
        ("<postgresql://u:K9x@h/d>", 1),
        ("`postgresql://u:K9x@h/d`", 1),
        ("\ufeffpostgresql://u:K9x@h/d", 1),
        ("\ufeff'<postgresql+asyncpg://u:K9x@h/d>'", 3),
        ("DATABASE_URL=postgresql://u:K9x@h/d", 1),
        ("export DATABASE_URL='jdbc:postgresql://h/d?user=u&password=K9x'", 2),
        ("psql -d 'postgresql://u:K9x@h/d'", 1),
        ('{"url": "Host=h;Username=u;Password=K9x;Database=d"}', 2),
    ],
)
def test_one_within_another(text: str, notes: int) -> None:
    found = read(text)
    assert found.values == WHOLE
    assert len(found.notes) == notes


def test_a_password_with_an_invisible_end_is_told() -> None:
    assert len(read("host=h password=canary\u00a0").notes) == 1
    assert read("host=h password=canary").notes == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("postgresql://${U}:x@h/d", "dsn.unexpanded"),
        ("$DATABASE_URL", "dsn.unexpanded"),
        ("host=h password=${PW}", "dsn.unexpanded"),
        ("psql -h h -U $DB_USER", "dsn.unexpanded"),
        ("Host=h;Username=${U}", "dsn.unexpanded"),
        ("localhost:5432/canary", "dsn.invalid"),
        ("localhost:5432", "dsn.invalid"),
        ("postgresql://u:canary@h/d\r\n", "dsn.invalid"),
        ("host=h password=two canary", "dsn.invalid"),
        ("mysql://u:canary@h/d", "dsn.invalid"),
        ("canary;", "dsn.invalid"),
        ("\"'`<\"'canary'\">`'\"", "dsn.invalid"),
        ('{"url": ' * 3 + '"canary"' + "}" * 3, "dsn.invalid"),
        ("host=h password=canary\0", "dsn.invalid"),
        (f"A={'canary' * 20_000}", "dsn.invalid"),
        (" postgresql://u:canary@h/d?sslmode=disable", "dsn.invalid"),
    ],
)
def test_what_is_refused_is_not_repeated(text: str, cause: str) -> None:
    with pytest.raises(dsn.DsnError) as caught:
        read(text)
    assert caught.value.cause == cause
    assert "canary" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    "unit",
    ["{", "[{", "\\", "/* ", "a: {b\n", "f(", 'f("', "a.", "a: b\n", "$a->", "- {a: b,\n", "'a', ", "Environment=a "],
)
@pytest.mark.parametrize("before", ["", "x = f('a', ", "a: {b: c, "])
def test_a_hostile_text_takes_no_time(before: str, unit: str) -> None:
    """Texts that make a careless pattern try each end of each beginning."""
    text = before + unit * (20_000 // len(unit))
    started = time.process_time()
    with contextlib.suppress(DsnError):
        read(text)
    assert time.process_time() - started < 1
