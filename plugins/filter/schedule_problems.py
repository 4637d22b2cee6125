# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter schedule_problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

DOCUMENTATION = r"""
name: schedule_problems
short_description: What is wrong with the schedule of backups and drills, before any host is asked
version_added: 0.3.0
author: Nexus TechWorks (@nexus-techworks)
description:
  - Says what is wrong with times, weekday and time zone of a schedule.
  - A timer of systemd leaves out a day that does not have its time, because the clocks are put forward then. So a time zone and a time
    that meet in such a day within the next years are refused. cron makes up for the hour, and UTC has no such day.
options:
  _input:
    description: C(schedule), C(time), C(timezone), C(drill_weekday) and C(drill_time), as variables of role C(pg_backup) say it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse a schedule that loses a night
  ansible.builtin.assert:
    that: schedule | aerovista.postgresql.schedule_problems | length == 0
  vars:
    schedule: {schedule: timer, time: "02:30", timezone: Europe/Berlin, drill_weekday: Sunday, drill_time: "04:30"}
"""

RETURN = r"""
_value:
  description: The problems, as sentences.
  type: list
  elements: str
"""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
#: Days that are checked; the rules repeat themselves.
_DAYS = 3 * 366


def schedule_problems(schedule: Mapping[str, Any]) -> list[str]:
    """Return the faults of a schedule, one sentence each; empty if it is valid.

    Args:
        schedule: schedule, time, timezone, drill_weekday and drill_time, as role pg_backup has them.
    """
    times = {"pg_backup_schedule_time": str(schedule["time"]), "pg_backup_drill_time": str(schedule["drill_time"])}
    found = [
        f"{name} is {time} and must be a time like '02:30', with two digits each and in quotes"
        for name, time in times.items()
        if not _TIME.fullmatch(time)
    ]
    if found or schedule["schedule"] != "timer":
        return found
    if schedule["drill_weekday"] == "never":
        del times["pg_backup_drill_time"]
    return _zone_problems(str(schedule["timezone"]), times)


def _zone_problems(name: str, times: Mapping[str, str]) -> list[str]:
    if name == "UTC":
        return []
    try:
        zone = ZoneInfo(name) if _ZONE.fullmatch(name) else None
    except (OSError, ValueError, KeyError):
        zone = None
    if zone is None:
        missing = "which the time zones of this controller do not hold (package tzdata)"
        return [f"pg_backup_schedule_timezone is {name}, {missing}"]
    found = []
    for variable, time in times.items():
        day = _day_without(zone, time)
        if day:
            found.append(
                f"{variable} is {time}, and {day} has no {time} in {name}, where the clocks are put forward:"
                " choose another time, or UTC as time zone"
            )
    return found


def _day_without(zone: ZoneInfo, time: str) -> str | None:
    """Return the next day, as a date, on which the clocks pass over the time; None if there is no such day within 3 years."""
    hour, minute = (int(part) for part in time.split(":"))
    local = datetime.now(timezone.utc).replace(tzinfo=None, hour=hour, minute=minute, second=0, microsecond=0)
    for _day in range(_DAYS):
        there = local.replace(tzinfo=zone).astimezone(timezone.utc).astimezone(zone)
        if there.replace(tzinfo=None) != local:
            return local.date().isoformat()
        local += timedelta(days=1)
    return None


class FilterModule:
    """Filter schedule_problems."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"schedule_problems": schedule_problems}
