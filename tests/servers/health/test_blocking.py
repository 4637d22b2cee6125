# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that wait, and locks that nobody seems to hold."""

from __future__ import annotations

import time

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import count_at_once, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major, on

BLOCKED, PREPARED, TABLE, WAITS = "locks.blocked", "locks.prepared", "locks.table", "locks.waits"

#: Seconds that the one who waits has been at its statement, and at its wait.
STATEMENT = """
SELECT extract(epoch FROM clock_timestamp() - a.query_start)::float8
  FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted
"""
WAIT = "SELECT extract(epoch FROM clock_timestamp() - waitstart)::float8 FROM pg_locks WHERE NOT granted"
#: So long tests wait, and what is too long for them.
WAIT_S, WARN_S = 0.5, 0.4


def _strict(check: str, **more: float) -> dict[str, dict[str, float]]:
    return {check: {"warn": WARN_S, **more}}


def _until_waiting(patient: IsolatedServer, sessions: int) -> None:
    patient.until(f"SELECT count(DISTINCT pid) = {sessions} FROM pg_locks WHERE NOT granted")
    time.sleep(WAIT_S)


def test_a_migration_behind_an_idle_reader_and_a_reader_behind_it(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int)")
    with (
        patient.session("SELECT FROM visit", name="report") as report,
        patient.waiting("ALTER TABLE visit ADD COLUMN seen bool", name="migration"),
        patient.waiting("SELECT count(*) FROM visit", name="app"),
    ):
        _until_waiting(patient, 2)
        assert patient.turned(thresholds=_strict(BLOCKED)) == {BLOCKED: "WARNING"}
        assert patient.turned(thresholds=_strict(BLOCKED, crit=WARN_S)) == {BLOCKED: "CRITICAL"}
        message = patient.look(BLOCKED, thresholds=_strict(BLOCKED))[BLOCKED].message
        told = message.split("; session")
        assert len(told) == 2
        # Also the reader, whom the migration blocks, is told of the one at the root of both.
        assert [f"at the root of it: session {report.info.backend_pid}" in part for part in told] == [True, True]
        assert message.count("report), idle in transaction for") == 2
        # 13 does not record when a wait began, and hides the age of the statement.
        plain = "UNKNOWN" if patient.major < 14 else "WARNING"
        assert seen_by(patient, BLOCKED, thresholds=_strict(BLOCKED)) == {"mon": "WARNING", "plain": plain}
        assert (
            patient.turned(thresholds=_strict(BLOCKED), exclude={BLOCKED: ["clinic.*.migration", "clinic.*.app"]}) == {}
        )
        assert patient.turned() == {}
    assert patient.turned(thresholds=_strict(BLOCKED)) == {}


@every_major
def test_the_wait_counts_not_the_statement(patient: IsolatedServer) -> None:
    """Since 14 the server tells when a wait began; before, a statement that worked for long counts as if it had waited."""
    patient.execute("CREATE TABLE visit (id int)")
    both = "DO $$BEGIN PERFORM pg_sleep(1.5); LOCK TABLE visit; END$$"
    with patient.session("LOCK TABLE visit"), patient.waiting(both):
        patient.until("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted")
        if patient.major < 14:
            assert patient.turned(thresholds={BLOCKED: {"warn": patient.server.rows(STATEMENT)[0][0]}}) == {
                BLOCKED: "WARNING"
            }
            return
        # Between the ages of the two are 1.5 s; a machine that is too busy to look within that looks again.
        for _look in range(20):
            ((between,),) = patient.server.rows(STATEMENT)
            turned = patient.turned(thresholds={BLOCKED: {"warn": between}})
            if patient.server.rows(WAIT)[0][0] < between:
                break
        else:
            pytest.fail("no look took less than 1.5 s")
        assert turned == {}


