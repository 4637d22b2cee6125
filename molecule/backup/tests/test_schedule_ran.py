# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cron and the timer have really run it, at the minute that the role declared; then one takes the place of the other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from bed.hosts import Container

if TYPE_CHECKING:
    from conftest import PlayRunner

#: These tests do not depend on the platform.
PLATFORM = "first"

FILES = "ls /etc/cron.d/pgsop /etc/systemd/system/pgsop-*"
#: Whether the newest set is verified, and what the scheduled run said.
MADE = (
    'pgsop backups --format json | python3 -c \'import json, sys; print(json.load(sys.stdin)["sets"][0]["verified"])\''
)
SAID = "journalctl --sync; journalctl -q -t pgsop -o cat"


@pytest.mark.parametrize("schedule", ["cron", "timer"])
def test_backup_ran_at_the_declared_minute(copies: dict[str, str], schedule: str) -> None:
    host = Container(copies[schedule]).host
    deadline = time.monotonic() + 150
    while "Backed up " not in host.check_output(SAID):
        assert time.monotonic() < deadline, host.check_output(f"{SAID}; journalctl -n 30; systemctl list-timers")
        time.sleep(1)
    assert host.check_output(MADE) == "True"
    assert host.check_output("stat -c %U /var/backups/postgresql/latest/manifest.json") == "postgres"


def test_scheduled_runs_give_way_to_others(copies: dict[str, str]) -> None:
    by_timer, by_cron = (Container(copies[schedule]).host for schedule in ("timer", "cron"))
    shown = by_timer.check_output("systemctl show pgsop-backup.service").splitlines()
    for line in ("User=postgres", "Nice=10", "IOSchedulingClass=2", "IOSchedulingPriority=7", "Result=success"):
        assert line in shown
    line = by_cron.check_output("grep 'pgsop backup' /etc/cron.d/pgsop")
    assert " postgres nice -n 10 ionice -c 2 -n 7 /usr/local/bin/pgsop backup --scheduled" in line


def test_switching_takes_the_other_schedule_away(copies: dict[str, str], play: PlayRunner) -> None:
    name = copies["cron"]
    host = Container(name).host
    role = {"gather_facts": True, "roles": ["aerovista.postgresql.pg_backup"]}
    for schedule, files in (("timer", 4), ("none", 0)):
        result = play(role, on=name, extra_vars={"pg_backup_schedule": schedule})
        assert result.rc == 0, result.output
        found = host.run(FILES).stdout.split()
        assert len(found) == files
        assert "/etc/cron.d/pgsop" not in found
    timers = host.run("systemctl list-timers --all --no-legend | grep -c pgsop-").stdout
    assert timers.strip() == "0"
    assert host.check_output(MADE) == "True", "the sets stay"
