# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cron or a timer, never both; told by the role, on copies of the host. What came of it is in test_schedule_ran.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bed.hosts import Container

if TYPE_CHECKING:
    from conftest import PlayRunner

#: These tests do not depend on the platform.
PLATFORM = "first"

FILES = "ls /etc/cron.d/pgsop /etc/systemd/system/pgsop-backup.* /etc/systemd/system/pgsop-drill.* 2>/dev/null"
CRON = ["/etc/cron.d/pgsop"]
TIMER = [f"/etc/systemd/system/pgsop-{act}.{kind}" for act in ("backup", "drill") for kind in ("service", "timer")]


@pytest.mark.parametrize("schedule", ["cron", "timer"])
def test_only_one_schedule_is_there(copies: dict[str, str], schedule: str) -> None:
    host = Container(copies[schedule]).host
    assert host.run(FILES).stdout.split() == (CRON if schedule == "cron" else TIMER)
    timers = host.run("systemctl list-timers --no-legend 'pgsop-*' | grep -c pgsop-").stdout.strip()
    assert timers == ("0" if schedule == "cron" else "2")


def test_timer_has_a_run_in_every_night_of_the_year(copies: dict[str, str]) -> None:
    """Also in the one in which a clock in Berlin goes from 2:00 to 3:00."""
    host = Container(copies["timer"]).host
    calendar = host.check_output("systemctl cat pgsop-backup.timer | sed -n 's/^OnCalendar=//p'")
    zone = calendar.split()[-1]
    elapses = "systemd-analyze calendar --base-time='2027-03-27 12:00' --iterations=3 %s | grep -o '2027-03-[0-9]* 02:30' | uniq"
    nights = host.check_output(elapses, f"*-*-* 02:30:00 {zone}").splitlines()
    assert nights == ["2027-03-28 02:30", "2027-03-29 02:30", "2027-03-30 02:30"]


def test_time_that_a_night_does_not_have_is_refused(copies: dict[str, str], play: PlayRunner) -> None:
    host = Container(copies["timer"]).host
    before = host.check_output("cat /etc/systemd/system/pgsop-*")
    night = {"pg_backup_schedule_time": "02:30", "pg_backup_schedule_timezone": "Europe/Berlin"}
    role = {"gather_facts": True, "roles": ["aerovista.postgresql.pg_backup"]}
    refused = play(role, on=copies["timer"], extra_vars={"pg_backup_schedule": "timer"} | night)
    assert refused.rc != 0
    assert "02:30" in refused.error
    assert "Europe/Berlin" in refused.error
    assert "Nothing was changed" in refused.error
    assert host.check_output("cat /etc/systemd/system/pgsop-*") == before
