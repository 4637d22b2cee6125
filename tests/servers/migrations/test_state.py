# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools are found wherever they are, told apart, and looked at without waiting for anybody."""

from __future__ import annotations

import time

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.builders import changes_definitions
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import MADE, becomes, look, make


@pytest.mark.parametrize("tool", MADE)
def test_a_tool_is_known_in_any_schema(patient: IsolatedServer, tool: str) -> None:
    patient.execute('CREATE SCHEMA "My App"')
    make(patient, tool, '"My App"')
    (run,) = look(patient)
    assert (run.tool, run.schema, run.database, run.visible) == (tool, "My App", DATABASE, True)
    assert run.table.startswith('"My App".')


def test_all_of_them_beside_each_other(patient: IsolatedServer) -> None:
    for number, tool in enumerate(MADE):
        patient.execute(f"CREATE SCHEMA s{number}")
        make(patient, tool, f"s{number}")
    assert sorted(run.tool for run in look(patient)) == sorted(MADE)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE migrations (id int, name text)",
        "CREATE TABLE migrations (id int, migration varchar(255), batch int)",
        "CREATE TABLE events (id int, event text)",
        "CREATE TABLE schema_migrations (version bytea, dirty text)",
        (
            "CREATE VIEW _prisma_migrations AS SELECT ''::text AS migration_name, ''::text AS logs, now() AS started_at, now() AS finished_at,"
            " now() AS rolled_back_at, 1 AS applied_steps_count"
        ),
        "CREATE DOMAIN bool AS pg_catalog.bool; CREATE TABLE schema_migrations (version int, dirty public.bool)",
    ],
)
def test_a_name_alone_is_not_enough(patient: IsolatedServer, statement: str) -> None:
    patient.execute(statement)
    assert look(patient) == []


def test_a_table_that_is_locked_says_who_has_it(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    with patient.session("LOCK TABLE schema_migrations", name="deploy") as connection:
        began = time.monotonic()
        (run,) = look(patient)
        assert time.monotonic() - began < 5
        assert (run.state, run.status) == ("locked", "WARNING")
        assert f"locked right now by session {connection.info.backend_pid} (deploy)" in run.reason
    becomes(patient, "golang-migrate", "finished")


def test_a_table_that_may_not_be_read_is_unknown(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    patient.execute(
        "INSERT INTO schema_migrations VALUES (1, true)",
        "DROP ROLE IF EXISTS mon",
        "CREATE ROLE mon LOGIN IN ROLE pg_monitor",
    )
    try:
        (run,) = look(patient, patient.as_role("mon"))
        assert (run.state, run.status, run.visible) == ("unknown", "UNKNOWN", False)
        assert run.hint == "grant SELECT on public.schema_migrations"
        patient.execute("GRANT SELECT ON schema_migrations TO mon")
        assert look(patient, patient.as_role("mon"))[0].state == "dirty"
        patient.execute("ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY")
        assert look(patient, patient.as_role("mon"))[0].status == "UNKNOWN"
    finally:
        patient.execute("DROP OWNED BY mon", "DROP ROLE mon")


def test_whose_doings_cannot_be_seen_may_be_at_work(patient: IsolatedServer) -> None:
    make(patient, "Knex")
    patient.execute(
        "UPDATE knex_migrations_lock SET is_locked = 1", "DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN"
    )
    patient.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain")
    try:
        with patient.session("CREATE TABLE t ()"):
            assert look(patient, patient.as_role("plain"))[0].state == "running"
        with patient.session("CREATE TEMP TABLE t ()"):
            (run,) = look(patient, patient.as_role("plain"))
            assert (run.state, run.status) == ("locked", "WARNING")
            assert "cannot be seen" in run.reason
    finally:
        patient.execute("DROP OWNED BY plain", "DROP ROLE plain")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("/* app */ -- x\n ALTER TABLE IF EXISTS x ADD y int", True),
        ("create table t2 ()", True),
        ("CREATE TEMP TABLE t2 ()", False),
        ("SELECT 'ALTER TABLE'", False),
    ],
)
def test_what_changes_definitions(patient: IsolatedServer, statement: str, expected: bool) -> None:
    with patient.session(statement, name="deploy"), connect(patient.server.cluster, DATABASE) as session:
        (backend,) = (each for each in backends(session) if each.application == "deploy")
        assert changes_definitions(backend) == expected
