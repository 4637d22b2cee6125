# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a connection string before anything is decoded."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.given import read


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "values"),
        ("appdb", "values"),
        ("postgresql://u:p@h/d", "uri"),
        ("DATABASE_URL='postgresql://u:p@h/d'", "uri"),
        ("PORT=3000\nDATABASE_URL=postgresql://u:p@h/d\n", "uri"),
        ("host=h dbname=d user=u", "pairs"),
        ("jdbc:postgresql://h/d?user=u", "jdbc"),
        ("r2dbc:postgresql://u:p@h/d", "other"),
        ("pgsql:host=h;dbname=d", "pdo"),
        ("dbi:Pg:dbname=d;host=h", "dbi"),
        ("dbi:Pg:postgresql://u:p@h/d", "dbi"),
        ("Driver={PostgreSQL Unicode};Server=h;UID=u;PWD={p;q}", "odbc"),
        ("Host=h;Username=u;Password=p", "other"),
        ("psql -h h -U u d", "values"),
        ("DB_HOST=h\nDB_USER=u\n", "values"),
    ],
)
def test_form(text: str, form: str) -> None:
    assert read(text).form == form


def test_parts_of_a_url_stay_encoded() -> None:
    found = read("postgresql+asyncpg://my%20app:p%40@h1:1,h2:2/my%20db?options=-c+a%3D1&sslmode=disable")
    assert (found.scheme, found.login, found.place, found.path) == (
        "postgresql+asyncpg",
        "my%20app:p%40",
        "h1:1,h2:2",
        "my%20db",
    )
    assert found.parameters == (("options", "-c+a%3D1"), ("sslmode", "disable"))
    assert found.parameter("options") == "-c+a=1"
    assert found.parameter("service") is None
    assert found.has_plus() == ["options"]


def test_pairs_and_values_in_braces() -> None:
    assert read("host=h password='a b'").parameter("password") == "a b"
    assert read("pgsql:host=::1;dbname=d").parameters == (("host", "::1"), ("dbname", "d"))


def test_entities_are_separators() -> None:
    assert read("postgresql://h/d?a=1&amp;b=2").parameters == (("a", "1"), ("b", "2"))


def test_no_part_is_in_the_representation() -> None:
    assert "secret" not in repr(read("postgresql://u:secret@h/d?password=secret"))


def test_quotes_around_the_whole_text_are_no_part_of_it() -> None:
    assert read("'host=h user=u'").form == "pairs"
    assert read("\ufeff<postgresql://u@h/d>").path == "d"
