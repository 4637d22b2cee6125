# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that last too long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import seen_by

QUERY, TRANSACTION, IDLE = "sessions.long_query", "sessions.long_transaction", "sessions.idle_in_transaction"

#: So long tests wait, and what is too long for them.
WAIT_S, WARN_S = 0.5, 0.4


def _strict(check: str, **more: float) -> dict[str, dict[str, float]]:
    return {check: {"warn": WARN_S, **more}}


@contextmanager
def _aborted(patient: IsolatedServer) -> Iterator[None]:
    with patient.session() as session:
        with pytest.raises(psycopg2.Error):
            session.cursor().execute("SELECT 1 / 0")
        yield


def test_a_statement_that_runs_long(patient: IsolatedServer) -> None:
    with patient.waiting("SELECT pg_sleep(60)"):
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=_strict(QUERY)) == {QUERY: "WARNING"}
        assert patient.turned(thresholds=_strict(QUERY, crit=WARN_S)) == {QUERY: "CRITICAL"}
        assert (
            "in clinic, waiting app) has been at one statement for"
            in patient.look(thresholds=_strict(QUERY))[QUERY].message
        )
        assert seen_by(patient, QUERY, thresholds=_strict(QUERY)) == {"mon": "WARNING", "plain": "UNKNOWN"}
        assert patient.turned(thresholds=_strict(QUERY), exclude={QUERY: ["clinic.*.waiting app"]}) == {}
        assert patient.turned() == {}
    assert patient.turned(thresholds=_strict(QUERY)) == {}


@pytest.mark.parametrize("backup", ["pg_dump", "pgsop"])
def test_backups_take_their_time(patient: IsolatedServer, backup: str) -> None:
    every = {check: {"warn": WARN_S} for check in (QUERY, TRANSACTION, IDLE)}
    with patient.waiting("SELECT pg_sleep(60)", name=backup), patient.session("SELECT 1", name=backup):
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=every) == {}


def test_a_transaction_that_lasts_long(patient: IsolatedServer) -> None:
    with patient.session("SELECT 1"):
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=_strict(TRANSACTION)) == {TRANSACTION: "WARNING"}
        assert patient.turned(thresholds=_strict(TRANSACTION, crit=WARN_S)) == {TRANSACTION: "CRITICAL"}
        message = patient.look(thresholds=_strict(TRANSACTION))[TRANSACTION].message
        assert "now idle in transaction" in message
        assert seen_by(patient, TRANSACTION, thresholds=_strict(TRANSACTION)) == {"mon": "WARNING", "plain": "UNKNOWN"}
        assert patient.turned() == {}
    assert patient.turned(thresholds=_strict(TRANSACTION)) == {}


def test_a_parallel_query_is_one_transaction(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE visit AS SELECT 1 AS id FROM generate_series(1, 2)",
        "ALTER TABLE visit SET (parallel_workers = 2)",
        "ALTER DATABASE clinic SET parallel_setup_cost = 0",
        "ALTER DATABASE clinic SET parallel_tuple_cost = 0",
        "ALTER DATABASE clinic SET parallel_leader_participation = off",
    )
    with patient.waiting("SELECT count(*) FROM visit WHERE pg_sleep(60) IS NOT NULL"):
        patient.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE backend_type = 'parallel worker'")
        time.sleep(WAIT_S)
        for check in (QUERY, TRANSACTION):
            finding = patient.look(check, thresholds=_strict(check))[check]
            assert finding.status == "WARNING"
            assert finding.message.count("waiting app") == 1


def test_a_transaction_in_which_nothing_happens(patient: IsolatedServer) -> None:
    with patient.session("SELECT 1"):
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=_strict(IDLE)) == {IDLE: "WARNING"}
        assert patient.turned(thresholds=_strict(IDLE, crit=WARN_S)) == {IDLE: "CRITICAL"}
        assert patient.turned(thresholds={IDLE: {"aborted_warn": 0, "aborted_crit": 0}}) == {}
        assert seen_by(patient, IDLE, thresholds=_strict(IDLE)) == {"mon": "WARNING", "plain": "UNKNOWN"}
        assert patient.turned() == {}
    assert patient.turned(thresholds=_strict(IDLE)) == {}


def test_a_transaction_that_failed_and_was_left(patient: IsolatedServer) -> None:
    with _aborted(patient):
        time.sleep(WAIT_S)
        assert patient.turned(thresholds={IDLE: {"aborted_warn": WARN_S}}) == {IDLE: "WARNING"}
        assert patient.turned(thresholds={IDLE: {"aborted_crit": WARN_S}}) == {IDLE: "CRITICAL"}
        message = patient.look(thresholds={IDLE: {"aborted_warn": WARN_S}})[IDLE].message
        assert "has been idle in transaction (aborted) for" in message
        assert patient.turned() == {}
    assert patient.turned(thresholds={IDLE: {"aborted_warn": WARN_S}}) == {}


def test_a_session_that_is_idle_outside_of_a_transaction_is_in_nobodys_way(patient: IsolatedServer) -> None:
    every = {check: {"warn": WARN_S} for check in (QUERY, TRANSACTION, IDLE)}
    with patient.server.connect("clinic") as session:
        session.cursor().execute("SELECT 1")
        time.sleep(WAIT_S)
        assert patient.turned(thresholds=every) == {}


@pytest.mark.parametrize("check", [QUERY, TRANSACTION, IDLE])
def test_sessions_that_do_not_tell_what_they_do(patient: IsolatedServer, check: str) -> None:
    with patient.session("SET track_activities = off"):
        finding = patient.look(check)[check]
        assert (finding.status, finding.visible) == ("UNKNOWN", False)
        assert "track_activities is off for 1 of 1 sessions" in finding.message
        with patient.session("SELECT 1"):
            time.sleep(WAIT_S)
            finding = patient.look(TRANSACTION, thresholds=_strict(TRANSACTION))[TRANSACTION]
            assert finding.status == "WARNING"
            assert "besides, not known" in finding.message
    assert patient.look(check)[check].status == "OK"
