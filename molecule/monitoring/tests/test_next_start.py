# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that a server which runs well meets at its next start: each turns its check and no other, and undone it turns none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from monitoring.tests.conftest import MonitoredHost

#: What one fault leaves behind must not reach the other files of this scenario.
HOST_COPY = "next-start"

DATA, CONFIGURATION, PROGRAMS = "start.data_directory", "start.configuration", "start.programs"
PORT, ENABLED = "start.port", "start.enabled"
GENERATOR = "/etc/systemd/system-generators/postgresql-generator"
UNIT = "/etc/systemd/system/other"
#: Listens until it is killed, as another user than the server's owner, and prints its id.
LISTEN = """python3 -c "
import os, signal, socket
server = socket.create_server(('127.0.0.1', {port}))
pid = os.fork()
if pid:
    print(pid)
else:
    os.closerange(0, server.fileno())
    signal.pause()
" """


@pytest.fixture(autouse=True)
def well(clinic: MonitoredHost) -> Iterator[None]:
    """Before and after a test the host is well."""
    assert clinic.turned() == {}
    yield
    assert clinic.turned() == {}


@contextlib.contextmanager
def changed(clinic: MonitoredHost, path: str, command: str) -> Iterator[None]:
    """A file that a command has changed, created or removed; afterwards it is as before, with its owner and mode."""
    kept = f"/root/kept{path.replace('/', '_')}"
    clinic.host.check_output(f"if [ -e {path} ]; then cp -a {path} {kept}; fi; {command}")
    try:
        yield
    finally:
        clinic.host.check_output(f"rm -f {path}; if [ -e {kept} ]; then mv {kept} {path}; fi")


def drop_in(clinic: MonitoredHost, lines: str) -> contextlib.AbstractContextManager[None]:
    """Lines of configuration that are not loaded."""
    path = f"{clinic.server.config}/conf.d/99-next.conf"
    return changed(clinic, path, f"printf '%b' \"{lines}\" > {path}")


def program(clinic: MonitoredHost) -> str:
    return f"/usr/lib/postgresql/{clinic.server.version}/bin/postgres"


def library(clinic: MonitoredHost) -> str:
    return f"/usr/lib/postgresql/{clinic.server.version}/lib/auto_explain.so"


def restart(clinic: MonitoredHost) -> None:
    clinic.host.check_output(f"systemctl restart {clinic.server.unit}")


@pytest.mark.parametrize("name", ["standby.signal", "recovery.signal", "recovery.conf", "backup_label"])
def test_file_in_the_data_directory(clinic: MonitoredHost, name: str) -> None:
    path = f"{clinic.server.data}/{name}"
    with changed(clinic, path, f"install -o postgres -g postgres -m 600 /dev/null {path}"):
        assert clinic.turned() == {DATA: "CRITICAL"}
        assert path in clinic.says(DATA)


def test_mode_of_the_data_directory(clinic: MonitoredHost) -> None:
    clinic.host.check_output("chmod 0755 %s", clinic.server.data)
    assert clinic.turned() == {DATA: "CRITICAL"}
    clinic.host.check_output("chmod 0700 %s", clinic.server.data)


def test_standby_is_well(clinic: MonitoredHost) -> None:
    """That it takes no writes is another matter."""
    path = f"{clinic.server.data}/standby.signal"
    clinic.host.check_output(f"install -o postgres -g postgres -m 600 /dev/null {path}")
    restart(clinic)
    try:
        assert clinic.turned("--only", "start.*") == {}
    finally:
        clinic.server.sql("SELECT pg_promote()")
        clinic.wait(lambda: clinic.server.sql("SELECT pg_is_in_recovery()") == "f", "the promotion")
    assert clinic.turned("--only", "start.*") == {}


def test_values_that_do_not_go_together(clinic: MonitoredHost) -> None:
    with drop_in(clinic, "wal_level = minimal\\n"):
        assert clinic.turned() == {CONFIGURATION: "CRITICAL"}
        assert "max_wal_senders" in clinic.says(CONFIGURATION)


