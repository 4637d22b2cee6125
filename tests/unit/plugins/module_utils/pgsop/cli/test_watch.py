# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same screen again and again, and everything back as it was at the end."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import watch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.signals import StoppedError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.health import lines


def report(status: str, count: int = 1) -> HealthReport:
    return HealthReport(
        "17/main", "17.6", 0.0, 0.1, tuple(Finding(f"a.n{n}", "4", status, "as it is") for n in range(count))
    )


def text(told: HealthReport) -> list[str]:
    return lines(told.as_dict())


def shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *reports: HealthReport, rows: int = 30
) -> tuple[int, str]:
    """The exit status, and everything that was written, of a watch that is stopped after the last report."""
    waiting = list(reports)

    def sleep(seconds: float) -> None:
        assert seconds == 5
        if not waiting:
            raise StoppedError(signal.SIGINT)

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda **_fallback: os.terminal_size((80, rows)))
    status = watch.watch(5, lambda: waiting.pop(0), text)
    return status, capsys.readouterr().out


def test_it_ends_with_the_last_status_and_gives_the_screen_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = shown(monkeypatch, capsys, report("OK"), report("CRITICAL"))
    assert status == 2
    assert out.count("every 5 s; Ctrl-C ends it") == 2
    assert "CRITICAL" in out
    assert out.startswith("\033[?1049h")
    assert out.endswith("\033[?1049l")


def test_no_more_lines_than_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _status, out = shown(monkeypatch, capsys, report("WARNING", 50), rows=10)
    assert out.count("\n") <= 10
    assert "..." in out


def test_color_takes_no_room_and_a_long_line_takes_several_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda **_fallback: os.terminal_size((80, 4)))
    full = "\033[31m" + "x" * 80 + "\033[0m"
    watch._show([full] * 3)
    assert "..." not in capsys.readouterr().out
    watch._show(["x" * 81, "y", "z"])
    assert "..." in capsys.readouterr().out


def test_the_screen_is_given_back_when_a_look_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> HealthReport:
        raise LookupError

    with pytest.raises(LookupError):
        watch.watch(5, broken, text)
    assert capsys.readouterr().out.endswith("\033[?1049l")
