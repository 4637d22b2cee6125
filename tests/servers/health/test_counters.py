# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server counts, between two looks."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.health.ward import count_at_once, seen_by, settle
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

DEADLOCKS, TEMP, ROLLBACKS = "counters.deadlocks", "counters.temp_files", "counters.rollbacks"
#: The first major version that counts how sessions end.
_COUNTED_SINCE = 14
ENDS, CACHE = "counters.session_ends", "counters.cache_hit"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, patient: IsolatedServer) -> None:
    count_at_once(monkeypatch)
    settle(patient)


def _counted(patient: IsolatedServer, columns: str) -> None:
    """Wait until the server's counters have it: they are some time behind."""
    patient.until(f"SELECT {columns} > 0 FROM pg_stat_database WHERE datname = 'clinic'")


def _deadlock(patient: IsolatedServer) -> None:
    """Two sessions that take the same two rows the other way round."""
    patient.execute("CREATE TABLE visit AS SELECT generate_series(1, 2) AS id", "ANALYZE visit")
    take = "UPDATE visit SET id = id WHERE id = {}"
    quick = "SET LOCAL deadlock_timeout = '50ms'"

    def quietly(session: Any, statement: str) -> None:
        with contextlib.suppress(psycopg2.Error):
            session.cursor().execute(statement)

    with patient.session(quick, take.format(1)) as one, patient.session(quick, take.format(2)) as two:
        other = threading.Thread(target=quietly, args=(one, take.format(2)))
        other.start()
        quietly(two, take.format(1))
        other.join(10)
    _counted(patient, "deadlocks")


def test_the_first_look_says_that_it_is_the_first(patient: IsolatedServer) -> None:
    found = patient.look(DEADLOCKS, TEMP, ROLLBACKS, CACHE)
    assert {finding.status for finding in found.values()} == {"OK"}
    assert all("this is the first look" in finding.message for finding in found.values())
    assert all("this is the first look" not in finding.message for finding in patient.look(DEADLOCKS, TEMP).values())


def test_a_deadlock(patient: IsolatedServer) -> None:
    patient.look()
    assert patient.turned(remember=False) == {}
    _deadlock(patient)
    assert patient.turned(remember=False) == {DEADLOCKS: "WARNING"}
    assert "1 deadlocks in database clinic" in patient.look(DEADLOCKS, remember=False)[DEADLOCKS].message
    assert seen_by(patient, DEADLOCKS) == {"mon": "WARNING", "plain": "WARNING"}
    assert patient.turned(remember=False, exclude={DEADLOCKS: ["clinic"]}) == {}


def test_a_deadlock_before_the_first_look_is_nothing_new(patient: IsolatedServer) -> None:
    _deadlock(patient)
    patient.look()
    assert patient.turned() == {}


def test_temporary_files(patient: IsolatedServer) -> None:
    limits = {TEMP: {"warn": 1e5}}
    patient.look()
    patient.execute(
        "SET work_mem = '64kB'", "SELECT count(*) FROM (SELECT g FROM generate_series(1, 50000) g ORDER BY random()) s"
    )
    _counted(patient, "temp_bytes")
    assert patient.turned(thresholds=limits, remember=False) == {TEMP: "WARNING"}
    assert (
        "of temporary files in database clinic within"
        in patient.look(TEMP, thresholds=limits, remember=False)[TEMP].message
    )
    assert seen_by(patient, TEMP, thresholds=limits) == {"mon": "WARNING", "plain": "WARNING"}
    assert patient.turned(remember=False) == {}


def test_transactions_that_were_rolled_back(patient: IsolatedServer) -> None:
    (before,) = patient.server.rows("SELECT xact_rollback FROM pg_stat_database WHERE datname = 'clinic'")[0]
    patient.look()
    with patient.server.connect("clinic") as session, session.cursor() as cursor:
        for _number in range(50):
            with contextlib.suppress(psycopg2.Error):
                cursor.execute("SELECT 1 / 0")
    patient.until(f"SELECT xact_rollback >= {before + 50} FROM pg_stat_database WHERE datname = 'clinic'")
    finding = patient.look(ROLLBACKS, remember=False)[ROLLBACKS]
    assert finding.status == "OK"
    assert isinstance(finding.value, float)
    assert finding.value > 10
    assert "transactions were rolled back within" in finding.message
    limits = {ROLLBACKS: {"warn": 5, "crit": 99}}
    assert patient.turned(thresholds=limits, remember=False) == {ROLLBACKS: "WARNING"}
    assert seen_by(patient, ROLLBACKS, thresholds=limits) == {"mon": "WARNING", "plain": "WARNING"}


def _killed(patient: IsolatedServer) -> None:
    with contextlib.suppress(psycopg2.Error), patient.session() as session:
        patient.execute(f"SELECT pg_terminate_backend({session.info.backend_pid})")
        session.cursor().execute("SELECT 1")


def _vanished(patient: IsolatedServer) -> None:
    with patient.session() as session:
        os.close(os.dup2(os.open(os.devnull, os.O_RDONLY), session.fileno()))


