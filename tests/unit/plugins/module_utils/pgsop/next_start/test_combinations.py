# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combinations that a start refuses, as a table; tests/servers/health/test_start.py has the starts."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.combinations import (
    Kept,
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
    ("changes", "kept", "expected"),
    [
        ({}, Kept(), []),
        ({"wal_level": "minimal"}, Kept(), ["wal_level"]),
        ({"wal_level": "Minimal"}, Kept(), ["wal_level"]),
        (MINIMAL, Kept(), []),
        (MINIMAL | {"archive_mode": "on"}, Kept(), ["wal_level"]),
        (MINIMAL | {"archive_mode": "always"}, Kept(), ["wal_level"]),
        (MINIMAL | {"archive_mode": "false"}, Kept(), []),
        (MINIMAL | {"summarize_wal": "yes"}, Kept(), ["wal_level"]),
        (MINIMAL, Kept(slots=1), ["wal_level"]),
        ({}, Kept(slots=10), []),
        ({}, Kept(slots=11), ["max_replication_slots"]),
        ({}, Kept(slots=1, logical=1), ["wal_level"]),
        ({"wal_level": "logical"}, Kept(slots=1, logical=1), []),
        ({"max_connections": "3"}, Kept(), ["max_connections"]),
        ({"max_connections": "4"}, Kept(), []),
        ({"max_connections": "8", "reserved_connections": "5"}, Kept(), ["max_connections"]),
        ({"max_connections": "lots"}, Kept(), []),
        ({}, Kept(prepared=1), ["max_prepared_transactions"]),
        ({"max_prepared_transactions": "1"}, Kept(prepared=1), []),
    ],
)
def test_combinations(changes: dict[str, str], kept: Kept, expected: list[str]) -> None:
    assert [obstacle.name for obstacle in combination_obstacles(GOOD | changes, kept)] == expected


def test_nothing_is_concluded_from_settings_that_are_not_known() -> None:
    assert list(combination_obstacles({}, Kept(prepared=1, slots=1, logical=1))) == []


@pytest.mark.parametrize(
    ("value", "expected"), [("on", True), ("TRUE", True), (" 1", True), ("off", False), ("", False)]
)
def test_booleans(value: str, expected: bool) -> None:
    assert is_true(value) == expected
