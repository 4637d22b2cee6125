# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that fit the terminal."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.width import columns
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.text import fitted

ROWS = [["1", "x" * 50], ["22", "short"]]


def test_elsewhere_than_on_a_terminal_nothing_is_lost() -> None:
    assert columns() is None
    assert fitted(("ID", "QUERY"), ROWS, None) == ROWS


def test_on_a_terminal_the_last_column_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    assert columns() == 44
    assert fitted(("ID", "QUERY"), ROWS, 44) == [["1", "x" * 37 + "..."], ["22", "short"]]


def test_some_of_it_stays_on_a_narrow_one() -> None:
    assert fitted(("ID", "QUERY"), ROWS, 10)[0] == ["1", "x" * 17 + "..."]
