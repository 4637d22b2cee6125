# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person, a program and the system's log get to know, and with which exit status."""

from __future__ import annotations

import argparse
import errno
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import backup, backups, diagnose, log, main
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.commands import NAMES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.signals import StoppedError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.version import VERSION

ERROR = PgsopError(attempted="back up", target="cluster 17/main", answer="the server is down. ", next_step="start it")
DENIED = PermissionError(errno.EACCES, "Permission denied", "/etc/pgsop/x.json")
WRAPPED = PgsopError(attempted="read", target="/etc/pgsop/x.json", answer="Permission denied", next_step="become root")
WRAPPED.__cause__ = DENIED
Raise = Callable[[BaseException], None]


@pytest.fixture(name="fail")
def _fail(monkeypatch: pytest.MonkeyPatch) -> Raise:
    """Let the work of every subcommand end in an error."""

    def fail(error: BaseException) -> None:
        def begin(_arguments: argparse.Namespace) -> Any:
            raise error

        monkeypatch.setattr(backup, "begin", begin)
        monkeypatch.setattr(backups, "begin", begin)

    return fail


@pytest.fixture(name="logged")
def _logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(log, "fail", lines.append)
    return lines


def test_without_arguments_it_is_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 0
    told = capsys.readouterr()
    assert "sudo pgsop restore --database appdb" in told.out
    assert told.err == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"pgsop {VERSION}\n"


@pytest.mark.parametrize("command", [name for name in NAMES if name != "help"])
def test_help_has_examples_and_defaults(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main.main([command, "--help"]) == 0
    told = capsys.readouterr().out
    assert f"sudo pgsop {command}" in told.partition("examples:")[2]
    assert re.search(r"\(default: /etc/pgsop/(backup|health)\.json\)", told)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("arguments", [[], *([name] for name in NAMES)], ids=lambda each: "-".join(each) or "pgsop")
def test_help_fits_the_terminal_and_loses_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], columns: int
) -> None:
    def told(wide: int) -> str:
        monkeypatch.setenv("COLUMNS", str(wide))
        assert main.main([*arguments, "--help"]) == 0
        return capsys.readouterr().out

    shown = told(columns)
    # argparse keeps options that exclude each other in one line.
    assert [line for line in shown.splitlines() if len(line) > columns and " | --" not in line] == []
    assert columns < 80 or max(map(len, shown.splitlines())) <= columns
    # A backslash is at the end of a line of a folded command.
    assert [word for word in shown.split() if word != "\\"] == [word for word in told(100).split() if word != "\\"]


@pytest.mark.parametrize("command", ["", *NAMES])
def test_help_command_is_the_option_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    asked = [command] if command else []
    assert main.main(["help", *asked]) == 0
    told = capsys.readouterr()
    assert main.main([*asked, "--help"]) == 0
    assert (capsys.readouterr().out, told.err) == (told.out, "")