def _thrown_out(patient: IsolatedServer) -> None:
    with contextlib.suppress(psycopg2.Error), patient.session("SET idle_in_transaction_session_timeout = 1") as session:
        patient.until(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {session.info.backend_pid}")


@contextlib.contextmanager
def _counted_once_more(patient: IsolatedServer, column: str) -> Iterator[None]:
    """Wait at the end until the server's counter is one higher."""
    value = f"SELECT {column} FROM pg_stat_database WHERE datname = 'clinic'"
    before = patient.server.rows(value)[0][0]
    yield
    patient.until(f"SELECT ({value}) > {before}")


def _refused(patient: IsolatedServer) -> None:
    """A login without CONNECT: the server refuses it when it has its database already, so it counts as a session."""
    patient.execute("CREATE ROLE stranger LOGIN", "REVOKE CONNECT ON DATABASE clinic FROM PUBLIC")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"), patient.session(role="stranger"):
        pass
    patient.execute("GRANT CONNECT ON DATABASE clinic TO PUBLIC", "DROP ROLE stranger")


@every_major
@pytest.mark.parametrize(
    ("end", "column", "how"),
    [
        (_killed, "sessions_killed", "2 by an administrator"),
        (_vanished, "sessions_abandoned", "2 because the client vanished"),
        (_refused, "sessions_fatal", "2 by an error"),
        (_thrown_out, "sessions_fatal", "2 by an error"),
    ],
)
def test_sessions_that_end_badly(patient: IsolatedServer, end: Any, column: str, how: str) -> None:
    patient.look()
    if patient.major < _COUNTED_SINCE:
        end(patient)
        assert patient.turned() == {}
        assert patient.look(ENDS)[ENDS].message == "PostgreSQL 13 does not count how sessions end"
        return
    with _counted_once_more(patient, column):
        end(patient)
    assert patient.turned(remember=False) == {}
    with _counted_once_more(patient, column):
        end(patient)
    assert patient.turned(remember=False) == {ENDS: "WARNING"}
    assert how in patient.look(ENDS, remember=False)[ENDS].message
    assert seen_by(patient, ENDS) == {"mon": "WARNING", "plain": "WARNING"}


def test_sessions_that_end_as_they_want_to(patient: IsolatedServer) -> None:
    patient.look()
    with patient.session("SELECT 1"):
        pass
    patient.execute("SELECT 1")
    assert patient.turned() == {}


@pytest.fixture
def big_table(patient: IsolatedServer) -> Iterator[str]:
    """A table whose pages are hardly in shared buffers: VACUUM FULL writes past them, and ANALYZE reads a sample."""
    patient.execute(
        "CREATE TABLE visit (id int, note text)",
        "ALTER TABLE visit ALTER note SET STORAGE PLAIN",
        "INSERT INTO visit SELECT g, repeat('x', 2000) FROM generate_series(1, 20000) g",
        "VACUUM (FULL, ANALYZE) visit",
    )
    yield "visit"


def test_pages_that_are_read_from_disk(patient: IsolatedServer, big_table: str) -> None:
    limits = {CACHE: {"warn": 95, "crit": 90, "least_reads": 3000}}
    patient.look()
    (before,) = patient.server.rows("SELECT blks_read FROM pg_stat_database WHERE datname = 'clinic'")[0]
    patient.execute(f"SELECT count(*) FROM {big_table}")
    patient.until(f"SELECT blks_read > {before + 4000} FROM pg_stat_database WHERE datname = 'clinic'")
    assert patient.turned(thresholds=limits, remember=False) == {CACHE: "CRITICAL"}
    assert (
        "pages were found in shared buffers within"
        in patient.look(CACHE, thresholds=limits, remember=False)[CACHE].message
    )
    assert seen_by(patient, CACHE, thresholds=limits) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    assert patient.turned(remember=False) == {}
    many = {CACHE: {**limits[CACHE], "least_reads": 1e9}}
    assert patient.turned(thresholds=many, remember=False) == {}
    assert "too few for a share" in patient.look(CACHE, thresholds=many, remember=False)[CACHE].message


def test_pages_that_are_found(patient: IsolatedServer) -> None:
    limits = {CACHE: {"warn": 95, "crit": 90, "least_reads": 3000}}
    patient.execute("CREATE TABLE visit AS SELECT g AS id FROM generate_series(1, 100000) g", "ANALYZE visit")
    patient.look()
    patient.execute(*["SELECT count(*) FROM visit"] * 40)
    patient.until("SELECT blks_hit > 15000 FROM pg_stat_database WHERE datname = 'clinic'")
    finding = patient.look(CACHE, thresholds=limits)[CACHE]
    assert finding.status == "OK"
    assert isinstance(finding.value, float)
    assert finding.value > 95


def test_counters_that_began_anew(patient: IsolatedServer) -> None:
    _deadlock(patient)
    patient.look(DEADLOCKS)
    patient.execute("SELECT pg_stat_reset()")
    patient.until("SELECT deadlocks = 0 FROM pg_stat_database WHERE datname = 'clinic'")
    finding = patient.look(DEADLOCKS)[DEADLOCKS]
    assert finding.status == "OK"
    assert "this is the first look since counting began" in finding.message


@every_major
def test_a_server_that_does_not_count(patient: IsolatedServer) -> None:
    patient.look()
    patient.execute("ALTER SYSTEM SET track_counts = off", "SELECT pg_reload_conf()")
    checks = [DEADLOCKS, TEMP, ROLLBACKS, CACHE] + ([ENDS] if patient.major >= 14 else [])
    try:
        patient.wait(lambda: patient.look(DEADLOCKS)[DEADLOCKS].status == "UNKNOWN", "the setting")
        found = patient.look(*checks)
        assert {(finding.status, finding.visible) for finding in found.values()} == {("UNKNOWN", False)}
    finally:
        patient.execute("ALTER SYSTEM RESET track_counts", "SELECT pg_reload_conf()")
    patient.wait(lambda: patient.look(DEADLOCKS)[DEADLOCKS].status == "OK", "the setting")
