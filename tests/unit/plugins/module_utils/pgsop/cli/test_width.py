# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that fit the terminal."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.width import columns, help_columns
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.text import table

ROWS = [["1", "x" * 50], ["22", "short"]]


def test_elsewhere_than_on_a_terminal_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    assert columns() is None
    assert table(("ID", "QUERY"), ROWS, wide=columns())[1] == f"1   {'x' * 50}"


def test_on_a_terminal_the_last_column_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    assert columns() == 44
    assert table(("ID", "QUERY"), ROWS, wide=columns()) == ["ID  QUERY", f"1   {'x' * 37}...", "22  short"]


def test_some_of_it_stays_on_a_narrow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "10")
    assert table(("ID", "QUERY"), ROWS, wide=columns()) == ["ID", "1", "22"]


def test_each_stream_has_its_own_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert columns() is not None
    assert columns(sys.stderr) is None


@pytest.mark.parametrize(("set_to", "expected"), [("44", 44), ("80", 80), ("200", 100), ("", 80)])
def test_help_has_at_most_a_hundred_columns(monkeypatch: pytest.MonkeyPatch, set_to: str, expected: int) -> None:
    monkeypatch.setenv("COLUMNS", set_to)
    assert help_columns() == expected