def test_line_that_the_program_refuses(clinic: MonitoredHost) -> None:
    with drop_in(clinic, "work_mem = lots\\n"):
        assert clinic.turned() == {CONFIGURATION: "CRITICAL", "settings.file_errors": "CRITICAL"}
        assert "99-next.conf" in clinic.says(CONFIGURATION)


@pytest.mark.parametrize(
    ("name", "line"), [("environment", "export TZ=UTC"), ("pg_ctl.conf", "pg_ctl_options = -t 600")]
)
def test_file_that_pg_ctlcluster_refuses(clinic: MonitoredHost, name: str, line: str) -> None:
    path = f"{clinic.server.config}/{name}"
    with changed(clinic, path, f"echo '{line}' >> {path}"):
        assert clinic.turned() == {CONFIGURATION: "CRITICAL"}
        assert path in clinic.says(CONFIGURATION)
        assert clinic.host.run(f"pg_ctlcluster --skip-systemctl-redirect {clinic.server.version} main restart").rc != 0
    clinic.host.run(f"pg_ctlcluster --skip-systemctl-redirect {clinic.server.version} main stop -m fast")
    restart(clinic)


def test_tls_key_that_others_may_read(clinic: MonitoredHost) -> None:
    """Debian's certificate is readable for a group of the owner, also for the schedule, which runs with another effective user."""
    key = "/etc/ssl/private/ssl-cert-snakeoil.key"
    with drop_in(clinic, "ssl = on\\n"):
        restart(clinic)
        assert clinic.turned() == {}
        report = "pgsop health --only 'start.*' --format nagios --output /root/report"
        clinic.host.check_output(f"{report}; grep '^PGSOP OK' /root/report; rm /root/report")
        clinic.host.check_output("chmod 0644 %s", key)
        try:
            assert clinic.turned() == {CONFIGURATION: "CRITICAL"}
        finally:
            clinic.host.check_output("chmod 0640 %s", key)
    restart(clinic)


def test_program_that_was_removed(clinic: MonitoredHost) -> None:
    path = program(clinic)
    with changed(clinic, path, f"rm {path}"):
        assert clinic.turned() == {PROGRAMS: "CRITICAL"}
        assert path in clinic.says(PROGRAMS)
    assert clinic.turned() == {}, "the same program was installed again"
    clinic.host.check_output(f"cp -a {path} {path}.new; echo another build >> {path}.new; mv {path}.new {path}")
    assert clinic.turned() == {PROGRAMS: "WARNING"}, "a new file of the same release, and the old one runs"
    restart(clinic)


def test_preload_library_that_was_removed(clinic: MonitoredHost) -> None:
    path = library(clinic)
    with drop_in(clinic, "shared_preload_libraries = 'auto_explain'\\n"):
        restart(clinic)
        assert clinic.turned() == {}
        with changed(clinic, path, f"rm {path}"):
            assert clinic.turned() == {PROGRAMS: "CRITICAL"}
            assert "auto_explain" in clinic.says(PROGRAMS)
        assert clinic.turned() == {PROGRAMS: "WARNING"}
        restart(clinic)
        assert clinic.turned() == {}
    restart(clinic)


def test_new_port_that_another_process_has(clinic: MonitoredHost) -> None:
    pid = clinic.host.check_output(LISTEN.format(port=5440))
    with drop_in(clinic, "port = 5440\\n"):
        assert clinic.turned() == {PORT: "CRITICAL"}
        clinic.host.check_output("kill %s", pid)
        clinic.wait(lambda: clinic.turned() == {}, "the end of the other process")


