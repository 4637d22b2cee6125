# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs first, before any test changes the host: after converge, --check finds no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bed.hosts import CONVERGE

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner
    from testinfra.host import Host


@pytest.fixture(scope="module")
def result(host: Host, play: PlayRunner) -> PlayResult:
    return play(CONVERGE, on=host, check=True, diff=True)


def test_check_mode_finds_nothing_to_change(result: PlayResult) -> None:
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output


def test_summary_ends_with_the_first_backup(result: PlayResult) -> None:
    assert result.stdout.rstrip().splitlines()[-1].startswith("  Next step: sudo pgsop backup")
