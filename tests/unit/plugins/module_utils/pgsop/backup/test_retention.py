# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes was superseded, and nothing that anybody may need goes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import names, retention
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.retention import Coming, Policy
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store, StoredSet
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    DAY_0,
    DAY_S,
    OBSTACLE,
    at,
    dump_of,
    held,
    inside,
    on_disk,
    stored_of,
)


def one(
    serial: int,
    databases: str = "a",
    *,
    day: float | None = None,
    part: bool = False,
    bad: bool = False,
    hindered: str = "",
) -> StoredSet:
    """A set; databases have one letter, and it was made on the day that its serial says, where nothing else is said."""
    finished = at(serial if day is None else day)
    dumps = [dump_of(name, obstacles=(OBSTACLE,) if name in hindered else ()) for name in databases]
    return stored_of(serial, dumps, ("damaged",) if bad else (), finished=finished, complete=not part)


def gone(sets: list[StoredSet], keep_days: int, keep_sets: int, today: float) -> list[int]:
    """Serials of what goes, in the order in which it goes."""
    ordered = sorted(sets, key=lambda stored: stored.manifest.serial if stored.manifest else 0, reverse=True)
    found = retention.superseded(ordered, Policy(keep_days, keep_sets), DAY_0 + today * DAY_S)
    return [stored.manifest.serial for stored in found if stored.manifest]


DAILY = [one(day) for day in range(1, 11)]
MIXED = [one(1, "ab"), one(2, "ab"), *(one(day, "a", part=True) for day in range(3, 9))]


@pytest.mark.parametrize(
    ("sets", "days", "count", "today", "wanted"),
    [
        pytest.param([], 0, 1, 0, [], id="nothing there"),
        pytest.param([one(1)], 0, 1, 99, [], id="the only one"),
        pytest.param(DAILY, 5, 1, 10, [1, 2, 3, 4], id="older than five days, to the second"),
        pytest.param(DAILY, 5, 1, 10.001, [1, 2, 3, 4, 5], id="a moment later one more"),
        pytest.param(DAILY, 5, 8, 10, [1, 2], id="old ones that are needed to have eight"),
        pytest.param(DAILY, 5, 10, 10, [], id="as many as wanted"),
        pytest.param(DAILY, 5, 99, 99, [], id="fewer than wanted"),
        pytest.param(DAILY, 99, 1, 10, [], id="all young"),
        pytest.param(DAILY, 0, 3, 10.5, [1, 2, 3, 4, 5, 6, 7], id="no days, so the count alone"),
        pytest.param(DAILY, 0, 1, 10, list(range(1, 10)), id="one is enough"),
        pytest.param([*DAILY[:-1], one(10, bad=True)], 0, 1, 99, [], id="newest not verified"),
        pytest.param([one(1), one(2, bad=True), one(3), one(4)], 0, 2, 99, [1], id="damaged ones neither go nor count"),
        pytest.param([one(1), one(2), one(3, bad=True), one(4)], 0, 2, 99, [1], id="the other way round"),
        pytest.param(MIXED, 0, 3, 99, [3, 4, 5], id="sets of one database do not push out those of all"),
        pytest.param(
            [*MIXED, one(9, "ab"), one(10, "ab"), one(11, "ab")], 0, 3, 99, list(range(1, 9)), id="those of all do"
        ),
        pytest.param(
            [one(1, "ab"), one(2, "ab"), one(3), one(4), one(5)], 0, 2, 99, [1, 3], id="dropped database keeps its last"
        ),
        pytest.param([one(1, "x"), one(2), one(3)], 0, 1, 9999, [2], id="however old that is"),
        pytest.param([one(1, "a"), one(2, "b"), one(3, "ab")], 0, 1, 99, [1, 2], id="one set covers two"),
        pytest.param(
            [one(1, "ab"), one(2, "a"), one(3, "ab"), one(4, "b", part=True)], 0, 1, 99, [1, 2], id="two sets cover one"
        ),
        pytest.param(
            [one(1, "ab"), one(2, "a", part=True), one(3, "b", part=True)], 0, 1, 99, [], id="newest set of all stays"
        ),
        pytest.param(
            [one(number, "ab"[number % 2], part=True) for number in range(1, 9)],
            0,
            3,
            99,
            [1, 2],
            id="never a set of all: each counts",
        ),
        pytest.param(
            [one(1, day=50), one(2, day=1), one(3, day=2)], 5, 1, 10, [2], id="clock was ahead, then put back"
        ),
        pytest.param([one(1, day=50), one(2, day=1), one(3, day=2)], 5, 1, 60, [1, 2], id="until that day has come"),
        pytest.param(DAILY, 5, 4, 5000, [1, 2, 3, 4, 5, 6], id="clock jumps ahead: the count keeps them"),
        pytest.param(DAILY, 5, 1, -5000, [], id="clock jumps back: all are young"),
        pytest.param([one(1, day=9), one(2, day=1)], 0, 1, 99, [1], id="newer is what was made later"),
        pytest.param(
            [one(1), one(2), *(one(day, hindered="a") for day in range(3, 7))],
            0,
            2,
            99,
            [1, 3, 4],
            id="sets with obstacles count, and the newest one without stays",
        ),
        pytest.param(
            [one(day, hindered="a") for day in range(1, 5)], 0, 1, 99, [1, 2, 3], id="never one without obstacles"
        ),
        pytest.param(
            [one(1, "ab"), one(2, "ab", hindered="a"), one(3, "ab", hindered="b"), one(4, "ab", hindered="a")],
            0,
            1,
            99,
            [1, 2],
            id="by database",
        ),
        pytest.param([one(1), one(2, hindered="a"), one(3)], 0, 1, 99, [1, 2], id="obstacle was removed"),
    ],
)
def test_plan(sets: list[StoredSet], days: int, count: int, today: float, wanted: list[int]) -> None:
    assert gone(sets, days, count, today) == wanted


