# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that the server reports on while they work."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report import activity
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report_types import ProgressRow
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, working
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import next_too, on

#: A table with an index; `slow` sleeps half a minute for each row from now on.
TABLE = (
    "CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i'",
    "CREATE TABLE t (i int PRIMARY KEY, t text)",
    "INSERT INTO t VALUES (1)",
    "CREATE INDEX t_slow ON t (slow(i))",
    "CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN i; END $$",
)


def at_work(patient: IsolatedServer, **options: Any) -> list[ProgressRow]:
    """The progress of all sessions that have some."""
    return [each["progress"] for each in activity(patient.server.cluster, **options)["sessions"] if each["progress"]]


@next_too
@pytest.mark.parametrize(
    ("command", "reported", "phase"),
    [
        ("VACUUM FULL t", "VACUUM FULL", "rebuilding index"),
        ("CLUSTER t USING t_pkey", "CLUSTER", "rebuilding index"),
        ("CREATE INDEX ON t (slow(i + 1))", "CREATE INDEX", "building index: scanning table"),
        ("CREATE INDEX CONCURRENTLY ON t (slow(i + 1))", "CREATE INDEX CONCURRENTLY", "building index: scanning table"),
        ("ANALYZE t", "ANALYZE", "computing statistics"),
    ],
)
def test_progress_of_a_command(patient: IsolatedServer, command: str, reported: str, phase: str) -> None:
    patient.execute(*TABLE)
    with working(patient, command):
        patient.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        (found,) = at_work(patient)
        assert (found["command"], found["phase"]) == (reported, phase)
        assert found["percent"] is None or 0 <= found["percent"] <= 100
        with others(patient):
            assert at_work(patient, dsn=patient.as_role("mon")) == [found]
            assert at_work(patient, dsn=patient.as_role("plain")) == []
    assert at_work(patient) == []


@next_too
def test_progress_of_copy(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t (i int)")
    with working(patient, "COPY t FROM PROGRAM 'sleep 30'"):
        patient.until("SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'")
        expected = [{"command": "COPY FROM", "phase": "", "percent": None}]
        assert at_work(patient) == ([] if patient.major == 13 else expected)


@next_too
def test_share_that_is_done(patient: IsolatedServer) -> None:
    patient.execute(*TABLE[:2])
    patient.execute(
        "INSERT INTO t SELECT n, repeat('x', 1500) FROM generate_series(2, 101) n",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t SELECT n, repeat('x', 1500) FROM generate_series(102, 201) n",
        "CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(CASE i WHEN 1 THEN 30 ELSE 0 END); RETURN i; END $$",
    )
    with working(patient, "CREATE INDEX ON t (slow(i))"):
        patient.until(
            "SELECT count(*) > 0 FROM pg_stat_activity a JOIN pg_stat_progress_create_index USING (pid) WHERE wait_event = 'PgSleep' AND blocks_done > 0"
        )
        (found,) = at_work(patient)
        assert found["percent"] == pytest.approx(50, abs=10)


@on(19)
@pytest.mark.parametrize(
    ("command", "reported"),
    [
        ("REPACK t", "REPACK"),
        ("REPACK t USING INDEX t_pkey", "REPACK"),
        ("REPACK (CONCURRENTLY) t", "REPACK (CONCURRENTLY)"),
    ],
)
def test_progress_of_repack(patient: IsolatedServer, command: str, reported: str) -> None:
    patient.execute(*TABLE)
    with working(patient, command):
        patient.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        assert at_work(patient) == [{"command": reported, "phase": "rebuilding index", "percent": 100.0}]
        told = activity(patient.server.cluster)
        (each,) = [each for each in told["sessions"] if each["progress"]]
        assert (each["workers"], told["counts"]["parallel_workers"]) == (0, 0)
        readers = told["counts"]["server_processes"].get("REPACK decoding worker", 0)
        assert readers == ("CONCURRENTLY" in command)


@on(19)
def test_repack_waits_for_open_transactions(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t (i int PRIMARY KEY)", "CREATE TABLE other (i int)")
    with patient.session("INSERT INTO other VALUES (1)", name="open"), working(patient, "REPACK (CONCURRENTLY) t"):
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        blocking, blocked = activity(patient.server.cluster)["sessions"][:2]
        assert (blocking["application"], blocking["category"], blocking["blocks"]) == ("open", "blocking", 1)
        assert (blocked["category"], blocked["blocked_by"]) == ("blocked", [blocking["pid"]])
        assert blocked["progress"] == {"command": "REPACK (CONCURRENTLY)", "phase": "initializing", "percent": None}
