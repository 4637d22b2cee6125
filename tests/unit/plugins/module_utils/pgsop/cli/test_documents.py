# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page and the completions as files: installed, kept, renewed, removed."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import documents
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

USER, GROUP = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
NAMES = ["man/man1/pgsop.1", "bash-completion/completions/pgsop", "zsh/site-functions/_pgsop"]


def run(share: Path, *, present: bool = True, check: bool = False) -> list[str]:
    planned = documents.plan(str(share), USER, GROUP, present=present)
    if not check:
        documents.apply(planned)
    return [document.action for document in planned if document.action]


@pytest.fixture(name="umask", autouse=True)
def _umask() -> Any:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_they_are_where_debian_looks_for_them(tmp_path: Path) -> None:
    paths = [tmp_path / "share" / name for name in NAMES]
    assert run(tmp_path / "share", check=True) == [f"write {path}" for path in paths]
    assert not list(tmp_path.iterdir())
    assert run(tmp_path / "share") == [f"write {path}" for path in paths]
    assert run(tmp_path / "share") == []
    for path, first in zip(paths, ['.\\"', "#", "#compdef pgsop"], strict=True):
        assert path.read_text(encoding="utf-8").startswith(first)
        assert documents.is_ours(path.read_text(encoding="utf-8"))
        assert path.stat().st_mode & 0o777 == 0o644
        assert path.parent.stat().st_mode & 0o777 == 0o755


def test_old_text_and_mode_are_corrected(tmp_path: Path) -> None:
    run(tmp_path)
    page, bash = tmp_path / NAMES[0], tmp_path / NAMES[1]
    page.write_text("old\n", encoding="utf-8")
    bash.chmod(0o600)
    assert run(tmp_path) == [f"write {page}", f"write {bash}"]
    assert (page.read_text(encoding="utf-8"), bash.stat().st_mode & 0o777) == (documents.TEXTS[NAMES[0]], 0o644)


def test_those_of_any_release_are_removed_and_others_stay(tmp_path: Path) -> None:
    run(tmp_path)
    page, bash, zsh = (tmp_path / name for name in NAMES)
    page.write_text(f'.\\" {documents._MADE}\nof another release\n', encoding="utf-8")
    bash.write_text("# of a person\n", encoding="utf-8")
    assert run(tmp_path, present=False, check=True) == [f"remove {page}", f"remove {zsh}"]
    assert run(tmp_path, present=False) == [f"remove {page}", f"remove {zsh}"]
    assert (page.exists(), bash.exists(), zsh.exists()) == (False, True, False)
    assert run(tmp_path, present=False) == []


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_link_and_folder_are_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / NAMES[1]
    path.parent.mkdir(parents=True)
    path.symlink_to("/nowhere") if kind == "link" else path.mkdir()
    with pytest.raises(PgsopError, match="it is no plain file"):
        run(tmp_path, check=True)
    assert run(tmp_path, present=False) == []
    assert os.path.lexists(path)


def test_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "man").touch()
    with pytest.raises(PgsopError, match="Not a directory"):
        run(tmp_path)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(PgsopError, match=r"create the folder .*Permission denied"):
        run(tmp_path)


def test_diff_has_a_line_for_each(tmp_path: Path) -> None:
    (document, *_others) = documents.plan(str(tmp_path), USER, GROUP, present=True)
    before, after = document.lines
    assert (before, after.count("\n")) == ("", 1)
    assert after.startswith(f"{tmp_path / NAMES[0]}: sha256 ")
