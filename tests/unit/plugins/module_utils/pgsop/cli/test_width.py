# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that fit the terminal."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.width import columns, help_columns


def test_elsewhere_than_on_a_terminal_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    assert columns() is None


def test_a_terminal_has_the_columns_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    assert columns() == 44
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert columns(sys.stderr) is None


@pytest.mark.parametrize(("set_to", "expected"), [("44", 44), ("80", 80), ("200", 100), ("", 80)])
def test_help_has_at_most_a_hundred_columns(monkeypatch: pytest.MonkeyPatch, set_to: str, expected: int) -> None:
    monkeypatch.setenv("COLUMNS", set_to)
    assert help_columns() == expected
