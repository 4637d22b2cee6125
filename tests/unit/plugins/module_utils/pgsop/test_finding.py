# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: all keys always, and never an OK for what nobody saw."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    STATUSES,
    UNKNOWN,
    WARNING,
    Finding,
    by_limits,
    reasons_to_fail,
)

KEYS = ["id", "sop", "status", "value", "unit", "warn", "crit", "message", "hint", "visible"]


@pytest.mark.parametrize(
    ("finding", "given"),
    [
        (
            Finding("no_password", "2", WARNING, "Role app has no password."),
            {"status": "WARNING", "message": "Role app has no password."},
        ),
        (
            Finding("sessions", "8", CRITICAL, "95 of 100.", "psql -c 'TABLE pg_stat_activity'", 95, "%", 80, 90),
            {"value": 95, "unit": "%", "warn": 80, "crit": 90, "hint": "psql -c 'TABLE pg_stat_activity'"},
        ),
        (Finding("lag", "9", UNKNOWN, "Not visible.", visible=False), {"visible": False, "status": "UNKNOWN"}),
        (Finding("lag", "9", UNKNOWN, "No answer."), {"visible": True}),
    ],
)
def test_every_key_is_there(finding: Finding, given: dict[str, object]) -> None:
    told = finding.as_dict()
    assert list(told) == KEYS
    assert given.items() <= told.items()


def test_every_field_is_told() -> None:
    assert sorted(field.name for field in dataclasses.fields(Finding)) == sorted(KEYS)


def test_what_was_not_measured_is_none() -> None:
    told = Finding("x", "2", OK, "Fine.").as_dict()
    assert {key: told[key] for key in ("value", "unit", "warn", "crit", "hint", "visible")} == {
        "value": None,
        "unit": "",
        "warn": None,
        "crit": None,
        "hint": "",
        "visible": True,
    }


@pytest.mark.parametrize("status", ["ok", "ERROR", ""])
def test_status_is_one_of_four(status: str) -> None:
    with pytest.raises(ValueError, match="is not one of OK, WARNING, CRITICAL, UNKNOWN"):
        Finding("x", "2", status, "No.")


@pytest.mark.parametrize("status", sorted({*STATUSES} - {UNKNOWN}))
def test_nothing_is_claimed_of_what_was_hidden(status: str) -> None:
    with pytest.raises(ValueError, match=f"x could not be seen, so it is UNKNOWN, not {status}"):
        Finding("x", "2", status, "No.", visible=False)


def told(status: str, hint: str = "") -> dict[str, str]:
    return {"status": status, "message": f"it is {status}.", "hint": hint}


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        ("never", []),
        ("critical", ["CRITICAL: it is CRITICAL. Next step: do", "UNKNOWN: it is UNKNOWN."]),
        ("warning", ["WARNING: it is WARNING.", "CRITICAL: it is CRITICAL. Next step: do", "UNKNOWN: it is UNKNOWN."]),
    ],
)
def test_reasons_to_fail(fail_on: str, expected: list[str]) -> None:
    found = [told("OK"), told("WARNING"), told("CRITICAL", "do"), told("UNKNOWN")]
    assert reasons_to_fail({"findings": found}, fail_on) == expected


@pytest.mark.parametrize(
    ("value", "warn", "crit", "lower_is_worse", "expected"),
    [
        (None, 0, 0, False, OK),
        (80, 80, 90, False, OK),
        (80.1, 80, 90, False, WARNING),
        (90, 80, 90, False, WARNING),
        (90.1, 80, 90, False, CRITICAL),
        (1000, None, None, False, OK),
        (1000, None, 90, False, CRITICAL),
        (1000, 80, None, False, WARNING),
        (95, 95, 90, True, OK),
        (94.9, 95, 90, True, WARNING),
        (89.9, 95, 90, True, CRITICAL),
        (0, 0, None, False, OK),
    ],
)
def test_a_value_equal_to_a_threshold_is_on_its_good_side(
    value: float | None, warn: float | None, crit: float | None, lower_is_worse: bool, expected: str
) -> None:
    assert by_limits(value, warn, crit, lower_is_worse=lower_is_worse) == expected
