# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for whom, on real servers: the right chain, the right name, the right way out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, WARNING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.lock_report import lock_report
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer


def report(patient: IsolatedServer, *, dsn: str = "", database: str = "postgres", **limits: float) -> dict[str, Any]:
    return {
        **lock_report(patient.server.cluster, HealthConfig(patient.major, database=database), dsn=dsn, limits=limits)
    }


def chain(tree: dict[str, Any]) -> list[tuple[int, str]]:
    return [(node["depth"], node["application"] or node["gid"]) for node in tree["nodes"]]


def finding(told: dict[str, Any], name: str = "locks.blocked") -> dict[str, Any]:
    return next(each for each in told["findings"] if each["id"] == name)


@contextmanager
def stuck(patient: IsolatedServer, statement: str, name: str, **options: Any) -> Iterator[None]:
    """A session that waits for a lock."""
    with patient.waiting(statement, name=name, **options):
        patient.until(
            "SELECT count(*) = 1 FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted"
            f" WHERE a.application_name = '{name}'"
        )
        yield


@pytest.fixture(name="orders")
def _orders(patient: IsolatedServer) -> str:
    patient.execute(
        "CREATE TABLE orders (id int PRIMARY KEY, n int)", "INSERT INTO orders SELECT i, 0 FROM generate_series(1, 9) i"
    )
    return "public.orders"


def test_nobody_waits(patient: IsolatedServer) -> None:
    told = report(patient)
    assert (told["trees"], told["blocked"], told["prepared"], told["leftovers"], told["migrations"]) == (
        [],
        0,
        [],
        [],
        [],
    )
    assert (told["status"], told["visible"], told["inaccessible_databases"]) == (OK, True, {})


def test_an_idle_reader_a_migration_and_whoever_comes_behind_it(patient: IsolatedServer, orders: str) -> None:
    with (
        patient.session("SELECT * FROM orders", name="A"),
        stuck(patient, "ALTER TABLE orders ADD note text", "B"),
        stuck(patient, "SELECT count(*) FROM orders", "C"),
    ):
        told = report(patient, warn=0, crit=3600)
        (tree,) = told["trees"]
        assert chain(tree) == [(0, "A"), (1, "B"), (2, "C")]
        first, second, third = tree["nodes"]
        assert (first["blocked_sessions"], second["blocked_sessions"], third["blocked_sessions"]) == (2, 1, 0)
        assert first["holds"] == [f"AccessShareLock on {orders}"]
        assert (second["mode"], second["object"]) == ("AccessExclusiveLock", orders)
        assert (third["mode"], third["object"]) == ("AccessShareLock", orders)
        assert third["blocked_by"] == [second["pid"]]
        assert 0 <= third["wait_age_s"] <= second["wait_age_s"] < 10
        assert first["wait_age_s"] is None
        assert f"session {first['pid']} (A, " in tree["message"]
        assert "is idle in transaction" in tree["message"]
        assert "holds up 2 sessions" in tree["message"]
        assert [each["sql"] for each in tree["statements"]] == [
            f"SELECT pg_cancel_backend({second['pid']})",
            f"SELECT pg_terminate_backend({first['pid']})",
        ]
        assert (told["blocked"], told["status"]) == (2, WARNING)
        assert report(patient, warn=0, crit=0)["status"] == CRITICAL
        assert report(patient)["status"] == OK
    assert report(patient)["trees"] == []


def test_the_first_command_alone_lets_the_queue_pass(patient: IsolatedServer, orders: str) -> None:
    with (
        patient.session("SELECT * FROM orders", name="A"),
        stuck(patient, "ALTER TABLE orders ADD note text", "B"),
        stuck(patient, "SELECT count(*) FROM orders", "C"),
    ):
        patient.execute(report(patient)["trees"][0]["statements"][0]["sql"])
        patient.wait(lambda: report(patient)["blocked"] == 0, "nobody waits")


