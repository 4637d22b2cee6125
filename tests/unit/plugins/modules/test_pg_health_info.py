# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: what it asks for, when it fails, and that it tells everything all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.info import HealthRequest
from ansible_collections.aerovista.postgresql.plugins.modules import pg_health_info
from ansible_collections.aerovista.postgresql.tests.unit.plugins.modules.face import answer

FOUND = [
    Finding("a.fine", "4", "OK", "fine").as_dict(),
    Finding("b.slow", "4", "WARNING", "slow", hint="look").as_dict(),
    Finding("c.broken", "4", "CRITICAL", "broken", hint="mend").as_dict(),
]
TEXT = [
    "PostgreSQL 17.6, cluster 17/main: 1 CRITICAL, 1 WARNING, 1 OK (0.3 s)",
    "",
    "SOP 4: Health and observability",
    "  CRITICAL  c.broken: broken",
    "            Next step: mend",
    "  WARNING   b.slow: slow",
    "            Next step: look",
    "",
    "1 check is OK; --all shows them.",
]
SERVER = {"cluster": "17/main", "server_version": "17.6", "duration_s": 0.3}


def report(*, configured: bool = True) -> Any:
    return lambda question: {"configured": configured, "asked": question, "findings": FOUND, **SERVER}


def test_it_only_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(monkeypatch, pg_health_info, report(), version=17, only=["a.*"], dsn="host=x")
    assert told == {
        "changed": False,
        "configured": True,
        "asked": HealthRequest("/etc/pgsop/health.json", 17, "main", "host=x", ("a.*",), check=False),
        "findings": FOUND,
        **SERVER,
        "fails": False,
        "text": TEXT,
    }


def test_check_mode_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, pg_health_info, report(), check=True)["asked"] == HealthRequest(check=True)


@pytest.mark.parametrize(
    ("configured", "check", "fail_on", "message"),
    [
        (True, False, "never", None),
        (True, False, "critical", "CRITICAL: broken Next step: mend"),
        (True, True, "critical", "CRITICAL: broken Next step: mend"),
        (True, False, "warning", "WARNING: slow Next step: look CRITICAL: broken Next step: mend"),
        (False, False, "critical", "CRITICAL: broken Next step: mend"),
        (False, True, "critical", None),
    ],
)
def test_failure(
    monkeypatch: pytest.MonkeyPatch, configured: bool, check: bool, fail_on: str, message: str | None
) -> None:
    told = answer(monkeypatch, pg_health_info, report(configured=configured), check=check, fail_on=fail_on)
    assert (told.get("failed", False), told.get("msg")) == (message is not None, message)
    assert (told["findings"], told["text"], told["fails"]) == (FOUND, TEXT, message is not None)


def test_refusal_is_a_failure_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def health_report(_request: HealthRequest) -> Any:
        raise PgsopError(attempted="look", target="x", answer="no", next_step="yes")

    told = answer(monkeypatch, pg_health_info, health_report)
    assert told == {"failed": True, "msg": "Cannot look (x): no. Next step: yes"}
