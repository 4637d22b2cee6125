# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory sizes: the expected values were read from servers 13 to 18 with SET and SHOW."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.units import format_memory, parse_memory_kb


@pytest.mark.parametrize(
    ("value", "base_kb", "expected"),
    [
        (2048, 1, 2048),
        ("2048", 8, 16384),
        (-1, 8, -1),
        ("-1", 1, -1),
        ("16MB", 1, 16384),
        (" 16 MB ", 8, 16384),
        ("1.5GB", 8, 1572864),
        ("0.1GB", 1, 102 * 1024),
        ("1TB", 1, 1024**3),
        ("1001kB", 8, 1000),
        ("1048576B", 1, 1024),
        ("1GB", 1024, 1024**2),
    ],
)
def test_size_is_read_as_the_server_reads_it(value: int | str, base_kb: int, expected: int) -> None:
    assert parse_memory_kb(value, base_kb) == expected


@pytest.mark.parametrize("value", ["", "16mb", "16 M", "many", "-2", "-1MB", "1GB 2MB", True])
def test_no_size_is_refused(value: bool | str) -> None:
    with pytest.raises(ValueError, match=r"memory|unit|negative"):
        parse_memory_kb(value, 1)


@pytest.mark.parametrize(
    ("kb", "expected"),
    [(-1, "-1"), (0, "0"), (64, "64kB"), (1024, "1MB"), (1984 * 1024, "1984MB"), (2097152, "2GB"), (1024**3, "1TB")],
)
def test_size_is_written_as_show_writes_it(kb: int, expected: str) -> None:
    assert format_memory(kb) == expected
