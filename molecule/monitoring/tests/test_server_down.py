# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server does not answer: that is CRITICAL, with the reason, and nothing that needs it is well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

#: Needs no server, and is well without one.
OF_THE_HOST = {
    "disk.space",
    "disk.inodes",
    "security.listener",
    "start.configuration",
    "start.data_directory",
    "start.enabled",
    "start.port",
    "start.programs",
    "version.end_of_life",
    "version.minor",
}


@pytest.fixture(scope="module")
def stopped(clinic: MonitoredHost) -> Iterator[MonitoredHost]:
    clinic.host.check_output(f"systemctl stop {clinic.server.unit}")
    yield clinic
    clinic.host.check_output(f"systemctl start {clinic.server.unit}")
    assert clinic.turned() == {}


@pytest.fixture(scope="module")
def seen(stopped: MonitoredHost) -> dict[str, dict[str, Any]]:
    return stopped.look()


def test_reason_is_told(stopped: MonitoredHost, seen: dict[str, dict[str, Any]]) -> None:
    unit = stopped.server.unit
    assert (seen["service.unit"]["status"], seen["service.readiness"]["status"]) == ("CRITICAL", "CRITICAL")
    assert seen["service.unit"]["message"].startswith(f"{unit} is inactive")
    assert f"{unit} is inactive" in seen["service.readiness"]["message"]
    assert f"systemctl start {unit}" in seen["service.unit"]["hint"]


def test_nothing_that_needs_the_server_is_well(seen: dict[str, dict[str, Any]]) -> None:
    well = {name for name, finding in seen.items() if finding["status"] == "OK" and not name.startswith("backup.")}
    assert well == OF_THE_HOST
    unknown = [finding for finding in seen.values() if finding["status"] == "UNKNOWN"]
    assert len(unknown) > 20
    assert seen["backup.missing_databases"]["status"] == "UNKNOWN"


@pytest.mark.parametrize("form", ["text", "json", "nagios", "prometheus"])
def test_no_form_ends_in_a_trace(stopped: MonitoredHost, form: str) -> None:
    answer = stopped.run("--format", form)
    assert answer.rc == 2
    assert "Traceback" not in answer.stdout + answer.stderr
    assert answer.stderr == ""


def test_text_file_says_that_it_is_down(stopped: MonitoredHost) -> None:
    answer = stopped.run("--format", "prometheus")
    (up,) = [line for line in answer.stdout.splitlines() if line.startswith("pgsop_health_up{")]
    assert up.endswith(" 0")


def test_scheduled_run_is_no_failure_of_its_own(stopped: MonitoredHost) -> None:
    stopped.host.check_output("systemctl start pgsop-health.service")
    said = stopped.host.check_output("journalctl -q -t pgsop -o cat -n 200")
    assert "health: CRITICAL service.readiness: " in said


def test_server_that_does_not_start_is_told_with_its_last_words(stopped: MonitoredHost) -> None:
    host, unit = stopped.host, stopped.server.unit
    path = f"{stopped.server.config}/conf.d/99-broken.conf"
    host.check_output("echo 'shared_buffers = 9999TB' > %s", path)
    try:
        host.run(f"systemctl start {unit}")
        found = stopped.look("--only", "service.*")
        assert found["service.unit"]["status"] == "CRITICAL"
        assert "is failed" in found["service.unit"]["message"] or "is inactive" in found["service.unit"]["message"]
        assert "99-broken.conf" in found["service.unit"]["message"]
        assert "99-broken.conf" in found["service.readiness"]["message"]
        assert json.dumps(found).count("Traceback") == 0
    finally:
        host.check_output(f"rm %s; systemctl reset-failed {unit}", path)