def test_two_updates_of_one_row_queue_behind_a_third(patient: IsolatedServer, orders: str) -> None:
    with (
        patient.session("UPDATE orders SET n = 1 WHERE id = 1", name="A"),
        stuck(patient, "UPDATE orders SET n = 2 WHERE id = 1", "w1"),
        stuck(patient, "UPDATE orders SET n = 3 WHERE id = 1", "w2"),
        stuck(patient, "UPDATE orders SET n = 4 WHERE id = 1", "w3"),
    ):
        (tree,) = report(patient)["trees"]
        assert chain(tree) == [(0, "A"), (1, "w1"), (2, "w2"), (3, "w3")]
        assert [node["blocked_sessions"] for node in tree["nodes"]] == [3, 2, 1, 0]
        assert tree["nodes"][1]["object"].startswith("transaction ")
        assert tree["nodes"][2]["object"] == f"row (0,1) of {orders}"


def test_who_works_may_be_cancelled(patient: IsolatedServer, orders: str) -> None:
    with (
        patient.waiting(
            "WITH x AS (UPDATE orders SET n = 1 WHERE id = 1 RETURNING 1) SELECT pg_sleep(60) FROM x", name="A"
        ),
        stuck(patient, "UPDATE orders SET n = 2 WHERE id = 1", "B"),
    ):
        (tree,) = report(patient)["trees"]
        pid = tree["nodes"][0]["pid"]
        assert "is at work for" in tree["message"]
        assert [each["sql"] for each in tree["statements"]] == [
            f"SELECT pg_cancel_backend({pid})",
            f"SELECT pg_terminate_backend({pid})",
        ]


def test_two_roots_are_two_trees(patient: IsolatedServer, orders: str) -> None:
    with (
        patient.session("UPDATE orders SET n = 1 WHERE id = 1", name="A"),
        patient.session("UPDATE orders SET n = 1 WHERE id = 2", name="B"),
        stuck(patient, "UPDATE orders SET n = 2 WHERE id = 1", "a1"),
        stuck(patient, "UPDATE orders SET n = 3 WHERE id = 1", "a2"),
        stuck(patient, "UPDATE orders SET n = 4 WHERE id = 2", "b1"),
    ):
        assert [chain(tree) for tree in report(patient)["trees"]] == [
            [(0, "A"), (1, "a1"), (2, "a2")],
            [(0, "B"), (1, "b1")],
        ]


@pytest.mark.parametrize("statement", ["UPDATE orders SET n = 1 WHERE id = 1", "LOCK TABLE orders IN EXCLUSIVE MODE"])
def test_a_prepared_transaction_is_named(patient: IsolatedServer, orders: str, statement: str) -> None:
    gid = "it's \\ ours"
    patient.execute("BEGIN; CREATE TABLE other (); PREPARE TRANSACTION 'another'")
    patient.execute(f"BEGIN; {statement}; PREPARE TRANSACTION $${gid}$$")
    try:
        with stuck(patient, "UPDATE orders SET n = 2 WHERE id = 1", "B"):
            told = report(patient)
            (tree,) = told["trees"]
            assert chain(tree) == [(0, gid), (1, "B")]
            root = tree["nodes"][0]
            assert (root["pid"], root["database"], root["gid"]) == (None, DATABASE, gid)
            assert root["role"] == patient.server.address("postgres")["user"]
            assert f"prepared transaction {gid} of {root['role']} in {DATABASE}" in tree["message"]
            assert tree["nodes"][1]["blocked_by"] == [gid]
            assert [(each["gid"], each["blocked_sessions"]) for each in told["prepared"]] == [("another", 0), (gid, 1)]
            patient.execute(tree["statements"][0]["sql"])
            patient.wait(lambda: report(patient)["blocked"] == 0, "nobody waits")
    finally:
        for (left,) in patient.server.rows("SELECT quote_literal(gid) FROM pg_prepared_xacts"):
            patient.execute(f"ROLLBACK PREPARED {left}")


def test_a_table_in_another_database_has_its_name(patient: IsolatedServer, orders: str) -> None:
    patient.execute('CREATE SCHEMA "My App"', 'CREATE TABLE "My App"."T" ()')
    with patient.session('LOCK TABLE "My App"."T"'), stuck(patient, 'TABLE "My App"."T"', "B"):
        assert report(patient)["trees"][0]["nodes"][1]["object"] == '"My App"."T"'
        assert report(patient, database=DATABASE)["trees"][0]["nodes"][1]["object"] == '"My App"."T"'


