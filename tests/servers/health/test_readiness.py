# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that does not answer, answers late, or lets nobody in."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import connection
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import ACCEPTED, REFUSED, knock
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import isolated_server
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR

READINESS = "service.readiness"


@pytest.fixture(scope="module")
def victim(_running_patient: IsolatedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedServer]:
    settings = {"max_connections": "12", "superuser_reserved_connections": "3"}
    with isolated_server(_running_patient.major, tmp_path_factory.mktemp("victim"), settings) as patient:
        yield patient


def _alone(found: dict[str, Finding]) -> Finding:
    """The finding of a server that cannot be asked; nothing else is known, and nobody sees a stack trace."""
    others = {name: finding.status for name, finding in found.items() if name != READINESS}
    assert set(others.values()) == {"UNKNOWN"}, others
    assert "Traceback" not in str(found)
    return found[READINESS]


def _pid(patient: IsolatedServer) -> int:
    pid = patient.server.cluster.pid
    assert pid is not None
    return pid


@contextmanager
def _stopped(patient: IsolatedServer, seconds: float = 60) -> Iterator[None]:
    """The first process stands still, so that nobody comes in, for some time at most."""
    pid = _pid(patient)
    os.kill(pid, signal.SIGSTOP)
    timer = threading.Timer(seconds, os.kill, (pid, signal.SIGCONT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        os.kill(pid, signal.SIGCONT)


def test_a_server_that_was_stopped(victim: IsolatedServer) -> None:
    victim.server.stop()
    try:
        finding = _alone(victim.look())
        assert finding.status == "CRITICAL"
        assert "no process is noted" in finding.message
        assert "database system is shut down" in finding.message
        assert "pgsop diagnose" in finding.hint
    finally:
        victim.server.start()
    assert victim.turned() == {}


def test_rules_that_refuse_the_owner_are_one_finding_with_the_line(victim: IsolatedServer) -> None:
    path = Path(victim.server.cluster.data_directory) / "pg_hba.conf"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(f"local all {ADMINISTRATOR} scram-sha-256\n", encoding="utf-8")
        os.kill(_pid(victim), signal.SIGHUP)
        victim.wait(lambda: knock(victim.server.cluster) == REFUSED, "the reload")
        found = victim.look()
        finding = found[READINESS]
        assert (finding.status, finding.visible) == ("CRITICAL", True)
        assert f"line 1 of {path} (local all {ADMINISTRATOR} scram-sha-256)" in finding.message
        assert "pg_ctlcluster" in finding.hint
        assert set(found) == {READINESS}
    finally:
        path.write_text(before, encoding="utf-8")
        os.kill(_pid(victim), signal.SIGHUP)
        victim.wait(lambda: knock(victim.server.cluster) == ACCEPTED, "the reload")
        # A reload leaves settings of the command line waiting for a restart.
        victim.server.stop()
        victim.server.start()
    assert victim.turned() == {}


def test_a_server_that_was_killed(victim: IsolatedServer) -> None:
    pid = _pid(victim)
    os.kill(pid, signal.SIGKILL)
    try:
        # Some of its processes may still listen; what they are asked, nobody takes up.
        victim.wait(lambda: victim.look(READINESS)[READINESS].status == "CRITICAL", "the death of the server")
        finding = _alone(victim.look())
        assert (finding.status, finding.visible) == ("CRITICAL", True)
        assert f"process {pid} is noted" in finding.message
    finally:
        victim.server.stop()
        time.sleep(0.5)
        victim.server.start()
    assert victim.turned() == {}


def test_a_server_that_hangs(victim: IsolatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT_S", 2)
    with _stopped(victim):
        began = time.monotonic()
        finding = _alone(victim.look())
        assert time.monotonic() - began < 6
    assert finding.status == "CRITICAL"
    assert "timeout expired" in finding.message
    assert victim.turned() == {}


def test_a_server_that_answers_late(victim: IsolatedServer) -> None:
    with _stopped(victim, 0.8):
        assert victim.turned() == {READINESS: "WARNING"}
    assert victim.turned() == {}


def test_a_server_without_a_free_connection(victim: IsolatedServer) -> None:
    with ExitStack() as sessions:
        for _turn in range(3):  # one of before may have been about to end
            with pytest.raises(psycopg2.OperationalError):
                while True:
                    sessions.enter_context(victim.session())
            time.sleep(0.1)
        finding = _alone(victim.look())
        assert finding.status == "CRITICAL"
        assert "has no connection left" in finding.message
        assert "too many clients already" in finding.message
    victim.until("SELECT count(*) < 3 FROM pg_stat_activity WHERE backend_type = 'client backend'")
    assert victim.turned() == {}


def test_a_role_for_whom_only_reserved_connections_are_left(victim: IsolatedServer) -> None:
    victim.execute("CREATE ROLE clerk LOGIN")
    with ExitStack() as sessions:
        for _number in range(9):
            sessions.enter_context(victim.session())
        finding = _alone(victim.look(dsn=victim.as_role("clerk")))
        assert finding.status == "CRITICAL"
        assert "connection slots are reserved" in finding.message
    victim.until("SELECT count(*) < 3 FROM pg_stat_activity WHERE backend_type = 'client backend'")
    victim.execute("DROP ROLE clerk")


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("DROP ROLE clerk", 'role "clerk" does not exist'),
        ("ALTER ROLE clerk NOLOGIN", "not permitted to log in"),
        ("ALTER ROLE clerk CONNECTION LIMIT 0", "too many connections for role"),
        ("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC", "permission denied for database"),
    ],
)
def test_a_role_that_is_not_let_in(patient: IsolatedServer, statement: str, answer: str) -> None:
    patient.execute("CREATE ROLE clerk LOGIN", statement)
    try:
        finding = _alone(patient.look(dsn=patient.as_role("clerk")))
        assert (finding.status, finding.visible) == ("UNKNOWN", False)
        assert "answers on port" in finding.message
        assert answer in finding.message
    finally:
        patient.execute("GRANT CONNECT ON DATABASE postgres TO PUBLIC", "DROP ROLE IF EXISTS clerk")
    assert patient.turned() == {}


def test_a_password_that_is_missing_or_wrong(patient: IsolatedServer) -> None:
    patient.execute("CREATE ROLE clerk LOGIN PASSWORD 'right-secret'")
    tcp = f"host=127.0.0.1 port={patient.server.port} user=clerk"
    try:
        for dsn, answer in ((tcp, "no password supplied"), (f"{tcp} password=wrong", "password authentication failed")):
            finding = _alone(patient.look(dsn=dsn))
            assert (finding.status, finding.visible) == ("UNKNOWN", False)
            assert answer in finding.message
            assert "wrong" not in finding.message
        assert patient.look(READINESS, dsn=f"{tcp} password=right-secret")[READINESS].status == "OK"
    finally:
        patient.execute("DROP ROLE clerk")


def test_statements_are_not_told_from_the_log(victim: IsolatedServer) -> None:
    victim.server.stop()
    # Behind whatever the server's last sessions have written.
    with victim.server.log.open("a", encoding="utf-8") as log:
        log.write("STATEMENT:  ALTER ROLE x PASSWORD 'hush'\nLOG:  statement: ALTER ROLE x PASSWORD 'hush'\n")
        log.write("FATAL:  could not write lock file\n")
    try:
        message = victim.look(READINESS)[READINESS].message
        assert "hush" not in message
        assert "could not write lock file" in message
    finally:
        victim.server.start()
