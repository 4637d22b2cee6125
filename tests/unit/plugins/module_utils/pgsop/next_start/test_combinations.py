# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combinations that a start refuses, as a table; tests/servers/health/test_start.py has the starts."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.combinations import (
    RetainedObjects,
    combination_obstacles,
    is_true,
)

GOOD = {
    "archive_mode": "off",
    "max_connections": "100",
    "max_prepared_transactions": "0",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
    "superuser_reserved_connections": "3",
    "wal_level": "replica",
}
MINIMAL = {"wal_level": "minimal", "max_wal_senders": "0"}


@pytest.mark.parametrize(
    ("changes", "retained", "expected"),
    [
        ({}, RetainedObjects(), []),
        ({"wal_level": "minimal"}, RetainedObjects(), ["wal_level"]),
        ({"wal_level": "Minimal"}, RetainedObjects(), ["wal_level"]),
        (MINIMAL, RetainedObjects(), []),
        (MINIMAL | {"archive_mode": "on"}, RetainedObjects(), ["wal_level"]),
        (MINIMAL | {"archive_mode": "always"}, RetainedObjects(), ["wal_level"]),
        (MINIMAL | {"archive_mode": "false"}, RetainedObjects(), []),
        (MINIMAL | {"summarize_wal": "yes"}, RetainedObjects(), ["wal_level"]),
        (MINIMAL, RetainedObjects(slots=1), ["wal_level"]),
        ({}, RetainedObjects(slots=10), []),
        ({}, RetainedObjects(slots=11), ["max_replication_slots"]),
        ({}, RetainedObjects(slots=1, logical=1), ["wal_level"]),
        ({"wal_level": "logical"}, RetainedObjects(slots=1, logical=1), []),
        ({"max_connections": "3"}, RetainedObjects(), ["max_connections"]),
        ({"max_connections": "4"}, RetainedObjects(), []),
        ({"max_connections": "8", "reserved_connections": "5"}, RetainedObjects(), ["max_connections"]),
        ({"max_connections": "lots"}, RetainedObjects(), []),
        ({}, RetainedObjects(prepared=1), ["max_prepared_transactions"]),
        ({"max_prepared_transactions": "1"}, RetainedObjects(prepared=1), []),
    ],
)
def test_combinations(changes: dict[str, str], retained: RetainedObjects, expected: list[str]) -> None:
    assert [obstacle.name for obstacle in combination_obstacles(GOOD | changes, retained)] == expected


def test_nothing_is_concluded_from_settings_that_are_not_known() -> None:
    assert list(combination_obstacles({}, RetainedObjects(prepared=1, slots=1, logical=1))) == []


@pytest.mark.parametrize(
    ("value", "expected"), [("on", True), ("TRUE", True), (" 1", True), ("off", False), ("", False)]
)
def test_booleans(value: str, expected: bool) -> None:
    assert is_true(value) == expected
