# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs first, before any test changes the host: after converge, --check finds no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bed.hosts import CONVERGE

if TYPE_CHECKING:
    from conftest import PlayRunner
    from testinfra.host import Host


def test_check_mode_finds_nothing_to_change(host: Host, play: PlayRunner) -> None:
    result = play(CONVERGE, on=host, check=True, diff=True)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
