# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container without a service manager: the same playbook, by way of pg_ctlcluster and the init script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"


@pytest.fixture(scope="module")
def bare(one_platform: str, fresh_container: Callable[..., Container]) -> Container:
    return fresh_container(one_platform, systemd=False)


@pytest.fixture(scope="module")
def first(bare: Container, play: PlayRunner) -> PlayResult:
    return play(SITE, on=bare)


def test_the_first_run_ends_with_a_server_that_answers(bare: Container, first: PlayResult, lab: Lab) -> None:
    assert first.rc == 0, first.output
    assert lab.run(bare, "cat /proc/1/comm") == "sleep"
    assert lab.sql(bare, "SELECT 6 * 7; SHOW listen_addresses; SHOW password_encryption").split() == [
        "42",
        "localhost",
        "scram-sha-256",
    ]


@pytest.mark.usefixtures("first")
def test_the_second_run_and_check_mode_change_nothing(bare: Container, play: PlayRunner) -> None:
    for check in (False, True):
        result = play(SITE, on=bare, check=check, diff=True)
        assert result.rc == 0, result.output
        assert result.changed == 0, result.output


def test_the_sandbox_is_reported_as_not_supported(bare: Container, first: PlayResult, lab: Lab) -> None:
    (sandbox,) = [task for task in first.tasks if task.action == "aerovista.postgresql.pg_sandbox"]
    assert sandbox.result["supported"] is False
    assert sandbox.status == "ok"
    assert lab.run(bare, "ls -d /etc/systemd/system/postgresql@*.d 2>/dev/null | wc -l") == "0"


@pytest.mark.usefixtures("first")
def test_a_server_stopped_by_hand_is_started_again(bare: Container, play: PlayRunner, lab: Lab) -> None:
    lab.run(bare, "pg_ctlcluster $(pg_lsclusters -h | awk '{print $1, $2}') stop -m fast")
    assert lab.run(bare, "pg_lsclusters -h | awk '{print $4}'") == "down"

    foreseen = play(SITE, on=bare, check=True)
    assert [task.task.split(" : ")[-1] for task in foreseen.with_status("changed")] == [
        "Start the cluster without systemd"
    ]
    assert lab.run(bare, "pg_lsclusters -h | awk '{print $4}'") == "down"

    result = play(SITE, on=bare)
    assert result.rc == 0, result.output
    assert result.changed == 1, result.output
    assert lab.sql(bare, "SELECT 42") == "42"
