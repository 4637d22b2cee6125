# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for whom, as trees: each below what is in its way, the root being what holds all of them up."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

#: Whoever waits or is waited for: a process, or minus the transaction of a prepared one (0 where it is not known which).
Key = int


class Place(NamedTuple):
    """Somebody's place in a tree.

    Attributes:
        key: who.
        depth: 0 for the root.
        parent: who is in the way; None for the root.
        again: whether it stands somewhere before, because several are in its way; what is below it is told there.
    """

    key: Key
    depth: int
    parent: Optional[Key]
    again: bool


class Forest(NamedTuple):
    """All trees.

    Attributes:
        trees: places of each, from the root on, branch by branch.
        victims: by whoever is in the way, all who wait for it in the end.
        circular: those that wait for themselves in the end.
    """

    trees: List[List[Place]]
    victims: Dict[Key, Set[Key]]
    circular: Set[Key]


def root_blockers(waiter: Key, blockers: Mapping[Key, Sequence[Key]]) -> List[Key]:
    """Return the direct and indirect blockers that wait for no lock, nearest first; in a deadlock, which has none, all blockers.

    Args:
        waiter: a key of `blockers`.
        blockers: the direct blockers by waiter.
    """
    found: List[Key] = []
    ahead = list(blockers[waiter])
    while ahead:
        key = ahead.pop(0)
        if key not in found:
            found.append(key)
            ahead += blockers.get(key, ())
    return [key for key in found if key not in blockers] or found


def grown(blockers: Mapping[Key, Sequence[Key]]) -> Forest:
    """The trees.

    A queue of many makes everybody wait for everybody before him; he is put below the last of them alone.

    Args:
        blockers: by whoever waits, those that are in its way.
    """
    victims = _victims(blockers)
    circular = {key for key, below in victims.items() if key in below}
    children: Dict[Key, List[Key]] = {}
    for waiter, before in blockers.items():
        for key in _nearest(waiter, set(before), victims):
            children.setdefault(key, []).append(waiter)
    roots = [key for key in victims if victims[key] and not blockers.get(key)]
    # What stands behind a circle has no root: there, everybody is as good a beginning as anybody.
    beginnings = [*sorted(roots, key=lambda key: (-len(victims[key]), key)), *sorted(circular)]
    trees: List[List[Place]] = []
    told: Set[Key] = set()
    for key in beginnings:
        if key not in told:
            trees += [list(_walked(key, children, told))]
    return Forest(trees, victims, circular)


def _victims(blockers: Mapping[Key, Sequence[Key]]) -> Dict[Key, Set[Key]]:
    """Everybody who waits in the end, by whom he waits for; as numbers with a bit for each, because queues are long."""
    everyone = sorted({*blockers, *(key for before in blockers.values() for key in before)})
    bit = {key: 1 << place for place, key in enumerate(everyone)}
    below = dict.fromkeys(everyone, 0)
    # Those with many before them stand at the end of a queue: beginning there, one or two rounds are enough.
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


def _nearest(waiter: Key, before: Set[Key], victims: Mapping[Key, Set[Key]]) -> List[Key]:
    """Those of the blockers that no other of them waits for, except in a circle."""

    def further(key: Key) -> bool:
        # Who waits for the waiter himself is no way around.
        return any(key not in victims[other] for other in (victims[key] & before) - victims[waiter])

    return sorted(key for key in before if not further(key))


def _walked(root: Key, children: Mapping[Key, Sequence[Key]], told: Set[Key]) -> Iterator[Place]:
    """A tree from its root on; with a stack, because it may be deeper than functions can be nested."""
    stack: List[Tuple[Key, int, Optional[Key]]] = [(root, 0, None)]
    while stack:
        key, depth, parent = stack.pop()
        again = key in told
        yield Place(key, depth, parent, again)
        if not again:
            told.add(key)
            stack += [(child, depth + 1, key) for child in sorted(children.get(key, ()), reverse=True)]
