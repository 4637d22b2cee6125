# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that runs well and would not start again, or not as what it is. Every fault is proved by a start."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import OK, Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import ExamineRequest, examine
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.identity import effective_user
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.server import ACCOUNT, ADMINISTRATOR, running

MAJORS = (15, 17, 18)
NEXT_TOO = True
DATA, CONFIGURATION, PROGRAMS, PORT = "start.data_directory", "start.configuration", "start.programs", "start.port"
#: start.enabled is about units and start.conf, which these servers do not have.
CHECKS = (DATA, CONFIGURATION, PROGRAMS, PORT)
#: On the command line, where no file overrides it: as little as possible.
SETTINGS = {"listen_addresses": "127.0.0.1", "autovacuum_naptime": "1d", "jit": "off"}
#: In the file, with the room that some tests need.
ROOM = "max_prepared_transactions = 5\nwal_level = logical\nmax_replication_slots = 5\n"


@pytest.fixture(scope="module")
def own(_running_patient: IsolatedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedServer]:
    """A server of its own with its own programs, because these tests break files and restart it."""
    with running(_running_patient.major, SETTINGS, ["--data-checksums"], own_programs=True) as server:
        own = IsolatedServer(server, Path(tmp_path_factory.mktemp("state")))
        with (data(own) / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(ROOM)
        restart(own)
        own.admit()
        assert turned(own) == {}
        yield own


@pytest.fixture(autouse=True)
def well(own: IsolatedServer) -> Iterator[None]:
    """What a test does is undone at its end, and turns nothing any more."""
    if not own.server.cluster.running:
        own.server.start()
    yield
    assert turned(own) == {}


def data(own: IsolatedServer) -> Path:
    return Path(own.server.cluster.data_directory)


def restart(own: IsolatedServer) -> None:
    own.server.stop()
    own.server.start()


def found(own: IsolatedServer, cluster: Cluster | None = None) -> dict[str, Finding]:
    """What the checks say when they run as the server's owner, as `pgsop health` does."""
    config = HealthConfig(version=own.major, state_directory="/nowhere")
    with effective_user(ADMINISTRATOR):
        report = examine(ExamineRequest(cluster or own.server.cluster, config, only=CHECKS, remember=False))
    return {finding.id: finding for finding in report.findings}


def turned(own: IsolatedServer, cluster: Cluster | None = None) -> dict[str, str]:
    """The checks of the next start that are not OK; with a server that answers, all others too."""
    others = own.turned(remember=False) if cluster is None and own.server.cluster.running else {}
    return others | {name: each.status for name, each in found(own, cluster).items() if each.status != OK}


def refuses_to_start(own: IsolatedServer) -> bool:
    """Whether the server does not start as it is; it is stopped afterwards."""
    own.server.stop()
    try:
        own.server.start()
    except AssertionError:
        own.server.stop()
        return True
    return False


@contextmanager
def placed(path: Path, text: str) -> Iterator[None]:
    """A file of the server's owner with some text until the end; what was there before comes back."""
    before = path.read_bytes() if path.exists() else None
    path.write_text(text, encoding="utf-8")
    os.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    path.chmod(0o600)
    try:
        yield
    finally:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)


@contextmanager
def configured(own: IsolatedServer, lines: str) -> Iterator[None]:
    """More lines in postgresql.conf, which are not loaded."""
    path = data(own) / "postgresql.conf"
    with placed(path, f"{path.read_text(encoding='utf-8')}{lines}\n"):
        yield


@contextmanager
def another_process() -> Iterator[int]:
    """The id of a process of the server's owner that has nothing to do with it."""
    user, group = (ACCOUNT.pw_uid, ACCOUNT.pw_gid) if os.geteuid() == 0 else (None, None)
    with subprocess.Popen(["sleep", "600"], cwd="/", user=user, group=group) as process:
        try:
            yield process.pid
        finally:
            process.kill()


# start.data_directory


