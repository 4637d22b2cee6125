# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alembic, Django, yoyo, Rails, Ecto, sqlx and Sqitch."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.keys import crc32
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import becomes, look, make

#: What is in the tools' tables does not depend on the version of the server; the oldest and the newest are enough.
MAJORS = (13, 18)

APPLIED = "INSERT INTO _sqlx_migrations VALUES (7, 'add note', now(), {}, '', {})"
EVENT = (
    "INSERT INTO sqitch.events (event, change_id, change, project, committer_name, committer_email, planned_at, planner_name, planner_email)"
    " VALUES ('{}', '{}', 'notes', 'shop', 'a', 'a', now(), 'a', 'a')"
)


@pytest.mark.parametrize("tool", ["Alembic", "Django", "Ecto", "Rails", "dbmate"])
def test_a_table_without_a_flag(patient: IsolatedServer, tool: str) -> None:
    make(patient, tool)
    becomes(patient, tool, "unknown")
    with patient.session("ALTER TABLE IF EXISTS x ADD y int", name="deploy"):
        (run,) = look(patient)
        assert (run.state, "(deploy) changes definitions" in run.reason) == ("running", True)


@pytest.mark.parametrize(
    ("heads", "detail"), [([], "its table is empty"), (["a"], "its table holds only"), (["a", "b"], "2 heads")]
)
def test_alembic(patient: IsolatedServer, heads: list[str], detail: str) -> None:
    make(patient, "Alembic")
    patient.execute(*(f"INSERT INTO alembic_version VALUES ('{head}')" for head in heads), "SELECT 1")
    (run,) = look(patient)
    assert run.reason.startswith(detail)


def test_yoyo(patient: IsolatedServer) -> None:
    """The row of the lock is committed before the run; its time is in UTC, and its process is one of another host."""
    make(patient, "yoyo")
    becomes(patient, "yoyo", "finished")
    patient.execute("INSERT INTO yoyo_lock VALUES (1, now() AT TIME ZONE 'UTC' - interval '2 min', 24650)")
    run = becomes(patient, "yoyo", "failed")
    assert (run.status, 120 <= (run.since_s or 0) < 150, "24650" in run.reason) == ("WARNING", True, True)
    assert "yoyo break-lock" in run.hint
    with patient.session("CREATE TABLE n (i int)", "SELECT 1"):
        (run,) = look(patient)
        assert (run.state, run.status, "24650" in run.reason) == ("running", "OK", True)
    with patient.session("INSERT INTO _yoyo_migration VALUES ('a', 'b')"):
        becomes(patient, "yoyo", "running")
    with patient.session("CREATE TEMP TABLE n (i int)", "SELECT 1"):
        becomes(patient, "yoyo", "locked")
    patient.execute("UPDATE yoyo_lock SET ctime = NULL")
    assert becomes(patient, "yoyo", "failed").since_s is None
    patient.execute("DELETE FROM yoyo_lock")
    becomes(patient, "yoyo", "finished")


def test_rails_at_work(patient: IsolatedServer) -> None:
    make(patient, "Rails")
    with patient.session(f"SELECT pg_try_advisory_lock({2053462845 * crc32(DATABASE)})"):
        becomes(patient, "Rails", "running")


def test_ecto_at_work(patient: IsolatedServer) -> None:
    make(patient, "Ecto")
    with patient.session("LOCK TABLE schema_migrations IN SHARE UPDATE EXCLUSIVE MODE"):
        becomes(patient, "Ecto", "running")
    with patient.session("SELECT * FROM schema_migrations"):
        becomes(patient, "Ecto", "unknown")


@pytest.mark.parametrize(
    ("success", "time", "expected"),
    [("true", 5, "finished"), ("false", 5, "failed"), ("false", -1, "failed"), ("true", -1, "finished")],
)
def test_sqlx(patient: IsolatedServer, success: str, time: int, expected: str) -> None:
    make(patient, "sqlx")
    patient.execute(APPLIED.format(success, time))
    (run,) = look(patient)
    assert run.state == expected
    assert ("process ended before" in run.reason) == (success == "true" and time == -1)
    with patient.session(f"SELECT pg_advisory_lock({0x3D32AD9E * crc32(DATABASE)})"):
        becomes(patient, "sqlx", "running")


def test_sqitch(patient: IsolatedServer) -> None:
    patient.execute("CREATE SCHEMA sqitch")
    make(patient, "Sqitch", "sqitch")
    patient.execute(EVENT.format("fail", "1"), EVENT.format("deploy", "1"))
    becomes(patient, "Sqitch", "finished")
    patient.execute(EVENT.format("fail", "1"))
    (run,) = look(patient)
    assert (run.state, run.schema, run.reason) == ("failed", "sqitch", "change notes of project shop failed")
    with patient.session("SELECT pg_advisory_lock(75474063)"):
        becomes(patient, "Sqitch", "running")
