# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a program from being run is found without running it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.executable import program_problem

#: A user that is on every host and has no rights.
NOBODY = "nobody"


def program(path: Path, text: str = "#!/bin/sh\n", mode: int = 0o755) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("text", ["#!/bin/sh\n", "#! /usr/bin/env python3\n", "\x7fELF", ""])
def test_program_that_can_be_run_has_no_problem(tmp_path: Path, text: str) -> None:
    assert program_problem(program(tmp_path / "page", text)) == ""


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        (None, 0, "there is no program '{path}'"),
        ("#!/bin/sh\n", 0o644, "{path} is not executable"),
        ("#!/nowhere/python\n", 0o755, "{path} needs /nowhere/python: there is no program '/nowhere/python'"),
        ("#!/bin/sh\r\n", 0o755, "{path} needs /bin/sh\r: there is no program '/bin/sh\\r'"),
    ],
)
def test_program_that_cannot_be_run_is_explained(tmp_path: Path, text: str | None, mode: int, expected: str) -> None:
    path = tmp_path / "page"
    if text is not None:
        program(path, text, mode)
    assert program_problem(str(path)) == expected.format(path=path)


def test_folder_is_no_program(tmp_path: Path) -> None:
    assert program_problem(str(tmp_path)) == f"{tmp_path} is not a file"
    assert program_problem(f"{program(tmp_path / 'page')}/more").startswith("there is no program")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can check this for another user")
@pytest.mark.parametrize(
    ("folder", "mode", "runs"),
    [(0o755, 0o755, True), (0o755, 0o750, False), (0o700, 0o755, False), (0o755, 0o705, True)],
)
def test_user_that_will_run_it_counts(folder: int, mode: int, runs: bool) -> None:
    # The folders of tmp_path are closed to other users.
    with tempfile.TemporaryDirectory() as where:
        path = program(Path(where) / "page", mode=mode)
        Path(where).chmod(folder)
        assert program_problem(path) == ""
        assert program_problem(path, NOBODY) == ("" if runs else f"{path} is not executable for user {NOBODY}")


@pytest.mark.parametrize(
    ("real", "runs"), [(os.geteuid(), False), (os.geteuid() + 1, True)], ids=["itself", "effective"]
)
def test_groups_count_where_they_are_those_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real: int, runs: bool
) -> None:
    path = program(tmp_path / "page")
    monkeypatch.setattr(os, "getuid", lambda: real)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert program_problem(path) == ("" if runs else f"{path} is not executable")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can check this for another user")
@pytest.mark.parametrize(("mode", "runs"), [(0o755, True), (0o750, False)])
def test_user_that_is_not_there_yet_is_one_of_the_others(tmp_path: Path, mode: int, runs: bool) -> None:
    path = program(tmp_path / "page", mode=mode)
    assert program_problem(path, "no_such_user") == ("" if runs else f"{path} is not executable for user no_such_user")
