# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of migration tools that broke off, and those that go on."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import OK, UNKNOWN, WARNING
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import make

STUCK = "migrations.stuck"


def test_a_dirty_run_turns_this_check_alone(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    patient.execute("INSERT INTO schema_migrations VALUES (3, false)")
    assert patient.turned() == {}
    patient.execute("UPDATE schema_migrations SET dirty = true")
    assert patient.turned() == {STUCK: WARNING}
    assert "clinic (public.schema_migrations) is dirty: version 3 broke off" in patient.look(STUCK)[STUCK].message
    patient.execute("UPDATE schema_migrations SET dirty = false")
    assert patient.turned() == {}


def test_a_lock_that_was_left_behind(patient: IsolatedServer) -> None:
    make(patient, "Knex")
    patient.execute("UPDATE knex_migrations_lock SET is_locked = 1")
    assert patient.turned() == {STUCK: WARNING}
    with patient.session("ALTER TABLE knex_migrations ADD x int", name="knex"):
        assert patient.look(STUCK)[STUCK].status == OK


def test_a_lock_of_yoyo_that_was_left_behind(patient: IsolatedServer) -> None:
    make(patient, "yoyo")
    assert patient.turned() == {}
    patient.execute("INSERT INTO yoyo_lock VALUES (1, now() AT TIME ZONE 'UTC', 24650)")
    assert patient.turned() == {STUCK: WARNING}
    with patient.session("CREATE TABLE t (i int)", "SELECT 1", name="yoyo"):
        assert patient.look(STUCK)[STUCK].status == OK
    assert patient.turned() == {STUCK: WARNING}
    patient.execute("DELETE FROM yoyo_lock")
    assert patient.turned() == {}


def test_a_run_that_fails_and_one_that_goes_on(patient: IsolatedServer) -> None:
    make(patient, "Prisma")
    patient.execute("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'x', 'add')")
    assert patient.turned() == {STUCK: WARNING}
    with patient.session("SELECT pg_advisory_lock(72707369)"):
        assert patient.look(STUCK)[STUCK].status == OK


def test_who_may_not_read_the_table_does_not_know(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    patient.execute("INSERT INTO schema_migrations VALUES (3, true)", "DROP ROLE IF EXISTS mon, plain")
    patient.execute("CREATE ROLE mon LOGIN IN ROLE pg_monitor", "CREATE ROLE plain LOGIN")
    try:
        for role in ("mon", "plain"):
            found = patient.look(STUCK, dsn=patient.as_role(role))[STUCK]
            assert (found.status, found.visible) == (UNKNOWN, False)
        patient.execute("GRANT SELECT ON schema_migrations TO mon")
        assert patient.look(STUCK, dsn=patient.as_role("mon"))[STUCK].status == WARNING
    finally:
        patient.execute("DROP OWNED BY mon", "DROP ROLE mon, plain")
