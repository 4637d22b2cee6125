# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the first backup is due, from files as the role writes them. What that means: test_findings.py."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import schedule

CRON = """# Managed by Ansible
SHELL=/bin/sh
30 2 * * * postgres nice -n 10 ionice -c 2 -n 7 /usr/local/bin/pgsop backup --scheduled
30 4 * * sun postgres nice -n 10 ionice -c 2 -n 7 /usr/local/bin/pgsop drill --scheduled
"""
TIMER = "[Unit]\nDescription=x\n\n[Timer]\nOnCalendar={}\nPersistent=true\n"
#: A Saturday.
PLACED = "2026-11-28 12:00 UTC"


def moment(text: str) -> float:
    day, clock, zone = text.split()
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).timestamp()


@dataclass
class Etc:
    """The folders of a host in which schedules are."""

    root: Path

    def place(self, name: str, text: str, when: str = PLACED) -> None:
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (moment(when), moment(when)))

    def timer(self, act: str, calendar: str, *, enabled: bool = True) -> None:
        self.place(f"pgsop-{act}.timer", TIMER.format(calendar))
        if enabled:
            (self.root / f"enabled-{act}").symlink_to("anywhere")


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Etc:
    monkeypatch.setattr(schedule, "CRON_FILE", str(tmp_path / "cron"))
    monkeypatch.setattr(schedule, "CONFIG_FILE", str(tmp_path / "backup.json"))
    monkeypatch.setattr(schedule, "_TIMER", str(tmp_path / "pgsop-{}.timer"))
    monkeypatch.setattr(schedule, "_ENABLED", str(tmp_path / "enabled-{}"))
    monkeypatch.setattr(schedule, "_LOCAL_TIME", "/usr/share/zoneinfo/Europe/Berlin")
    host = Etc(tmp_path)
    host.place("backup.json", "{}")
    return host


def due(act: str = "backup", now: str = "2026-11-28 12:05 UTC") -> str | None:
    found = schedule.first_due(act, moment(now))
    return f"{found:%Y-%m-%d %H:%M %Z}" if found else None


def test_nothing_is_due_without_a_schedule(etc: Etc) -> None:
    assert due() is None


def test_cron_runs_in_the_time_of_the_host(etc: Etc) -> None:
    etc.place("cron", CRON)
    assert due() == "2026-11-29 02:30 CET"
    assert due("drill") == "2026-11-29 04:30 CET"


def test_host_without_a_time_zone_is_in_utc(etc: Etc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_LOCAL_TIME", "/nowhere")
    etc.place("cron", CRON)
    assert due() == "2026-11-29 02:30 UTC"


def test_time_that_has_passed_stays_the_same(etc: Etc) -> None:
    etc.place("cron", CRON)
    assert due(now="2027-03-01 00:00 UTC") == "2026-11-29 02:30 CET"


def test_schedule_that_is_written_again_does_not_postpone_the_first_backup(etc: Etc) -> None:
    etc.place("cron", CRON, "2026-12-20 12:00 UTC")
    assert due(now="2026-12-20 12:01 UTC") == "2026-11-29 02:30 CET"


def test_configuration_that_is_written_again_does_not_either(etc: Etc) -> None:
    etc.place("cron", CRON)
    etc.place("backup.json", "{}", "2026-12-20 12:00 UTC")
    assert due(now="2026-12-20 12:01 UTC") == "2026-11-29 02:30 CET"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-28 11:30 UTC", "2026-11-29 02:30 CET"),  # half an hour back: the next time
        ("2026-11-27 12:00 UTC", None),  # a day back: no time is known
        ("2020-01-01 00:00 UTC", None),
    ],
)
def test_clock_that_went_back_does_not_postpone_it_for_long(etc: Etc, now: str, expected: str | None) -> None:
    etc.place("cron", CRON)
    assert due(now=now) == expected


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ("2026-03-28 12:00 UTC", "2026-03-29 02:30 CET"),  # the hour that this night lacks
        ("2026-03-29 12:00 UTC", "2026-03-30 02:30 CEST"),
        ("2026-10-24 12:00 UTC", "2026-10-25 02:30 CEST"),  # the hour that comes twice: the first one
        ("2026-10-25 12:00 UTC", "2026-10-26 02:30 CET"),
    ],
)
def test_nights_in_which_the_clock_is_changed(etc: Etc, placed: str, expected: str) -> None:
    for name, text in (("cron", CRON), ("backup.json", "{}")):
        etc.place(name, text, placed)
    assert due(now=placed) == expected


@pytest.mark.parametrize(
    ("act", "calendar", "expected"),
    [
        ("backup", "*-*-* 02:30:00 UTC", "2026-11-29 02:30 UTC"),
        ("backup", "*-*-* 11:59:00 UTC", "2026-11-29 11:59 UTC"),
        ("backup", "*-*-* 12:01:00 UTC", "2026-11-28 12:01 UTC"),
        ("backup", "*-*-* 02:30:00 America/New_York", "2026-11-29 02:30 EST"),
        ("backup", "*-*-* 02:30:00", "2026-11-29 02:30 CET"),
        ("drill", "Sat *-*-* 04:30:00 UTC", "2026-12-05 04:30 UTC"),
        ("backup", "*-*-* 02:30:00 Nowhere/Else", None),
        ("backup", "*-*-* 25:00:00 UTC", None),
        ("backup", "Mon..Fri *-*-* 02:30:00 UTC", None),
        ("backup", "hourly", None),
    ],
)
def test_timers(etc: Etc, act: str, calendar: str, expected: str | None) -> None:
    etc.timer(act, calendar)
    assert due(act) == expected


def test_timer_that_is_not_enabled_runs_nothing(etc: Etc) -> None:
    etc.timer("backup", "*-*-* 02:30:00 UTC", enabled=False)
    assert due() is None


@pytest.mark.parametrize(
    "line",
    [
        "#30 2 * * * postgres pgsop backup --scheduled",
        "30 2 1 * * postgres pgsop backup --scheduled",
        "*/5 2 * * * postgres pgsop backup --scheduled",
        "30 24 * * * postgres pgsop backup --scheduled",
        "30 2 * * foo postgres pgsop backup --scheduled",
        "30 2 * * * postgres something else",
    ],
)
def test_line_in_another_form_is_no_schedule(etc: Etc, line: str) -> None:
    etc.place("cron", line + "\n")
    assert due() is None
