# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A schedule that would lose a night is told before a host is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.schedule_problems import FilterModule, schedule_problems

DEFAULTS = {"schedule": "cron", "time": "02:30", "timezone": "UTC", "drill_weekday": "Sunday", "drill_time": "04:30"}


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        {"schedule": "timer"},
        {"schedule": "none"},
        {"timezone": "Europe/Berlin"},  # cron has the host's, and makes up for the hour
        {"schedule": "timer", "timezone": "Europe/Berlin", "time": "03:00"},
        {"schedule": "timer", "timezone": "Asia/Tokyo"},
        {
            "schedule": "timer",
            "timezone": "Europe/Berlin",
            "time": "01:30",
            "drill_time": "02:30",
            "drill_weekday": "never",
        },
        {"time": "00:00", "drill_time": "23:59"},
    ],
)
def test_good_schedule_has_no_problems(schedule: dict[str, Any]) -> None:
    assert schedule_problems({**DEFAULTS, **schedule}) == []


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"time": "2:30"}, "pg_backup_schedule_time is 2:30"),
        ({"time": 750}, "in quotes"),  # what YAML makes of 12:30 without quotes
        ({"time": "24:00"}, "schedule_time"),
        ({"time": "02:60"}, "schedule_time"),
        ({"drill_time": "04:30:00"}, "drill_time"),
        ({"time": "02:30\n"}, "schedule_time"),
        ({"schedule": "timer", "timezone": "Europe/Berlin"}, "has no 02:30 in Europe/Berlin"),
        ({"schedule": "timer", "timezone": "Europe/Athens", "time": "03:30"}, "has no 03:30"),
        (
            {"schedule": "timer", "timezone": "America/New_York", "time": "03:30", "drill_time": "02:30"},
            "pg_backup_drill_time is 02:30",
        ),
        ({"schedule": "timer", "timezone": "Europe/Nowhere"}, "Europe/Nowhere"),
        ({"schedule": "timer", "timezone": "../etc/passwd"}, "pg_backup_schedule_timezone"),
        ({"schedule": "timer", "timezone": ""}, "pg_backup_schedule_timezone"),
    ],
)
def test_bad_schedule_is_told(schedule: dict[str, Any], words: str) -> None:
    (problem,) = schedule_problems({**DEFAULTS, **schedule})
    assert words in problem


def test_day_is_one_on_which_the_clocks_are_put_forward() -> None:
    (problem,) = schedule_problems({**DEFAULTS, "schedule": "timer", "timezone": "Europe/Berlin"})
    assert "-03-" in problem


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"schedule_problems": schedule_problems}
