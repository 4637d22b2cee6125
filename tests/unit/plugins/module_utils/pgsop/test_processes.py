# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of a server, from files in the form of /proc."""

from __future__ import annotations

import os
import subprocess

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import processes as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.processes import (
    all_processes,
    server_processes,
)

UNIT = "postgresql@17-main.service"
SLICE = "/system.slice/system-postgresql.slice"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # cgroup v2, v1, hybrid, and a group below that of the unit
        (f"0::{SLICE}/{UNIT}\n", True),
        (f"12:pids:{SLICE}/{UNIT}\n1:name=systemd:{SLICE}/{UNIT}\n", True),
        (f"1:name=systemd:/\n0::{SLICE}/{UNIT}\n", True),
        (f"0::{SLICE}/{UNIT}/helper\n", True),
        # another cluster, a unit of the same name in a container, no unit, hidden
        (f"0::{SLICE}/postgresql@16-main.service\n", False),
        (f"0::{SLICE}/x{UNIT}\n", False),
        (f"0::{SLICE}/{UNIT}x\n", False),
        (f"0::/system.slice/docker-0123.scope{SLICE}/{UNIT}\n", False),
        ("0::/user.slice/user-0.slice/session-1.scope\n", False),
        ("0::/\n", False),
        ("", False),
    ],
)
def test_processes_of_the_units_control_group_belong_to_the_server(
    monkeypatch: pytest.MonkeyPatch, groups: str, expected: bool
) -> None:
    stat = {1: "1 (init) S 0 1", 5: "5 (postgres) S 1 5", 7: "7 (a) b) S 1 7", 8: "8 (child) S 7 8"}
    mine = f"12:pids:{SLICE}/{UNIT}\n1:name=systemd:{SLICE}/{UNIT}\n0::{SLICE}/{UNIT}\n"
    files = {"stat": stat, "cgroup": {1: "0::/init.scope\n", 5: mine, 7: groups, 8: "0::/elsewhere\n"}}
    monkeypatch.setattr(module, "all_processes", lambda: list(stat))
    monkeypatch.setattr(module, "_read", lambda pid, name: files[name][pid])
    assert server_processes(5, UNIT) == (frozenset({5, 7, 8}) if expected else frozenset({5}))
    assert server_processes(7, UNIT) >= {7, 8}
    assert server_processes(None, UNIT) == frozenset()


def test_server_outside_of_its_unit_has_its_descendants_only(monkeypatch: pytest.MonkeyPatch) -> None:
    session = "0::/user.slice/user-0.slice/session-1.scope\n"
    stat = {5: "5 (postgres) S 1 5", 6: "6 (checkpointer) S 5 6", 7: "7 (bash) S 1 7"}
    monkeypatch.setattr(module, "all_processes", lambda: list(stat))
    monkeypatch.setattr(module, "_read", lambda pid, name: stat[pid] if name == "stat" else session)
    assert server_processes(5, UNIT) == frozenset({5, 6})


def test_descendants_belong_to_the_server() -> None:
    with subprocess.Popen(
        ["sh", "-c", "exec 3<&0; cat <&3 & echo $!; wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        assert shell.stdout is not None
        grandchild = int(shell.stdout.readline())
        found = server_processes(os.getpid(), UNIT)
        assert {os.getpid(), shell.pid, grandchild} <= found
        assert {os.getppid(), 1} & found == set()


def test_own_process_is_there_and_one_that_has_ended_is_not_in_the_way() -> None:
    assert os.getpid() in all_processes()
    assert module._parent(os.getpid()) == os.getppid()
    assert module._parent(2**22 + 1) == 0
    assert module._unit_groups(2**22 + 1, UNIT) == set()
