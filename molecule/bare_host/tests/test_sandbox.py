# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox is there: seen from the kernel's side, and tried by the server's own superuser."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Server
    from testinfra.host import Host

#: Prints the error number of a system call that @system-service does not have, 0 for success.
MINCORE = """python3 -c "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.mincore(None, 0, None)
print(ctypes.get_errno())
" """


def run_in_server(server: Server, program: str) -> str:
    """Output and errors of a program that the server runs, as any superuser of it can make it do."""
    copy = f"CREATE TEMP TABLE said (line text); COPY said FROM PROGRAM $program$( {program} ) 2>&1; true$program$"
    return server.sql(f"{copy}; TABLE said").replace("\n", " ")


@pytest.fixture(scope="module")
def reported(first_runs: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """What pg_sandbox said of the host when there was nothing left to change."""
    found = [task["result"] for task in first_runs[2] if task["action"].endswith("pg_sandbox")]
    return dict(found[0])


@pytest.fixture(scope="module")
def listener(host: Host) -> Iterator[str]:
    """An open port on the host's own address, outside of any sandbox, as ADDRESS/PORT."""
    address = host.check_output("hostname -I").split()[0]
    host.check_output(f"systemd-run --unit=listener python3 -m http.server --bind {address} 8099")
    attempt = f"for i in $(seq 50); do (</dev/tcp/{address}/8099) && exit 0; sleep 0.1; done 2>/dev/null; exit 1"
    host.check_output("bash -c %s", attempt)
    yield f"{address}/8099"
    host.check_output("systemctl stop listener.service")


def test_exposure_is_at_most_3(host: Host, server: Server, reported: dict[str, Any]) -> None:
    answer = host.check_output(f"systemd-analyze security --no-pager {server.unit}")
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", answer)
    assert score is not None
    assert float(score.group(1)) <= 3.0
    assert reported["exposure"] == float(score.group(1))


def test_postmaster_has_no_privileges_to_gain_and_a_system_call_filter(host: Host, server: Server) -> None:
    pid = host.check_output(f"head -n 1 {server.data}/postmaster.pid")
    status = dict(line.split(":\t", 1) for line in server.read(f"/proc/{pid}/status").splitlines())
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert int(status["CapEff"], 16) == 0
    assert f"{server.unit}" in server.read(f"/proc/{pid}/cgroup")


@pytest.mark.parametrize("folder", ["/etc", "/usr", "/opt", "/etc/postgresql", "/var/lib"])
def test_server_cannot_write_outside_of_its_folders(host: Host, server: Server, folder: str) -> None:
    host.check_output(f"mkdir -p -m 0777 {folder}/open_to_all")
    assert host.run(f"runuser -u postgres -- touch {folder}/open_to_all/by_a_user").rc == 0
    said = run_in_server(server, f"touch {folder}/open_to_all/by_the_server")
    files = host.check_output(f"ls {folder}/open_to_all; rm -r {folder}/open_to_all")
    assert "Read-only file system" in said
    assert files == "by_a_user"


def test_server_has_a_tmp_and_devices_of_its_own(host: Host, server: Server) -> None:
    host.check_output("touch /tmp/of_the_host")
    assert "of_the_host" not in run_in_server(server, "ls /tmp; echo nothing")
    devices = run_in_server(server, "ls /dev").split()
    assert "null" in devices
    assert not set(devices) & {"fuse", "kmsg", "mem", "sda", "console"}


def test_server_cannot_make_a_namespace(host: Host, server: Server) -> None:
    assert host.run("unshare --uts true").rc == 0
    assert "Operation not permitted" in run_in_server(server, "unshare --user true")


def test_system_call_outside_the_filter_is_an_error_and_ends_no_process(host: Host, server: Server) -> None:
    assert host.check_output(MINCORE) == "0"
    sessions = (
        "SELECT pg_postmaster_start_time(), (SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer')"
    )
    before = server.sql(sessions)
    assert run_in_server(server, MINCORE) == str(errno.EPERM)
    # Where one process of the server is killed, all others are started again.
    assert server.sql(sessions) == before


def test_kernel_keeps_the_server_on_the_loopback_interface_where_it_can(
    host: Host, server: Server, reported: dict[str, Any], listener: str
) -> None:
    attempt = f"timeout 2 bash -c '(</dev/tcp/{listener}) 2>/dev/null' && echo reached || echo cut off"
    assert host.check_output(attempt) == "reached"
    properties = "-p IPAddressDeny=any -p IPAddressAllow=localhost"
    other = host.check_output(f"systemd-run --quiet --wait --pipe {properties} sh -c %s", attempt)
    assert run_in_server(server, attempt) == other
    assert reported["ip_filter"] == {"cut off": "enforced", "reached": "not enforced"}[other]
    assert "IPAddressDeny=any\n" in server.read(server.sandbox)
