# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memberships: by pair before 16, since then by grantor and option, with everything that rests on an admin option."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import Membership, RoleState
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_memberships import (
    Members,
    is_creator_row,
    plan_memberships,
)

ROLES = {
    "admin": RoleState("admin", superuser=True),
    "maker": RoleState("maker", createrole=True),
    "former": RoleState("former"),
    "m": RoleState("m", createrole=True),
}


def members(*wanted: str, options: bool = True) -> Members:
    pairs = frozenset((group, member) for group, member in (pair.split("<") for pair in wanted))
    return Members(pairs, frozenset({"g", "m", "n"}), "admin", options, ROLES)


def row(text: str) -> Membership:
    """``group<member/grantor`` and the options: a admin, i inherit, s set; without any they are those of a plain GRANT."""
    who, _space, options = text.partition(" ")
    pair, _slash, grantor = who.partition("/")
    group, member = pair.split("<")
    options = options or "is"
    return Membership(group, member, grantor or "admin", "a" in options, "i" in options, "s" in options)


def planned(rows: list[str], *wanted: str, options: bool = True) -> list[str]:
    return [item.sql for item in plan_memberships(tuple(map(row, rows)), members(*wanted, options=options))]


ALL_OPTIONS = "WITH ADMIN FALSE, INHERIT TRUE, SET TRUE"


@pytest.mark.parametrize(
    ("rows", "wanted", "expected"),
    [
        ([], [], []),
        (["g<m"], ["g<m"], []),
        ([], ["g<m"], [f"GRANT g TO m {ALL_OPTIONS}"]),
        ([], ["pg_monitor<m"], [f"GRANT pg_monitor TO m {ALL_OPTIONS}"]),
        (["g<m"], [], ["REVOKE g FROM m GRANTED BY admin CASCADE"]),
        # options
        (["g<m ais"], ["g<m"], ["REVOKE ADMIN OPTION FOR g FROM m GRANTED BY admin CASCADE"]),
        (["g<m i"], ["g<m"], [f"GRANT g TO m {ALL_OPTIONS}"]),
        (["g<m s"], ["g<m"], [f"GRANT g TO m {ALL_OPTIONS}"]),
        (
            ["g<m a"],
            ["g<m"],
            ["REVOKE ADMIN OPTION FOR g FROM m GRANTED BY admin CASCADE", f"GRANT g TO m {ALL_OPTIONS}"],
        ),
        # by somebody else
        (["g<m", "g<m/s"], ["g<m"], ["REVOKE g FROM m GRANTED BY s CASCADE"]),
        (["g<m/s"], ["g<m"], ["REVOKE g FROM m GRANTED BY s CASCADE", f"GRANT g TO m {ALL_OPTIONS}"]),
        # declared roles in groups of others, and others in declared roles
        (["pg_read_server_files<m"], [], ["REVOKE pg_read_server_files FROM m GRANTED BY admin CASCADE"]),
        (["g<stranger"], [], ["REVOKE g FROM stranger GRANTED BY admin CASCADE"]),
        (["s<t", "s<t/u ais"], [], []),
    ],
)
def test_memberships_are_exact_since_16(rows: list[str], wanted: list[str], expected: list[str]) -> None:
    assert planned(rows, *wanted) == expected


@pytest.mark.parametrize(
    ("rows", "wanted", "expected"),
    [
        (["g<m"], ["g<m"], []),
        # whoever granted it
        (["g<m/s"], ["g<m"], []),
        ([], ["g<m"], ["GRANT g TO m"]),
        (["g<m"], [], ["REVOKE g FROM m"]),
        (["g<m ais"], ["g<m"], ["REVOKE ADMIN OPTION FOR g FROM m"]),
        # nothing rests on an admin option
        (["g<m ais", "g<n/m"], ["g<n"], ["REVOKE g FROM m"]),
        (["s<t"], [], []),
    ],
)
def test_memberships_are_exact_before_16(rows: list[str], wanted: list[str], expected: list[str]) -> None:
    assert planned(rows, *wanted, options=False) == expected


@pytest.mark.parametrize(
    ("rows", "wanted", "expected"),
    [
        # what rests on a revoked admin option goes with it, and is not revoked again
        (["g<m ais", "g<n/m"], [], ["REVOKE g FROM m GRANTED BY admin CASCADE"]),
        (
            ["g<m ais", "g<n/m"],
            ["g<m", "g<n"],
            ["REVOKE ADMIN OPTION FOR g FROM m GRANTED BY admin CASCADE", f"GRANT g TO n {ALL_OPTIONS}"],
        ),
        (["g<m ais", "g<n/m ais", "g<x/n"], [], ["REVOKE g FROM m GRANTED BY admin CASCADE"]),
        # not where the admin option is held twice
        (
            ["g<m ais", "g<m/s ais", "g<n/m"],
            [],
            ["REVOKE g FROM m GRANTED BY admin CASCADE", "REVOKE g FROM m GRANTED BY s CASCADE"],
        ),
        (
            ["g<m ais", "h<m ais", "g<n/m"],
            ["h<m"],
            ["REVOKE g FROM m GRANTED BY admin CASCADE", "REVOKE ADMIN OPTION FOR h FROM m GRANTED BY admin CASCADE"],
        ),
        # nor what another group rests on
        (
            ["g<m ais", "h<n/m"],
            [],
            ["REVOKE g FROM m GRANTED BY admin CASCADE", "REVOKE h FROM n GRANTED BY m CASCADE"],
        ),
        # what strangers lose by it is granted again, as it was
        (
            ["s<m ais", "s<t/m a"],
            ["s<m"],
            [
                "REVOKE ADMIN OPTION FOR s FROM m GRANTED BY admin CASCADE",
                "GRANT s TO t WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
            ],
        ),
        (
            ["s<m ais", "s<t/m i", "s<t s"],
            [],
            [
                "REVOKE s FROM m GRANTED BY admin CASCADE",
                "GRANT s TO t WITH ADMIN FALSE, INHERIT TRUE, SET TRUE",
            ],
        ),
    ],
)
def test_cascade_is_foreseen(rows: list[str], wanted: list[str], expected: list[str]) -> None:
    assert planned(rows, *wanted) == expected


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("g<maker a", True, True),
        ("g<maker a", False, False),
        ("g<maker ais", True, False),
        ("g<maker is", True, False),
        ("g<maker ai", True, False),
        ("g<maker as", True, False),
        ("g<maker -", True, False),
        ("g<maker/other a", True, False),
        ("g<former a", True, False),
        ("g<m a", True, False),
    ],
)
def test_row_of_a_creator_is_known(text: str, *, options: bool, expected: bool) -> None:
    assert is_creator_row(row(text), members(options=options)) is expected


def test_row_of_a_creator_is_left() -> None:
    assert planned(["g<maker a"]) == []


def test_names_are_quoted() -> None:
    found = plan_memberships((Membership("My group", "m", 'a"b'),), members("g<m"))
    assert [item.sql for item in found] == [
        'REVOKE "My group" FROM m GRANTED BY "a""b" CASCADE',
        f"GRANT g TO m {ALL_OPTIONS}",
    ]
