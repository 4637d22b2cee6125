# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that fell over and got up again."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psycopg2

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import isolated_server, seen_by

CRASH = "service.crash"


def test_a_backend_that_was_killed(patient: IsolatedServer, tmp_path: Path) -> None:
    gap = {"gap_s": 1.5}
    with isolated_server(patient.major, tmp_path, {}) as own:
        own.until("SELECT clock_timestamp() > pg_postmaster_start_time() + interval '2 s'")
        assert own.turned(thresholds={CRASH: gap}) == {}
        before = _checkpointer(own)
        with contextlib.suppress(psycopg2.OperationalError), own.session() as session:
            os.kill(session.info.backend_pid, signal.SIGKILL)
            own.wait(lambda: _fell(session), "the crash")
        own.wait(lambda: _checkpointer(own) not in (0, before), "the server after its crash")
        assert own.turned(thresholds={CRASH: gap}) == {CRASH: "CRITICAL"}
        assert "processes were started anew" in own.look(CRASH, thresholds={CRASH: gap})[CRASH].message
        assert seen_by(own, CRASH, thresholds={CRASH: gap}) == {"mon": "CRITICAL", "plain": "UNKNOWN"}
        # Later, in the eyes of whoever has less patience.
        assert own.turned(thresholds={CRASH: {**gap, "crit": 0}}) == {CRASH: "WARNING"}
        assert own.turned(thresholds={CRASH: {**gap, "warn": 0, "crit": 0}}) == {}
        # A start in order ends it.
        own.server.stop()
        own.server.start()
        assert own.turned(thresholds={CRASH: gap}) == {}


def _fell(session: psycopg2.extensions.connection) -> bool:
    try:
        session.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return True
    return False


def _checkpointer(patient: IsolatedServer) -> int:
    """Process number of the server's checkpointer, which is another one after a crash; 0 if there is none, or no answer."""
    try:
        rows = patient.server.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    except psycopg2.Error:
        return 0
    return int(rows[0][0]) if rows else 0
