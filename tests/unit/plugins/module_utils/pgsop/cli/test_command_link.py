# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The link to the command is made, corrected and removed with it; other files in its place stay as they are."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.install import InstallRequest, manage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode

MODE = FileMode(pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name, 0o755)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    (tmp_path / "sbin").mkdir()
    return tmp_path / "pgsop"


@pytest.fixture(name="link")
def _link(path: Path) -> Path:
    return path.parent / "sbin" / "pgsop"


def run(path: Path, link: Path | str, *, check: bool = False, present: bool = True) -> dict[str, Any]:
    return {**manage(InstallRequest(str(path), MODE, present, str(link)), check=check).as_dict()}


def test_it_is_made_and_stays(path: Path, link: Path) -> None:
    assert run(path, link)["actions"] == [f"write {path}", f"link {link} to {path}"]
    assert str(link.readlink()) == str(path)
    assert not run(path, link)["changed"]


def test_check_mode_says_the_same_and_does_nothing(path: Path, link: Path) -> None:
    forecast = run(path, link, check=True)
    assert not os.path.lexists(link)
    assert forecast == run(path, link)


def test_link_that_leads_elsewhere_is_corrected_alone(path: Path, link: Path, tmp_path: Path) -> None:
    run(path, link)
    link.unlink()
    link.symlink_to(tmp_path / "gone")
    assert run(path, link)["actions"] == [f"link {link} to {path}"]
    assert str(link.readlink()) == str(path)
    assert list(link.parent.iterdir()) == [link]


def test_it_goes_with_the_command(path: Path, link: Path) -> None:
    run(path, link)
    assert run(path, link, present=False)["actions"] == [f"remove {path}", f"remove {link}"]
    assert not os.path.lexists(link)
    assert not run(path, link, present=False)["changed"]


def test_link_of_something_else_stays_when_the_command_goes(path: Path, link: Path, tmp_path: Path) -> None:
    run(path, "")
    link.symlink_to(tmp_path / "other")
    assert run(path, link, present=False)["actions"] == [f"remove {path}"]
    assert str(link.readlink()) == str(tmp_path / "other")


def test_file_in_its_place_is_refused_before_anything_changes(path: Path, link: Path) -> None:
    link.write_text("mine", encoding="ascii")
    with pytest.raises(PgsopError, match="no link"):
        run(path, link)
    assert (path.exists(), link.read_text(encoding="ascii")) == (False, "mine")


@pytest.mark.parametrize(("link", "said"), [("sbin/pgsop", "no absolute path"), ("/no/such/pgsop", "no folder")])
def test_bad_path_is_refused(path: Path, link: str, said: str) -> None:
    with pytest.raises(PgsopError, match=said):
        run(path, link)
    assert not path.exists()


def test_it_cannot_be_the_command_itself(path: Path) -> None:
    with pytest.raises(PgsopError, match="the same path"):
        run(path, path)


def test_link_in_the_place_of_the_command_is_refused_whatever_its_folder_is_called(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "merged").symlink_to(tmp_path / "usr")
    for check in (True, False):
        with pytest.raises(PgsopError, match="the same path"):
            run(tmp_path / "usr/pgsop", tmp_path / "merged/pgsop", check=check)
    assert list((tmp_path / "usr").iterdir()) == []
