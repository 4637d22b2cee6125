# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster and its unit: what initdb decided, where it listens, that it keeps its data and comes back."""

from __future__ import annotations

import ipaddress
import subprocess
from typing import TYPE_CHECKING

import pytest
from bed.hosts import CONVERGE

if TYPE_CHECKING:
    from conftest import PlayRunner, Server
    from testinfra.host import Host


def listeners(host: Host) -> dict[str, set[str]]:
    """Addresses by port of all listening sockets, from /proc alone."""
    found: dict[str, set[str]] = {}
    for line in host.check_output("cat /proc/net/tcp /proc/net/tcp6").splitlines():
        fields = line.split()
        if fields[3] == "0A":
            text, port = fields[1].split(":")
            words = [bytes.fromhex(text[start : start + 8])[::-1] for start in range(0, len(text), 8)]
            found.setdefault(str(int(port, 16)), set()).add(str(ipaddress.ip_address(b"".join(words))))
    return found


def test_cluster_is_utf8_with_checksums_and_the_declared_locale(server: Server) -> None:
    rows = server.sql("SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database ORDER BY 1")
    assert [row.split("|") for row in rows.splitlines()] == [
        [name, "UTF8", "C.UTF-8", "C.UTF-8"] for name in ("appdb", "postgres", "template0", "template1")
    ]
    assert server.show("data_checksums") == "on"


def test_server_is_the_major_version_of_the_distribution(host: Host, server: Server) -> None:
    release = host.check_output(". /etc/os-release; echo $ID $VERSION_ID")
    expected = {"debian 12": "15", "debian 13": "17", "ubuntu 24.04": "16"}[release]
    assert server.show("server_version").split(".")[0] == server.version == expected


def test_server_listens_on_loopback_only(host: Host) -> None:
    addresses = listeners(host)["5432"]
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "::1"}


def test_unit_runs_and_starts_at_boot(host: Host, server: Server) -> None:
    assert host.check_output(f"systemctl is-active {server.unit}") == "active"
    assert host.check_output(f"systemctl is-enabled {server.unit}") == "enabled-runtime"
    assert host.check_output("systemctl is-enabled postgresql.service") == "enabled"


def test_server_is_up_and_hardened_after_a_power_cut(host: Host, server: Server) -> None:
    before = server.started
    server.sql("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS number")
    subprocess.run(["docker", "restart", "-t", "0", host.check_output("hostname")], check=True, capture_output=True)
    host.check_output(
        "timeout 30 sh -c 'until systemctl is-system-running | grep -E running\\|degraded; do sleep 0.1; done'"
    )
    assert server.started > before
    assert server.sql("SELECT count(*), sum(number) FROM kept") == "10000|50005000"
    assert server.show("password_encryption") == "scram-sha-256"
    assert listeners(host)["5432"] <= {"127.0.0.1", "::1"}
    server.sql("DROP TABLE kept")


def test_data_written_before_a_restart_is_there_after_it(host: Host, server: Server) -> None:
    before = server.started
    server.sql("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS number")
    server.sql("CHECKPOINT")
    host.check_output(f"systemctl restart {server.unit}")
    assert server.started > before
    assert server.sql("SELECT count(*), sum(number) FROM kept") == "10000|50005000"
    server.sql("DROP TABLE kept")


def test_dump_and_restore_work_beside_the_sandbox(host: Host, server: Server) -> None:
    server.sql("CREATE TABLE dumped AS SELECT 42 AS number")
    server.sql("CREATE DATABASE restored")
    host.check_output("runuser -u postgres -- pg_dump -Fc -t dumped -f /tmp/dumped.dump postgres")
    host.check_output("runuser -u postgres -- pg_restore --exit-on-error -d restored /tmp/dumped.dump")
    assert server.sql("SELECT number FROM dumped", "restored") == "42"
    server.sql("DROP DATABASE restored")
    server.sql("DROP TABLE dumped")


@pytest.mark.on_platform("last")
def test_another_client_sees_the_server(host: Host, play: PlayRunner) -> None:
    ping = {"login_unix_socket": "/var/run/postgresql", "login_db": "postgres"}
    task = {"community.postgresql.postgresql_ping": ping, "become": True, "become_user": "postgres"}
    result = play([task], on=host)
    assert result.rc == 0, result.output
    assert result.tasks[0].result["is_available"]


@pytest.mark.on_platform("first")
def test_no_change_run_asks_the_host_at_most_12_times(host: Host, play: PlayRunner) -> None:
    result = play(CONVERGE, on=host, verbosity=3)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
    assert 0 < result.remote_modules <= 12
