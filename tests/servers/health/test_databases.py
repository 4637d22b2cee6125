# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database that an interrupted DROP left."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import preflight
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.report import inspect_locks
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestoreRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.preflight import look_at_target
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

INVALID = "databases.invalid"
NAME = 'half "gone"'
QUOTED = '"half ""gone"""'


@pytest.fixture
def half_gone(patient: IsolatedServer) -> Iterator[IsolatedServer]:
    """What DROP DATABASE writes before it removes files."""
    patient.execute(f"CREATE DATABASE {QUOTED}")
    patient.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half \"gone\"'")
    yield patient
    patient.execute(f"DROP DATABASE {QUOTED}")


def test_interrupted_drop_is_one_finding_with_the_statement(half_gone: IsolatedServer) -> None:
    with pytest.raises(psycopg2.OperationalError, match="cannot connect to invalid database"):
        half_gone.execute("SELECT 1", database=NAME)
    assert half_gone.turned() == {INVALID: "WARNING"}
    found = half_gone.look(INVALID)[INVALID]
    assert f"DROP DATABASE {QUOTED}" in found.hint
    with others(half_gone):
        assert seen_by(half_gone, INVALID) == {"mon": "WARNING", "plain": "WARNING"}


def test_other_commands_leave_it_out(half_gone: IsolatedServer) -> None:
    cluster = half_gone.server.cluster
    assert inspect_locks(cluster).report["inaccessible_databases"] == {}
    with connect(cluster) as session:
        assert NAME not in preflight.backed_up(session)


@pytest.mark.parametrize("request_", [RestoreRequest("x", target=NAME), RestoreRequest(NAME, replace=NAME)])
def test_restore_in_its_place_is_refused_with_the_statement(
    half_gone: IsolatedServer, request_: RestoreRequest
) -> None:
    with connect(half_gone.server.cluster) as session, pytest.raises(PgsopError) as refused:
        look_at_target(session, request_, NAME)
    assert f"DROP DATABASE {QUOTED}" in refused.value.next_step