@pytest.mark.parametrize(
    ("arguments", "told", "where"),
    [
        (["restore"], "--database", "pgsop restore --help"),
        (["restore", "--database"], "--database", "pgsop restore --help"),
        (["backup", "appdb"], "1 argument is not known", "pgsop backup --help"),
        (["backup", "--dry"], "did you mean --dry-run?", "pgsop backup --help"),
        (["backup", "--dry-run=yes"], "--dry-run: it takes no value", "pgsop backup --help"),
        (["backups", "--format", "yaml"], "--format: choose one of text, json", "pgsop backups --help"),
        (["back-up"], "choose one of health, ", "pgsop --help"),
        (["back-up"], ": did you mean backup?", "pgsop --help"),
        (["help", "healht"], ": did you mean health?", "pgsop help --help"),
        (["--quick"], "1 argument is not known", "pgsop --help"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str, where: str) -> None:
    assert main.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert said.err.endswith(f"\nNext step: {where}\n")


TYPED = "postgresql://app:canary@localhost/appdb"


def _misplaced() -> list[list[str]]:
    """A connection string in the place of everything that can be typed, in each command."""
    _parser, commands = main.build_parser()
    found = [[TYPED], [f"--odd={TYPED}"], [f"-p{TYPED}"]]
    for name, command in commands.items():
        found += [[name, "x", TYPED], [name, f"--odd={TYPED}"], [name, f"-z{TYPED}"], [name, f"-h{TYPED}"]]
        # These take a text of any kind and judge it later: test_look.py and tests/servers/diagnose/test_secrets.py.
        for action in command._actions:
            options = [] if action.type is str else action.option_strings
            found += [[name, option, TYPED] for option in options if action.nargs != 0]
            found += [[name, f"{option}={TYPED}"] for option in options]
    return found


@pytest.mark.parametrize("arguments", _misplaced(), ids=lambda each: "-".join(each).replace(TYPED, "DSN"))
def test_no_word_that_was_typed_is_repeated(
    capsys: pytest.CaptureFixture[str], logged: list[str], arguments: list[str]
) -> None:
    """A blank without quotes or a wrong option makes a password a word of its own, in whatever place."""
    assert main.main(arguments) == (3 if arguments[0] == "health" else 2)
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err + "".join(logged)
    assert "Next step: " in said.err


def test_error_is_a_paragraph(capsys: pytest.CaptureFixture[str], fail: Raise, logged: list[str]) -> None:
    fail(ERROR)
    assert main.main(["backup"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "pgsop: Cannot back up (cluster 17/main): the server is down.\nNext step: start it\n"
    assert logged == []


def test_error_is_an_object_for_programs(capsys: pytest.CaptureFixture[str], fail: Raise) -> None:
    fail(ERROR)
    assert main.main(["backup", "--format", "json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "failed": True,
        "attempted": "back up",
        "target": "cluster 17/main",
        "answer": "the server is down. ",
        "hint": "start it",
        "next_step": "start it",
    }
    assert told.err.startswith("pgsop: Cannot back up")


def test_error_where_nobody_watches_is_logged_and_told(
    capsys: pytest.CaptureFixture[str], fail: Raise, logged: list[str]
) -> None:
    fail(ERROR)
    assert main.main(["backup", "--scheduled"]) == 1
    assert logged == ["Cannot back up (cluster 17/main): the server is down. Next step: start it"]
    assert "the server is down" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "status"), [([], 1), (["--check"], 3)])
def test_check_that_finds_out_nothing_is_unknown(fail: Raise, arguments: list[str], status: int) -> None:
    fail(ERROR)
    assert main.main(["backups", *arguments]) == status


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/var/x"), "(/var/x): No space left on device."),
        (OSError("odd. "), "(this host): odd.\n"),
        (OSError("Is it there?"), "(this host): Is it there?\n"),
    ],
)
def test_trouble_of_the_system_is_told_in_words(
    capsys: pytest.CaptureFixture[str], fail: Raise, error: OSError, told: str
) -> None:
    fail(error)
    assert main.main(["backup"]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("user", "arguments", "advised"),
    [
        ("alice", ["backup"], True),
        ("root", ["backup"], False),
        ("postgres", ["backup"], False),
        ("alice", ["diagnose", "dbname=appdb password=canary"], False),
    ],
)
@pytest.mark.parametrize("error", [DENIED, WRAPPED], ids=["as it is", "in words"])
def test_host_that_refuses_an_ordinary_user_is_a_matter_for_sudo(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fail: Raise,
    *,
    error: Exception,
    user: str,
    arguments: list[str],
    advised: bool,
) -> None:
    def refuse(_request: Any) -> Any:
        raise error

    fail(error)
    monkeypatch.setattr(diagnose, "diagnose", refuse)
    monkeypatch.setattr(main, "user_name", lambda _uid: user)
    main.main(arguments)
    told = capsys.readouterr().err
    assert ("Next step: run it with sudo: sudo pgsop backup" in told) is advised
    assert "canary" not in told


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_stopped_run_says_so(capsys: pytest.CaptureFixture[str], fail: Raise, number: int, status: int) -> None:
    fail(StoppedError(number))
    assert main.main(["backup"]) == status
    assert f"it was stopped by {signal.Signals(number).name}" in capsys.readouterr().err


def test_reader_that_goes_away_is_no_error(command: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-I", command, "--help"], stdout=gone, stderr=subprocess.PIPE, check=False
        )
    assert done.stderr == b""
    assert done.returncode == 141


def test_unreadable_configuration_is_told_without_a_traceback(command: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, str(command), "backups", "--config", str(tmp_path / "none.json")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("pgsop: Cannot read the configuration")
    assert len(done.stderr.splitlines()) == 2
