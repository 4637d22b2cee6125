# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prisma, Knex and the others of their world."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.tools_node import (
    GRAPHILE_MIGRATE_KEY,
    KYSELY_KEY,
    NODE_PG_MIGRATE_KEY,
)
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import becomes, look, make

#: What is in the tools' tables does not depend on the version of the server; the oldest and the newest are enough.
MAJORS = (13, 18)

UNFINISHED = (
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at) VALUES"
    " ('1', 'x', '2026_add_note', 'ERROR: ALTER ROLE app PASSWORD ''canary''', now() - interval '2 min')"
)


def test_prisma(patient: IsolatedServer) -> None:
    make(patient, "Prisma")
    becomes(patient, "Prisma", "finished")
    patient.execute(UNFINISHED)
    with patient.session("SELECT pg_advisory_lock(72707369)", name="prisma"):
        (run,) = look(patient)
        assert (run.state, run.status, 120 <= (run.since_s or 0) < 130) == ("running", "OK", True)
        assert "2026_add_note" in run.reason
    run = becomes(patient, "Prisma", "failed")
    assert run.status == "WARNING"
    assert "2026_add_note has not finished" in run.reason
    assert "canary" not in run.reason
    assert "--rolled-back 2026_add_note" in run.hint
    patient.execute("UPDATE _prisma_migrations SET rolled_back_at = now()")
    becomes(patient, "Prisma", "finished")


def test_a_lock_in_another_database_is_somebody_elses(patient: IsolatedServer) -> None:
    make(patient, "Prisma")
    patient.execute(UNFINISHED)
    with patient.session("SELECT pg_advisory_lock(72707369)", database="postgres"):
        becomes(patient, "Prisma", "failed")


def test_knex(patient: IsolatedServer) -> None:
    make(patient, "Knex")
    becomes(patient, "Knex", "finished")
    patient.execute("UPDATE knex_migrations_lock SET is_locked = 1")
    run = becomes(patient, "Knex", "failed")
    assert run.status == "WARNING"
    assert "migrate:unlock" in run.hint
    with patient.session("ALTER TABLE knex_migrations ADD x int", name="knex"):
        (run,) = look(patient)
        assert (run.state, run.status) == ("running", "OK")
    with patient.session("UPDATE knex_migrations SET batch = 2", name="knex"):
        becomes(patient, "Knex", "running")
    with patient.session("SELECT 1", name="shop"):
        becomes(patient, "Knex", "locked")


@pytest.mark.parametrize(
    ("tool", "key"),
    [
        ("node-pg-migrate", NODE_PG_MIGRATE_KEY),
        ("Kysely", KYSELY_KEY),
        ("graphile-migrate", GRAPHILE_MIGRATE_KEY),
    ],
)
def test_a_tool_with_a_lock_and_no_flag(patient: IsolatedServer, tool: str, key: int) -> None:
    make(patient, tool)
    becomes(patient, tool, "unknown")
    with patient.session(f"SELECT pg_advisory_xact_lock({key})"):
        becomes(patient, tool, "running")


@pytest.mark.parametrize("tool", ["TypeORM", "Sequelize or Umzug", "Drizzle", "db-migrate", "Postgrator", "MikroORM"])
def test_a_tool_without_lock_and_flag(patient: IsolatedServer, tool: str) -> None:
    make(patient, tool)
    becomes(patient, tool, "unknown")
    with patient.session("CREATE TABLE t ()", "SELECT 1"):
        becomes(patient, tool, "running")
    with patient.session("CREATE TEMP TABLE t ()", "SELECT 1"):
        becomes(patient, tool, "unknown")


def test_what_ran_twice(patient: IsolatedServer) -> None:
    make(patient, "Drizzle")
    patient.execute("INSERT INTO __drizzle_migrations (hash) VALUES ('a'), ('b'), ('a')")
    (run,) = look(patient)
    assert (run.state, "1 of its migrations ran twice" in run.reason) == ("unknown", True)
