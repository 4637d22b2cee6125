# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that is full where a file has to be written: nothing is half-written, nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Server
    from faults.tests.conftest import Refuse
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

#: The folder moves onto a small file system of its own, which is then filled to the last byte.
FILL = """
cp -a %(folder)s /root/kept
mount -t tmpfs -o size=256k,mode=$(stat -c %%a %(folder)s),uid=$(stat -c %%u %(folder)s),gid=$(stat -c %%g %(folder)s)     tmpfs %(folder)s
cp -a /root/kept/. %(folder)s/
dd if=/dev/zero of=%(folder)s/filler bs=512 status=none 2>/dev/null || test $(df --output=avail %(folder)s | tail -n 1) -eq 0
"""


@pytest.fixture
def full(host: Host) -> Iterator[Callable[[str], None]]:
    """`full(folder)`: no more room there until the end of the test."""
    folders: list[str] = []

    def fill(folder: str) -> None:
        folders.append(folder)
        host.check_output("bash -euc %s", FILL % {"folder": folder})

    yield fill
    for folder in folders:
        host.check_output(f"umount {folder}; rm -r /root/kept")


def test_settings_on_a_full_disk_are_refused_and_the_old_file_stays(
    server: Server, full: Callable[[str], None], refuse: Refuse
) -> None:
    folder = f"{server.config}/conf.d"
    full(folder)
    error = refuse("pg_settings", name="pg_hardening", priority=50, settings={"log_statement": "all"})
    for word in [f"{folder}/50-pg_hardening.conf", "No space left on device", f"df -h {folder}", "Next step: "]:
        assert word in error


def test_settings_that_need_a_restart_on_a_full_disk_do_not_restart_the_server(
    server: Server, full: Callable[[str], None], refuse: Refuse
) -> None:
    full(f"{server.config}/conf.d")
    error = refuse("pg_settings", settings={"max_connections": 60})
    assert f"{server.config}/conf.d/70-fault.conf" in error
    assert "No space left on device" in error


def test_hba_rules_on_a_full_disk_are_refused_and_the_old_file_stays(
    server: Server, full: Callable[[str], None], refuse: Refuse
) -> None:
    full(server.config)
    error = refuse("pg_hba", rules=[{"type": "local", "user": ["postgres"], "method": "peer"}])
    for word in [f"{server.config}/pg_hba.conf", "No space left on device", f"df -h {server.config}", "Next step: "]:
        assert word in error


def test_sandbox_on_a_full_disk_is_refused_and_the_old_file_stays(
    server: Server, full: Callable[[str], None], refuse: Refuse
) -> None:
    folder = f"/etc/systemd/system/{server.unit}.d"
    full(folder)
    error = refuse("pg_sandbox", name="pg_hardening", directives={"NoNewPrivileges": "yes"})
    for word in [server.sandbox, "No space left on device", f"df -h {folder}", "Next step: "]:
        assert word in error
