# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings beside memory, by version, storage, CPUs and disk."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.model import Inputs
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.packaged import packaged
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.profiles import PROFILES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.workload import wal_gb, workload_choices


def values(profile: str, *, cpus: int = 4, major: int = 17, storage: str = "ssd") -> dict[str, str]:
    inputs = Inputs(memory_mb=8192, cpus=cpus, major=major, profile=profile, storage=storage, disk_mb=500_000)
    return {name: choice.value for name, choice in workload_choices(PROFILES[profile], inputs, packaged(major)).items()}


def test_sop_writes_nothing_beside_memory() -> None:
    assert values("sop", cpus=64) == {}


@pytest.mark.parametrize(
    ("storage", "major", "page_cost", "concurrency"),
    [
        ("hdd", 17, "4", "2"),
        ("ssd", 17, "1.1", "200"),
        ("nvme", 15, "1.1", "200"),
        ("hdd", 18, "4", "16"),
        ("ssd", 18, "1.1", "16"),
        ("nvme", 18, "1.1", "32"),
    ],
)
def test_storage_settings_by_kind_and_version(storage: str, major: int, page_cost: str, concurrency: str) -> None:
    chosen = values("web", storage=storage, major=major)
    assert chosen["random_page_cost"] == page_cost
    assert chosen["effective_io_concurrency"] == concurrency
    assert ("autovacuum_vacuum_cost_limit" in chosen) == (storage != "hdd")


@pytest.mark.parametrize(("major", "method"), [(13, "on"), (14, "on"), (15, "lz4"), (18, "lz4")])
def test_wal_compression_by_version(major: int, method: str) -> None:
    assert values("oltp", major=major)["wal_compression"] == method


@pytest.mark.parametrize(
    ("cpus", "profile", "expected"),
    [
        (2, "web", {}),
        (4, "dw", {}),
        (8, "web", {"max_parallel_workers_per_gather": "4", "max_parallel_maintenance_workers": "4"}),
        (
            32,
            "dw",
            {
                "max_worker_processes": "32",
                "max_parallel_workers": "32",
                "max_parallel_workers_per_gather": "8",
                "max_parallel_maintenance_workers": "4",
                "io_workers": "8",
            },
        ),
    ],
)
def test_worker_counts_rise_above_the_defaults_and_never_fall_below(
    cpus: int, profile: str, expected: dict[str, str]
) -> None:
    chosen = values(profile, cpus=cpus, major=18)
    assert {name: value for name, value in chosen.items() if "worker" in name} == expected


@pytest.mark.parametrize("major", [13, 17])
def test_io_workers_are_not_written_before_version_18(major: int) -> None:
    assert "io_workers" not in values("dw", cpus=64, major=major)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("major", [17, 18])
def test_io_method_is_never_written_unasked(profile: str, major: int) -> None:
    assert "io_method" not in values(profile, cpus=64, major=major)


@pytest.mark.parametrize(
    ("profile", "disk_mb", "expected"),
    [
        ("web", 5_000, 1),
        ("web", 500_000, 4),
        ("oltp", 50_000, 4),
        ("oltp", 500_000, 8),
        ("dw", 500_000, 16),
        ("dw", 100_000, 8),
        ("dw", None, 4),
    ],
)
def test_wal_stays_below_a_tenth_of_the_disk(profile: str, disk_mb: int | None, expected: int) -> None:
    assert wal_gb(PROFILES[profile], disk_mb) == expected


@pytest.mark.parametrize(("profile", "jit", "target"), [("web", "off", None), ("dw", None, "500")])
def test_planner_settings_by_profile(profile: str, jit: str | None, target: str | None) -> None:
    chosen = values(profile)
    assert (chosen.get("jit"), chosen.get("default_statistics_target")) == (jit, target)
