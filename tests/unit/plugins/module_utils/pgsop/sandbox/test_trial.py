# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process finds as another user and below another root; the transient unit itself is tried on hosts with systemd."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import trial as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.trial import (
    Trial,
    in_running_server,
    in_trial,
    on_host,
)

ME = user_name(os.geteuid())
REACHED = [{"read": True, "write": False, "id": [1, 2]}]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_access_is_that_of_the_owner_and_this_process_stays_root(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (found,) = on_host([str(tmp_path)], "nobody")
    assert (found["read"], found["write"]) == (False, False)
    (found,) = on_host([str(tmp_path)], "root")
    assert (found["read"], found["write"]) == (True, True)
    assert os.geteuid() == 0


def test_server_that_is_not_there_cannot_be_entered() -> None:
    assert in_running_server(["/"], ME, None) is None
    assert in_running_server(["/"], ME, 2**22 + 1) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root enters another root folder")
def test_other_root_has_its_own_paths(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = module._in_child(["/inside", str(tmp_path)], ME, root)
    finally:
        os.close(root)
    assert found is not None
    assert [each["read"] for each in found] == [True, False]
    assert on_host([str(tmp_path)], ME)[0]["read"], "this process is where it was"


def answers(
    monkeypatch: pytest.MonkeyPatch, *, unknown: Sequence[str] = (), status: int = 0, main: str = ""
) -> list[list[str]]:
    """Let systemd-run refuse some directives, or end with a status and the unit with a code; returns the calls."""
    calls: list[list[str]] = []

    def run(arguments: Sequence[str]) -> command.Answer:
        calls.append(list(arguments))
        if arguments[0] != "systemd-run":
            return command.Answer(0, main, "")
        for name in unknown:
            if any(each.startswith(f"--property={name}=") for each in arguments):
                return command.Answer(1, "", f"Unknown assignment: {name}=x")
        (output,) = (each.split("file:")[1] for each in arguments if "StandardOutput" in each)
        if status == 0:
            Path(output).write_text(json.dumps(REACHED), encoding="utf-8")
        return command.Answer(status, "", "")

    monkeypatch.setattr(command, "run", run)
    return calls


def test_lines_of_the_unit_come_before_those_of_the_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answers(monkeypatch)
    assert in_trial(["/a"], ME, [("PrivateTmp", "yes"), ("Type", "forking")]) == Trial(REACHED)
    (arguments,) = calls
    assert arguments.index("--property=Type=forking") < arguments.index("--property=Type=oneshot")
    assert arguments.index("--property=PrivateTmp=yes") < arguments.index(f"--property=User={ME}")
    assert not any("$" in each or "%" in each for each in arguments)


def test_directive_that_transient_units_do_not_have_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answers(monkeypatch, unknown=["Foo", "Bar"])
    assert in_trial(["/a"], ME, [("Foo", "x"), ("PrivateTmp", "yes"), ("Bar", "y")]).reached == REACHED
    assert "--property=PrivateTmp=yes" in calls[-1]
    assert in_trial(["/a"], ME, [("Foo", "x")]).reached == REACHED


@pytest.mark.parametrize(
    ("main", "status"),
    [
        ("ExecMainCode=1\nExecMainStatus=226\n", 226),
        ("ExecMainCode=1\nExecMainStatus=203\n", 0),
        ("ExecMainCode=1\nExecMainStatus=1\n", 0),
        ("ExecMainCode=2\nExecMainStatus=31\n", 0),
        ("ExecMainCode=0\nExecMainStatus=\n", 0),
        ("", 0),
    ],
)
def test_only_a_sandbox_that_systemd_cannot_set_up_proves_something(
    monkeypatch: pytest.MonkeyPatch, main: str, status: int
) -> None:
    calls = answers(monkeypatch, status=1, main=main)
    assert in_trial(["/a"], ME, []) == Trial(None, status)
    assert calls[-1][:2] == ["systemctl", "reset-failed"]
