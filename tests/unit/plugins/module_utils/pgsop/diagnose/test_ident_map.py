# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User name maps, as the server reads them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.ident_map import (
    lets_in,
    parse,
    roles_of,
)

LINES = [
    "# who is who",
    "staff ada appuser  # she",
    'staff "grace hopper" "app user"',
    r"staff /^(.*)@example\.com$ \1",
    "other /^root$ all",
    "other eve +workers",
    "other mallory /^app",
    "broken line",
]
ROWS = parse(LINES)


@pytest.mark.parametrize(
    ("name", "user", "role", "expected"),
    [
        ("", "ada", "ada", True),
        ("", "ada", "appuser", False),
        ("staff", "ada", "appuser", True),
        ("staff", "ada", "ada", False),
        ("staff", "grace hopper", "app user", True),
        ("staff", "linus@example.com", "linus", True),
        ("staff", "linus@example.org", "linus", False),
        ("other", "root", "anybody", True),
        ("other", "eve", "appuser", True),
        ("other", "eve", "stranger", False),
        ("other", "mallory", "appuser", True),
        ("other", "mallory", "zappuser", False),
        ("none", "ada", "appuser", False),
    ],
)
def test_who_is_let_in(name: str, user: str, role: str, expected: bool) -> None:
    groups = {"workers", "appuser"} if role == "appuser" else {role}
    assert lets_in(ROWS, name, user, role, groups) is expected


def test_lines_that_are_broken_let_nobody_in() -> None:
    assert not lets_in([{**ROWS[0], "error": "odd"}], "staff", "ada", "appuser", set())
    assert not lets_in([{**ROWS[0], "sys_name": "/("}], "staff", "ada", "appuser", set())


def test_what_is_read_from_a_file() -> None:
    assert [row["line_number"] for row in ROWS] == [2, 3, 4, 5, 6, 7]
    assert ROWS[2]["sys_name"] == r"/^(.*)@example\.com$"
    assert parse(["a 'b"]) == []


def test_whom_somebody_may_be() -> None:
    assert roles_of(ROWS, "staff", "ada") == ("appuser",)
    assert roles_of(ROWS, "staff", "linus@example.com") == ("linus",)
    assert roles_of(ROWS, "staff", "eve") == ()
