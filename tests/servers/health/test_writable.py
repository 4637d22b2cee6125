# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that takes no writes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import isolated_server, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.scene import next_too

WRITABLE = "service.writable"


@pytest.mark.parametrize(
    ("done", "undone", "place"),
    [
        ("ALTER SYSTEM SET {}", "ALTER SYSTEM RESET {}", "the whole server"),
        ("ALTER DATABASE clinic SET {}", "ALTER DATABASE clinic RESET {}", "database clinic"),
        ("ALTER ROLE ALL SET {}", "ALTER ROLE ALL RESET {}", "all roles"),
    ],
)
def test_what_only_reads_by_default(patient: IsolatedServer, done: str, undone: str, place: str) -> None:
    name = "default_transaction_read_only"
    patient.execute(done.format(f"{name} = yes"), "SELECT pg_reload_conf()")
    try:
        assert patient.turned() == {WRITABLE: "WARNING"}
        assert place in patient.look(WRITABLE)[WRITABLE].message
        seen = seen_by(patient, WRITABLE)
        assert set(seen.values()) == {"UNKNOWN" if "SYSTEM" in done else "WARNING"}
    finally:
        patient.execute(undone.format(name), "SELECT pg_reload_conf()")
    assert patient.turned() == {}
    assert set(seen_by(patient, WRITABLE).values()) == {"UNKNOWN"}


def test_a_role_that_is_meant_to_read_is_nobody_elses_trouble(patient: IsolatedServer) -> None:
    patient.execute("CREATE ROLE reader LOGIN", "ALTER ROLE reader SET default_transaction_read_only = on")
    try:
        assert patient.turned() == {}
    finally:
        patient.execute("DROP ROLE reader")


def test_a_command_line_that_overrides_files_and_a_standby(patient: IsolatedServer, tmp_path: Path) -> None:
    with isolated_server(patient.major, tmp_path, {"default_transaction_read_only": "on"}) as own:
        own.execute("ALTER SYSTEM SET default_transaction_read_only = off", "SELECT pg_reload_conf()")
        assert own.turned() == {WRITABLE: "WARNING"}
        assert "on the command line" in own.look(WRITABLE)[WRITABLE].message
        own.execute("CREATE ROLE clerk LOGIN")
        own.server.stop()
        (Path(own.server.cluster.data_directory) / "standby.signal").touch()
        own.server.start()
        assert own.turned() == {WRITABLE: "CRITICAL"}
        assert "the server is in recovery" in own.look(WRITABLE)[WRITABLE].message
        assert own.look(WRITABLE, dsn=own.as_role("clerk"))[WRITABLE].status == "CRITICAL"


@next_too
def test_recovery_that_is_paused(patient: IsolatedServer, tmp_path: Path) -> None:
    with isolated_server(patient.major, tmp_path, {}) as own:
        own.execute("CREATE TABLE visit (id int)")
        own.server.stop(signal.SIGQUIT)
        (Path(own.server.cluster.data_directory) / "standby.signal").touch()
        own.server.start()
        found = own.look(WRITABLE)[WRITABLE]
        assert "the last transaction that it replayed is " in found.message
        assert "paused" not in found.message
        own.execute("SELECT pg_wal_replay_pause()", database="postgres")
        found = own.look(WRITABLE)[WRITABLE]
        assert found.message.endswith("; the replay is paused")
        assert "SELECT pg_wal_replay_resume()" in found.hint
        own.execute("SELECT pg_wal_replay_resume()", database="postgres")
        assert own.look(WRITABLE)[WRITABLE].hint.startswith("if it is meant to be the primary")