@pytest.mark.parametrize(
    ("name", "text"),
    [("recovery.signal", ""), ("recovery.conf", "restore_command = 'false'\n"), ("backup_label", "STOP\n")],
)
def test_file_with_which_no_server_starts(own: IsolatedServer, name: str, text: str) -> None:
    with placed(data(own) / name, text):
        assert turned(own) == {DATA: "CRITICAL"}
        finding = found(own)[DATA]
        assert str(data(own) / name) in finding.message
        assert str(data(own) / name) in finding.hint
        assert refuses_to_start(own)
    own.server.start()


def test_mode_with_which_no_server_starts(own: IsolatedServer) -> None:
    data(own).chmod(0o755)
    assert turned(own) == {DATA: "CRITICAL"}
    assert refuses_to_start(own)
    data(own).chmod(0o750)
    own.server.start()
    assert turned(own) == {}
    data(own).chmod(0o700)


def test_version_file_that_is_gone(own: IsolatedServer) -> None:
    path = data(own) / "PG_VERSION"
    path.rename(path.with_suffix(".away"))
    assert turned(own) == {DATA: "CRITICAL"}
    assert refuses_to_start(own)
    path.with_suffix(".away").rename(path)
    own.server.start()


def test_standby_by_accident_and_primary_by_accident(own: IsolatedServer) -> None:
    signal = data(own) / "standby.signal"
    with placed(signal, ""):
        assert turned(own) == {DATA: "CRITICAL"}
        restart(own)
        assert own.server.rows("SELECT pg_is_in_recovery()") == [(True,)]
        assert found(own)[DATA].status == OK, "it is a standby now"
        own.server.stop()
        assert found(own)[DATA].status == OK, "it is a standby that is stopped"
        own.server.start()
        signal.unlink()
        assert found(own)[DATA].status == "CRITICAL"
        restart(own)
        assert own.server.rows("SELECT pg_is_in_recovery()") == [(False,)]


def test_base_backup_that_is_not_started_yet_is_no_fault(own: IsolatedServer) -> None:
    own.server.stop()
    with placed(data(own) / "standby.signal", ""):
        assert found(own)[DATA].status == "CRITICAL"
        with placed(data(own) / "backup_label", "START WAL LOCATION: 0/0\n"):
            assert found(own)[DATA].status == OK
    own.server.start()


def test_pid_file_of_another_process(own: IsolatedServer) -> None:
    own.server.stop()
    path = data(own) / "postmaster.pid"
    with another_process() as pid, placed(path, f"{pid}\n{data(own)}\n"):
        assert turned(own) == {DATA: "CRITICAL"}
        assert f"process {pid}" in found(own)[DATA].message
        assert refuses_to_start(own)
    assert turned(own) == {}
    with placed(path, "4194305\n"):
        assert turned(own) == {}, "a start removes the file of a process that has ended"
    own.server.start()


# start.configuration


@pytest.mark.parametrize("line", ["work_mem = lots", "work_men = 4MB", "include 'nowhere.conf'"])
def test_line_that_the_program_refuses(own: IsolatedServer, line: str) -> None:
    with configured(own, line):
        assert turned(own) == {CONFIGURATION: "CRITICAL", "settings.file_errors": "CRITICAL"}
        assert f"{own.server.native}/bin/postgres" in found(own)[CONFIGURATION].hint
        assert refuses_to_start(own)
        assert found(own)[CONFIGURATION].status == "CRITICAL", "the program needs no server"
    own.server.start()


def test_hba_line_that_a_start_refuses(own: IsolatedServer) -> None:
    path = data(own) / "pg_hba.conf"
    with placed(path, f"{path.read_text(encoding='utf-8')}lokal all all peer\n"):
        assert turned(own) == {CONFIGURATION: "CRITICAL", "settings.hba_errors": "CRITICAL"}
        assert refuses_to_start(own)
        assert turned(own) == {CONFIGURATION: "CRITICAL"}
    own.server.start()


