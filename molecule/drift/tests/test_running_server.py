# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our files are as declared, but the server was started from, or has read, others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server
    from drift.tests.conftest import DriftCycle
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

#: Each file is kept, altered, and moved back with the time of its last change; nobody tells the server.
BY_HAND = """
kept=$(mktemp -d)
cp -p $config/pg_hba.conf $config/conf.d/60-pg_tuning.conf $kept/
cp -p $sandbox $kept/sandbox
sed -i '/^IPAddressDeny/d; /^NoNewPrivileges/d; /^System/d; /^Restrict/d; /^Lock/d; /^Private/d; /^Protect/d' $sandbox
systemctl daemon-reload
runuser -u postgres -- psql -qc "ALTER SYSTEM SET max_connections = '50'"
systemctl restart $unit
sed -i '1i host all postgres 127.0.0.1/32 trust' $config/pg_hba.conf
sed -i "s/^work_mem = .*/work_mem = '99MB'/" $config/conf.d/60-pg_tuning.conf
reload
mv $kept/sandbox $sandbox
mv $kept/pg_hba.conf $config/pg_hba.conf
mv $kept/60-pg_tuning.conf $config/conf.d/60-pg_tuning.conf
"""


def lets_anybody_in(host: Host) -> bool:
    """Whether postgres gets in over TCP without a password."""
    return bool(host.run("psql -XAtw -h 127.0.0.1 -U postgres -d postgres -c 'SELECT 1'").rc == 0)


def new_privileges_are_out_of_reach(host: Host, server: Server) -> bool:
    pid = host.check_output(f"head -n 1 {server.data}/postmaster.pid")
    return bool(host.check_output(f"grep NoNewPrivs /proc/{pid}/status").split()[1] == "1")


class Seen:
    """The round, and what no file shows: what the server does before and after it."""

    def __init__(self, host: Host, server: Server, drift: Callable[[str], DriftCycle]) -> None:
        # The round begins once the server is what the hand made of it.
        self.round = drift(f"{BY_HAND}\nsleep 1\npsql -XAtw -h 127.0.0.1 -U postgres -d postgres -c 'SELECT 1'")
        self.lets_anybody_in = lets_anybody_in(host)
        self.sandboxed = new_privileges_are_out_of_reach(host, server)


@pytest.fixture(scope="module")
def seen(host: Host, server: Server, drift: Callable[[str], DriftCycle]) -> Seen:
    return Seen(host, server, drift)


def test_files_are_as_declared(server: Server, seen: Seen) -> None:
    altered = {"work_mem", "max_connections", f"{server.data}/postgresql.auto.conf"}
    follow = {"loaded", "started", "shared_memory_size", "shared_memory_size_in_huge_pages"}
    assert seen.round.touched - follow == altered


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("{server.config}/pg_hba.conf", "-# this file is not loaded yet"),
        ("{server.sandbox}", "-# the server was started before this file was written"),
        ("running server", "-work_mem = 99MB"),
        ("running server", "-max_connections = 50"),
        ("{server.data}/postgresql.auto.conf", "-max_connections = '50'"),
    ],
)
def test_check_names_what_the_server_has_not_read(server: Server, seen: Seen, place: str, line: str) -> None:
    assert place.format(server=server) in seen.round.named
    assert line in seen.round.lines


def test_check_changes_nothing(seen: Seen) -> None:
    assert seen.round.check.rc == 0, seen.round.check.output
    assert seen.round.checked == seen.round.altered


def test_converge_has_the_server_use_its_files(seen: Seen) -> None:
    assert seen.round.converge.rc == 0, seen.round.converge.output
    assert seen.round.left_over == {}
    assert not seen.lets_anybody_in
    assert seen.sandboxed
