# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of whoever waits: the nearest in the way is the parent, queues are chains, circles end."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.wait_graph import (
    build_trees,
    root_blockers,
)

A, B, C, D, E = 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("blockers", "trees"),
    [
        ({}, []),
        ({B: [A]}, [[(A, 0), (B, 1)]]),
        ({B: [A], C: [B]}, [[(A, 0), (B, 1), (C, 2)]]),
        # C waits for both, and B for A: so C stands behind B.
        ({B: [A], C: [A, B]}, [[(A, 0), (B, 1), (C, 2)]]),
        ({B: [A], C: [A, B], D: [A, B, C]}, [[(A, 0), (B, 1), (C, 2), (D, 3)]]),
        ({B: [A], C: [A]}, [[(A, 0), (B, 1), (C, 1)]]),
        # The one with more blocked_sessions comes first.
        ({B: [A], D: [C], E: [C]}, [[(C, 0), (D, 1), (E, 1)], [(A, 0), (B, 1)]]),
        # Two in the way who do not wait for each other: it stands below both.
        ({C: [A, B]}, [[(A, 0), (C, 1)], [(B, 0), (C, 1)]]),
        ({B: [-7]}, [[(-7, 0), (B, 1)]]),
        ({B: [0]}, [[(0, 0), (B, 1)]]),
        ({A: [B], B: [A]}, [[(A, 0), (B, 1), (A, 2)]]),
        ({A: [B], B: [A], C: [B]}, [[(A, 0), (B, 1), (A, 2), (C, 2)]]),
        # A circle of which one waits for somebody else, too.
        ({A: [B, D], B: [A]}, [[(D, 0), (A, 1), (B, 2), (A, 3)]]),
    ],
)
def test_trees(blockers: dict[int, list[int]], trees: list[list[tuple[int, int]]]) -> None:
    assert [[(place.key, place.depth) for place in tree] for tree in build_trees(blockers).trees] == trees


def test_whoever_stands_twice_is_told_once() -> None:
    graph = build_trees({C: [A, B], D: [C]})
    assert [[(place.key, place.parent, place.repeated) for place in tree] for tree in graph.trees] == [
        [(A, None, False), (C, A, False), (D, C, False)],
        [(B, None, False), (C, B, True)],
    ]
    assert graph.blocked_sessions == {A: {C, D}, B: {C, D}, C: {D}, D: set()}
    assert graph.in_cycle == set()


def test_a_circle_is_named() -> None:
    assert build_trees({A: [B], B: [C], C: [A], D: [A]}).in_cycle == {A, B, C}


def test_a_long_queue_needs_no_depth_of_calls() -> None:
    many = 500
    graph = build_trees({waiter: list(range(waiter)) for waiter in range(1, many)})
    assert [place.depth for place in graph.trees[0]] == list(range(many))


@pytest.mark.parametrize(
    ("blockers", "waiter", "roots"),
    [
        ({B: [A]}, B, [A]),
        ({B: [A], C: [B]}, C, [A]),
        ({C: [A, B]}, C, [A, B]),
        ({B: [A], C: [D, B]}, C, [D, A]),
        ({B: [-7]}, B, [-7]),
        ({A: [B], B: [A]}, A, [B, A]),
        ({A: [B], B: [A], C: [B]}, C, [B, A]),
        ({A: [B, D], B: [A]}, B, [D]),
    ],
)
def test_roots_wait_for_nothing(blockers: dict[int, list[int]], waiter: int, roots: list[int]) -> None:
    assert root_blockers(waiter, blockers) == roots
