# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences as sentences."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.compare import (
    by_root,
    object_differences,
    row_differences,
    sequence_differences,
)

WANTED = {"table": {"s.a": "1", "s.b": "2"}, "privileges": {"x": "1"}}


@pytest.mark.parametrize(
    ("found", "lost", "surplus", "changed"),
    [
        (WANTED, [], [], {}),
        ({**WANTED, "table": {"s.a": "1"}}, [("table", "s.b")], [], {}),
        ({**WANTED, "table": {"s.a": "1", "s.b": "3"}}, [], [], {"table": ["s.b"]}),
        ({**WANTED, "view": {"s.v": "1"}}, [], [("view", "s.v")], {}),
        ({**WANTED, "tablespace": {"s.a": "t"}}, [], [], {}),
        ({"table": WANTED["table"]}, [("privileges", "x")], [], {}),
    ],
)
def test_objects(
    found: dict[str, dict[str, str]],
    lost: list[tuple[str, str]],
    surplus: list[tuple[str, str]],
    changed: dict[str, list[str]],
) -> None:
    assert object_differences(WANTED, found, skipped=["tablespace"]) == (lost, surplus, changed)


def test_another_version_may_define_but_not_lose() -> None:
    found = {"table": {"s.a": "9"}}
    assert object_differences(WANTED, found, other_major=True) == ([("table", "s.b")], [], {"table": ["s.a"]})


def test_sequences() -> None:
    wanted = {"a": (5, True), "b": (1, False), "c": (7, True)}
    assert sequence_differences(wanted, {"a": (5, True), "b": (1, True), "c": (8, True)}) == [
        "sequence b is at 1 and was at 1, unused",
        "sequence c is at 8 and was at 7",
    ]
    assert sequence_differences({"a": [5, True]}, {"a": (5, True)}) == []


def test_rows() -> None:
    assert row_differences({"a": 5, "b": 6}, {"x": 2, "y": 3}, {"a": 5, "b": 5, "x": 2, "y": 1}) == [
        "table b has 5 rows and had 6",
        "table y has 1 rows, of which 3 were dumped",
    ]


def test_rows_of_partitions_count_for_the_whole_table() -> None:
    roots = {"s.p1": "s.p", "s.p2": "s.p", "s.t": "s.t"}
    assert by_root({"s.p1": 3, "s.p2": 4, "s.t": 5}, roots) == {"s.p": 7, "s.t": 5}
