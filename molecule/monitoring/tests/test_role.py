# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role: a timer that runs, or cron, or nothing, and nothing is left behind of what was declared before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

#: These tests do not depend on the platform.
PLATFORM = "last"

TEXTFILE = "/var/lib/prometheus/node-exporter/pgsop.prom"
UNITS = ["/etc/systemd/system/pgsop-health.service", "/etc/systemd/system/pgsop-health.timer"]
CRON = "/etc/cron.d/pgsop-health"
SHARED = ["/usr/local/share/pgsop/grafana-dashboard.json", "/usr/local/share/pgsop/prometheus-rules.yml"]
LAST = f"sed -n 's/^pgsop_health_last_run_timestamp_seconds.* //p' {TEXTFILE}"


def last_run(clinic: MonitoredHost) -> float:
    return float(clinic.host.check_output(LAST))


def test_timer_is_there_and_has_run_without_being_asked(clinic: MonitoredHost) -> None:
    assert clinic.host.check_output(
        "systemctl is-active pgsop-health.timer; systemctl is-enabled pgsop-health.timer"
    ).split() == [
        "active",
        "enabled",
    ]
    triggered = "systemctl show -P LastTriggerUSec pgsop-health.timer"
    # Two minutes after the start of the host.
    clinic.wait(lambda: bool(clinic.host.check_output(triggered)), "the first run by the timer", seconds=150)
    clinic.wait(lambda: clinic.server.exists(TEXTFILE), "what it writes")
    assert not clinic.server.exists(CRON)


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/etc/pgsop/health.json", "root:root 0644"),
        ("/var/lib/pgsop", "postgres:postgres 0750"),
        (TEXTFILE, "root:root 0644"),
        *((path, "root:root 0644") for path in [*UNITS, *SHARED]),
    ],
)
def test_modes(clinic: MonitoredHost, path: str, mode: str) -> None:
    assert clinic.server.mode(path) == mode


def test_timer_runs_again_and_again(clinic: MonitoredHost) -> None:
    clinic.monitoring(pg_monitoring_interval_minutes=1)
    before = last_run(clinic)
    clinic.wait(lambda: last_run(clinic) > before, "a second look", seconds=80)
    assert clinic.host.check_output("systemctl show -P Result pgsop-health.service") == "success"
    assert clinic.monitoring().changed == 2, "the timer, and its start"


def test_journal_has_what_changed_and_nothing_else(clinic: MonitoredHost) -> None:
    look = "pgsop health --scheduled; journalctl --sync; journalctl -q -t pgsop -o cat | grep backup.copy | wc -l"

    def lines() -> int:
        return int(clinic.host.check_output(look))

    clinic.host.check_output("systemctl stop pgsop-health.timer pgsop-health.service")
    before = lines()
    assert lines() == before
    with clinic.backups_declared(copy_command="/bin/true"):
        assert lines() == before + 1
        assert lines() == before + 1, "it is told once"
    assert lines() == before + 2
    said = clinic.host.check_output("journalctl -q -t pgsop -o cat | grep backup.copy | tail -n 2").splitlines()
    assert [line.split(":")[1] for line in said] == [" WARNING backup.copy", " OK backup.copy"]
    clinic.host.check_output("systemctl start pgsop-health.timer")


def test_service_may_do_little(clinic: MonitoredHost) -> None:
    level = clinic.host.check_output("systemd-analyze security --no-pager pgsop-health.service | tail -n 1")
    assert float(level.split(": ")[1].split()[0]) < 5


def test_what_is_declared_is_what_the_command_reads(clinic: MonitoredHost) -> None:
    extra = {"name": "answer", "database": "appdb", "sql": "SELECT 42", "crit": 41, "message": "the answer"}
    declared: dict[str, Any] = {
        "pg_monitoring_thresholds": {"disk.space": {"warn": 0.001, "crit": 100}, "service.readiness": {"warn": 60}},
        "pg_monitoring_disabled": ["memory.*"],
        "pg_monitoring_extra_checks": [extra],
    }
    clinic.monitoring(**declared)
    try:
        assert clinic.turned() == {"disk.space": "WARNING", "extra.answer": "CRITICAL"}
        assert (
            json.loads(clinic.server.read("/etc/pgsop/health.json"))["thresholds"]
            == declared["pg_monitoring_thresholds"]
        )
        assert clinic.monitoring(**declared).changed == 0
    finally:
        clinic.monitoring()


def test_cron_instead_of_a_timer(clinic: MonitoredHost) -> None:
    clinic.monitoring(pg_monitoring_schedule="cron", pg_monitoring_interval_minutes=10)
    try:
        assert not any(clinic.server.exists(path) for path in UNITS)
        *_setup, line = clinic.server.read(CRON).splitlines()
        when, command = line.split(" root ")
        assert when == "*/10 * * * *"
        before = last_run(clinic)
        clinic.host.check_output(f"env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c '{command}'")
        assert last_run(clinic) > before
        assert clinic.monitoring(pg_monitoring_schedule="cron", pg_monitoring_interval_minutes=10).changed == 0
    finally:
        clinic.monitoring()
    assert not clinic.server.exists(CRON)


def test_none_takes_schedule_and_text_file_away(clinic: MonitoredHost) -> None:
    clinic.monitoring(pg_monitoring_schedule="none")
    try:
        assert not any(clinic.server.exists(path) for path in [*UNITS, CRON, TEXTFILE])
        assert clinic.host.run("systemctl is-active pgsop-health.timer").stdout.strip() == "inactive"
        assert clinic.monitoring(pg_monitoring_schedule="none").changed == 0
    finally:
        clinic.monitoring()
    assert clinic.server.exists(TEXTFILE)


def test_nothing_is_written_where_nothing_is_wanted(clinic: MonitoredHost) -> None:
    before = last_run(clinic)
    clinic.monitoring(pg_monitoring_textfile_directory="", pg_monitoring_share_directory="")
    try:
        command = clinic.host.check_output("systemctl cat pgsop-health.service | sed -n 's/^ExecStart=//p'")
        assert command == "/usr/local/bin/pgsop health --scheduled"
        clinic.host.check_output("systemctl start pgsop-health.service")
        assert last_run(clinic) == before
    finally:
        clinic.monitoring()


def test_check_run_of_the_role_alone_changes_nothing(clinic: MonitoredHost) -> None:
    before = clinic.host.check_output("cat /etc/pgsop/health.json /etc/systemd/system/pgsop-health.*")
    variables = {"pg_monitoring_interval_minutes": 7, "pg_monitoring_disabled": ["disk.*"]}
    result = clinic.monitoring(check=True, **variables)
    assert result.changed >= 2
    assert clinic.host.check_output("cat /etc/pgsop/health.json /etc/systemd/system/pgsop-health.*") == before
