# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers, roles and databases that have no connection left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import isolated_server, seen_by

SLOTS, LIMITS = "connections.slots", "connections.limits"

#: What it reads differs from major to major.
MAJORS = (13, 14, 15, 16, 17, 18)


@pytest.fixture(scope="module")
def small(_running_patient: IsolatedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedServer]:
    """A server with ten connections for ordinary roles."""
    settings = {"max_connections": "18", "superuser_reserved_connections": "8"}
    if _running_patient.major >= 16:
        settings = {"max_connections": "20", "superuser_reserved_connections": "6", "reserved_connections": "4"}
    with isolated_server(_running_patient.major, tmp_path_factory.mktemp("small"), settings) as patient:
        yield patient


def _only(patient: IsolatedServer, sessions: int) -> None:
    """Wait until those of an earlier look are gone, and who waits for it: a session ends a little after its connection."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    with patient.server.connect() as connection, connection.cursor() as cursor:

        def alone() -> bool:
            cursor.execute(count)
            return bool(cursor.fetchone()[0] == sessions + 1)

        patient.wait(alone, f"{sessions} sessions")
        pid = connection.info.backend_pid
    patient.wait(lambda: not Path(f"/proc/{pid}").exists(), "the end of who waits")


@pytest.mark.parametrize(("sessions", "status"), [(8, ""), (9, "WARNING"), (10, "CRITICAL"), (13, "CRITICAL")])
def test_slots_of_the_server(small: IsolatedServer, sessions: int, status: str) -> None:
    _only(small, 0)
    with ExitStack() as busy:
        for _number in range(sessions):
            busy.enter_context(small.session())
        assert small.turned() == ({SLOTS: status} if status else {})
        _only(small, sessions)
        finding = small.look(SLOTS)[SLOTS]
        assert finding.message == f"{sessions} of 10 connections are in use"
        assert finding.value == 10 * sessions
    _only(small, 0)
    assert small.turned() == {}


def test_slots_as_others_see_them(small: IsolatedServer) -> None:
    _only(small, 0)
    with ExitStack() as busy:
        for _number in range(7):
            busy.enter_context(small.session())
        # Two that make the roles may still be there.
        limits = {SLOTS: {"warn": 65, "crit": 105}}
        assert seen_by(small, SLOTS, thresholds=limits) == {"mon": "WARNING", "plain": "UNKNOWN"}
    _only(small, 0)


@pytest.mark.parametrize(("sessions", "status"), [(4, ""), (5, "WARNING"), (6, "CRITICAL")])
@pytest.mark.parametrize("limited", ["role clerk", "database clinic"])
def test_limits_of_a_role_and_of_a_database(patient: IsolatedServer, limited: str, sessions: int, status: str) -> None:
    role = "clerk" if limited == "role clerk" else ""
    patient.execute("CREATE ROLE clerk LOGIN", f"ALTER {limited} CONNECTION LIMIT 6", database="postgres")
    try:
        with ExitStack() as busy:
            for _number in range(sessions):
                busy.enter_context(patient.session(role=role))
            assert patient.turned() == ({LIMITS: status} if status else {})
            _only(patient, sessions)
            assert f"{limited} uses {sessions} of its 6 connections" in patient.look(LIMITS)[LIMITS].message
            _only(patient, sessions)
            assert seen_by(patient, LIMITS) == {"mon": status or "OK", "plain": "UNKNOWN"}
        _only(patient, 0)
        assert patient.turned() == {}
    finally:
        patient.execute("DROP ROLE clerk", database="postgres")


def test_what_keeps_everybody_out_on_purpose_is_no_limit_that_is_reached(patient: IsolatedServer) -> None:
    patient.execute("CREATE ROLE clerk LOGIN CONNECTION LIMIT 0")
    try:
        assert patient.turned() == {}
        assert patient.look(LIMITS)[LIMITS].value is None
    finally:
        patient.execute("DROP ROLE clerk")
