# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus, node_exporter and Nagios take what they are given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

FILES = Path(__file__).resolve().parent.parent / "files"
TEXTFILE = "/var/lib/prometheus/node-exporter/pgsop.prom"
SHARE = "/usr/local/share/pgsop"
#: How another user's program asks for its exporter's page.
SCRAPE = "curl -fsS http://127.0.0.1:9100/metrics"
MONITOR = "CREATE ROLE mon LOGIN IN ROLE pg_monitor PASSWORD 'canary-Mon-61f0'"
NAGIOS = "runuser -u nobody -- env PGPASSWORD=canary-Mon-61f0 pgsop health --format nagios --dsn 'host=localhost user=mon' %s"
#: Label, value with unit, warning, critical, as the guidelines for plugins have it.
PERFDATA = re.compile(r"[\w.]+=-?[\d.e+-]+(s|%|B|c)?;[\d.e+-]*;[\d.e+-]*")


@pytest.fixture(scope="module")
def metrics(clinic: MonitoredHost) -> list[str]:
    """Lines of the text file that a scheduled run has written."""
    clinic.host.check_output("systemctl start pgsop-health.service")
    return clinic.server.read(TEXTFILE).splitlines()


def test_promtool_accepts_the_text_file(clinic: MonitoredHost, metrics: list[str]) -> None:
    answer = clinic.host.run("promtool check metrics < %s", TEXTFILE)
    assert (answer.rc, answer.stdout, answer.stderr) == (0, "", "")
    assert len([line for line in metrics if line.startswith("pgsop_health_status{")]) > 40


def test_text_file_has_no_timestamps(metrics: list[str]) -> None:
    samples = [line for line in metrics if not line.startswith("#")]
    assert [line for line in samples if not re.fullmatch(r'\w+\{(\w+="[^"]*",?)+\} \S+', line)] == []


def test_text_file_is_replaced_as_a_whole(clinic: MonitoredHost) -> None:
    assert clinic.server.mode(TEXTFILE) == "root:root 0644"
    watched = "stat -c %%i %s"
    before = clinic.host.check_output(watched, TEXTFILE)
    # Whoever has the old one open still has all of it.
    script = f"exec 3< {TEXTFILE}; systemctl start pgsop-health.service; cat <&3 | tail -n 1"
    last = clinic.host.check_output(script)
    assert last.startswith("pgsop_health_")
    assert clinic.host.check_output(watched, TEXTFILE) != before
    assert clinic.host.check_output("ls -A %s", TEXTFILE.rpartition("/")[0]).split() == ["pgsop.prom"]


def test_node_exporter_serves_it(clinic: MonitoredHost, metrics: list[str]) -> None:
    """Debian's package as it is: the folder is the one that it reads by default."""
    clinic.host.check_output("systemctl start prometheus-node-exporter")
    try:
        clinic.wait(lambda: bool(clinic.host.run(SCRAPE).rc == 0), "an answer of node_exporter")
        page = clinic.host.check_output(SCRAPE).splitlines()
    finally:
        clinic.host.check_output("systemctl stop prometheus-node-exporter")
    assert "node_textfile_scrape_error 0" in page
    written = {line.rpartition(" ")[0] for line in metrics if line.startswith("pgsop_health_status{")}
    served = [line for line in page if line.startswith("pgsop_health_status{")]
    assert len(served) == len(written)
    assert any(line.startswith('node_textfile_mtime_seconds{file="') and "pgsop.prom" in line for line in page)


def test_promtool_accepts_the_alert_rules(clinic: MonitoredHost) -> None:
    answer = clinic.host.check_output(f"promtool check rules {SHARE}/prometheus-rules.yml")
    assert "6 rules found" in answer


def test_every_alert_fires_on_what_it_is_for(clinic: MonitoredHost) -> None:
    tests = (FILES / "rules_test.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"alert: (\w+)", clinic.server.read(f"{SHARE}/prometheus-rules.yml"))) == set(
        re.findall(r"alertname: (\w+)", tests)
    )
    script = f"set -e; cd $(mktemp -d); printf %s %s > rules_test.yml; cp {SHARE}/prometheus-rules.yml .; promtool test rules rules_test.yml"
    answer = clinic.host.run(script, "%s", tests)
    assert answer.rc == 0, answer.stdout + answer.stderr
    assert "SUCCESS" in answer.stdout


@pytest.mark.parametrize("file", ["prometheus-rules.yml", "grafana-dashboard.json"])
def test_every_metric_that_is_used_is_written(clinic: MonitoredHost, metrics: list[str], file: str) -> None:
    written = {line.partition("{")[0] for line in metrics if not line.startswith("#")}
    used = set(re.findall(r"\bpgsop_health_\w+", clinic.server.read(f"{SHARE}/{file}"))) - {"pgsop_health"}
    assert len(used) >= 3
    assert used <= written


def test_dashboard_is_one(clinic: MonitoredHost) -> None:
    dashboard = json.loads(clinic.server.read(f"{SHARE}/grafana-dashboard.json"))
    assert dashboard["schemaVersion"] >= 39
    variables = {f"${variable['name']}" for variable in dashboard["templating"]["list"]}
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids)) >= 6
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert set(re.findall(r"\$(?!__)\w+", target["expr"])) <= variables


@pytest.fixture(scope="module")
def monitor(clinic: MonitoredHost) -> Iterator[MonitoredHost]:
    clinic.server.sql(MONITOR)
    clinic.server.sql("GRANT CONNECT ON DATABASE postgres, appdb TO mon")
    yield clinic
    clinic.server.sql("REVOKE CONNECT ON DATABASE postgres, appdb FROM mon")
    clinic.server.sql("DROP ROLE mon")


def test_nagios_call_of_an_ordinary_user(monitor: MonitoredHost) -> None:
    """As a plugin does it, without root and as a role of pg_monitor: what it cannot see is UNKNOWN."""
    answer = monitor.host.run(NAGIOS % "")
    first, *rest = answer.stdout.splitlines()
    assert (answer.rc, answer.stderr) == (3, "")
    assert first.startswith("PGSOP UNKNOWN - ")
    assert first.count("|") == 1
    assert [word for word in first.partition(" | ")[2].split() if not PERFDATA.fullmatch(word)] == []
    assert len(rest) > 3
    assert "roles.verifiers" in answer.stdout

    one = monitor.host.run(NAGIOS % "--only indexes.invalid")
    assert (one.rc, one.stdout.count("\n"), one.stdout.split(" - ")[0]) == (0, 1, "PGSOP OK")


@pytest.mark.parametrize(
    ("fault", "status"),
    [({}, 0), ({"copy_command": "/bin/true"}, 1), ({"age_warn_h": 1, "age_crit_h": 1}, 2)],
)
def test_exit_status_is_that_of_the_worst_finding(clinic: MonitoredHost, fault: dict[str, object], status: int) -> None:
    with clinic.backups_declared(**fault):
        answer = clinic.run("--format", "nagios", at="+2 hours")
    assert answer.rc == status, answer.stdout
    assert answer.stdout.startswith(f"PGSOP {('OK', 'WARNING', 'CRITICAL')[status]} - ")
