# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units: the expected values were read from servers 13 to 18 with SET and SHOW."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.units import (
    format_memory,
    in_base_unit,
    known_units,
)


@pytest.mark.parametrize(
    ("number", "unit", "base", "expected"),
    [
        (2048, "", "8kB", 2048),
        (-1, "", None, -1),
        (16, "MB", "kB", 16384),
        (16, "MB", "8kB", 2048),
        (1.5, "GB", "8kB", 196608),
        (0.1, "GB", "kB", 102 * 1024),
        (1, "TB", "kB", 1024**3),
        (1001, "kB", "8kB", 125.125),
        (1048576, "B", "kB", 1024),
        (1, "GB", "MB", 1024),
        (1, "kB", "B", 1024),
        (1, "min", "s", 60),
        (1.5, "min", "s", 90),
        (0.5, "d", "min", 720),
        (10, "us", "ms", 0.01),
        (1, "h", "ms", 3_600_000),
    ],
)
def test_number_is_counted_as_the_server_counts_it(number: float, unit: str, base: str | None, expected: float) -> None:
    assert in_base_unit(number, unit, base) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "base"), [("mb", "kB"), ("M", "kB"), ("s", "kB"), ("MB", "ms"), ("MB", None), ("kb", "8kB")]
)
def test_foreign_unit_is_told(unit: str, base: str | None) -> None:
    assert in_base_unit(1, unit, base) is None


def test_units_of_a_setting_are_listed_smallest_first() -> None:
    assert known_units("8kB") == ["B", "kB", "MB", "GB", "TB"]
    assert known_units("s") == ["us", "ms", "s", "min", "h", "d"]
    assert known_units(None) == []


@pytest.mark.parametrize(
    ("kb", "expected"),
    [(-1, "-1"), (0, "0"), (64, "64kB"), (1024, "1MB"), (1984 * 1024, "1984MB"), (2097152, "2GB"), (1024**3, "1TB")],
)
def test_size_is_written_as_show_writes_it(kb: int, expected: str) -> None:
    assert format_memory(kb) == expected
