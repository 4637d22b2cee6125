# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory in whole steps."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.steps import counted_mb, unchanged_mb


@pytest.mark.parametrize(
    ("memory_mb", "expected"),
    [(257, 256), (1023, 1008), (1024, 1024), (4095, 4032), (7900, 7680), (8191, 7936), (32767, 32512), (33791, 32768)],
)
def test_memory_is_counted_in_whole_steps(memory_mb: int, expected: int) -> None:
    assert counted_mb(memory_mb) == expected


@pytest.mark.parametrize("memory_mb", [256, 1000, 1024, 4096, 7900, 8192, 33000, 131072])
def test_earlier_amounts_are_near_and_the_fresh_one_comes_first(memory_mb: int) -> None:
    amounts = unchanged_mb(memory_mb)
    assert amounts[0] == counted_mb(memory_mb)
    assert all(counted_mb(amount) == amount for amount in amounts)
    assert max(amounts) <= memory_mb + max(16, memory_mb // 100)
    assert min(amounts) >= 0.9 * counted_mb(memory_mb) - 16
    assert len(set(amounts)) == len(amounts)


@pytest.mark.parametrize("drift_mb", [-10, 10])
def test_amount_of_a_measurement_is_found_again_after_drift(drift_mb: int) -> None:
    for memory_mb in range(300, 140_000, 97):
        assert counted_mb(memory_mb) in unchanged_mb(memory_mb + drift_mb), memory_mb
