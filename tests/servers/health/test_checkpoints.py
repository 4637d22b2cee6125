# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints that come too early or too slowly."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import (
    count_at_once,
    isolated_server,
    seen_by,
    settle,
)

REQUESTED, FSYNC = "checkpoints.requested", "checkpoints.backend_fsync"

#: So many are done, whoever asked for them.
_CHECKPOINTS = {
    False: "SELECT checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter",
    True: "SELECT num_timed + num_requested FROM pg_stat_checkpointer",
}

#: What it reads differs from major to major.
MAJORS = (13, 14, 15, 16, 17, 18)
NEXT_TOO = True


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, patient: IsolatedServer) -> None:
    count_at_once(monkeypatch)
    settle(patient)


@pytest.fixture
def _little_room(patient: IsolatedServer) -> Iterator[None]:
    """Room for two files of WAL, so that each of them forces a checkpoint."""
    patient.execute(
        "ALTER SYSTEM SET max_wal_size = '32MB'", "ALTER SYSTEM SET min_wal_size = '32MB'", "SELECT pg_reload_conf()"
    )
    patient.until("SELECT setting = '32' FROM pg_settings WHERE name = 'max_wal_size'")
    yield
    patient.execute("ALTER SYSTEM RESET max_wal_size", "ALTER SYSTEM RESET min_wal_size", "SELECT pg_reload_conf()")


def _checkpoints(patient: IsolatedServer, count: int, *, files: bool) -> None:
    """So many checkpoints, each forced by a whole file of WAL, or asked for."""
    question = _CHECKPOINTS[patient.major >= 17]
    for _number in range(count):
        (before,) = patient.server.rows(question)[0]
        if files:
            patient.execute("CREATE TABLE written AS SELECT 1 AS id", "DROP TABLE written", "SELECT pg_switch_wal()")
        else:
            patient.execute("CHECKPOINT")
        patient.until(f"SELECT ({question}) > {before}")


@pytest.mark.usefixtures("_little_room")
def test_checkpoints_that_wal_forces(patient: IsolatedServer) -> None:
    def turned(**requested: float | None) -> dict[str, str]:
        # How soon old WAL is removed in so little room depends on what else this machine does.
        room = {"warn": None, "crit": None}
        return patient.turned(remember=False, thresholds={"wal.size": room, REQUESTED: requested})

    _checkpoints(patient, 1, files=True)
    patient.look()
    assert turned() == {}
    assert "too few for a share" in patient.look(REQUESTED, remember=False)[REQUESTED].message
    _checkpoints(patient, 9, files=True)
    assert turned() == {REQUESTED: "CRITICAL"}
    assert "came before their time, for WAL" in patient.look(REQUESTED, remember=False)[REQUESTED].message
    assert turned(crit=None) == {REQUESTED: "WARNING"}
    assert seen_by(patient, REQUESTED) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    assert turned(least_checkpoints=99) == {}


def test_checkpoints_that_somebody_asks_for(patient: IsolatedServer) -> None:
    """As for each database that is dropped, by a restore drill for example."""
    patient.look()
    _checkpoints(patient, 5, files=False)
    patient.execute("CREATE DATABASE ward", "DROP DATABASE ward", database="postgres")
    assert patient.turned(remember=False) == {}
    assert "0 of " in patient.look(REQUESTED, remember=False)[REQUESTED].message


def test_sessions_that_write_for_the_checkpointer(patient: IsolatedServer, tmp_path: Path) -> None:
    """Where the checkpointer stands still, its queue, as long as shared buffers are many, is soon full."""
    with isolated_server(patient.major, tmp_path, {"shared_buffers": "128kB", "max_connections": "10"}) as own:
        own.execute("CHECKPOINT")
        settle(own)
        own.look()
        assert own.turned() == {}
        (pid,) = own.server.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")[0]
        os.kill(pid, signal.SIGSTOP)
        try:
            own.execute(*(f"CREATE TABLE visit_{number} AS SELECT 1 AS id" for number in range(60)))
        finally:
            os.kill(pid, signal.SIGCONT)
        own.wait(lambda: own.look(FSYNC, remember=False)[FSYNC].status != "OK", "a session that called fsync")
        assert own.turned(remember=False) == {FSYNC: "WARNING"}
        message = own.look(FSYNC, remember=False)[FSYNC].message
        assert "sessions had to call fsync" in message
        assert ("changed pages themselves" in message) is (own.major >= 16)
        if own.major >= 16:
            written = re.search(r"wrote ([\d,]+) of ([\d,]+) changed pages", message)
            assert written, message
            own_pages, pages = (int(group.replace(",", "")) for group in written.groups())
            assert 0 < own_pages <= pages
        assert seen_by(own, FSYNC) == {"mon": "WARNING", "plain": "WARNING"}
        own.admit()
        settle(own)
        own.look()
        own.execute("CREATE TABLE visit AS SELECT 1 AS id")
        assert own.turned() == {}
