# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Most memory that a server can use (the worst case), and the values of a profile that fit the host.

Worst case, in kB (research of tuning tools: not one of them adds this up, all of them overcommit small hosts)::

    shared_buffers
    + max_connections x work_mem x hash_mem_multiplier      one hash node in every session
    + autovacuum_max_workers x autovacuum_work_mem          maintenance_work_mem if that is -1

Up to version 16 a vacuum never uses more than 1 GB for dead tuples. Nine tenths of the memory are the limit, the
rest is the operating system's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..units import AUTOMATIC

MB = 1024
LIMIT_PERCENT = 90

#: Least values the profiles are lowered to.
MAINTENANCE_FLOOR_KB = 64 * MB
WORK_FLOOR_KB = 4 * MB
CONNECTIONS_FLOOR = 20
FLOORS: dict[str, int] = {
    "maintenance_work_mem": MAINTENANCE_FLOOR_KB,
    "work_mem": WORK_FLOOR_KB,
    "max_connections": CONNECTIONS_FLOOR,
}

#: First version with a vacuum that can use more than 1 GB (radix tree of dead tuples).
UNCAPPED_VACUUM = 17


@dataclass(frozen=True)
class Knobs:
    """The settings that the worst case depends on, under the server's names; memory in kB."""

    shared_buffers: int
    max_connections: int
    work_mem: int
    maintenance_work_mem: int
    autovacuum_work_mem: int
    autovacuum_max_workers: int
    hash_mem_multiplier: float


#: Names of these settings, and of those among them that are sizes.
KNOBS = tuple(Knobs.__dataclass_fields__)
SIZES = ("shared_buffers", "work_mem", "maintenance_work_mem", "autovacuum_work_mem")


@dataclass(frozen=True)
class Budget:
    """Worst case of some knobs on a host.

    Attributes:
        memory_mb: memory for PostgreSQL, in MB.
        shared_kb: part of shared_buffers, in kB.
        sessions_kb: part of the sessions, in kB.
        autovacuum_kb: part of the autovacuum workers, in kB.
        formula: the sum as text.
    """

    memory_mb: int
    shared_kb: int
    sessions_kb: int
    autovacuum_kb: int
    formula: str

    @property
    def worst_kb(self) -> int:
        """Return the worst case in kB: the sum of the parts."""
        return self.shared_kb + self.sessions_kb + self.autovacuum_kb

    @property
    def limit_kb(self) -> int:
        """Return the limit of the worst case in kB: 90 % of the memory."""
        return self.memory_mb * MB * LIMIT_PERCENT // 100

    @property
    def spare_kb(self) -> int:
        """Return the rest of the limit in kB; negative if the worst case exceeds it."""
        return self.limit_kb - self.worst_kb

    @property
    def fits(self) -> bool:
        """Return whether the worst case is within the limit."""
        return self.spare_kb >= 0

    @property
    def factor(self) -> float:
        """Return the worst case as a share of the memory, rounded to 2 digits."""
        return round(self.worst_kb / (self.memory_mb * MB), 2)

    @property
    def parts_mb(self) -> dict[str, int]:
        """Return the parts in whole MB, rounded up: shared_buffers, sessions, autovacuum."""
        parts = {"shared_buffers": self.shared_kb, "sessions": self.sessions_kb, "autovacuum": self.autovacuum_kb}
        return {name: whole_mb(kb) for name, kb in parts.items()}

    @property
    def text(self) -> str:
        """Return worst case and limit as text."""
        return (
            f"{whole_mb(self.worst_kb)} MB in the worst case ({self.formula}), the limit is"
            f" {self.limit_kb // MB} MB, {LIMIT_PERCENT} % of {self.memory_mb} MB"
        )


class Lowering(NamedTuple):
    """A knob that was lowered, its value before, and the worst case that was the reason."""

    name: str
    before: int
    budget: Budget


def whole_mb(kb: int) -> int:
    """Return kB in MB, rounded up."""
    return -(-kb // MB)


def worst_case(knobs: Knobs, memory_mb: int, major: int) -> Budget:
    """Return the memory that the knobs allow the server to use, by the formula of this module.

    Args:
        knobs: memory in kB.
        memory_mb: memory for PostgreSQL, in MB.
        major: major version; up to 16 a vacuum uses at most 1 GB.
    """
    per_worker = vacuum_kb(knobs, major)
    multiplier = f"{knobs.hash_mem_multiplier:g}"
    return Budget(
        memory_mb=memory_mb,
        shared_kb=knobs.shared_buffers,
        sessions_kb=int(knobs.max_connections * knobs.work_mem * knobs.hash_mem_multiplier),
        autovacuum_kb=knobs.autovacuum_max_workers * per_worker,
        formula=f"shared_buffers {whole_mb(knobs.shared_buffers)} MB"
        f" + {knobs.max_connections} connections x {whole_mb(knobs.work_mem)} MB x {multiplier}"
        f" + {knobs.autovacuum_max_workers} autovacuum workers x {whole_mb(per_worker)} MB",
    )


def vacuum_kb(knobs: Knobs, major: int) -> int:
    """Return the most memory that one autovacuum worker uses, in kB: at most 1 GB up to version 16."""
    automatic = knobs.autovacuum_work_mem == AUTOMATIC
    per_worker = knobs.maintenance_work_mem if automatic else knobs.autovacuum_work_mem
    return per_worker if major >= UNCAPPED_VACUUM else min(per_worker, 1024 * MB)


def fit(
    knobs: Knobs, floors: Mapping[str, int], memory_mb: int, major: int, pinned: frozenset[str] = frozenset()
) -> tuple[Knobs, list[Lowering]]:
    """Lower knobs that are not pinned until the worst case fits, one setting after the other down to its floor.

    maintenance_work_mem is first (it costs least) in steps of 64 MB, then work_mem in whole MB, then max_connections in
    tens. If the floors do not fit either, the result exceeds the limit; the caller checks that.

    Args:
        knobs: memory in kB.
        floors: lowest values by name, memory in kB.
        memory_mb: memory for PostgreSQL, in MB.
        major: major version.
        pinned: names that are not lowered.

    Returns:
        The knobs, and what was lowered in this order.
    """
    lowerings: list[Lowering] = []
    for name, step in (("maintenance_work_mem", 64 * MB), ("work_mem", MB), ("max_connections", 10)):
        before, floor = knobs, floors[name]
        budget = worst_case(before, memory_mb, major)
        lowest = _lower(before, name, getattr(before, name), floor, pinned)
        helps = worst_case(lowest, memory_mb, major).worst_kb < budget.worst_kb
        while helps and knobs != lowest and not worst_case(knobs, memory_mb, major).fits:
            knobs = _lower(knobs, name, step, floor, pinned)
        if knobs != before:
            lowerings.append(Lowering(name, getattr(before, name), budget))
    return knobs, lowerings


def _lower(knobs: Knobs, name: str, step: int, floor: int, pinned: frozenset[str]) -> Knobs:
    value = max(getattr(knobs, name) - step, floor)
    if name in pinned or value >= getattr(knobs, name):
        return knobs
    lower = replace(knobs, **{name: value})
    # What a profile gives to autovacuum is never more than any other maintenance gets.
    if name == "maintenance_work_mem" and "autovacuum_work_mem" not in pinned:
        lower = replace(lower, autovacuum_work_mem=min(lower.autovacuum_work_mem, value))
    return lower
