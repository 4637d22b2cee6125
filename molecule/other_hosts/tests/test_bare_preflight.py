# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes that only the host can tell are refused before anything changes on a host that has nothing of PostgreSQL, in check mode too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bed.mistakes import CANARY, VARIABLES, unnamed

if TYPE_CHECKING:
    from conftest import Container, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"
TRACES = "ls -d /etc/postgresql /etc/postgresql-common /etc/pgsop 2>/dev/null; true"


@pytest.fixture(scope="module")
def bare(one_platform: str, fresh_container: Callable[..., Container]) -> Container:
    return fresh_container(one_platform)


@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
def test_all_mistakes_are_named_and_nothing_is_changed(
    bare: Container, play: PlayRunner, lab: Lab, check: bool
) -> None:
    result = play(SITE, on=bare, extra_vars=dict(VARIABLES), check=check)
    failed = result.with_status("failed")
    assert result.rc == 2
    assert [task.action for task in failed] == ["aerovista.postgresql.pg_preflight"]
    assert unnamed(str(failed[0].result["msg"])) == []
    assert result.changed == 0
    assert lab.run(bare, TRACES) == ""
    assert CANARY not in result.output


def test_version_that_the_distribution_does_not_have(bare: Container, play: PlayRunner, lab: Lab) -> None:
    lab.run(bare, "apt-get update")
    result = play(SITE, on=bare, extra_vars={"pg_install_version": 18})
    assert result.rc == 2
    assert "pg_install_version is 18" in result.output
    assert "pg_install_repository" in result.output
    assert lab.run(bare, TRACES) == ""


@pytest.mark.parametrize("options", [["--tags", "pg_bakcup"], ["--skip-tags", "backup"]], ids=str)
def test_tag_that_no_role_has(bare: Container, play: PlayRunner, options: list[str]) -> None:
    result = play(SITE, on=bare, arguments=options)
    assert result.rc == 2
    assert "did you mean pg_backup?" in result.output
    assert result.changed == 0
