# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst case and the order in which values are lowered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.budget import (
    FLOORS,
    MB,
    Knobs,
    fit,
    worst_case,
)

GB = 1024 * MB
SOP = Knobs(
    shared_buffers=2 * GB,
    max_connections=100,
    work_mem=16 * MB,
    maintenance_work_mem=256 * MB,
    autovacuum_work_mem=-1,
    autovacuum_max_workers=3,
    hash_mem_multiplier=2.0,
)


def test_worst_case_of_the_sop_on_8_gb() -> None:
    budget = worst_case(SOP, 8192, 17)
    assert budget.parts_mb == {"shared_buffers": 2048, "sessions": 3200, "autovacuum": 768}
    assert (budget.worst_kb // MB, budget.limit_kb // MB, budget.factor) == (6016, 7372, 0.73)


@pytest.mark.parametrize(("major", "autovacuum_mb"), [(16, 3 * 1024), (17, 6 * 1024)])
def test_vacuum_uses_at_most_1_gb_before_version_17(major: int, autovacuum_mb: int) -> None:
    assert worst_case(replace(SOP, maintenance_work_mem=2 * GB), 65536, major).parts_mb["autovacuum"] == autovacuum_mb


def test_autovacuum_memory_of_its_own_counts_instead() -> None:
    assert worst_case(replace(SOP, autovacuum_work_mem=100 * MB), 8192, 17).parts_mb["autovacuum"] == 300


@pytest.mark.parametrize(
    ("memory_mb", "shared_mb", "order"),
    [
        (8192, 2048, []),
        (6500, 2048, ["maintenance_work_mem"]),
        (4096, 1024, ["maintenance_work_mem", "work_mem"]),
        (1024, 256, ["maintenance_work_mem", "work_mem", "max_connections"]),
    ],
)
def test_maintenance_is_lowered_before_work_mem_and_that_before_connections(
    memory_mb: int, shared_mb: int, order: list[str]
) -> None:
    knobs, lowerings = fit(replace(SOP, shared_buffers=shared_mb * MB), FLOORS, memory_mb, 17)
    assert [lowering.name for lowering in lowerings] == order
    assert worst_case(knobs, memory_mb, 17).fits


def test_nothing_goes_below_its_floor() -> None:
    knobs, _lowerings = fit(SOP, FLOORS, 256, 17)
    assert {name: getattr(knobs, name) for name in FLOORS} == FLOORS


def test_pinned_value_is_never_lowered() -> None:
    knobs, lowerings = fit(SOP, FLOORS, 4096, 17, frozenset({"work_mem"}))
    assert knobs.work_mem == SOP.work_mem
    assert "work_mem" not in [lowering.name for lowering in lowerings]


def test_maintenance_is_left_alone_where_lowering_it_helps_nobody() -> None:
    knobs, _lowerings = fit(
        replace(SOP, autovacuum_work_mem=64 * MB), FLOORS, 4096, 17, frozenset({"autovacuum_work_mem"})
    )
    assert knobs.maintenance_work_mem == SOP.maintenance_work_mem
