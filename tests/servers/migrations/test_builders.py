# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A relation that only its own transaction sees: the sign of a migration of any tool, and what looks like it."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.builders import creators
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import working
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import becomes, look, make
from ansible_collections.aerovista.postgresql.tests.servers.scene import on

NEXT_TOO = True

#: A table with an index that takes long to build, a view that takes long to fill, and a partitioned table.
SLOW = (
    "CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(i); RETURN i; END $$",
    "CREATE TABLE t (i int PRIMARY KEY)",
    "CREATE INDEX t_slow ON t (slow(i))",
    "CREATE MATERIALIZED VIEW v AS SELECT slow(i) AS i FROM t",
    "CREATE UNIQUE INDEX ON v (i)",
    "CREATE TABLE parts (i int) PARTITION BY LIST (i)",
)
QUICK = "CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i'"
NOTHING = "SELECT 1"


def found(patient: IsolatedServer, dsn: str = "") -> set[int]:
    with connect(patient.server.cluster, DATABASE, dsn=dsn) as session:
        clients = {each.pid: each for each in backends(session) if each.database == DATABASE}
        return creators(session, clients)


def found_at_work(patient: IsolatedServer, command: str) -> set[int]:
    """What is found while a command rebuilds the index, or fills the view."""
    patient.execute(*SLOW)
    # The rows come in at once, and whatever rebuilds the index, or fills the view, sleeps.
    patient.execute(QUICK, "INSERT INTO t VALUES (60)", SLOW[0])
    with working(patient, command):
        patient.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        return found(patient)


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE n (i int)",),
        ("CREATE TABLE n AS SELECT 1 AS i",),
        ("CREATE VIEW n AS SELECT 1 AS i",),
        ("CREATE SEQUENCE n",),
        ("CREATE SCHEMA s", "CREATE TABLE s.n (i int)", "CREATE TABLE n (i int)"),
        ("CREATE TEMP TABLE x (i int)", "CREATE TABLE n (i int)"),
    ],
)
def test_whoever_creates_a_relation_is_seen_by_every_role(patient: IsolatedServer, statements: tuple[str, ...]) -> None:
    patient.execute("DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN")
    dsn = f"{patient.as_role('plain')} dbname={DATABASE}"
    with patient.session(*statements, NOTHING) as connection:
        assert found(patient) == found(patient, dsn) == {connection.info.backend_pid}
        connection.commit()
        assert found(patient) == set()
    patient.execute("DROP ROLE plain")


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TEMP TABLE n (i int PRIMARY KEY, t text)",),
        ("CREATE TEMP TABLE n ON COMMIT DROP AS SELECT 1 AS i", "CREATE INDEX ON n (i)"),
        ("SELECT 1 AS i INTO TEMP n",),
        ("CREATE TEMP SEQUENCE n",),
        ("CREATE TABLE n PARTITION OF parts FOR VALUES IN (1)",),
        ("CREATE TABLE n (LIKE parts)", "ALTER TABLE parts ATTACH PARTITION n FOR VALUES IN (1)"),
        ("REFRESH MATERIALIZED VIEW v",),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v",),
        ("CLUSTER t USING t_pkey",),
        ("REINDEX TABLE t",),
        ("TRUNCATE t",),
        ("ALTER TABLE t ADD n int",),
        ("DROP TABLE t CASCADE",),
        ("LOCK TABLE t",),
        ("UPDATE t SET i = i + 1",),
    ],
)
def test_what_applications_and_maintenance_do_in_a_transaction(
    patient: IsolatedServer, statements: tuple[str, ...]
) -> None:
    patient.execute(*SLOW)
    with patient.session(*statements, NOTHING):
        assert found(patient) == set()
    # Again, with a schema for temporary tables that is there.
    with patient.session("CREATE TEMP TABLE before ()") as connection:
        connection.commit()
        with connection.cursor() as cursor:
            for statement in (*statements, NOTHING):
                cursor.execute(statement)
        assert found(patient) == set()


@pytest.mark.parametrize(
    "command",
    [
        "VACUUM FULL t",
        "CLUSTER t USING t_pkey",
        "REINDEX TABLE t",
        "REINDEX TABLE CONCURRENTLY t",
        "CREATE INDEX CONCURRENTLY ON t (slow(i))",
        "REFRESH MATERIALIZED VIEW v",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
    ],
)
def test_maintenance_at_work(patient: IsolatedServer, command: str) -> None:
    assert found_at_work(patient, command) == set()


@on(19)
@pytest.mark.parametrize("command", ["REPACK t", "REPACK t USING INDEX t_pkey", "REPACK (CONCURRENTLY) t"])
def test_repack_at_work(patient: IsolatedServer, command: str) -> None:
    assert found_at_work(patient, command) == set()


@on(19)
def test_repack_and_a_new_table_in_one_transaction(patient: IsolatedServer) -> None:
    patient.execute(*SLOW)
    with patient.session("REPACK t", NOTHING):
        assert found(patient) == set()
    with patient.session("REPACK t", "CREATE TABLE n (i int)", NOTHING) as connection:
        assert found(patient) == {connection.info.backend_pid}


@pytest.mark.parametrize("application", ["pg_restore", "pgsop"])
def test_a_restore_is_no_migration(patient: IsolatedServer, application: str) -> None:
    make(patient, "Django")
    with patient.session("CREATE TABLE n (i int)", name=application):
        assert found(patient) == set()
        becomes(patient, "Django", "unknown")


def test_a_run_of_an_unknown_tool(patient: IsolatedServer) -> None:
    assert look(patient) == []
    with patient.session("CREATE TABLE n (i int)", NOTHING, name="deploy") as connection:
        (run,) = look(patient)
        assert (run.tool, run.state, run.status, run.table) == ("unknown tool", "running", "OK", "")
        assert f"session {connection.info.backend_pid} (deploy)" in run.reason
    patient.wait(lambda: look(patient) == [], "the transaction is rolled back")


def test_a_tool_that_is_known_has_the_run(patient: IsolatedServer) -> None:
    make(patient, "Knex")
    make(patient, "Django")
    with patient.session("CREATE TABLE n (i int)", NOTHING):
        assert [(run.tool, run.state) for run in look(patient)] == [("Django", "running"), ("Knex", "finished")]
    patient.execute("DROP TABLE django_migrations")
    with patient.session("CREATE TABLE n (i int)", NOTHING):
        assert [(run.tool, run.state) for run in look(patient)] == [("Knex", "finished"), ("unknown tool", "running")]
