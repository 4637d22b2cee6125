# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a service, from the answers of systemctl."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.command import Answer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import unit
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

URL = "DATABASE_URL=postgresql://u:canary@h/d"
Answering = Callable[..., None]


@pytest.fixture(name="systemctl")
def _systemctl(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Set the properties of the unit; names with _ at the end are lines of their own."""

    def answering(
        *lines: str, status: int = 0, errors: str = "", manager: str = "LANG=C.UTF-8", **properties: str
    ) -> None:
        known = {"LoadState": "loaded", "User": "", "MainPID": "0", **properties}
        shown = "".join(f"{name}={value}\n" for name, value in known.items()) + "".join(f"{line}\n" for line in lines)

        def run(arguments: list[str], **_options: float) -> Answer:
            return Answer(status, shown if "--" in arguments else f"Environment={manager}\n", errors)

        monkeypatch.setattr(command, "run", run)

    return answering


@pytest.fixture(name="processes")
def _processes(monkeypatch: pytest.MonkeyPatch) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    monkeypatch.setattr(unit, "_process", lambda pid: found.get(pid, {}))
    return found


@pytest.mark.usefixtures("processes")
def test_the_environment(systemctl: Answering) -> None:
    systemctl(Environment=f'"{URL}" A=b', User="app")
    source = unit.read("app")
    assert source.variables == {"LANG": "C.UTF-8", "A": "b", "DATABASE_URL": "postgresql://u:canary@h/d"}
    assert (source.as_user, source.whole, source.notes) == ("app", True, ())
    assert unit.read("app.service", "ada").as_user == "ada"
    assert "canary" not in repr(source)


def test_the_order(systemctl: Answering, processes: dict[int, dict[str, str]], tmp_path: Path) -> None:
    """Manager, PassEnvironment=, Environment=, files in their order; UnsetEnvironment= at last."""
    for name, text in {"1.env": "A=1\nB=1\n", "2.env": "A=2\nexport C=2\n", "last": "D=file\nE=file\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    processes[1] = {"P": "passed", "Q": "not named", "D": "passed"}
    systemctl(
        f"EnvironmentFiles={tmp_path}/*.env (ignore_errors=no)",
        f"EnvironmentFiles={tmp_path}/last (ignore_errors=no)",
        f"EnvironmentFiles={tmp_path}/missing (ignore_errors=yes)",
        manager="M=1 D=manager",
        PassEnvironment="P D MISSING",
        Environment=f'"{URL}" D=unit F=unit G=g H=h',
        UnsetEnvironment="F G=g H=other",
    )
    found = dict(unit.read("app").variables)
    assert found.pop("DATABASE_URL")
    assert found == {"M": "1", "P": "passed", "A": "2", "B": "1", "D": "file", "E": "file", "H": "h"}


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    ("user", "expected"), [("", "root"), ("0", "root"), ("app", "app"), ("4294967294", "4294967294")]
)
def test_the_user(systemctl: Answering, user: str, expected: str) -> None:
    systemctl(Environment=URL, User=user)
    assert unit.read("app").as_user == expected


@pytest.mark.usefixtures("processes")
def test_a_user_that_does_not_exist_yet(systemctl: Answering) -> None:
    systemctl(Environment=URL, User="no-such-user", DynamicUser="yes")
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert "DynamicUser" in caught.value.answer
    assert unit.read("app", "ada").as_user == "ada"


@pytest.mark.parametrize(
    ("running", "notes"),
    [
        ({"INVOCATION_ID": "1", "DATABASE_URL": "postgresql://u:canary@h/d", "HOME": "/x", "USER": "app"}, 0),
        ({"INVOCATION_ID": "1", "DATABASE_URL": "postgresql://u:old@h/d"}, 1),
        ({"INVOCATION_ID": "1"}, 1),
        ({"INVOCATION_ID": "1", "DATABASE_URL": "postgresql://u:canary@h/d", "PGPORT": "1"}, 1),
        ({"DATABASE_URL": "written over"}, 0),
        ({}, 0),
    ],
)
def test_a_process_with_other_values(
    systemctl: Answering, processes: dict[int, dict[str, str]], running: dict[str, str], notes: int
) -> None:
    processes[7] = running
    systemctl(Environment=URL, MainPID="7")
    source = unit.read("app")
    assert len(source.notes) == notes
    assert "canary" not in str(source.notes)
    assert source.variables["DATABASE_URL"].endswith("canary@h/d")


def test_the_process_counts_if_the_unit_sets_nothing(
    systemctl: Answering, processes: dict[int, dict[str, str]]
) -> None:
    processes[7] = {"INVOCATION_ID": "1", "DATABASE_URL": "postgresql://h/d"}
    systemctl(MainPID="7")
    source = unit.read("app")
    assert source.variables == processes[7]
    assert ["process 7" in note for note in source.notes] == [True]


@pytest.mark.usefixtures("processes")
def test_a_unit_that_was_changed(systemctl: Answering) -> None:
    systemctl(Environment=URL, NeedDaemonReload="yes")
    assert ["daemon-reload" in note for note in unit.read("app").notes] == [True]


@pytest.mark.usefixtures("processes")
def test_a_drop_in_that_was_added(systemctl: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd 252 answers NeedDaemonReload=no for the first file in a new folder."""
    monkeypatch.setattr(unit, "UNIT_FOLDERS", (str(tmp_path),))
    (tmp_path / "app.service.d").mkdir()
    (tmp_path / "app.service.d" / "empty.conf").touch()
    (tmp_path / "app.service.d" / "a.conf").write_text("[Service]", encoding="utf-8")
    systemctl(Environment=URL)
    assert ["daemon-reload" in note for note in unit.read("app").notes] == [True]
    systemctl(Environment=URL, DropInPaths="/run/x/a.conf")
    assert unit.read("app").notes == ()


@pytest.mark.usefixtures("processes")
def test_a_line_that_systemd_ignores(systemctl: Answering, tmp_path: Path) -> None:
    path = tmp_path / "app.service"
    path.write_text("[Service]\nEnvironment=DATABASE_URL=postgresql://u:canary%40@h/d\n", encoding="utf-8")
    systemctl(FragmentPath=str(path))
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert str(path) in caught.value.answer
    assert "%%" in caught.value.answer
    assert "canary" not in str(caught.value)


@pytest.mark.usefixtures("processes")
def test_export_in_a_file(systemctl: Answering, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"export {URL}\n", encoding="utf-8")
    systemctl(f"EnvironmentFiles={tmp_path}/env (ignore_errors=no)")
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert f"{tmp_path}/env has export" in caught.value.answer


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("content", [None, b"A=canary\0", b"A=canary\xff"])
def test_a_file_that_systemd_refuses(systemctl: Answering, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "env").write_bytes(content)
    systemctl(f"EnvironmentFiles={tmp_path}/env (ignore_errors=no)", Environment=URL)
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert f"{tmp_path}/env" in caught.value.answer
    assert "canary" not in str(caught.value)
    systemctl(f"EnvironmentFiles={tmp_path}/env (ignore_errors=yes)", Environment=URL)
    assert "A" not in unit.read("app").variables


@pytest.mark.usefixtures("processes")
def test_a_file_that_may_not_be_read(systemctl: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    systemctl("EnvironmentFiles=/etc/hosts (ignore_errors=yes)", Environment=URL)
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert "sudo" in caught.value.next_step


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"LoadState": "not-found"}, "no such unit"),
        ({"LoadState": "masked"}, "masked"),
        ({"LoadState": "error"}, "error"),
        ({"Environment": "SECRET=canary"}, "DATABASE_URL"),
    ],
)
def test_what_cannot_be_read(systemctl: Answering, properties: dict[str, str], word: str) -> None:
    systemctl(**properties)
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert caught.value.target == "unit app.service"
    assert word in caught.value.answer
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("app.timer", "unit app.timer"),
        ("u:canary@h/d", "option --unit"),
        ("a canary", "option --unit"),
        ("", "option --unit"),
    ],
)
def test_names_that_are_refused(name: str, target: str) -> None:
    with pytest.raises(PgsopError) as caught:
        unit.read(name)
    assert caught.value.target == target
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "errors", "word"),
    [
        (127, "systemctl: not found", "systemd"),
        (1, "System has not been booted with systemd", "systemd"),
        (1, "odd", "odd"),
    ],
)
def test_no_answer(systemctl: Answering, status: int, errors: str, word: str) -> None:
    systemctl(status=status, errors=errors)
    with pytest.raises(PgsopError) as caught:
        unit.read("app")
    assert word in caught.value.answer


def test_the_environment_of_a_process(systemctl: Answering) -> None:
    """Here it is the one of this test, which systemd did not start."""
    systemctl(Environment=URL, MainPID=str(os.getpid()))
    assert unit.read("app").notes == ()
    systemctl(Environment=URL, MainPID=str(2**22 + 1))
    assert unit.read("app").notes == ()