def test_who_waits_behind_another_who_waits_for_a_row(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit AS SELECT 1 AS id")
    update = "UPDATE visit SET id = 1"
    with (
        patient.session(update, name="first"),
        patient.waiting(update, name="second"),
        patient.waiting(update, name="third"),
    ):
        _until_waiting(patient, 2)
        message = patient.look(BLOCKED, thresholds=_strict(BLOCKED))[BLOCKED].message
        assert message.count("first), idle in transaction") == 2
        assert "second), active" not in message


def test_who_waits_for_a_prepared_transaction(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int)", "BEGIN; LOCK TABLE visit; PREPARE TRANSACTION 'it''s 7'")
    try:
        with patient.waiting("SELECT count(*) FROM visit"):
            _until_waiting(patient, 1)
            assert patient.turned(thresholds=_strict(BLOCKED)) == {BLOCKED: "WARNING"}
            assert (
                "at the root of it: prepared transaction it's 7"
                in patient.look(thresholds=_strict(BLOCKED))[BLOCKED].message
            )
    finally:
        patient.execute("ROLLBACK PREPARED 'it''s 7'")
    assert patient.turned(thresholds=_strict(BLOCKED)) == {}


def test_a_prepared_transaction_that_was_left(patient: IsolatedServer) -> None:
    patient.execute("BEGIN; CREATE TABLE visit (id int); PREPARE TRANSACTION 'it''s 7'")
    try:
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=_strict(PREPARED)) == {PREPARED: "WARNING"}
        assert patient.turned(thresholds=_strict(PREPARED, crit=WARN_S)) == {PREPARED: "CRITICAL"}
        finding = patient.look(thresholds=_strict(PREPARED))[PREPARED]
        assert "prepared transaction it's 7 of" in finding.message
        assert "in clinic" in finding.message
        assert "ROLLBACK PREPARED 'it''s 7'" in finding.hint
        assert seen_by(patient, PREPARED, thresholds=_strict(PREPARED)) == {"mon": "WARNING", "plain": "WARNING"}
        assert patient.turned() == {}
        assert patient.turned(thresholds=_strict(PREPARED), exclude={PREPARED: ["clinic.it's *"]}) == {}
    finally:
        patient.execute("ROLLBACK PREPARED 'it''s 7'")
    assert patient.turned(thresholds=_strict(PREPARED)) == {}


@pytest.mark.parametrize(("locks", "status"), [(3900, ""), (4200, "WARNING"), (5900, "CRITICAL")])
def test_a_lock_table_that_fills(patient: IsolatedServer, locks: int, status: str) -> None:
    (room,) = patient.server.rows(
        "SELECT 64 * (100 + 5) FROM pg_settings WHERE name = 'max_connections' AND setting = '100'"
    )[0]
    assert room == 6720
    with patient.session(f"SELECT count(pg_advisory_xact_lock(g)) FROM generate_series(1, {locks}) g"):
        assert patient.turned() == ({TABLE: status} if status else {})
        finding = patient.look(TABLE)[TABLE]
        assert f"{locks:,}"[:3] in finding.message
        assert "of 6,720 places" in finding.message
        assert seen_by(patient, TABLE) == {"mon": status or "OK", "plain": status or "OK"}
    assert patient.turned() == {}


def test_one_thing_that_many_have_locked_takes_one_place(patient: IsolatedServer) -> None:
    lock = "SELECT count(pg_advisory_xact_lock_shared(g)) FROM generate_series(1, 1000) g"
    with patient.session(lock), patient.session(lock), patient.session(lock):
        value = patient.look(TABLE)[TABLE].value
        assert isinstance(value, float)
        assert value < 100 * 1100 / 6720


def test_weak_locks_on_few_tables_take_no_place(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int)")
    before = patient.look(TABLE)[TABLE].message
    with patient.session("SELECT FROM visit"), patient.session("SELECT FROM visit"):
        assert patient.look(TABLE)[TABLE].message == before


@on(19)
def test_waits_that_are_over(patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    count_at_once(monkeypatch)
    limits = {WAITS: {"warn": 0}}
    patient.execute("CREATE TABLE visit (id int)")
    patient.look(remember=True)
    assert patient.turned(remember=False, thresholds=limits) == {}
    assert "sessions waited 0 times for a lock" in patient.look(WAITS, remember=False)[WAITS].message
    with (
        patient.session("LOCK TABLE visit", name="holder") as holder,
        patient.waiting("LOCK TABLE visit", name="waiter"),
    ):
        patient.until("SELECT clock_timestamp() - waitstart > '1.2 s' FROM pg_locks WHERE NOT granted")
        holder.rollback()
        patient.until(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'waiter' AND state <> 'active'"
        )
    patient.until("SELECT sum(waits) > 0 FROM pg_stat_lock")
    assert patient.turned(remember=False) == {}, "it has no thresholds of its own"
    assert patient.turned(remember=False, thresholds=limits) == {WAITS: "WARNING"}
    message = patient.look(WAITS, remember=False)[WAITS].message
    assert "sessions waited 1 times for a lock within" in message
    assert " 1 s in all: 1 for relation" in message
    assert seen_by(patient, WAITS, thresholds=limits) == {"mon": "WARNING", "plain": "WARNING"}


@on(19)
def test_locks_that_the_fast_path_has_no_room_for(patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    count_at_once(monkeypatch)
    patient.look(remember=True)
    tables = [f"CREATE TABLE visit_{number} (id int)" for number in range(300)]
    patient.execute(*tables)
    with patient.session(*(f"SELECT FROM visit_{number}" for number in range(300))):
        pass
    patient.wait(
        lambda: "had no room in the fast path" in patient.look(WAITS, remember=False)[WAITS].message, "it is counted"
    )


@on(18)
def test_waits_are_not_counted_before_19(patient: IsolatedServer) -> None:
    found = patient.look(WAITS)[WAITS]
    assert (found.status, found.message) == ("OK", "PostgreSQL 18 does not count lock waits")
