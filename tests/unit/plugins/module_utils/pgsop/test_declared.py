# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that roles write: read, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.declared import name_variables, read, refuse
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"version": 17}', encoding="utf-8")
    assert read(str(path), "pg_backup") == {"version": 17}


def test_one_that_is_not_there_names_who_writes_it(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match=r"there is no such file.*run role pg_monitoring, which writes it"):
        read(str(tmp_path / "x.json"), "pg_monitoring")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_one_that_is_no_json_is_to_be_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(PgsopError, match="role pg_backup writes the file anew"):
        read(str(path), "pg_backup")


def test_all_problems_are_told_at_once() -> None:
    refuse([], "/x.json", "pg_backup")
    with pytest.raises(PgsopError, match=r"/x.json.*one; two.*run role pg_backup"):
        refuse(["one", "two"], "/x.json", "pg_backup")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("keep_days is 0", "pg_x_keep_days is 0"),
        ("keep: there is no check y", "pg_x_keep: there is no check y"),
        ("keep_days is 9, above keep, which is 8", "pg_x_keep_days is 9, above pg_x_keep, which is 8"),
        ("keeper is 0", "keeper is 0"),
        ("there is no key keep", "there is no key keep"),
        ("keep is 'above keep'", "pg_x_keep is 'above keep'"),
    ],
)
def test_key_is_named_as_the_variable(problem: str, expected: str) -> None:
    assert name_variables([problem], "pg_x", ("keep", "keep_days")) == [expected]
