# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command is put, kept, replaced and removed, and nobody else's file is touched."""

from __future__ import annotations

import grp
import hashlib
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import documents, install, zipapp
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.install import InstallRequest, manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode, write_atomically
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.version import VERSION

USER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name
#: What may be in the place of the command and is not it.
FOREIGN = [b"", b"#!/bin/sh\nexit 0\n", b"\xff\xfe"]
OLD = b"#!/usr/bin/python3\n# pgsop 0.0.1: old, and cut"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "pgsop"


@pytest.fixture
def built_once(monkeypatch: pytest.MonkeyPatch, command: Path) -> None:
    """Building takes a second; that each build makes the same bytes is tested elsewhere."""
    content = command.read_bytes()
    monkeypatch.setattr(zipapp, "build", lambda: content)


def run(
    path: Path | str, *, check: bool = False, mode: int = 0o755, present: bool = True, share: str = ""
) -> dict[str, Any]:
    request = InstallRequest(str(path), FileMode(USER, GROUP, mode), present, share=share)
    return {**manage(request, check=check).as_dict()}


def test_command_is_put_and_stays(path: Path, command: Path) -> None:
    content = command.read_bytes()
    first = run(path)
    assert first["actions"] == [f"write {path}"]
    assert (first["path"], first["version"], first["sha256"]) == (
        str(path),
        VERSION,
        hashlib.sha256(content).hexdigest(),
    )
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o7777 == 0o755
    inode = path.stat().st_ino
    second = run(path)
    assert (second["changed"], second["actions"]) == (False, [])
    assert path.stat().st_ino == inode


