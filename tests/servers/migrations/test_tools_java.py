# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flyway and Liquibase, with the tables and locks that they make."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.keys import java_hash
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.tools_java import FLYWAY_KEY
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import becomes, look, make

#: What is in the tools' tables does not depend on the version of the server; the oldest and the newest are enough.
MAJORS = (13, 18)

FAILED = (
    "INSERT INTO flyway_schema_history VALUES (1, '1', 'first', 'SQL', 'V1__first.sql', 0, 'app', now(), 5, true),"
    " (2, '2', 'second', 'SQL', 'V2__second.sql', 0, 'app', now() - interval '1 hour', 5, false)"
)
LOCKED = "UPDATE databasechangeloglock SET locked = true, lockgranted = localtimestamp - interval '20 min', lockedby = 'build (10.0.0.1)'"
CHANGE = "INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) VALUES ('7', 'ada', 'f', now(), 1, '{}')"


def test_flyway(patient: IsolatedServer) -> None:
    make(patient, "Flyway")
    becomes(patient, "Flyway", "finished")
    patient.execute(FAILED)
    (run,) = look(patient)
    assert (run.state, 3600 <= (run.since_s or 0) < 3620) == ("failed", True)
    assert "V2__second.sql (second) failed" in run.reason
    assert "flyway repair" in run.hint


def test_flyway_at_work(patient: IsolatedServer) -> None:
    make(patient, "Flyway")
    key = FLYWAY_KEY + java_hash('"public"."flyway_schema_history"')
    with patient.session(f"SELECT pg_advisory_lock({key})", name="flyway"):
        (run,) = look(patient)
        assert (run.state, "(flyway) holds its advisory lock" in run.reason) == ("running", True)
    with patient.session(f"SELECT pg_advisory_lock({key + 1})"):
        becomes(patient, "Flyway", "finished")


def test_liquibase_and_whoever_left_its_lock_behind(patient: IsolatedServer) -> None:
    make(patient, "Liquibase")
    patient.execute(CHANGE.format("EXECUTED"))
    becomes(patient, "Liquibase", "finished")
    patient.execute(LOCKED)
    run = becomes(patient, "Liquibase", "failed")
    assert (run.status, 1200 <= (run.since_s or 0) < 1210) == ("WARNING", True)
    assert "build (10.0.0.1)" in run.reason
    assert "releaseLocks" in run.hint
    with patient.session("CREATE TABLE t ()", name="liquibase"):
        becomes(patient, "Liquibase", "running")
    with patient.session("SELECT 1"):
        (run,) = look(patient)
        assert (run.state, run.status) == ("locked", "WARNING")


def test_a_change_set_that_failed(patient: IsolatedServer) -> None:
    make(patient, "Liquibase")
    patient.execute(CHANGE.format("FAILED"))
    (run,) = look(patient)
    assert (run.state, run.reason) == ("failed", "change set 7 of ada failed")