@pytest.mark.parametrize(
    ("key", "label"),
    [("72707369", "advisory lock 72707369 of Prisma"), ("-5", "advisory lock -5"), ("3, 4", "advisory lock (3, 4)")],
)
def test_an_advisory_lock_has_its_number_and_owner(patient: IsolatedServer, key: str, label: str) -> None:
    with (
        patient.session(f"SELECT pg_advisory_lock({key})", name="A"),
        stuck(patient, f"SELECT pg_advisory_lock({key})", "B"),
    ):
        told = report(patient)
        assert chain(told["trees"][0]) == [(0, "A"), (1, "B")]
        assert told["trees"][0]["nodes"][1]["object"] == label
        assert [(each["lock"], each["granted"], each["application"]) for each in told["advisory"]] == [
            (label, True, "A"),
            (label, False, "B"),
        ]


def test_a_circle_has_no_root_and_yet_is_told(patient: IsolatedServer, orders: str) -> None:
    patient.execute("ALTER SYSTEM SET deadlock_timeout = '1min'", "SELECT pg_reload_conf()")
    patient.until("SELECT current_setting('deadlock_timeout') = '1min'")
    try:
        with (
            patient.session("UPDATE orders SET n = 1 WHERE id = 1", name="A") as first,
            patient.session("UPDATE orders SET n = 1 WHERE id = 2", name="B") as second,
        ):
            work = [
                threading.Thread(target=_update, args=(connection, row), daemon=True)
                for connection, row in ((first, 2), (second, 1))
            ]
            for each in work:
                each.start()
            patient.until("SELECT count(*) = 2 FROM pg_locks WHERE NOT granted")
            (tree,) = report(patient)["trees"]
            assert sorted(node["application"] for node in tree["nodes"] if not node["repeated"]) == ["A", "B"]
            assert all(node["in_cycle"] for node in tree["nodes"])
            assert "wait for each other" in tree["message"]
            patient.execute(tree["statements"][0]["sql"])
            patient.until("SELECT count(*) = 0 FROM pg_locks WHERE NOT granted")
    finally:
        patient.execute("ALTER SYSTEM RESET deadlock_timeout", "SELECT pg_reload_conf()")


def _update(connection: Any, row: int) -> None:
    try:
        connection.cursor().execute(f"UPDATE orders SET n = 9 WHERE id = {row}")
    except psycopg2.Error:
        connection.rollback()


def test_who_may_see_little_sees_the_chain_all_the_same(patient: IsolatedServer, orders: str) -> None:
    patient.execute(
        "DROP ROLE IF EXISTS mon, plain", "CREATE ROLE mon LOGIN IN ROLE pg_monitor", "CREATE ROLE plain LOGIN"
    )
    try:
        with (
            patient.session("SELECT * FROM orders", name="A"),
            stuck(patient, "ALTER TABLE orders ADD note text", "B"),
            stuck(patient, "SELECT count(*) FROM orders", "C"),
        ):
            whole = report(patient, warn=0)["trees"][0]
            monitor = report(patient, dsn=patient.as_role("mon"), warn=0)
            assert chain(monitor["trees"][0]) == chain(whole)
            assert monitor["visible"]
            plain = report(patient, dsn=patient.as_role("plain"), warn=-1)
            assert [node["pid"] for node in plain["trees"][0]["nodes"]] == [node["pid"] for node in whole["nodes"]]
            assert not plain["visible"]
            assert plain["hidden_sessions"] >= 3
            assert "may not be looked at" in plain["trees"][0]["message"]
            assert {node["query"] for node in plain["trees"][0]["nodes"]} == {"<insufficient privilege>"}
            assert finding(plain)["status"] != OK
    finally:
        patient.execute("DROP ROLE mon, plain")


def test_a_look_changes_nothing_and_waits_for_nobody(patient: IsolatedServer, orders: str) -> None:
    with patient.session("LOCK TABLE orders", "LOCK TABLE pg_catalog.pg_statistic"):
        assert report(patient)["trees"] == []
