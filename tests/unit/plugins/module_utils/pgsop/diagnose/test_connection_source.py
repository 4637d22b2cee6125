# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections in files and in variables."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import connection_source
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.connection_source import (
    ConnectionSource,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

ADA = OsUser("ada", 1, 1, "/home/ada", {"PGPORT": "1", "PGHOST": "x"})
URL = "postgresql://u:K9x@h/d"


@pytest.mark.parametrize(
    ("variables", "values", "notes"),
    [
        ({"DATABASE_URL": URL, "LANG": "C"}, {"user": "u", "password": "K9x", "host": "h", "dbname": "d"}, 1),
        (
            {"DB_HOST": "h", "DB_NAME": "d", "HOST": "::", "PORT": "80", "USER": "app"},
            {"host": "h", "dbname": "d"},
            1,
        ),
        ({"PGHOST": "h", "PGDATABASE": "d"}, {}, 1),
        ({"DATABASE_URL": URL, "PGHOST": "other"}, {"user": "u", "password": "K9x", "host": "h", "dbname": "d"}, 2),
    ],
)
def test_variables(variables: dict[str, str], values: dict[str, str], notes: int) -> None:
    source = ConnectionSource(variables)
    assert source.has_connection()
    found = source.read()
    assert found.values == values
    assert len(found.notes) == notes
    assert "K9x" not in repr(source)


def test_the_names_of_the_variables_are_in_the_note() -> None:
    (note,) = ConnectionSource({"DATABASE_URL": URL}).read().notes
    assert "DATABASE_URL" in note
    (note,) = ConnectionSource({"canary_url": URL}).read().notes
    assert "canary" not in note


@pytest.mark.parametrize(
    "variables", [{}, {"HOST": "h", "USER": "u"}, {"PGPASSWORD": "x"}, {"DATABASE_URL": "mysql://h/d"}]
)
def test_no_connection(variables: dict[str, str]) -> None:
    assert not ConnectionSource(variables).has_connection()


def test_what_cannot_be_read_is_a_connection() -> None:
    assert ConnectionSource({"DATABASE_URL": "${SECRET}"}).has_connection()


@pytest.mark.parametrize(("whole", "expected"), [(True, {"PGHOST": "h"}), (False, {"PGHOST": "h", "PGPORT": "1"})])
def test_the_user_gets_the_environment(whole: bool, expected: dict[str, str]) -> None:
    source = ConnectionSource({"PGHOST": "h", "HOME": "/srv", "X": "y"}, whole=whole)
    found = source.fill(ADA)
    assert (found.home, found.environment) == ("/srv", expected)
    assert ConnectionSource({}).fill(ADA).home == "/home/ada"


@pytest.mark.parametrize(("content", "expected"), [(b"appdb\n", "appdb"), (b"a\r\n", "a\r"), (b"a\nb\n\n", "a\nb")])
def test_a_file(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "dsn").write_bytes(content)
    assert connection_source.read_text(str(tmp_path / "dsn"), "--dsn-file") == expected
    assert connection_source.read_text("-", "--dsn-file", stream=io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"canary\0", b"canary\xff", b"x" * (connection_source.LARGEST + 1), None]
)
def test_a_file_that_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dsn"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(PgsopError) as caught:
        connection_source.read_text(str(path), "--dsn-file")
    assert caught.value.target == str(path)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("given", ["canary", "u:canary@h", "canary\0"])
def test_a_connection_string_in_the_place_of_a_file(given: str) -> None:
    with pytest.raises(PgsopError) as caught:
        connection_source.read_text(given, "--dsn-file")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (f"DATABASE_URL={URL}\n", 0),
        (f"export DATABASE_URL='{URL}'\n", 1),
        (f"DATABASE_URL={URL}?a=b&c=d\n", 1),
        ("DB_HOST=h # note\nDB_NAME=d\n", 1),
        (f"DATABASE_URL={URL}\r\n", 1),
        (f"\ufeffDATABASE_URL={URL}\n", 1),
        (f"DATABASE_URL={URL}\nOTHER=a&b\n", 0),
    ],
)
def test_a_file_of_variables(tmp_path: Path, content: str, notes: int) -> None:
    path = tmp_path / ".env"
    path.write_bytes(content.encode())
    source = connection_source.from_environment_file(str(path))
    assert source.has_connection()
    assert len(source.notes) == notes


def test_a_file_of_other_variables(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET=canary\n", encoding="utf-8")
    with pytest.raises(PgsopError) as caught:
        connection_source.from_environment_file(str(tmp_path / ".env"))
    assert "DATABASE_URL" in caught.value.answer
    assert "canary" not in str(caught.value)
    with pytest.raises(PgsopError) as caught:
        connection_source.from_environment_file("-", stream=io.BytesIO(b"A=b"))
    assert caught.value.target == "standard input"
