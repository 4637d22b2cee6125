# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAL that grows, and WAL that nobody takes away."""

from __future__ import annotations

import os
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
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

SIZE, ARCHIVER, FULL = "wal.size", "wal.archiver", "wal.buffers_full"


@pytest.fixture(scope="module")
def archiving(_running_patient: IsolatedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedServer]:
    """A server that archives, with small files of WAL."""
    settings = {"archive_mode": "on", "wal_buffers": "32kB"}
    with isolated_server(
        _running_patient.major, tmp_path_factory.mktemp("archiving"), settings, "--wal-segsize=1"
    ) as patient:
        _archive(patient, "true")
        yield patient


def _archive(patient: IsolatedServer, command: str) -> None:
    patient.execute(f"ALTER SYSTEM SET archive_command = '{command}'", "SELECT pg_reload_conf()")


def _switch(patient: IsolatedServer, times: int) -> None:
    """Fill that many files of WAL."""
    patient.execute(*["SELECT pg_logical_emit_message(false, 'x', 'x'); SELECT pg_switch_wal()"] * times)


def _none_ready(patient: IsolatedServer) -> None:
    patient.until("SELECT count(*) = 0 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'", 20)


def test_more_wal_than_there_should_be(archiving: IsolatedServer) -> None:
    """Where the checkpointer stands still, nothing is taken away."""
    _archive(archiving, "true")
    _none_ready(archiving)
    archiving.execute("CHECKPOINT")
    assert archiving.turned() == {}
    (pid,) = archiving.server.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")[0]
    small = [
        "ALTER SYSTEM SET min_wal_size = '2MB'",
        "ALTER SYSTEM SET max_wal_size = '20MB'",
        "SELECT pg_reload_conf()",
    ]
    archiving.execute(*small)
    archiving.execute("CHECKPOINT")
    archiving.until("SELECT sum(size) < 20 * 1048576 FROM pg_ls_waldir()")
    os.kill(pid, signal.SIGSTOP)
    try:
        for megabytes, status in ((28, "WARNING"), (44, "CRITICAL")):
            while archiving.server.rows(f"SELECT sum(size) < {megabytes} * 1048576 FROM pg_ls_waldir()")[0][0]:
                _switch(archiving, 1)
            _none_ready(archiving)
            assert archiving.turned() == {SIZE: status}
        finding = archiving.look(SIZE)[SIZE]
        assert "is meant to have 21 MB at most" in finding.message
        assert seen_by(archiving, SIZE) == {"mon": "CRITICAL", "plain": "UNKNOWN"}
    finally:
        os.kill(pid, signal.SIGCONT)
    try:
        archiving.execute("CHECKPOINT", "CHECKPOINT")
        archiving.wait(lambda: archiving.turned() == {}, "less WAL")
    finally:
        archiving.execute(
            "ALTER SYSTEM RESET min_wal_size", "ALTER SYSTEM RESET max_wal_size", "SELECT pg_reload_conf()"
        )


def test_an_archive_command_that_fails(archiving: IsolatedServer) -> None:
    _archive(archiving, "true")
    _none_ready(archiving)
    assert archiving.turned() == {}
    _archive(archiving, "false")
    _switch(archiving, 1)
    archiving.wait(lambda: archiving.look(ARCHIVER)[ARCHIVER].status != "OK", "a failure of the archiver")
    assert archiving.turned() == {ARCHIVER: "WARNING"}
    message = archiving.look(ARCHIVER)[ARCHIVER].message
    assert message.startswith("archiving 0000000")
    assert "the last success was" in message
    assert seen_by(archiving, ARCHIVER) == {"mon": "WARNING", "plain": "UNKNOWN"}
    _archive(archiving, "true")
    _none_ready(archiving)
    archiving.wait(lambda: archiving.turned() == {}, "the archiver's success")


@pytest.mark.parametrize(("files", "status"), [(8, ""), (12, "WARNING"), (55, "CRITICAL")])
def test_wal_that_waits_for_the_archive(archiving: IsolatedServer, files: int, status: str) -> None:
    """A command that takes its time has not failed, and yet the files pile up."""
    _archive(archiving, "true")
    _none_ready(archiving)
    door = Path(archiving.server.cluster.socket_directory) / "door"
    door.unlink(missing_ok=True)
    _archive(archiving, f"while test ! -e {door}; do sleep 0.05; done")
    _switch(archiving, files)
    try:
        assert archiving.turned() == ({ARCHIVER: status} if status else {})
        assert "files of WAL wait for the archive" in archiving.look(ARCHIVER)[ARCHIVER].message
        assert seen_by(archiving, ARCHIVER) == {"mon": status or "OK", "plain": "UNKNOWN"}
    finally:
        _archive(archiving, "true")
        door.touch()
        _none_ready(archiving)
    archiving.execute("CHECKPOINT")
    archiving.wait(lambda: archiving.turned() == {}, "the end of what need not be kept any more")


def test_a_server_that_does_not_archive(patient: IsolatedServer) -> None:
    finding = patient.look(ARCHIVER)[ARCHIVER]
    assert (finding.status, finding.message) == ("OK", "archive_mode is off")
    assert seen_by(patient, ARCHIVER) == {"mon": "OK", "plain": "OK"}


@every_major
def test_wal_buffers_that_are_full(archiving: IsolatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    count_at_once(monkeypatch)
    archiving.admit()
    _archive(archiving, "true")
    settle(archiving)
    limits = {FULL: {"warn": 0}}
    archiving.look()
    archiving.execute("CREATE TABLE visit AS SELECT repeat('x', 2000) AS note FROM generate_series(1, 2000)")
    if archiving.major < 14:
        assert (
            archiving.look(FULL, thresholds=limits)[FULL].message
            == "PostgreSQL 13 does not count how often WAL buffers are full"
        )
        return
    archiving.wait(lambda: archiving.look(FULL, thresholds=limits, remember=False)[FULL].status != "OK", "full buffers")
    _none_ready(archiving)
    assert archiving.turned(thresholds=limits, remember=False) == {FULL: "WARNING"}
    assert archiving.turned(remember=False) == {}
    assert seen_by(archiving, FULL, thresholds=limits) == {"mon": "WARNING", "plain": "WARNING"}


def test_wal_is_kept_on_purpose(patient: IsolatedServer) -> None:
    """wal_keep_size counts as room."""
    message = patient.look(SIZE)[SIZE].message
    assert "is meant to have 1.1 GB at most" in message
    patient.execute("ALTER SYSTEM SET wal_keep_size = '1GB'", "SELECT pg_reload_conf()")
    try:
        patient.wait(lambda: "2.1 GB at most" in patient.look(SIZE)[SIZE].message, "the setting")
    finally:
        patient.execute("ALTER SYSTEM RESET wal_keep_size", "SELECT pg_reload_conf()")
