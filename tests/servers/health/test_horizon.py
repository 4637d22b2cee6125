# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps vacuum from its work, and a vacuum that gives way to nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import isolated_server, seen_by

HORIZON, RUNNING = "vacuum.horizon", "vacuum.wraparound_running"
LIMITS = {HORIZON: {"warn": 100, "crit": 300}}


@pytest.fixture(scope="module")
def hurried(_running_patient: IsolatedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedServer]:
    """A server with logical slots, whose tables are frozen as soon as that is possible at all."""
    settings = {
        "wal_level": "logical",
        "autovacuum_freeze_max_age": "100000",
        "autovacuum_naptime": "1s",
    }
    with isolated_server(_running_patient.major, tmp_path_factory.mktemp("hurried"), settings) as patient:
        yield patient


def _transactions(patient: IsolatedServer, count: int) -> None:
    """Use up transaction numbers, one for each subtransaction that writes."""
    patient.execute(
        "CREATE TABLE IF NOT EXISTS visit (id int)",
        f"""DO $$BEGIN
            FOR number IN 1..{count} LOOP
                BEGIN INSERT INTO visit VALUES (number); EXCEPTION WHEN division_by_zero THEN NULL; END;
            END LOOP; END$$""",
    )


@pytest.mark.parametrize(
    "statements",
    [("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1"), ("SELECT txid_current()",)],
    ids=["snapshot", "number"],
)
def test_a_session_that_holds_vacuum_back(patient: IsolatedServer, statements: tuple[str, ...]) -> None:
    with patient.session(*statements) as session:
        assert patient.turned(thresholds=LIMITS) == {}
        _transactions(patient, 200)
        assert patient.turned(thresholds=LIMITS) == {HORIZON: "WARNING"}
        _transactions(patient, 200)
        assert patient.turned(thresholds=LIMITS) == {HORIZON: "CRITICAL"}
        message = patient.look(HORIZON, thresholds=LIMITS)[HORIZON].message
        assert f"session {session.info.backend_pid} (" in message
        assert "in clinic, busy app) keeps vacuum from removing" in message
        assert seen_by(patient, HORIZON, thresholds=LIMITS) == {"mon": "CRITICAL", "plain": "CRITICAL"}
        assert patient.turned() == {}
    assert patient.turned(thresholds=LIMITS) == {}


def test_a_prepared_transaction_that_holds_vacuum_back(patient: IsolatedServer) -> None:
    patient.execute("BEGIN; CREATE TABLE other (id int); PREPARE TRANSACTION 'seven'")
    try:
        _transactions(patient, 200)
        assert patient.turned(thresholds=LIMITS) == {HORIZON: "WARNING"}
        assert "prepared transaction seven in clinic keeps" in patient.look(thresholds=LIMITS)[HORIZON].message
    finally:
        patient.execute("ROLLBACK PREPARED 'seven'")
    assert patient.turned(thresholds=LIMITS) == {}


def test_a_slot_that_holds_vacuum_back(hurried: IsolatedServer) -> None:
    hurried.execute("SELECT pg_create_logical_replication_slot('old_reader', 'pgoutput')")
    try:
        _transactions(hurried, 200)
        aside = {"disabled": ["replication.slots"]}  # that it is there at all is another matter
        assert hurried.turned(thresholds=LIMITS, **aside) == {HORIZON: "WARNING"}
        assert "replication slot old_reader keeps" in hurried.look(HORIZON, thresholds=LIMITS)[HORIZON].message
    finally:
        hurried.execute("SELECT pg_drop_replication_slot('old_reader')")
    assert hurried.turned(thresholds=LIMITS) == {}


def test_a_vacuum_against_wraparound(hurried: IsolatedServer) -> None:
    assert hurried.look(RUNNING)[RUNNING].message == "vacuum against wraparound: none"
    hurried.execute("CREATE TABLE patients (id int)")
    running = "SELECT count(*) > 0 FROM pg_stat_activity WHERE query ~ 'public.patients .to prevent wraparound' AND wait_event_type = 'Lock'"
    with hurried.session("LOCK TABLE patients IN SHARE UPDATE EXCLUSIVE MODE"):
        _transactions(hurried, 110_000)
        hurried.until(running, 40)
        finding = hurried.look(RUNNING)[RUNNING]
        assert finding.status == "OK"
        assert "public.patients (to prevent wraparound)' in clinic" in finding.message
        assert hurried.look(RUNNING, thresholds={RUNNING: {"warn": 0}})[RUNNING].status == "WARNING"
        assert seen_by(hurried, RUNNING) == {"mon": "OK", "plain": "UNKNOWN"}
    hurried.wait(lambda: "patients" not in hurried.look(RUNNING)[RUNNING].message, "the end of the vacuum")
