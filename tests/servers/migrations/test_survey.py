# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All databases of a server, one after the other."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.survey import Survey, survey
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, Patient
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import make


def surveyed(patient: Patient, *databases: str, dsn: str = "") -> Survey:
    cluster = patient.server.cluster
    with connect(cluster, dsn=dsn) as session:
        return survey(cluster, databases, backends(session), session=session, database="postgres", dsn=dsn)


def test_a_stuck_run_is_a_warning(patient: Patient) -> None:
    make(patient, "golang-migrate")
    assert surveyed(patient, "postgres", DATABASE).finding().status == "OK"
    patient.execute("INSERT INTO schema_migrations VALUES (3, true)")
    found = surveyed(patient, "postgres", DATABASE).finding()
    assert (found.status, found.value, found.sop) == ("WARNING", 1, "7")
    assert found.message.startswith(
        f"golang-migrate in {DATABASE} (public.schema_migrations) is dirty: version 3 broke off"
    )
    assert "migrate force" in found.hint


def test_what_cannot_be_seen_is_not_fine(patient: Patient) -> None:
    make(patient, "golang-migrate")
    patient.execute("DROP ROLE IF EXISTS mon", "CREATE ROLE mon LOGIN IN ROLE pg_monitor")
    try:
        found = surveyed(patient, DATABASE, dsn=patient.as_role("mon")).finding()
        assert (found.status, found.visible) == ("UNKNOWN", False)
        patient.execute(f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC")
        told = surveyed(patient, DATABASE, dsn=patient.as_role("mon"))
        assert (told.runs, list(told.unseen), told.finding().status) == ([], [DATABASE], "UNKNOWN")
    finally:
        patient.execute("DROP ROLE mon")
