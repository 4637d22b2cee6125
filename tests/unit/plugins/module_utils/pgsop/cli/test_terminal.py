# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written where, and what is not."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import log, terminal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.terminal import Live
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True

    def line(self) -> str:
        """What is to be seen of its one line."""
        shown: list[str] = []
        at = 0
        for sign in self.getvalue():
            if sign == "\r":
                at = 0
                continue
            shown[at : at + 1] = [sign]
            at += 1
        return "".join(shown).rstrip()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr(Live, "_columns", lambda self: 30)
    return Screen()


def test_progress_is_one_line(screen: Screen) -> None:
    live = Live(screen)
    live.step("dump of a database with a long name")
    live.step("dump appdb")
    assert screen.line() == "0.0 s  dump appdb"
    live.tick("12 MB")
    assert screen.line() == "0.0 s  dump appdb: 12 MB"
    live.tick("dump appdb, 9 MB")
    assert screen.line() == "0.0 s  dump appdb, 9 MB"
    live.done()
    assert screen.line() == ""
    assert "\n" not in screen.getvalue()


def test_progress_stays_within_the_line(screen: Screen) -> None:
    live = Live(screen)
    live.step("x" * 100)
    assert screen.line() == "0.0 s  xxxxxxxxxxxxxxxxxxx..."
    assert len(screen.line()) == 29


def test_progress_obeys_no_name(screen: Screen) -> None:
    Live(screen).step("\x1b[2J\n")
    assert "\x1b" not in screen.getvalue()
    assert "\n" not in screen.getvalue()


def test_terminal_that_is_gone_stops_nothing(screen: Screen) -> None:
    live = Live(screen)
    screen.close()
    live.step("dump")
    live.tick("1 MB")
    live.done()


@pytest.mark.parametrize(("tty", "quiet", "shown"), [(True, False, True), (False, False, False), (True, True, False)])
def test_progress_is_for_whoever_waits(monkeypatch: pytest.MonkeyPatch, tty: bool, quiet: bool, shown: bool) -> None:
    screen = Screen()
    monkeypatch.setattr(screen, "isatty", lambda: tty)
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.progress(quiet=quiet) as progress:
        progress.step("dump")
        assert bool(screen.getvalue()) is shown
    assert screen.line() == ""


@pytest.mark.parametrize(
    ("tty", "environment", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour(monkeypatch: pytest.MonkeyPatch, tty: bool, environment: dict[str, str], coloured: bool) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    screen = Screen()
    monkeypatch.setattr(screen, "isatty", lambda: tty)
    monkeypatch.setattr(sys, "stdout", screen)
    assert terminal.painted("no", CRITICAL) == ("\x1b[31mno\x1b[0m" if coloured else "no")
    assert terminal.painted("yes", OK) == "yes"


def test_complaint_comes_after_what_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("a\x1bb")
    terminal.print_error("no\x1bt good")
    told = capsys.readouterr()
    assert told.out == "a\\x1bb\n"
    assert told.err == "no\\x1bt good\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_json({"name": "gr\u00fcn\udcff"})
    told = capsys.readouterr().out
    assert told.isascii()
    assert json.loads(told) == {"name": "gr\u00fcn\udcff"}


def test_names_can_be_written_in_any_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream: Any = io.TextIOWrapper(raw, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.prepare()
    terminal.say("gr\u00fcn")
    stream.flush()
    assert raw.getvalue() == b"gr\\xfcn\n"


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("tty", [True, False])
def test_warning_is_shown_and_logged_whoever_waits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tty: bool, quiet: bool
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(log, "warn", logged.append)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: tty)
    with terminal.progress(quiet=quiet) as progress:
        progress.warn("not sent")
    assert logged == ["not sent"]
    assert capsys.readouterr().err == "pgsop: warning: not sent\n"