@pytest.mark.parametrize(
    ("lines", "before"),
    [
        ("wal_level = minimal", []),
        ("wal_level = minimal\nmax_wal_senders = 0\narchive_mode = on", []),
        ("max_connections = 3", []),
        ("hba_file = '/nowhere/pg_hba.conf'", []),
        ("ssl = on", []),
        ("max_prepared_transactions = 0", ["BEGIN", "CREATE TABLE one ()", "PREPARE TRANSACTION 'one'"]),
        ("max_replication_slots = 0", ["SELECT pg_create_physical_replication_slot('one', true)"]),
        ("wal_level = minimal\nmax_wal_senders = 0", ["SELECT pg_create_physical_replication_slot('one', true)"]),
    ],
)
def test_values_that_are_good_each_for_itself(own: IsolatedServer, lines: str, before: list[str]) -> None:
    own.execute(*before)
    others = turned(own)
    with configured(own, lines):
        assert turned(own) == {**others, CONFIGURATION: "CRITICAL"}
        assert lines.split(maxsplit=1)[0] in found(own)[CONFIGURATION].message
        assert refuses_to_start(own)
    own.server.start()
    assert turned(own) == others
    own.execute(
        *["ROLLBACK PREPARED 'one'"]
        * (others.get("locks.prepared", "") != "" or "PREPARE TRANSACTION 'one'" in before),
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
    )


def test_logical_slot_with_a_lower_wal_level(own: IsolatedServer) -> None:
    own.execute("SELECT pg_create_logical_replication_slot('one', 'pgoutput')")
    others = turned(own)
    with configured(own, "wal_level = replica"):
        if own.major >= 19:
            assert turned(own) == others, "the server raises it by itself"
            restart(own)
            assert own.server.rows("SHOW effective_wal_level") == [("logical",)]
        else:
            assert turned(own) == {**others, CONFIGURATION: "CRITICAL"}
            assert "wal_level" in found(own)[CONFIGURATION].message
            assert refuses_to_start(own)
    restart(own)
    own.execute("SELECT pg_drop_replication_slot('one')")


