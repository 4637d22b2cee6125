# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs first in every scenario: after converge, --check has nothing left to say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import PlayRunner
    from testinfra.host import Host


def test_check_mode_finds_nothing_to_change(host: Host, play: PlayRunner) -> None:
    converge = Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"]) / "converge.yml"
    result = play(converge, on=host, check=True, diff=True)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
