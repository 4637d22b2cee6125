# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An act that went well: told to whoever listens, and warnings to everybody."""

from __future__ import annotations

import argparse
import json

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import log, outcome

REPORT = {"set": "s", "warnings": ["take care"]}


@pytest.fixture(name="logged")
def _logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(log, "note", lambda line: lines.append(f"note {line}"))
    monkeypatch.setattr(log, "warn", lambda line: lines.append(f"warn {line}"))
    return lines


def arguments(*, scheduled: bool = False, form: str = "text") -> argparse.Namespace:
    return argparse.Namespace(scheduled=scheduled, format=form)


def test_person(capsys: pytest.CaptureFixture[str], logged: list[str]) -> None:
    outcome.print_result(arguments(), REPORT, ["one", "two"], "all")
    assert capsys.readouterr() == ("one\ntwo\nWarning: take care\n", "")
    assert logged == []


def test_program(capsys: pytest.CaptureFixture[str], logged: list[str]) -> None:
    outcome.print_result(arguments(form="json"), REPORT, ["one"], "all")
    told = capsys.readouterr()
    assert (json.loads(told.out), told.err) == (REPORT, "")


def test_program_that_shows_the_text_gets_its_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(outcome.WITH_TEXT, "1")
    outcome.print_result(arguments(form="json"), REPORT, ["one", "odd\x1b"], "all")
    assert json.loads(capsys.readouterr().out) == {**REPORT, "text": ["one", "odd\\x1b", "Warning: take care"]}
    outcome.print_result(arguments(), REPORT, ["one", "odd\x1b"], "all")
    assert capsys.readouterr().out == "one\nodd\\x1b\nWarning: take care\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody(capsys: pytest.CaptureFixture[str], logged: list[str], form: str) -> None:
    outcome.print_result(arguments(scheduled=True, form=form), REPORT, ["one"], "all")
    assert capsys.readouterr() == ("", "pgsop: warning: take care\n")
    assert logged == ["note all", "warn take care"]


def test_silence_where_all_is_well(capsys: pytest.CaptureFixture[str], logged: list[str]) -> None:
    outcome.print_result(arguments(scheduled=True), {}, ["one"], "all")
    assert capsys.readouterr() == ("", "")


def test_dry_run() -> None:
    assert outcome.dry_run_lines(["dump", "remove"]) == ["Nothing was done. A run would:", "  - dump", "  - remove"]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (
            {"tables": 1, "rows": 2000, "indexes": 1, "sequences": 0, "large_objects": 1},
            "1 table, 2,000 rows, 1 index, 1 large object",
        ),
        ({"indexes_checked": 2, "tables_checked": 1}, "2 indexes, 1 table"),
        ({"tables": 0}, "nothing"),
    ],
)
def test_counts(numbers: dict[str, int], told: str) -> None:
    assert outcome.counts(numbers) == told
