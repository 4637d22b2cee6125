# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict for each check: `pgsop health` and `pgsop locks` report the same status for the same identifier."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, UNKNOWN, WARNING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.lock_report import lock_report
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import make

BLOCKED, STUCK = "locks.blocked", "migrations.stuck"
IDS = (BLOCKED, STUCK)
#: Seconds that the session waits; every threshold below is far from it.
WAIT_S = 0.5


@pytest.fixture(name="broken")
def _broken(patient: IsolatedServer) -> Iterator[IsolatedServer]:
    """A session waits for a lock, a migration is dirty, and roles `mon` and `plain` may see less."""
    make(patient, "golang-migrate")
    patient.execute("CREATE TABLE visit (id int)", "INSERT INTO schema_migrations VALUES (3, true)")
    patient.execute(
        "DROP ROLE IF EXISTS mon, plain", "CREATE ROLE mon LOGIN IN ROLE pg_monitor", "CREATE ROLE plain LOGIN"
    )
    with patient.session("LOCK TABLE visit", name="holder"), patient.waiting("TABLE visit", name="app"):
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        time.sleep(WAIT_S)
        yield patient
    patient.execute("DROP ROLE mon, plain")


def statuses(patient: IsolatedServer, role: str, **declared: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The statuses of health and of the lock report by identifier."""
    dsn = patient.as_role(role) if role else ""
    health = patient.look(*IDS, dsn=dsn, remember=False, **declared)
    report = lock_report(patient.server.cluster, HealthConfig(patient.major, **declared), dsn=dsn)
    return (
        {name: finding.status for name, finding in health.items()},
        {finding["id"]: finding["status"] for finding in report["findings"]},
    )


@pytest.mark.parametrize(
    ("declared", "blocked", "stuck"),
    [
        ({}, OK, WARNING),
        ({"thresholds": {BLOCKED: {"warn": 0.1}}}, WARNING, WARNING),
        ({"thresholds": {BLOCKED: {"warn": 0, "crit": 0.1}}}, CRITICAL, WARNING),
        ({"thresholds": {BLOCKED: {"warn": None, "crit": None}}}, OK, WARNING),
        ({"thresholds": {BLOCKED: {"warn": 0.1}}, "exclude": {BLOCKED: (f"{DATABASE}.*.app",)}}, OK, WARNING),
        ({"exclude": {STUCK: (f"{DATABASE}.public.*",)}}, OK, OK),
        ({"exclude_databases": (DATABASE,)}, OK, OK),
        ({"disabled": (STUCK,)}, OK, None),
        ({"disabled": ("locks.*", "migrations.*")}, None, None),
    ],
)
def test_declarations_count_for_both(
    broken: IsolatedServer, declared: dict[str, Any], blocked: str | None, stuck: str | None
) -> None:
    expected = {name: status for name, status in ((BLOCKED, blocked), (STUCK, stuck)) if status}
    assert statuses(broken, "", **declared) == (expected, expected)


@pytest.mark.parametrize(
    ("role", "stuck"),
    [("mon", UNKNOWN), ("plain", UNKNOWN)],
)
def test_both_see_the_same_as_another_role(broken: IsolatedServer, role: str, stuck: str) -> None:
    """Since 14 every role sees how long a session waits; 13 shows it to pg_monitor alone."""
    blocked = UNKNOWN if role == "plain" and broken.major < 14 else WARNING
    expected = {BLOCKED: blocked, STUCK: stuck}
    assert statuses(broken, role, thresholds={BLOCKED: {"warn": 0.1}}) == (expected, expected)


def test_a_database_that_keeps_the_role_out(broken: IsolatedServer) -> None:
    broken.execute(f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC")
    assert statuses(broken, "mon") == ({BLOCKED: OK, STUCK: UNKNOWN}, {BLOCKED: OK, STUCK: UNKNOWN})
    expected = {BLOCKED: OK, STUCK: OK}
    assert statuses(broken, "mon", exclude_databases=(DATABASE,)) == (expected, expected)
