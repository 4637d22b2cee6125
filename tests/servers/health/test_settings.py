# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are not in force, cannot be, or should not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import alone, others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

PENDING, FILES, HBA, UNSAFE = (
    "settings.pending_restart",
    "settings.file_errors",
    "settings.hba_errors",
    "settings.unsafe",
)


@contextmanager
def added(patient: IsolatedServer, name: str, text: str) -> Iterator[None]:
    """A configuration file with more in it, until the end; nobody loads it."""
    path = Path(patient.server.cluster.data_directory) / name
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}{text}\n", encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def reload(patient: IsolatedServer) -> None:
    patient.execute("SELECT pg_reload_conf()")


def test_a_setting_that_waits_for_a_restart(patient: IsolatedServer) -> None:
    patient.execute("ALTER SYSTEM SET track_activity_query_size = 4096")
    reload(patient)
    try:
        patient.wait(lambda: patient.look(PENDING)[PENDING].status != "OK", "reloaded")
        assert patient.turned() == {PENDING: "WARNING"}
        assert "track_activity_query_size is 1024 until a restart" in patient.look(PENDING)[PENDING].message
        with others(patient):
            assert seen_by(patient, PENDING) == {"mon": "WARNING", "plain": "WARNING"}
    finally:
        # The server forgets that it waits when it reads the value that is in force, not when it reads none.
        patient.execute("ALTER SYSTEM SET track_activity_query_size = 1024")
        reload(patient)
        patient.wait(lambda: patient.look(PENDING)[PENDING].status == "OK", "taken back")
        patient.execute("ALTER SYSTEM RESET track_activity_query_size")
        reload(patient)
    assert patient.turned() == {}
    with others(patient):
        assert seen_by(patient, PENDING) == {"mon": "OK", "plain": "UNKNOWN"}, "not everybody sees all settings"


def test_a_line_that_was_taken_out_waits_too(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path) as other:
        with added(other, "postgresql.conf", "max_pred_locks_per_transaction = 100"):
            other.server.stop()
            other.server.start()
            assert other.turned() == {}
        reload(other)
        other.wait(lambda: other.look(PENDING)[PENDING].status != "OK", "reloaded")
        assert other.turned() == {PENDING: "WARNING"}
        assert "max_pred_locks_per_transaction is 100 until a restart" in other.look(PENDING)[PENDING].message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("work_mem = lots", "work_mem: setting could not be applied"),
        ("shared_buffers = lots", "shared_buffers: setting could not be applied"),
        ("work_men = 4MB", "work_men: unrecognized configuration parameter"),
        ("work_mem 4 MB 5", "syntax error"),
        ("include 'nowhere.conf'", "nowhere.conf"),
    ],
)
def test_a_line_with_which_the_server_would_not_start(patient: IsolatedServer, line: str, told: str) -> None:
    with added(patient, "postgresql.conf", line):
        assert patient.turned() == {FILES: "CRITICAL"}
        message = patient.look(FILES)[FILES].message
        assert told in message
        assert "postgresql.conf, line " in message
        with others(patient):
            assert seen_by(patient, FILES) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
    assert patient.turned() == {}


def test_a_good_value_that_would_take_a_restart_is_no_error(patient: IsolatedServer) -> None:
    with added(patient, "postgresql.conf", "track_activity_query_size = 4096\nwork_mem = 5MB"):
        assert patient.turned() == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("host all all 127.0.0.1/33 scram-sha-256", 'invalid CIDR mask in address "127.0.0.1/33"'),
        ("host all all 127.0.0.1/32 scram", 'invalid authentication method "scram"'),
        ("lokal all all peer", 'invalid connection type "lokal"'),
    ],
)
def test_an_hba_file_that_is_broken_and_not_loaded_yet(patient: IsolatedServer, line: str, told: str) -> None:
    with added(patient, "pg_hba.conf", line):
        assert patient.turned() == {HBA: "CRITICAL"}
        path = Path(patient.server.cluster.data_directory) / "pg_hba.conf"
        number = len(path.read_text(encoding="utf-8").splitlines())
        assert f"{path}, line {number}: {told}" in patient.look(HBA)[HBA].message
        with others(patient):
            assert seen_by(patient, HBA) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
    assert patient.turned() == {}


def test_an_hba_file_that_lets_nobody_in(patient: IsolatedServer) -> None:
    path = Path(patient.server.cluster.data_directory) / "pg_hba.conf"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text("# nothing\n", encoding="utf-8")
        assert patient.turned() == {HBA: "CRITICAL"}
        assert "has no rule" in patient.look(HBA)[HBA].message
        path.rename(path.with_suffix(".away"))
        assert patient.turned() == {HBA: "CRITICAL"}
        assert "pg_hba.conf" in patient.look(HBA)[HBA].message
    finally:
        path.with_suffix(".away").rename(path)
        path.write_text(before, encoding="utf-8")
    assert patient.turned() == {}


@every_major
def test_an_ident_file_that_is_broken(patient: IsolatedServer) -> None:
    with added(patient, "pg_ident.conf", "ops /[ postgres"):
        if patient.major < 15:
            found = patient.look(HBA)[HBA]
            assert (found.status, f"PostgreSQL {patient.major} does not show its ident file" in found.message) == (
                "OK",
                True,
            )
        else:
            assert patient.turned() == {HBA: "CRITICAL"}
            assert "pg_ident.conf, line " in patient.look(HBA)[HBA].message


@pytest.mark.parametrize(
    "setting",
    [
        "fsync = off",
        "full_page_writes = off",
        "autovacuum = off",
        "zero_damaged_pages = on",
        "ignore_checksum_failure = on",
        "allow_system_table_mods = on",
    ],
)
def test_a_setting_that_puts_data_at_risk(patient: IsolatedServer, setting: str) -> None:
    name = setting.split(maxsplit=1)[0]
    patient.execute(f"ALTER SYSTEM SET {setting}")
    reload(patient)
    try:
        patient.wait(lambda: patient.look(UNSAFE)[UNSAFE].status != "OK", "reloaded")
        assert patient.turned() == {UNSAFE: "CRITICAL"}
        assert patient.look(UNSAFE)[UNSAFE].message.startswith(f"{setting.replace('=', 'is')}: ")
        with others(patient):
            assert seen_by(patient, UNSAFE) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    finally:
        patient.execute(f"ALTER SYSTEM RESET {name}")
        reload(patient)
    patient.wait(lambda: patient.look(UNSAFE)[UNSAFE].status == "OK", "taken back")
    assert patient.turned() == {}


@pytest.mark.parametrize(
    ("whom", "told"),
    [
        ("DATABASE clinic", "for database clinic"),
        ("ROLE mon", "for role mon"),
        ("ROLE mon IN DATABASE clinic", "for role mon in database clinic"),
        ("ROLE ALL", "for all roles"),
    ],
)
def test_a_setting_that_puts_data_at_risk_for_some(patient: IsolatedServer, whom: str, told: str) -> None:
    with others(patient):
        patient.execute(f"ALTER {whom} SET zero_damaged_pages = true")
        try:
            assert patient.turned() == {UNSAFE: "CRITICAL"}
            assert f"zero_damaged_pages is true {told}: " in patient.look(UNSAFE)[UNSAFE].message
            assert seen_by(patient, UNSAFE) == {"mon": "CRITICAL", "plain": "CRITICAL"}
            patient.execute(f"ALTER {whom} SET zero_damaged_pages = off")
            assert patient.turned() == {}
        finally:
            patient.execute(f"ALTER {whom} RESET zero_damaged_pages")
