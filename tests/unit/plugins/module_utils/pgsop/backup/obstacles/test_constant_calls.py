# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call counts if no column is below it, as the text of nodes shows."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.constant_calls import (
    calls_with_constants,
)

VAR = "{VAR :varno 1 :varattno 1}"
CONST = "{CONST :consttype 25 :constisnull false :constvalue 5 [ 20 0 0 0 123 ]}"
MISSING = "{CONST :consttype 25 :constisnull true :constvalue <>}"


def call(number: int, *arguments: str) -> str:
    """A call of a function."""
    return f"{{FUNCEXPR :funcid {number} :funcresulttype 23 :args ({' '.join(arguments)}) :location -1}}"


def operator(number: int, *arguments: str) -> str:
    """An operator of a function."""
    return f"{{OPEXPR :opno 521 :opfuncid {number} :opresulttype 16 :args ({' '.join(arguments)}) :location -1}}"


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (call(9), True),
        (call(9, CONST), True),
        (call(9, VAR), False),
        (call(9, CONST, VAR), False),
        (call(9, call(8, CONST)), True),
        (call(9, call(8, VAR)), False),
        (call(8, VAR, call(9, CONST)), True),
        (call(8, call(9), VAR), True),
        (f"({call(9, VAR)} {call(9)})", True),
        (call(99), False),
        (call(9, MISSING), False),
        (operator(9, CONST, CONST), True),
        (operator(9, VAR, CONST), False),
        (operator(8, VAR, call(9)), True),
        (call(9, r"{CONST :name a\{b\} :constisnull false}", VAR), False),
        ("<>", False),
        ("", False),
    ],
)
def test_call_without_columns(nodes: str, expected: bool) -> None:
    assert calls_with_constants(nodes, 9) is expected
