# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which line of which file is the password."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.password_source import (
    PasswordQuery,
    PasswordSource,
    from_file,
)

WANTED = PasswordQuery("localhost", 5432, "appdb", "app")


def me(home: Path) -> OsUser:
    account = pwd.getpwuid(os.geteuid())
    return OsUser(account.pw_name, account.pw_uid, account.pw_gid, str(home))


def password_source(folder: Path, text: str, mode: int = 0o600) -> PasswordSource:
    path = folder / ".pgpass"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return from_file("", WANTED, me(folder))


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("localhost:5432:appdb:app:one", "one"),
        ("*:*:*:*:one", "one"),
        ("localhost:5432:appdb:other:no\n*:*:*:app:one", "one"),
        ("#localhost:5432:appdb:app:no", None),
        ("localhost:5433:appdb:app:no", None),
        ("localhost:5432:app", None),
        (r"localhost:5432:appdb:app:a\:b\\c", "a:b\\c"),
        ("localhost:5432:appdb:app:one:two", "one"),
        ("localhost:5432:appdb:app:", None),
        ("", None),
    ],
)
def test_the_first_line_that_fits(tmp_path: Path, line: str, password: str | None) -> None:
    found = password_source(tmp_path, line + "\n")
    assert found.password == password
    assert found.named is (password is not None)
    assert found.passed_over == ""


def test_where_it_is_from(tmp_path: Path) -> None:
    assert password_source(tmp_path, "# mine\n*:*:*:app:one\n").origin == f"line 2 of {tmp_path}/.pgpass"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_passed_over(tmp_path: Path, mode: int) -> None:
    found = password_source(tmp_path, "*:*:*:app:one\n", mode)
    assert found.password is None
    assert found.named
    assert f"mode is {mode:04o}" in found.passed_over


def test_no_file(tmp_path: Path) -> None:
    assert from_file("", WANTED, me(tmp_path)).passed_over == "it does not exist"
    assert from_file(str(tmp_path), WANTED, me(tmp_path)).passed_over.startswith(f"{me(tmp_path).name} cannot read it")


def test_nothing_shows_it(tmp_path: Path) -> None:
    assert "hush" not in repr(password_source(tmp_path, "*:*:*:app:hush\n"))
