# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log tells what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.last_status import FILE, status_changes


def told(folder: Path, **statuses: str) -> list[str]:
    findings = [Finding(name, "4", status, f"{name} is {status}") for name, status in statuses.items()]
    return [f"{finding.id} {finding.status}" for finding in status_changes(str(folder), findings)]


def test_a_change_is_told_once_and_the_way_back_too(tmp_path: Path) -> None:
    assert told(tmp_path, a="OK", b="OK") == []
    assert told(tmp_path, a="WARNING", b="OK") == ["a WARNING"]
    assert told(tmp_path, a="WARNING", b="OK") == []
    assert told(tmp_path, a="CRITICAL", b="UNKNOWN") == ["a CRITICAL", "b UNKNOWN"]
    assert told(tmp_path, a="OK", b="UNKNOWN") == ["a OK"]


def test_at_first_only_what_is_not_well_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, a="WARNING", b="OK") == ["a WARNING"]


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_broken_note_costs_a_line(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert told(tmp_path, a="WARNING") == ["a WARNING"]
    assert told(tmp_path, a="WARNING") == []
