# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a broken host, all outputs that have a check have it with the same status."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

#: These tests do not depend on the platform.
PLATFORM = "first"

HEALTH_CONFIG = "/etc/pgsop/health.json"
METRIC = re.compile(r'^pgsop_health_status\{check="([^"]+)".*\} (\d)$', re.MULTILINE)
COMMANDS, MODULES = ("health", "locks", "backups"), ("pg_health_info", "pg_locks_info", "pg_backup_info")
#: A folder of sets that has no set.
EMPTY = "/var/backups/postgresql-empty"
STATUSES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
#: A migration of golang-migrate that failed, and a session that waits for the lock of another.
BROKEN = """
psql() { PGAPPNAME=$1 runuser -u postgres -- psql -XAtq -d postgres -c "$2"; }
psql setup "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (3, true)"
psql setup "CREATE TABLE held (id int)"
psql holder "BEGIN; LOCK TABLE held; SELECT pg_sleep(300)" >/dev/null 2>&1 &
for _ in $(seq 100); do [ "$(psql look "SELECT count(*) FROM pg_locks WHERE relation = 'held'::regclass AND granted")" = 0 ] || break; sleep 0.1; done
psql waiter "TABLE held" >/dev/null 2>&1 &
for _ in $(seq 100); do [ "$(psql look "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 0 ] || break; sleep 0.1; done
sleep 1
"""
REPAIRED = """
runuser -u postgres -- psql -XAtq -d postgres \
    -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('holder', 'waiter')" \
    -c "DROP TABLE held, schema_migrations"
"""

Statuses = dict[str, str]


@pytest.fixture(scope="module")
def outputs(clinic: MonitoredHost, run_module: Callable[..., dict[str, Any]]) -> Iterator[dict[str, Statuses]]:
    """By output, the status of each check that it has."""
    host = clinic.host
    declared = clinic.server.read(HEALTH_CONFIG)
    thresholds = {**json.loads(declared).get("thresholds", {}), "locks.blocked": {"warn": 0.1, "crit": 3600}}
    write = f"printf %s %s > {HEALTH_CONFIG}"
    host.check_output(write, "%s", json.dumps(json.loads(declared) | {"thresholds": thresholds}))
    host.check_output("bash -uc %s", BROKEN)
    host.check_output("install -d -o postgres -g postgres -m 0700 %s", EMPTY)
    try:
        with clinic.backups_declared(directory=EMPTY):
            reports = {name: host.run(f"pgsop {name} --format json").stdout for name in COMMANDS}
            page = host.run("pgsop health --format prometheus").stdout
            results = {name: run_module(name, on=host) for name in MODULES}
    finally:
        host.check_output("bash -uc %s", REPAIRED)
        host.check_output("rmdir %s", EMPTY)
        host.check_output(write, "%s", declared)
    found = {name: statuses(json.loads(report)) for name, report in reports.items()}
    found |= {name: statuses(result) for name, result in results.items()}
    found["prometheus"] = {name: STATUSES[int(number)] for name, number in METRIC.findall(page)}
    yield found


def statuses(report: dict[str, Any]) -> Statuses:
    return {finding["id"]: finding["status"] for finding in report["findings"]}


def test_faults_are_found(outputs: dict[str, Statuses]) -> None:
    assert outputs["locks"] == {"locks.blocked": "WARNING", "migrations.stuck": "WARNING"}
    assert outputs["backups"]["backup.age"] == "CRITICAL"


def test_every_output_has_the_same_status(outputs: dict[str, Statuses]) -> None:
    by_check: dict[str, dict[str, str]] = defaultdict(dict)
    for output, found in outputs.items():
        for check, status in found.items():
            by_check[check][output] = status
    assert {"health", "locks", "prometheus", "pg_health_info", "pg_locks_info"} <= by_check["locks.blocked"].keys()
    assert {"health", "backups", "prometheus", "pg_health_info", "pg_backup_info"} <= by_check["backup.age"].keys()
    assert {check: found for check, found in by_check.items() if len(set(found.values())) > 1} == {}