def test_values_with_which_it_starts(own: IsolatedServer) -> None:
    """A restart is due for some of them; a start would succeed with all."""
    more = "summarize_wal = off\n" if own.major >= 17 else ""
    lines = f"{more}wal_level = minimal\nmax_wal_senders = 0\narchive_mode = off\nmax_connections = 20\nwork_mem = 5MB"
    with configured(own, lines):
        assert turned(own) == {}
        restart(own)
        assert turned(own) == {}
    restart(own)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_certificates_that_a_start_refuses(own: IsolatedServer, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "30"]
        subprocess.run(
            [*make, "-keyout", tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.crt"],
            check=True,
            capture_output=True,
        )
    texts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    key, certificate = data(own) / "server.key", data(own) / "server.crt"
    with placed(key, texts["one.key"]), placed(certificate, texts["one.crt"]), configured(own, "ssl = on"):
        assert turned(own) == {}
        restart(own)
        key.chmod(0o640)
        assert turned(own) == {CONFIGURATION: "CRITICAL"}
        assert refuses_to_start(own)
        key.chmod(0o600)
        own.server.start()
        certificate.write_text(texts["two.crt"], encoding="utf-8")
        assert turned(own) == {CONFIGURATION: "CRITICAL"}
        assert refuses_to_start(own)
        certificate.write_text(texts["one.crt"], encoding="utf-8")
        own.server.start()
    restart(own)


# start.programs


def test_program_that_was_removed_or_replaced(own: IsolatedServer) -> None:
    program = own.server.native / "bin" / "postgres"
    aside = program.with_name("aside")
    shutil.copy2(program, aside)
    program.unlink()
    assert turned(own) == {PROGRAMS: "CRITICAL"}
    shutil.copy2(aside, program)
    assert turned(own) == {}, "the same program was installed again"
    with aside.open("ab") as file:
        file.write(b"another build")
    aside.rename(program)
    assert turned(own) == {PROGRAMS: "WARNING"}, "the same release, and the server runs the old file"
    restart(own)
    assert turned(own) == {}
    program.chmod(0o644)
    assert turned(own) == {PROGRAMS: "CRITICAL"}
    program.chmod(0o755)


def test_preload_library_that_was_removed_or_replaced(own: IsolatedServer) -> None:
    (library,) = own.server.native.rglob("auto_explain.so")
    aside = library.with_name("aside")
    with configured(own, "shared_preload_libraries = 'auto_explain'"):
        restart(own)
        assert turned(own) == {}
        shutil.copy2(library, aside)
        library.unlink()
        assert turned(own) == {PROGRAMS: "CRITICAL"}
        assert refuses_to_start(own)
        aside.rename(library)
        own.server.start()
        assert turned(own) == {}
        shutil.copy2(library, aside)
        aside.rename(library)
        assert turned(own) == {PROGRAMS: "WARNING"}
    restart(own)


def test_preload_library_that_is_not_there(own: IsolatedServer) -> None:
    with configured(own, "shared_preload_libraries = 'auto_explain, nowhere'"):
        assert turned(own) == {PROGRAMS: "CRITICAL"}
        assert "nowhere" in found(own)[PROGRAMS].message
        assert refuses_to_start(own)
    own.server.start()


def test_preload_library_in_another_folder(own: IsolatedServer, tmp_path: Path) -> None:
    (library,) = own.server.native.rglob("auto_explain.so")
    tmp_path.chmod(0o755)
    elsewhere = own.server.native / "more" / "explain.so"
    elsewhere.parent.mkdir()
    shutil.copy2(library, elsewhere)
    path = f"dynamic_library_path = '$libdir:{elsewhere.parent}'"
    deep = elsewhere.parent / ("Long" * 20) / "Explain.so"
    deep.parent.mkdir()
    shutil.copy2(library, deep)
    for name in ("explain", str(elsewhere), "$libdir/auto_explain", str(deep)):
        with configured(own, f"{path}\nshared_preload_libraries = '{name}'"):
            assert turned(own) == {}
            assert not refuses_to_start(own)
    restart(own)


# start.port


def test_port_of_the_next_start_that_another_process_has(own: IsolatedServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = int(other.getsockname()[1])
        moving = dataclasses.replace(own.server.cluster, pending_port=taken)
        assert turned(own, moving) == {PORT: "CRITICAL"}
        assert f"port {taken}" in found(own, moving)[PORT].message
    assert turned(own, moving) == {}


def test_port_of_a_stopped_server_that_another_process_has(own: IsolatedServer) -> None:
    own.server.stop()
    with socket.create_server(("127.0.0.1", own.server.port)):
        assert turned(own) == {PORT: "CRITICAL"}
        assert refuses_to_start(own)
    own.server.start()


def test_socket_of_a_stopped_server_that_another_process_has(own: IsolatedServer) -> None:
    own.server.stop()
    path = Path(own.server.cluster.socket_directory) / f".s.PGSQL.{own.server.port}.lock"
    with another_process() as pid, placed(path, f"{pid}\n"):
        assert turned(own) == {PORT: "CRITICAL"}
        assert refuses_to_start(own)
    with placed(path, "4194305\n"):
        assert turned(own) == {}, "a start removes the file of a process that has ended"
    own.server.start()


# who may see less


def test_role_of_monitoring_sees_no_files(own: IsolatedServer) -> None:
    """With --dsn the files are judged by the owner all the same, and what the server hides from the role is UNKNOWN."""
    own.execute("CREATE ROLE mon LOGIN IN ROLE pg_monitor")
    try:
        config = HealthConfig(version=own.major, state_directory="/nowhere")
        with effective_user(ADMINISTRATOR):
            request = ExamineRequest(own.server.cluster, config, own.as_role("mon"), CHECKS, remember=False)
            seen = {each.id: (each.status, each.visible) for each in examine(request).findings}
        assert seen == {DATA: (OK, True), CONFIGURATION: ("UNKNOWN", False), PROGRAMS: (OK, True), PORT: (OK, True)}
    finally:
        own.execute("DROP ROLE mon")
