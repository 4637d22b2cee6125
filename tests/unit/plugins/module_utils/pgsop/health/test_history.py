# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered between looks, and what is not believed of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import FirstLookError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.history import (
    FILE,
    LEAST_S,
    STEP_S,
    WINDOW_S,
    History,
)

NOW = 1_000_000.0


def look(folder: Path, seconds: float, value: float, since: str = "boot") -> tuple[float, float] | None:
    """Seconds and growth, as one look saw them; None for a first look."""
    history = History(str(folder), NOW + seconds)
    try:
        window = history.window("t", {"n": value}, since)
        seen = (window.seconds, window.grown["n"])
    except FirstLookError:
        seen = None
    history.save()
    return seen


def test_the_second_look_knows_what_has_grown(tmp_path: Path) -> None:
    assert look(tmp_path, 0, 5) is None
    assert look(tmp_path, 60, 12) == (60, 7)


def test_it_looks_back_an_hour_and_not_to_the_last_look(tmp_path: Path) -> None:
    for number in range(14):
        seen = look(tmp_path, number * STEP_S, number)
    assert seen == (WINDOW_S + STEP_S, 13)


def test_many_looks_do_not_crowd_out_the_old_one(tmp_path: Path) -> None:
    look(tmp_path, 0, 0)
    for second in range(1, 40):
        seen = look(tmp_path, second, second)
    assert seen == (39, 39)
    assert len(json.loads((tmp_path / FILE).read_text())["t"]) == 1


@pytest.mark.parametrize(
    ("seconds", "value", "since"),
    [
        (LEAST_S - 1, 9, "boot"),
        (WINDOW_S + STEP_S + 1, 9, "boot"),
        (60, 4, "boot"),
        (60, 9, "reset"),
        (-60, 9, "boot"),
    ],
    ids=["too soon", "too late", "counter went back", "reset", "clock went back"],
)
def test_an_earlier_look_that_cannot_be_compared_is_none(
    tmp_path: Path, seconds: float, value: float, since: str
) -> None:
    look(tmp_path, 0, 5)
    assert look(tmp_path, seconds, value, since) is None


def test_after_a_reset_it_goes_on_from_there(tmp_path: Path) -> None:
    look(tmp_path, 0, 500)
    look(tmp_path, 400, 1, "reset")
    assert look(tmp_path, 800, 5, "reset") == (400, 4)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"t": 1}', '{"t": [{"at": "x"}]}', '{"t": [{"at": 1}]}', "\0"])
def test_what_cannot_be_read_is_begun_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert look(tmp_path, 0, 5) is None
    assert look(tmp_path, 60, 6) == (60, 1)


def test_topics_that_were_not_looked_at_stay(tmp_path: Path) -> None:
    look(tmp_path, 0, 5)
    other = History(str(tmp_path), NOW + 10)
    with pytest.raises(FirstLookError):
        other.window("u", {"m": 1}, "boot")
    other.save()
    assert look(tmp_path, 60, 6) == (60, 1)


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    look(tmp_path, 0, 5)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_less_than_an_hour_is_not_blown_up_to_one(tmp_path: Path) -> None:
    look(tmp_path, 0, 0)
    history = History(str(tmp_path), NOW + 60)
    assert history.window("t", {"n": 2}, "boot").per_hour("n") == 2
    later = History(str(tmp_path), NOW + 3600)
    assert later.window("t", {"n": 30}, "boot").per_hour("n") == 30
