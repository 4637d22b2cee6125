# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait graph as trees: each blocked session below a blocker, the root blocker at the top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

#: A blocked or blocking party: the process ID, or minus the transaction ID of a prepared transaction (0 if it is unknown which).
Key = int


class TreeNode(NamedTuple):
    """One position in a tree.

    Attributes:
        key: the blocked or blocking party.
        depth: 0 for the root blocker.
        parent: the blocker above it; None for the root blocker.
        repeated: whether the key has an earlier position, because it has several blockers; the nodes below it are listed there.
    """

    key: Key
    depth: int
    parent: Key | None
    repeated: bool


class WaitGraph(NamedTuple):
    """All trees.

    Attributes:
        trees: the nodes of each, from the root blocker on, branch by branch.
        blocked_sessions: by blocker, the keys that it blocks directly or indirectly.
        in_cycle: keys that block themselves indirectly: a deadlock.
    """

    trees: list[list[TreeNode]]
    blocked_sessions: dict[Key, set[Key]]
    in_cycle: set[Key]


def root_blockers(waiter: Key, blockers: Mapping[Key, Sequence[Key]]) -> list[Key]:
    """Return the direct and indirect blockers that wait for no lock, nearest first.

    In a deadlock no blocker is free of waits; the result is all of them.

    Args:
        waiter: a key of `blockers`.
        blockers: the direct blockers by waiter.
    """
    found: list[Key] = []
    ahead = list(blockers[waiter])
    while ahead:
        key = ahead.pop(0)
        if key not in found:
            found.append(key)
            ahead += blockers.get(key, ())
    return [key for key in found if key not in blockers] or found


def build_trees(blockers: Mapping[Key, Sequence[Key]]) -> WaitGraph:
    """Return the trees of the wait graph, the largest first, deadlocks last.

    In a lock queue each waiter is blocked by all before it; it becomes a child of the last of them only.

    Args:
        blockers: the direct blockers by waiter.
    """
    blocked_sessions = _blocked_sessions(blockers)
    in_cycle = {key for key, below in blocked_sessions.items() if key in below}
    children: dict[Key, list[Key]] = {}
    for waiter, before in blockers.items():
        for key in _nearest(waiter, set(before), blocked_sessions):
            children.setdefault(key, []).append(waiter)
    roots = [key for key in blocked_sessions if blocked_sessions[key] and not blockers.get(key)]
    # A cycle has no root blocker: any of its keys may begin a tree.
    beginnings = [*sorted(roots, key=lambda key: (-len(blocked_sessions[key]), key)), *sorted(in_cycle)]
    trees: list[list[TreeNode]] = []
    seen: set[Key] = set()
    for key in beginnings:
        if key not in seen:
            trees += [list(_walked(key, children, seen))]
    return WaitGraph(trees, blocked_sessions, in_cycle)


def _blocked_sessions(blockers: Mapping[Key, Sequence[Key]]) -> dict[Key, set[Key]]:
    """Return all direct and indirect waiters by blocker; one bit for each key, because queues are long."""
    everyone = sorted({*blockers, *(key for before in blockers.values() for key in before)})
    bit = {key: 1 << place for place, key in enumerate(everyone)}
    below = dict.fromkeys(everyone, 0)
    # Waiters with many blockers are at the end of a queue: from there, one or two rounds are enough.
    waiters = sorted(blockers, key=lambda key: -len(blockers[key]))
    changed = True
    while changed:
        changed = False
        for waiter in waiters:
            reached = bit[waiter] | below[waiter]
            for key in blockers[waiter]:
                if below[key] | reached != below[key]:
                    below[key] |= reached
                    changed = True
    return {key: {other for other in everyone if below[key] & bit[other]} for key in everyone}


def _nearest(waiter: Key, before: set[Key], blocked_sessions: Mapping[Key, set[Key]]) -> list[Key]:
    """Return the blockers that block no other blocker, except in a cycle."""

    def further(key: Key) -> bool:
        # A key that waits for the waiter is no detour.
        return any(
            key not in blocked_sessions[other] for other in (blocked_sessions[key] & before) - blocked_sessions[waiter]
        )

    return sorted(key for key in before if not further(key))


def _walked(root: Key, children: Mapping[Key, Sequence[Key]], seen: set[Key]) -> Iterator[TreeNode]:
    """Yield the nodes of a tree from its root; with a stack, because it may be deeper than functions can be nested."""
    stack: list[tuple[Key, int, Key | None]] = [(root, 0, None)]
    while stack:
        key, depth, parent = stack.pop()
        repeated = key in seen
        yield TreeNode(key, depth, parent, repeated)
        if not repeated:
            seen.add(key)
            stack += [(child, depth + 1, key) for child in sorted(children.get(key, ()), reverse=True)]
