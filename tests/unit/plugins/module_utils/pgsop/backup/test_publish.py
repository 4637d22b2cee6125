# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set is there whole, under a name that nobody had, or not at all; and what a killed run left is swept, nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import names, publish
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    DAY_0,
    held,
    inside,
)

NAME = "20261122T000000Z"


class KilledError(BaseException):
    """Stands for the end of the process: nothing is cleaned up behind it."""


def make(directory: Path, name: str = NAME) -> str:
    with publish.staging_directory(str(directory), name) as folder:
        Path(folder, "a.dump").mkdir()
        Path(folder, "a.dump", "toc.dat").write_text("toc", encoding="utf-8")
        Path(folder, names.MANIFEST).write_text("{}", encoding="utf-8")
        return publish.publish(str(directory), name)


def tree(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


WHOLE = {NAME, f"{NAME}/a.dump", f"{NAME}/a.dump/toc.dat", f"{NAME}/manifest.json"}


def test_set_is_there_whole_and_the_latest(tmp_path: Path) -> None:
    path = make(tmp_path)
    assert path == str(tmp_path / NAME)
    assert {name for name in tree(tmp_path) if not name.startswith("latest")} == WHOLE
    assert (tmp_path / "latest").readlink() == Path(NAME)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o700


def test_second_set_of_the_same_second_stands_beside_the_first(tmp_path: Path) -> None:
    make(tmp_path)
    second = names.set_name(DAY_0, inside(tmp_path))
    make(tmp_path, second)
    assert (tmp_path / NAME / "manifest.json").exists()
    assert (tmp_path / "latest").readlink() == Path(f"{NAME}-2")


def test_set_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "mine").touch()
    with pytest.raises(PgsopError, match="Cannot write the set"):
        make(tmp_path)
    assert tree(tmp_path) == {NAME, f"{NAME}/mine"}


@pytest.mark.parametrize("cause", [ValueError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_set_that_fails_leaves_nothing(tmp_path: Path, cause: BaseException) -> None:
    with pytest.raises(type(cause)), publish.staging_directory(str(tmp_path), NAME) as folder:
        assert names.PARTIAL_NAME.fullmatch(Path(folder).name)
        Path(folder, "a").touch()
        raise cause
    assert tree(tmp_path) == set()


def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(PgsopError, match=r"Cannot write the set \(/a\): No space left.*nothing of it was kept"),
        publish.staging_directory(str(tmp_path), NAME),
    ):
        raise OSError(28, "No space left on device", "/a")
    assert tree(tmp_path) == set()


def test_link_that_cannot_be_made_is_told_and_costs_no_set(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(PgsopError, match=f"Cannot make the new set the latest.*set {NAME} is there"):
        make(tmp_path)
    assert tree(tmp_path) >= WHOLE


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> bool:
    """Whether the process ended at its n-th change of the disk; what follows the change does not happen any more."""
    done = 0

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done >= number:
                raise KilledError
            return change(*arguments, **named)

        return act

    with monkeypatch.context() as patched:
        for change in ("mkdir", "unlink", "rename", "replace", "symlink", "rmdir"):
            patched.setattr(os, change, counted(getattr(os, change)))
        try:
            work()
        except KilledError:
            return True
    return False


@pytest.mark.parametrize("number", range(1, 20))
def test_set_is_whole_or_swept_wherever_the_run_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    make(tmp_path, f"{NAME}-1")
    killed = killed_at(number, monkeypatch, lambda: make(tmp_path))
    publish.sweep(str(tmp_path))
    visible = {name for name in tree(tmp_path) if name.startswith(NAME) and not name.startswith(f"{NAME}-1")}
    assert visible in (WHOLE, set())
    assert [name for name in inside(tmp_path) if names.PARTIAL_NAME.fullmatch(name)] == []
    latest = (tmp_path / "latest").resolve()
    assert latest.is_dir()
    assert latest.name in ((f"{NAME}-1", NAME) if killed else (NAME,))
    # The next run does as if nothing had been.
    make(tmp_path, f"{NAME}-3")
    assert (tmp_path / "latest").readlink() == Path(f"{NAME}-3")


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize("form", ["partial", "trash"])
def test_sweep_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, number: int
) -> None:
    folder = tmp_path / f".{NAME}.{form}"
    (folder / "a.dump").mkdir(parents=True)
    for name in (".pgsop", "manifest.json", "a.dump/1.dat", "b.objects.json", "zz"):
        (folder / name).touch()
    killed_at(number, monkeypatch, lambda: publish.sweep(str(tmp_path)))
    publish.sweep(str(tmp_path))
    assert tree(tmp_path) == set()


def test_what_killed_runs_left_is_swept(tmp_path: Path) -> None:
    for name, part in {
        ".20261122T000000Z.partial": ".pgsop",
        ".20261122T000001Z-2.partial": "manifest.json",
        ".20261122T000002Z.trash": "a.dump",
        ".restore-ab_12xyz": "plain",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / part).touch()
    (tmp_path / ".20261122T000003Z.partial").mkdir()
    os.utime(tmp_path / ".restore-ab_12xyz", (0, 0))
    assert len(publish.sweep(str(tmp_path))) == 5
    assert tree(tmp_path) == set()


FOREIGN = [
    NAME,
    "20261122T000000Z.partial",
    ".20261122T000000Z",
    ".20261122T000000Z.partial.old",
    ".20261122T000000Z.trash~",
    ".2026.partial",
    ".partial",
    ".x.trash",
    ".restore",
    ".restore-",
    ".restore-notes-of-mine",
    "lost+found",
    "my-dumps",
    ".snapshot",
]


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("inside", ["mine", ".pgsop", "manifest.json"])
def test_what_only_resembles_is_never_touched(tmp_path: Path, name: str, inside: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / inside).touch()
    os.utime(tmp_path / name, (0, 0))
    assert publish.sweep(str(tmp_path)) == []
    assert (tmp_path / name / inside).exists()


def test_folder_that_nobody_of_ours_made_is_never_touched(tmp_path: Path) -> None:
    partial = tmp_path / names.partial(NAME)
    partial.mkdir()
    (partial / "mine").touch()
    (tmp_path / names.partial(f"{NAME}-2")).write_text("a file", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".pgsop").touch()
    (tmp_path / names.partial(f"{NAME}-3")).symlink_to("elsewhere")
    (tmp_path / names.trash(f"{NAME}-3")).symlink_to("elsewhere")
    before = tree(tmp_path)
    assert publish.sweep(str(tmp_path)) == []
    assert tree(tmp_path) == before


def test_decrypted_parts_in_use_are_not_swept(tmp_path: Path) -> None:
    scratch = tmp_path / ".restore-ab_12xyz"
    scratch.mkdir()
    os.utime(scratch, (0, 0))
    with held(scratch):
        assert publish.sweep(str(tmp_path)) == []
    assert publish.sweep(str(tmp_path)) == [scratch.name]


def test_one_makes_sets_at_a_time(tmp_path: Path) -> None:
    with (
        held(tmp_path),
        pytest.raises(PgsopError, match="another backup into this folder runs"),
        publish.exclusive_lock(str(tmp_path)),
    ):
        pass
    # The other one was killed.
    with publish.exclusive_lock(str(tmp_path)):
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
