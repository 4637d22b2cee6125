# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions as lines, as wide as asked for, and in the colors of the caller."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.activity import lines
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    ACTIVITY,
    ACTIVITY_TEXT,
)


def marked(shown: str, status: str) -> str:
    return f"<{status}>{shown}" if status else shown


def test_nothing_is_cut_or_painted_by_default() -> None:
    assert list(lines(ACTIVITY)) == ACTIVITY_TEXT.splitlines()


def test_statements_are_cut_at_the_width() -> None:
    found = list(lines(ACTIVITY, 105))
    assert any(line.endswith("<insufficient privi...") for line in found)
    assert found[:8] == ACTIVITY_TEXT.splitlines()[:8]


@pytest.mark.parametrize("wide", [100, 80, 60])
def test_statements_are_below_their_sessions_on_a_narrow_terminal(wide: int) -> None:
    found = list(lines(ACTIVITY, wide))
    place = next(number for number, line in enumerate(found) if "blocked   app" in line)
    assert found[place + 1] == "     SELECT 1"
    assert "QUERY" not in "".join(found)
    assert ("WAIT" in "".join(found)) is (wide > 60)


def test_harm_has_the_color_of_its_status() -> None:
    found = list(lines(ACTIVITY, paint=marked))
    assert "<CRITICAL>1 blocking, <WARNING>1 blocked" in found[0]
    assert [line for line in found if "<CRITICAL>blocking" in line or "<WARNING>blocked " in line]


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        ({"command": "REPACK", "phase": "seq scanning heap", "percent": 44.6}, "seq scanning heap 45 %"),
        ({"command": "VACUUM", "phase": "truncating heap", "percent": None}, "truncating heap"),
        ({"command": "COPY FROM", "phase": "", "percent": 3.0}, "3 %"),
        ({"command": "COPY TO", "phase": "", "percent": None}, "COPY TO"),
    ],
)
def test_progress_has_a_column_if_a_command_has_some(progress: dict[str, object], shown: str) -> None:
    first, second, *others = ACTIVITY["sessions"]
    report: Any = {**ACTIVITY, "sessions": [first, {**second, "progress": progress}, *others]}
    found = list(lines(report))
    (heads,) = [line for line in found if line.startswith("PID")]
    place = heads.index("PROGRESS")
    assert [line[place:].split("  ")[0] for line in found if " blocked   app" in line] == [shown]
    assert "PROGRESS" not in ACTIVITY_TEXT
