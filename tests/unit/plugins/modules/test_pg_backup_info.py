# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: when it fails, and that it tells everything all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.modules import pg_backup_info
from ansible_collections.aerovista.postgresql.tests.unit.plugins.modules.face import answer

FINDING = {"status": "CRITICAL", "message": "no set.", "hint": "make one"}


def report(*, configured: bool = True) -> Any:
    return lambda path, verify: {"configured": configured, "asked": (path, verify), "findings": [FINDING]}


def test_it_only_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(monkeypatch, pg_backup_info, report(), verify=True)
    assert told == {
        "changed": False,
        "configured": True,
        "asked": ("/etc/pgsop/backup.json", True),
        "findings": [FINDING],
    }


@pytest.mark.parametrize(
    ("configured", "check", "fail_on", "fails"),
    [
        (True, False, "critical", True),
        (True, True, "critical", True),
        (False, False, "critical", True),
        (False, True, "critical", False),
        (False, False, "never", False),
    ],
)
def test_failure(monkeypatch: pytest.MonkeyPatch, configured: bool, check: bool, fail_on: str, fails: bool) -> None:
    told = answer(monkeypatch, pg_backup_info, report(configured=configured), check=check, fail_on=fail_on)
    assert told.get("failed", False) is fails
    assert told["findings"] == [FINDING]
    if fails:
        assert told["msg"] == "CRITICAL: no set. Next step: make one"


def test_refusal_is_a_failure_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def backup_report(path: str, *, verify: bool) -> Any:
        raise PgsopError(attempted="look", target="x", answer="no", next_step="yes")

    assert answer(monkeypatch, pg_backup_info, backup_report) == {
        "failed": True,
        "msg": "Cannot look (x): no. Next step: yes",
    }