@pytest.mark.parametrize("stream", ["5432", "/run/postgresql/.s.PGSQL.5432"])
def test_socket_unit_that_is_enabled(clinic: MonitoredHost, stream: str) -> None:
    unit = f"[Socket]\\nListenStream={stream}\\n[Install]\\nWantedBy=sockets.target\\n"
    clinic.host.check_output(
        f"printf '%b' '{unit}' > {UNIT}.socket; printf '[Service]\\nExecStart=true\\n' > {UNIT}.service"
    )
    try:
        assert clinic.turned() == {}, "it is not enabled"
        clinic.host.check_output("systemctl enable --quiet other.socket")
        assert clinic.turned() == {PORT: "CRITICAL"}
        assert "other.socket" in clinic.says(PORT)
    finally:
        clinic.host.check_output(
            f"systemctl disable --quiet other.socket; rm {UNIT}.socket {UNIT}.service; systemctl daemon-reload"
        )


def test_other_cluster_with_the_same_port(clinic: MonitoredHost) -> None:
    version = clinic.server.version
    clinic.host.check_output(f"pg_createcluster {version} other -p 5432 --start-conf auto")
    try:
        assert clinic.turned() == {PORT: "WARNING"}
        assert f"{version}/other" in clinic.says(PORT)
        clinic.host.check_output(f"echo manual > /etc/postgresql/{version}/other/start.conf")
        assert clinic.turned() == {}
    finally:
        clinic.host.check_output(f"pg_dropcluster {version} other; systemctl daemon-reload")


@pytest.mark.parametrize("word", ["manual", "disabled"])
def test_cluster_that_is_not_started_at_boot(clinic: MonitoredHost, word: str) -> None:
    path = f"{clinic.server.config}/start.conf"
    with changed(clinic, path, f"echo {word} > {path}"):
        assert clinic.turned() == {ENABLED: "WARNING"}
        assert f"{path} says {word}" in clinic.says(ENABLED)


@pytest.mark.parametrize("act", ["disable", "mask"])
def test_umbrella_unit(clinic: MonitoredHost, act: str) -> None:
    clinic.host.check_output(f"systemctl {act} --quiet postgresql.service")
    try:
        assert clinic.turned() == {ENABLED: "WARNING"}
        assert "postgresql.service" in clinic.says(ENABLED)
    finally:
        clinic.host.check_output(
            "systemctl unmask --quiet postgresql.service; systemctl enable --quiet postgresql.service"
        )


def test_unit_of_the_cluster_that_is_masked(clinic: MonitoredHost) -> None:
    clinic.host.check_output(f"systemctl mask --quiet {clinic.server.unit}")
    try:
        assert clinic.turned() == {ENABLED: "WARNING"}
    finally:
        clinic.host.check_output(f"systemctl unmask --quiet {clinic.server.unit}")


def test_generator_that_links_no_unit(clinic: MonitoredHost) -> None:
    clinic.host.check_output(
        f"mkdir -p {GENERATOR.rpartition('/')[0]}; ln -s /dev/null {GENERATOR}; systemctl daemon-reload"
    )
    try:
        assert clinic.turned() == {ENABLED: "WARNING"}
    finally:
        clinic.host.check_output(f"rm {GENERATOR}; systemctl daemon-reload")


def test_restart_that_is_due_is_no_fault_of_the_next_start(clinic: MonitoredHost) -> None:
    """A value that waits, a drop-in and a tablespace."""
    path = f"{clinic.server.data}_space"
    clinic.host.check_output("install -d -o postgres -m 0700 %s", path)
    clinic.server.sql(f"CREATE TABLESPACE space LOCATION '{path}'")
    try:
        with drop_in(clinic, "max_connections = 50\\ninclude_if_exists = 'more.conf'\\n"):
            clinic.server.reload()
            assert clinic.turned() == {"settings.pending_restart": "WARNING"}
        # The server forgets that it waits when it reads the value in force.
        restart(clinic)
    finally:
        clinic.server.sql("DROP TABLESPACE space")
        clinic.host.check_output("rmdir %s", path)
