# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats of the server's messages: each gives its condition, and nothing of what stood in its places."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.server_conditions import recognize
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.server_formats import FORMATS

CANARY = 'canary "4711" it\'s\nERROR:  canary'
LINES = [line.strip() for line in FORMATS.splitlines() if line.startswith(" ")]


@pytest.mark.parametrize("line", LINES)
def test_format_is_recognized_and_hides_what_it_quotes(line: str) -> None:
    found = recognize(line.replace("%d", "4711").replace("%s", CANARY) + "\nDETAIL:  Failing row contains (canary).\n")
    assert found is not None
    assert "canary" not in found[1]
    assert "4711" not in found[1]


def test_each_format_stands_once_below_a_condition() -> None:
    assert len(set(LINES)) == len(LINES)
    assert not FORMATS.startswith(" ")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            'new row for relation "t" violates check constraint "c"',
            ("check_violation", "new row for relation '...' violates check constraint '...'"),
        ),
        (
            'value "canary" is out of range for type integer',
            ("numeric_value_out_of_range", "value '...' is out of range for type ..."),
        ),
        ("integer out of range\nCONTEXT:  x", ("numeric_value_out_of_range", "... out of range")),
        (
            'column "b" of relation "t" contains null values',
            ("not_null_violation", "column '...' of relation '...' contains null values"),
        ),
        ('role "16922" does not exist', ("undefined_object", "role '...' does not exist")),
        ("bad value canary", None),
        ("canary division by zero", None),
        ("division by zero canary", None),
        ("", None),
    ],
)
def test_recognize(message: str, expected: tuple[str, str] | None) -> None:
    assert recognize(message) == expected