@pytest.mark.usefixtures("built_once")
def test_man_page_and_completions_come_and_go_with_the_command(path: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    texts = [str(share / name) for name in documents.TEXTS]
    forecast = run(path, check=True, share=str(share))
    assert (share.exists(), path.exists()) == (False, False)
    first = run(path, share=str(share))
    assert first == forecast
    assert first["actions"] == [f"write {each}" for each in (path, *texts)]
    assert [line.split(":")[0] for line in first["diff"]["after"].splitlines()[2:]] == texts
    second = run(path, share=str(share))
    assert (second["changed"], second["diff"]["before"]) == (False, second["diff"]["after"])
    Path(texts[0]).unlink()
    assert run(path, share=str(share))["actions"] == [f"write {texts[0]}"]
    gone = run(path, present=False, share=str(share))
    assert gone["actions"] == [f"remove {each}" for each in (path, *texts)]
    assert [each for each in share.rglob("*") if each.is_file()] == []
    assert not run(path, present=False, share=str(share))["changed"]


def test_folder_for_the_man_page_is_an_absolute_path(path: Path) -> None:
    with pytest.raises(PgsopError, match="no absolute path"):
        run(path, share="share")


def test_diff_tells_what_changes_without_the_sources(path: Path, command: Path) -> None:
    digest = hashlib.sha256(command.read_bytes()).hexdigest()
    path.write_bytes(OLD)
    path.chmod(0o700)
    told = run(path, check=True)["diff"]
    assert told["before"] == (f"# {USER}:{GROUP} 0700\npgsop 0.0.1, sha256 {hashlib.sha256(OLD).hexdigest()}\n")
    assert told["after"] == f"# {USER}:{GROUP} 0755\npgsop {VERSION}, sha256 {digest}\n"


def test_old_or_damaged_one_is_replaced(path: Path, command: Path) -> None:
    path.write_bytes(OLD)
    assert run(path)["changed"]
    assert path.read_bytes() == command.read_bytes()


def test_mode_alone_is_a_change(path: Path) -> None:
    run(path)
    assert run(path, mode=0o750)["changed"]
    assert path.stat().st_mode & 0o7777 == 0o750


def test_check_mode_says_the_same_and_does_nothing(path: Path) -> None:
    forecast = run(path, check=True)
    assert not path.exists()
    assert forecast == run(path)


def test_command_is_removed(path: Path) -> None:
    run(path)
    assert run(path, check=True, present=False)["actions"] == [f"remove {path}"]
    assert path.exists()
    gone = run(path, present=False)
    assert (gone["changed"], gone["version"], gone["sha256"], gone["diff"]["after"]) == (True, "", "", "")
    assert not path.exists()
    assert not run(path, present=False)["changed"]


def test_what_is_not_there_need_not_be_removed(tmp_path: Path) -> None:
    assert not run(tmp_path / "no folder" / "pgsop", present=False)["changed"]


@pytest.mark.usefixtures("built_once")
@pytest.mark.parametrize("content", FOREIGN)
def test_file_that_is_not_the_command_is_kept_beside_and_replaced(path: Path, command: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o4777)
    os.utime(path, (1, 2))
    kept = path.with_name("pgsop.replaced.1")
    forecast = run(path, check=True)
    assert (path.read_bytes(), kept.exists()) == (content, False)
    told = run(path)
    assert told == forecast
    assert told["replaced"] == [str(kept)]
    assert told["actions"] == [f"keep the file that is not pgsop as {kept}", f"write {path}"]
    digest = hashlib.sha256(content).hexdigest()
    assert told["diff"]["before"] == (
        f"# {USER}:{GROUP} 4777\na file that is not pgsop, {len(content)} bytes, sha256 {digest}\n"
    )
    assert (path.read_bytes(), path.stat().st_mode & 0o7777) == (command.read_bytes(), 0o755)
    assert (kept.read_bytes(), kept.stat().st_mode & 0o7777, kept.stat().st_mtime) == (content, 0o644, 2)
    again = run(path)
    assert (again["changed"], again["replaced"]) == (False, [str(kept)])


@pytest.mark.usefixtures("built_once")
def test_kept_file_is_never_written_over(path: Path) -> None:
    for number in (1, 2, 3):
        path.write_bytes(b"other %d" % number)
        run(path)
    # The same once more, as after a run that was killed between the two files.
    path.write_bytes(b"other 2")
    told = run(path)
    kept = [path.with_name(f"pgsop.replaced.{number}") for number in (1, 2, 3)]
    assert told["replaced"] == [str(each) for each in kept]
    assert [each.read_bytes() for each in kept] == [b"other 1", b"other 2", b"other 3"]


@pytest.mark.usefixtures("built_once")
def test_failure_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(target: str, *arguments: Any, **options: Any) -> None:
        if target == str(path):
            raise PgsopError(attempted="write", target=target, answer="no space", next_step="df")
        write_atomically(target, *arguments, **options)

    path.write_bytes(b"other")
    monkeypatch.setattr(install, "write_atomically", write)
    with pytest.raises(PgsopError, match="no space"):
        run(path)
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [("pgsop", b"other")]


@pytest.mark.parametrize("content", FOREIGN)
@pytest.mark.parametrize(("name", "present"), [("pgsop", False), ("psql", True), ("psql", False)])
def test_file_of_another_program_is_left_alone(tmp_path: Path, content: bytes, name: str, present: bool) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PgsopError, match="a file that is not pgsop"):
        run(path, present=present)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (content, [path])


def test_link_and_folder_are_left_alone(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PgsopError, match="no plain file"):
        run(path)
    with pytest.raises(PgsopError, match="no plain file"):
        run(tmp_path)


@pytest.mark.parametrize(
    ("path", "owner", "group", "mode", "told"),
    [
        ("pgsop", USER, GROUP, 0o755, "no absolute path"),
        ("/no/such/folder/pgsop", USER, GROUP, 0o755, "there is no folder /no/such/folder"),
        ("/tmp/pgsop-test", USER, GROUP, 0o775, "mode 0775"),
        ("/tmp/pgsop-test", USER, GROUP, 0o4755, "mode 4755"),
        ("/tmp/pgsop-test", "no_such_user", GROUP, 0o755, "there is no user no_such_user"),
        ("/tmp/pgsop-test", USER, "no_such_group", 0o755, "there is no group no_such_group"),
    ],
)
def test_bad_input_is_refused(path: str, owner: str, group: str, mode: int, told: str) -> None:
    with pytest.raises(PgsopError, match=told):
        manage(InstallRequest(path, FileMode(owner, group, mode)), check=True)
    assert not Path("/tmp/pgsop-test").exists()
