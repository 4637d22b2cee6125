# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before the first backup: no alarm until its scheduled time has passed, and the same verdict everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from testinfra.host import Host

FILES = "/etc/cron.d/pgsop /etc/pgsop/backup.json"
STATUSES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
NUMBER = re.compile(r'^pgsop_health_status\{check="backup\.age".*\} (\d)$', re.MULTILINE)


@pytest.mark.parametrize(("written", "status"), [("now", "WARNING"), ("2 days ago", "CRITICAL")])
def test_status_depends_on_whether_the_scheduled_time_has_passed(
    host: Host, run_module: Callable[..., dict[str, Any]], written: str, status: str
) -> None:
    host.check_output("test -z \"$(find /var/backups/postgresql -name '2*')\"")
    host.check_output(f"touch -d '{written}' {FILES}")
    try:
        reports = [json.loads(host.run(f"pgsop {name} --format json").stdout) for name in ("backups", "health")]
        reports += [run_module(name, on=host) for name in ("pg_backup_info", "pg_health_info")]
        page = host.run("pgsop health --format prometheus").stdout
    finally:
        host.check_output(f"touch {FILES}")
    found = [finding for report in reports for finding in report["findings"] if finding["id"] == "backup.age"]
    assert [finding["status"] for finding in found] == [status] * 4
    assert len({finding["message"] for finding in found}) == 1
    assert " 02:30 UTC" in found[0]["message"]
    assert [STATUSES[int(number)] for number in NUMBER.findall(page)] == [status]


def test_perfect_first_run_has_nothing_critical(host: Host) -> None:
    report = json.loads(host.run("pgsop health --format json").stdout)
    assert [finding for finding in report["findings"] if finding["status"] == "CRITICAL"] == []
