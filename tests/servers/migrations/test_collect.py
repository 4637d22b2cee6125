# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All databases of a server, one after the other."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.collect import (
    Migrations,
    collect_migrations,
)
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import make


def surveyed(patient: IsolatedServer, *databases: str, dsn: str = "") -> Migrations:
    cluster = patient.server.cluster
    with connect(cluster, dsn=dsn) as session:
        return collect_migrations(cluster, databases, backends(session), session=session, database="postgres", dsn=dsn)


def statuses(survey: Migrations) -> list[tuple[str, str]]:
    return [(run.database, run.status) for run in survey.runs]


def test_runs_are_found_in_all_databases(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    assert statuses(surveyed(patient, "postgres", DATABASE)) == [(DATABASE, "OK")]
    patient.execute("INSERT INTO schema_migrations VALUES (3, true)")
    assert statuses(surveyed(patient, "postgres", DATABASE)) == [(DATABASE, "WARNING")]


def test_what_cannot_be_seen_is_not_known(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    patient.execute("DROP ROLE IF EXISTS mon", "CREATE ROLE mon LOGIN IN ROLE pg_monitor")
    try:
        assert statuses(surveyed(patient, DATABASE, dsn=patient.as_role("mon"))) == [(DATABASE, "UNKNOWN")]
        patient.execute(f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC")
        kept_out = surveyed(patient, DATABASE, dsn=patient.as_role("mon"))
        assert (kept_out.runs, list(kept_out.inaccessible)) == ([], [DATABASE])
    finally:
        patient.execute("DROP ROLE mon")
