# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections in files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import source_files
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

URL = "postgresql://u:K9x@h/d"


@pytest.mark.parametrize(("content", "expected"), [(b"appdb\n", "appdb"), (b"a\r\n", "a\r"), (b"a\nb\n\n", "a\nb")])
def test_a_file(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "dsn").write_bytes(content)
    assert source_files.read_text(str(tmp_path / "dsn"), "--dsn-file") == expected
    assert source_files.read_text("-", "--dsn-file", stream=io.BytesIO(content)) == expected


@pytest.mark.parametrize("content", [b"", b" \n", b"canary\0", b"canary\xff", b"x" * (source_files.LARGEST + 1), None])
def test_a_file_that_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dsn"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(PgsopError) as caught:
        source_files.read_text(str(path), "--dsn-file")
    assert caught.value.target == str(path)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("given", ["canary", "u:canary@h", "canary\0"])
def test_a_connection_string_in_the_place_of_a_file(given: str) -> None:
    with pytest.raises(PgsopError) as caught:
        source_files.read_text(given, "--dsn-file")
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
    source = source_files.from_environment_file(str(path))
    assert source.has_connection()
    assert len(source.notes) == notes


def test_a_file_of_other_variables(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET=canary\n", encoding="utf-8")
    with pytest.raises(PgsopError) as caught:
        source_files.from_environment_file(str(tmp_path / ".env"))
    assert "DATABASE_URL" in caught.value.answer
    assert "canary" not in str(caught.value)
    with pytest.raises(PgsopError) as caught:
        source_files.from_environment_file("-", stream=io.BytesIO(b"A=b"))
    assert caught.value.target == "standard input"
