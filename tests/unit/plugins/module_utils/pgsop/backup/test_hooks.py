# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's own command is told what it needs, and cannot hold up a run for ever."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import parse
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.hooks import (
    command_problems,
    run_command,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import script


def command(tmp_path: Path, body: str) -> str:
    return script(tmp_path / "command", body)


def test_words_are_those_of_a_shell_without_a_shell(tmp_path: Path) -> None:
    shown = command(tmp_path, "print(sys.argv[1:])")
    answer = run_command(f"{shown} 'a b' \"c\" $HOME *.x ; false | x", {}, 10)
    assert answer.status == 0
    assert answer.output == "['a b', 'c', '$HOME', '*.x', ';', 'false', '|', 'x']\n"


def test_command_knows_the_set_and_what_this_process_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    shown = command(tmp_path, "print(os.environ['PGSOP_SET'], os.environ['INHERITED'], sys.stdin.read() == '')")
    assert run_command(shown, {"PGSOP_SET": "20261122T000000Z"}, 10).output == "20261122T000000Z yes True\n"


def test_failure_is_told_with_the_beginning_and_the_end_of_what_was_said(tmp_path: Path) -> None:
    shown = command(tmp_path, "print('cause' + 'x' * 5000, flush=True); sys.exit('disk full \\xff')")
    answer = run_command(shown, {}, 10)
    assert answer.status == 1
    assert len(answer.output) == 2000
    assert answer.text.startswith("causex")
    assert answer.text.endswith("disk full \xff")


def test_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    shown = command(tmp_path, "print('at work', flush=True); time.sleep(60)")
    started = time.monotonic()
    answer = run_command(shown, {}, 2.4)
    assert (answer.status, answer.text) == (124, f"{shown}: not done within 2 s at work")
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("words", ["/nowhere/copy x", f"{sys.prefix}"])
def test_command_that_cannot_be_run_is_a_failure(words: str) -> None:
    assert run_command(words, {}, 10).status in (126, 127)


@pytest.mark.parametrize("key", ["copy_command", "failure_command"])
@pytest.mark.parametrize(
    ("words", "problem"),
    [("/nowhere/x a", "there is no program"), ("/bin/true | y", "it has |"), ("/bin/true y", ""), ("", "")],
)
def test_command_that_cannot_work_is_known_before_it_is_needed(key: str, words: str, problem: str) -> None:
    found = command_problems(parse({"version": 17, key: words}, "backup.json"))
    assert len(found) == bool(problem)
    assert all(each.startswith(f"pg_backup_{key} cannot work: {problem}") for each in found)
