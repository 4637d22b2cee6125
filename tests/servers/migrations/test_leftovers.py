# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a migration leaves behind."""

from __future__ import annotations

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations import leftovers as leftovers_module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.leftovers import leftovers
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import working
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer


def kinds(patient: IsolatedServer, dsn: str = "") -> dict[str, str]:
    with connect(patient.server.cluster, DATABASE, dsn=dsn) as session:
        return {
            each["kind"]: each["message"] for each in leftovers(session, DATABASE, backends(session), patient.major)
        }


def test_nothing_is_left_of_a_migration_that_went_well(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t (id int PRIMARY KEY, CHECK (id > 0))")
    if patient.major >= 18:
        patient.execute("ALTER TABLE t ADD CHECK (id > 1) NOT ENFORCED")
    with patient.session("SELECT 1"):
        assert kinds(patient) == {}


def test_an_invalid_index_and_a_constraint(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t AS SELECT 1 AS id FROM generate_series(1, 2)")
    with pytest.raises(psycopg2.Error):
        patient.execute("CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)")
    patient.execute('ALTER TABLE t ADD CONSTRAINT "Positive" CHECK (id > 0) NOT VALID')
    assert kinds(patient) == {
        "invalid index": "index public.t_id on public.t is invalid: building it was broken off",
        "not validated constraint": 'constraint "Positive" of public.t was never validated',
    }


@pytest.mark.parametrize(
    "command", ["REINDEX TABLE CONCURRENTLY visit", "CREATE UNIQUE INDEX CONCURRENTLY visit_new ON visit (id)"]
)
def test_an_index_that_is_being_built_is_not_left_behind(patient: IsolatedServer, command: str) -> None:
    patient.execute("CREATE TABLE visit (id int PRIMARY KEY)", "DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN")
    with patient.session("INSERT INTO visit VALUES (1)"), working(patient, command):
        patient.wait(
            lambda: bool(patient.server.rows("SELECT count(*) > 0 FROM pg_index WHERE NOT indisvalid", DATABASE)[0][0]),
            "the building has begun",
        )
        assert "invalid index" not in kinds(patient)
        assert "invalid index" not in kinds(patient, dsn=f"{patient.as_role('plain')} dbname={DATABASE}")
    patient.execute("DROP ROLE plain")


def test_exclusive_locks_that_last(patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers_module, "EXCLUSIVE_S", 0.0)
    patient.execute("CREATE TABLE t ()")
    with patient.session("LOCK TABLE t", name="holder") as holder:
        assert kinds(patient)["exclusive lock"].startswith(
            f"session {holder.info.backend_pid} (holder) holds an AccessExclusiveLock on public.t"
        )
    with patient.session("SELECT * FROM t"), patient.waiting("LOCK TABLE t", name="deploy"):
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        assert "(deploy) waits for an AccessExclusiveLock on public.t for " in kinds(patient)["exclusive lock"]
    monkeypatch.undo()
    with patient.session("LOCK TABLE t"):
        assert "exclusive lock" not in kinds(patient)


def test_sessions_that_sleep_on_something(patient: IsolatedServer) -> None:
    with patient.session("CREATE TABLE t ()", name="deploy"):
        assert kinds(patient)["idle after changing definitions"].endswith("after: CREATE TABLE t ()")
    with patient.session("CREATE TABLE t ()", "SELECT 1", name="deploy"):
        assert kinds(patient)["idle after changing definitions"].endswith("after: SELECT 1")
    with patient.session("CREATE TEMP TABLE t ()", "SELECT 1", name="app"):
        patient.wait(lambda: kinds(patient) == {}, "nothing is left of the session before")
    with patient.session("SELECT pg_advisory_lock(72707369)", name="prisma") as connection:
        patient.wait(lambda: kinds(patient) == {}, "nothing is left of the session before")
        connection.commit()
        assert (
            "(prisma) is idle and holds the advisory lock of Prisma"
            in kinds(patient)["advisory lock of an idle session"]
        )
