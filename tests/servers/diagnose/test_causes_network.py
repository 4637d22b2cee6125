# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before the server says a word: names, addresses, ports, sockets, and servers that do not answer."""

from __future__ import annotations

import dataclasses
import os
import pwd
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis, diagnose
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.server import running

#: What a client reaches does not depend on the version of the server; the oldest and the newest are enough.
MAJORS = (13, 18)


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """Somebody who is no server: answers with some bytes, or with nothing for none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def serve() -> None:
            held = []
            while not done.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                if answer is None:
                    held.append(connection)
                    continue
                connection.recv(100)
                connection.sendall(answer)
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            done.set()
            thread.join(5)


def look(office: DiagnosisHost, dsn: str, *clusters: Cluster, **options: Any) -> Diagnosis:
    return diagnose(ConnectionRequest(dsn=dsn, **options), clusters or [office.server.cluster])


def error_is(report: Diagnosis) -> tuple[str, str, str]:
    assert report.cause is not None
    return report.cause.id, report.cause.message, report.cause.hint


def test_a_name_that_does_not_resolve(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(host="db.invalid"))
    assert name == "name.unresolved"
    assert "db.invalid has no address" in sentence
    assert remedy.endswith(f"postgresql://appuser@localhost:{office.server.port}/appdb")


def test_another_address(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(host="[::1]"))
    assert name == "address.not_listening"
    assert "listens on 127.0.0.1 only" in sentence
    assert f"@127.0.0.1:{office.server.port}/" in remedy


def test_another_port(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(port=1))
    assert name == "port.wrong"
    assert f"cluster {office.major}/main is on {office.server.port}" in sentence
    assert f":{office.server.port}/appdb" in remedy


def test_no_cluster_at_all(office: DiagnosisHost) -> None:
    assert error_is(diagnose(ConnectionRequest(dsn=office.uri(port=1)), []))[0] == "server.absent"


def test_another_clusters_port(office: DiagnosisHost) -> None:
    with running(office.major) as other:
        theirs = dataclasses.replace(other.cluster, name="other")
        name, sentence, remedy = error_is(look(office, office.uri(port=other.port), office.server.cluster, theirs))
        assert name == "port.other_cluster"
        assert f"but cluster {office.major}/main on port {office.server.port} has" in sentence
        assert f":{office.server.port}/appdb" in remedy
        other.execute(f"CREATE ROLE appuser LOGIN PASSWORD '{PASSWORD}'")
        name, sentence, _remedy = error_is(look(office, office.uri(port=other.port), office.server.cluster, theirs))
        assert (name, "no database appdb" in sentence) == ("port.other_cluster", True)


def test_the_folder_of_the_socket(office: DiagnosisHost, tmp_path: Path) -> None:
    folder = office.server.cluster.socket_directory
    usual = Path("/", "tmp", f".s.PGSQL.{office.server.port}")
    usual.symlink_to(f"{folder}/{usual.name}")
    try:
        dsn = f"host={tmp_path} port={office.server.port} user=appuser dbname=appdb"
        name, sentence, _remedy = office.seen(dsn)
        assert name == "socket.directory"
        assert "is in /tmp" in sentence
        assert office.cause(dsn.replace(str(tmp_path), f"{tmp_path}/none")) == "socket.directory"
    finally:
        usual.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_socket_that_is_not_for_everybody(office: DiagnosisHost) -> None:
    folder = Path(office.server.cluster.socket_directory)
    path = folder / f".s.PGSQL.{office.server.port}"
    user = next(each.pw_name for each in pwd.getpwall() if each.pw_uid == 1)
    dsn = f"host={folder} port={office.server.port} user=appuser dbname=appdb"
    name, sentence, remedy = office.seen(dsn, as_user=user)
    assert (name, remedy) == ("socket.denied", f"sudo chmod a+x {folder}")
    subprocess.run(["chmod", "a+x", folder], check=True)
    path.chmod(0o700)
    try:
        name, sentence, remedy = office.seen(dsn, as_user=user)
        assert (name, remedy) == ("socket.denied", f"sudo chmod 0777 {path}")
        assert f"{user} may not use the socket" in sentence
        subprocess.run(["chmod", "0777", path], check=True)
        assert office.cause(dsn, as_user=user) == "peer.user"
    finally:
        subprocess.run(["chmod", "0777", path], check=True)
        folder.chmod(0o700)


def test_a_program_that_is_no_server(office: DiagnosisHost) -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        name, sentence, _remedy = office.seen(office.uri(port=port))
    assert name == "port.not_postgresql"
    assert f"listens on port {port}" in sentence


def test_a_program_that_says_nothing(office: DiagnosisHost) -> None:
    with listening(None) as port:
        report = office.look(office.uri(port=port))
    name, _sentence, _remedy = error_is(report)
    assert name == "port.not_postgresql"
    assert (
        4
        < float(next(s.message.split("after ")[1].split(" ms")[0] for s in report.steps if s.name == "attempt")) / 1000
        < 8
    )


def test_a_server_that_stands_still(office: DiagnosisHost) -> None:
    pid = office.server.cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        name, sentence, remedy = error_is(look(office, office.uri()))
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (name, remedy) == ("server.stopped_by_signal", f"sudo kill -CONT {pid}")
    assert f"main process {pid}" in sentence
    assert office.cause() == ""


def test_a_server_that_is_down(office: DiagnosisHost) -> None:
    with running(office.major) as other:
        port = other.port
        other.stop()
        name, sentence, remedy = error_is(
            look(office, office.uri(port=port), dataclasses.replace(other.cluster, name="other"))
        )
        assert name == "server.down"
        assert f"cluster {office.major}/other does not run" in sentence
        assert f"{office.major} other start" in remedy or f"{office.major}-other" in remedy


def test_a_server_whose_port_was_changed_and_that_was_not_restarted(office: DiagnosisHost) -> None:
    changed = dataclasses.replace(office.server.cluster, pending_port=1)
    name, sentence, remedy = error_is(look(office, office.uri(port=1), changed))
    assert name == "port.pending"
    assert f"still runs on {office.server.port}" in sentence
    assert "restart" in remedy


@pytest.mark.parametrize(
    ("settings", "signal_file", "cause"),
    [
        ({"restore_command": "sleep 5"}, "recovery.signal", "server.starting"),
        ({"hot_standby": "off"}, "standby.signal", "server.standby"),
    ],
)
def test_a_server_that_is_not_there_yet(
    office: DiagnosisHost, settings: dict[str, str], signal_file: str, cause: str
) -> None:
    with running(office.major, {"listen_addresses": "127.0.0.1", "wal_level": "replica", **settings}) as other:
        other.stop()
        data = Path(other.cluster.data_directory)
        (data / signal_file).touch()
        owner = data.stat()
        os.chown(data / signal_file, owner.st_uid, owner.st_gid)
        starting = threading.Thread(target=_start, args=(other,), daemon=True)
        starting.start()
        office.wait(lambda: (data / "postmaster.pid").exists() and _phase(data) != "", "it does not start")
        cluster = dataclasses.replace(other.cluster, name="other", running=True)
        if cause == "server.standby" and office.major >= 14:
            office.wait(lambda: "starting up" not in _attempt(look(office, office.uri(port=other.port), cluster)), "up")
        found = error_is(look(office, office.uri(port=other.port), cluster))[0]
        other.stop(signal.SIGQUIT)
        starting.join(60)
    # Before 14, what the client is told is the same.
    assert found == cause or (office.major < 14 and found == "server.starting")


def _attempt(report: Diagnosis) -> str:
    return next(step.message for step in report.steps if step.name == "attempt")


def _phase(data: Path) -> str:
    lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    return lines[7].strip() if len(lines) > 7 else ""


def _start(server: Any) -> None:
    """It never gets to where it answers."""
    with pytest.raises((AssertionError, AttributeError)):
        server.start()


def test_a_host_that_is_elsewhere(office: DiagnosisHost) -> None:
    """An address for documentation (RFC 5737): nobody is there."""
    report = office.look(office.uri(host="192.0.2.1"))
    assert error_is(report)[0] == "host.remote"
    assert {step.name: step.status for step in report.steps}["role"] == "UNKNOWN"


@pytest.mark.parametrize("dsn", [f"postgresql://a:{PASSWORD}@%zz/x", f"host=x password={PASSWORD} two", "mysql://x"])
def test_a_connection_string_that_is_none(office: DiagnosisHost, dsn: str) -> None:
    assert office.cause(dsn) == "dsn.invalid"
