# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replication slots that are in the way."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import working
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import seen_by
from ansible_collections.aerovista.postgresql.tests.servers.scene import on

NEXT_TOO = True
SLOTS = "replication.slots"


@pytest.fixture
def slot(patient: IsolatedServer) -> Iterator[str]:
    """The slot of a standby that is gone."""
    patient.execute("SELECT pg_create_physical_replication_slot('old_standby', true)")
    yield "old_standby"
    patient.execute("SELECT pg_drop_replication_slot('old_standby')")


def _write(patient: IsolatedServer, files: int) -> None:
    patient.execute(*["SELECT pg_logical_emit_message(false, 'x', 'x'); SELECT pg_switch_wal()"] * files)


def test_a_slot_from_which_nobody_reads(patient: IsolatedServer, slot: str) -> None:
    assert patient.turned() == {SLOTS: "WARNING"}
    finding = patient.look(SLOTS)[SLOTS]
    assert "physical replication slot old_standby" in finding.message
    assert "inactive" in finding.message
    assert "pg_drop_replication_slot('old_standby')" in finding.hint
    assert seen_by(patient, SLOTS) == {"mon": "WARNING", "plain": "WARNING"}
    assert patient.turned(exclude={SLOTS: [slot]}) == {}


def test_a_slot_that_keeps_much(patient: IsolatedServer, slot: str) -> None:
    _write(patient, 2)
    limits = {SLOTS: {"crit": 1e-6}}
    assert patient.turned(thresholds=limits) == {SLOTS: "CRITICAL"}
    assert " MB of WAL" in patient.look(SLOTS, thresholds=limits)[SLOTS].message


def test_a_slot_that_lost_what_it_needs(patient: IsolatedServer, slot: str) -> None:
    patient.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()")
    try:
        _write(patient, 4)
        patient.execute("CHECKPOINT")
        patient.until("SELECT wal_status IN ('lost', 'unreserved') FROM pg_replication_slots")
        assert patient.turned() == {SLOTS: "CRITICAL"}
        finding = patient.look(SLOTS)[SLOTS]
        assert "lost WAL" in finding.message or "unreserved WAL" in finding.message
        assert seen_by(patient, SLOTS) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    finally:
        patient.execute("ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()")


def test_a_file_system_that_cannot_be_seen(patient: IsolatedServer, slot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a role over TCP whose user may not walk into the data directory; what is wrong anyway is still told."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "statvfs", refuse)
    finding = patient.look(SLOTS)[SLOTS]
    assert finding.status == "WARNING"
    assert "may not be seen" in finding.message


def test_no_slot(patient: IsolatedServer) -> None:
    assert patient.turned() == {}
    assert patient.look(SLOTS)[SLOTS].message == "no replication slot is in the way"
    assert seen_by(patient, SLOTS) == {"mon": "OK", "plain": "OK"}


@on(19)
def test_the_slot_of_repack(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int PRIMARY KEY)", "CREATE TABLE other (id int)")
    with patient.session("INSERT INTO other VALUES (1)"), working(patient, "REPACK (CONCURRENTLY) visit"):
        patient.until("SELECT count(*) = 1 FROM pg_replication_slots WHERE active")
        assert patient.turned() == {}, "it is at work"
        _write(patient, 2)
        limits = {SLOTS: {"crit": 1e-6}}
        patient.wait(lambda: patient.turned(thresholds=limits) == {SLOTS: "CRITICAL"}, "it keeps WAL")
        hint = patient.look(SLOTS, thresholds=limits)[SLOTS].hint
        (slot,) = patient.server.rows("SELECT quote_literal(slot_name) FROM pg_replication_slots")[0]
        with pytest.raises(psycopg2.Error, match="is active for PID"):
            patient.execute(f"SELECT pg_drop_replication_slot({slot})")
        patient.execute(hint.partition("stop it with ")[2])
        patient.until("SELECT count(*) = 0 FROM pg_replication_slots")
    assert patient.turned(thresholds=limits) == {}