def test_set_without_a_manifest_neither_goes_nor_counts() -> None:
    unread = StoredSet("20260101T000000Z", "/nowhere", None, ("it has no manifest",))
    plan = retention.superseded([*reversed(DAILY), unread], Policy(0, 9), DAY_0 + 99 * DAY_S)
    assert [stored.name for stored in plan] == [DAILY[0].name]


def holding(sets: list[StoredSet], database: str) -> list[StoredSet]:
    return [stored for stored in sets if stored.usable and stored.holds(database)]


def restorable(sets: list[StoredSet], database: str) -> list[StoredSet]:
    return [stored for stored in holding(sets, database) if database not in stored.obstacles]


def planned(sets: list[StoredSet], new: StoredSet, policy: Policy, now: float) -> list[StoredSet]:
    """What a plan says before the new set is there."""
    coming = Coming(frozenset(dump.name for dump in new.known.databases), new.known.complete)
    return retention.superseded(sets, policy, now, coming)


@pytest.mark.parametrize("seed", range(150))
def test_whatever_happens_the_last_sets_of_every_database_stay(seed: int) -> None:
    """Databases come and go, sets are of all or of some, get damaged, and the clock does what it likes."""
    chance = random.Random(seed)
    policy = Policy(chance.choice([0, 1, 5, 14]), chance.choice([1, 2, 3, 7]))
    sets: list[StoredSet] = []
    day, there = 0.0, set("ab")
    made: dict[str, int] = {}
    for serial in range(1, 60):
        day += chance.choice([0.5, 1, 1, 1, 3, -2, 30 if chance.random() < 0.05 else 1])
        if chance.random() < 0.1:
            there ^= {chance.choice("abcd")}
            there = there or {"a"}
        part = chance.random() < 0.2
        databases = chance.sample(sorted(there), 1 + chance.randrange(len(there))) if part else sorted(there)
        hindered = "".join(name for name in databases if chance.random() < 0.2)
        new = one(
            serial,
            "".join(databases),
            day=day,
            part=set(databases) != there,
            bad=chance.random() < 0.05,
            hindered=hindered,
        )
        foreseen = planned(sets, new, policy, DAY_0 + day * DAY_S)
        sets.insert(0, new)
        if new.usable:
            made = {**made, **{name: made.get(name, 0) + 1 for name in databases}}
        newest = {name: (holding(sets, name)[:1], restorable(sets, name)[:1]) for name in "abcd"}
        plan = retention.superseded(sets, policy, DAY_0 + day * DAY_S)
        assert all(stored.usable for stored in plan)
        assert {stored.name for stored in plan} <= {stored.name for stored in foreseen}, (
            "nothing goes but what was planned"
        )
        if new.usable and not hindered:
            assert plan == foreseen, "a set that becomes as planned supersedes what was planned"
        sets = [stored for stored in sets if stored not in plan]
        complete = next(
            (stored for stored in sets if stored.usable and stored.manifest and stored.manifest.complete), None
        )
        for name in "abcd":
            assert (holding(sets, name)[:1], restorable(sets, name)[:1]) == newest[name], "the newest ones stay"
            if complete and complete.holds(name):
                lost = made.get(name, 0) - len(holding(sets, name))
                assert lost == 0 or len(holding(sets, name)) >= policy.keep_sets
            else:
                made[name] = len(holding(sets, name))
        assert retention.superseded(sets, policy, DAY_0 + day * DAY_S) == [], "twice is the same as once"


def test_set_is_removed_whole(tmp_path: Path) -> None:
    on_disk(tmp_path, 1)
    on_disk(tmp_path, 2)
    newest, oldest = Store(str(tmp_path)).sets()
    assert retention.remove(oldest) is True
    assert inside(tmp_path) == [newest.name]
    assert Store(str(tmp_path)).sets()[0].verified


def test_set_in_use_stays(tmp_path: Path) -> None:
    path = on_disk(tmp_path, 1)
    (stored,) = Store(str(tmp_path)).sets()
    with held(path, "shared"):
        assert retention.remove(stored) is False
        assert Store(str(tmp_path)).sets()[0].verified
    assert retention.remove(stored) is True


def test_half_removed_set_is_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk(tmp_path, 1)
    (stored,) = Store(str(tmp_path)).sets()

    def fail(_path: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", fail)
    with pytest.raises(OSError, match="Input/output"):
        retention.remove(stored)
    assert Store(str(tmp_path)).sets() == []
    assert inside(tmp_path) == [names.trash(stored.name)]
