# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients do, on real servers: the harmful first, nothing that nobody may see, and no password."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report import CATEGORIES, activity
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer


def report(patient: IsolatedServer, of: int, **options: Any) -> dict[str, Any]:
    """A look at so many sessions: those whose connection was closed just now go in a moment."""
    looks: list[dict[str, Any]] = []

    def settled() -> bool:
        looks.append({**activity(patient.server.cluster, **options)})
        return bool(looks[-1]["counts"]["sessions"] == of)

    patient.wait(settled, f"there are {of} sessions")
    return looks[-1]


def listed(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["category"], each["application"]) for each in told["sessions"]]


def test_harm_comes_first_and_everything_is_counted(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
    with ExitStack() as open_sessions:
        for number in range(25):
            connection = open_sessions.enter_context(patient.session("SELECT 1", name=f"idle {number}"))
            connection.rollback()
        open_sessions.enter_context(patient.session("SELECT 2", name="sleeper"))
        open_sessions.enter_context(patient.session("UPDATE t SET id = 2", name="blocker"))
        open_sessions.enter_context(patient.waiting("UPDATE t SET id = 3", name="victim"))
        open_sessions.enter_context(patient.waiting("SELECT pg_sleep(60)", name="worker"))
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        told = report(patient, 29, limit=5)
        expected = [
            ("blocking", "blocker"),
            ("blocked", "victim"),
            ("idle_in_transaction", "sleeper"),
            ("active", "worker"),
        ]
        assert listed(told) == [*expected, ("rest", "idle 0")]
        assert told["counts"]["sessions"] == 29
        assert told["counts"]["by_category"] == dict(zip(CATEGORIES, (1, 1, 1, 1, 25), strict=False))
        assert told["counts"]["by_state"] == {"idle": 25, "active": 2, "idle in transaction": 2}
        assert told["counts"]["by_database"] == {DATABASE: 29}
        assert told["counts"]["waiting"]["Timeout: PgSleep"] == 1
        assert told["counts"]["server_processes"]["checkpointer"] == 1
        assert told["omitted"] == {"rest": 24}
        blocker, victim, _sleeper, worker = told["sessions"][:4]
        assert (blocker["blocks"], victim["blocked_by"]) == (1, [blocker["pid"]])
        assert victim["wait"] == "Lock: transactionid"
        assert worker["query"] == "SELECT pg_sleep(60)"
        assert all(
            0 <= worker[age] < 60 for age in ("query_age_s", "transaction_age_s", "state_age_s", "session_age_s")
        )
        assert told["sessions"][4]["transaction_age_s"] is None
        assert len(report(patient, 29, limit=100)["sessions"]) == 29
        assert report(patient, 29, limit=0)["sessions"] == []


def test_a_transaction_that_failed_sleeps_too(patient: IsolatedServer) -> None:
    with patient.session("SELECT 1", name="broken") as connection:
        with pytest.raises(psycopg2.Error):
            connection.cursor().execute("SELECT 1 / 0")
        (each,) = report(patient, 1)["sessions"]
        assert (each["category"], each["state"]) == ("idle_in_transaction", "idle in transaction (aborted)")


def test_no_password_is_shown(patient: IsolatedServer) -> None:
    try:
        with patient.session("CREATE ROLE joe PASSWORD 'canary'", name="admin"):
            (each,) = report(patient, 1)["sessions"]
            assert each["query"] == "CREATE ROLE joe PASSWORD '***'"
        long = "SELECT " + "1, " * 60 + "2"
        with patient.session(long, name="long"):
            (each,) = report(patient, 1)["sessions"]
            assert (each["query"], each["truncated"]) == (long[:120], True)
    finally:
        patient.execute("DROP ROLE IF EXISTS joe")


def test_a_role_that_may_not_see_says_so(patient: IsolatedServer) -> None:
    patient.execute(
        "DROP ROLE IF EXISTS mon, plain", "CREATE ROLE mon LOGIN IN ROLE pg_monitor", "CREATE ROLE plain LOGIN"
    )
    try:
        with patient.session("SELECT 1", name="busy"), patient.session("SELECT 1", name="own", role="plain"):
            monitor = report(patient, 2, dsn=patient.as_role("mon"))
            assert (monitor["visible"], monitor["hidden_sessions"], monitor["role"]) == (True, 0, "mon")
            assert {name for _harm, name in listed(monitor)} == {"busy", "own"}
            plain = report(patient, 2, dsn=patient.as_role("plain"))
            assert (plain["visible"], plain["hidden_sessions"], plain["role"]) == (False, 1, "plain")
            assert plain["counts"]["sessions"] == 2
            assert plain["counts"]["by_state"] == {"idle in transaction": 1, "not visible": 1}
            assert [each["visible"] for each in plain["sessions"]] == [True, False]
    finally:
        patient.execute("DROP ROLE mon, plain")


def test_a_role_that_may_not_see_sees_who_is_in_the_way(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE t ()", "DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN")
    try:
        with patient.session("LOCK TABLE t", name="blocker"), patient.waiting("LOCK TABLE t", name="victim"):
            patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
            told = report(patient, 2, dsn=patient.as_role("plain"))
            assert listed(told) == [("blocking", "blocker"), ("blocked", "victim")]
            assert told["counts"]["by_category"]["blocking"] == 1
    finally:
        patient.execute("DROP ROLE plain")


def test_parallel_workers_belong_to_their_leader(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE big AS SELECT i FROM generate_series(1, 20000) i", "ALTER TABLE big SET (parallel_workers = 2)"
    )
    patient.execute(
        "CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql PARALLEL SAFE AS 'SELECT 1 FROM pg_sleep(0.01)'"
    )
    settings = "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0"
    with patient.waiting(f"{settings}; SELECT count(slow(i)) FROM big", name="leader"):
        patient.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE backend_type = 'parallel worker'")
        told = report(patient, 1)
        (each,) = told["sessions"]
        assert (each["application"], each["workers"] > 0, each["category"]) == ("leader", True, "active")
        assert told["counts"]["parallel_workers"] == each["workers"]
