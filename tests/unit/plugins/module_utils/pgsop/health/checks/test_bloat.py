# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pages rows and entries would take, packed well."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks.bloat import (
    index_pages,
    table_pages,
)

INT4 = {"align": "i", "length": 4, "nulls": 0.0, "width": 4}
INT8 = {"align": "d", "length": 8, "nulls": 0.0, "width": 8}
SHORT = {"align": "i", "length": -1, "nulls": 0.0, "width": 5}
SPARSE = {**INT8, "nulls": 0.5}
NEVER = {**INT8, "nulls": 1.0}
PAGE = 8192.0


@pytest.mark.parametrize(
    ("columns", "fillfactor", "fitting"),
    [
        ([INT4], 100, 226),  # 24 and 4 bytes, padded to 32, and 4 for the pointer, of 8168
        ([INT4], 50, 113),
        ([INT4, INT8], 100, 185),  # 4 bytes of padding between them
        ([SHORT, SHORT], 100, 185),  # text that is short has none
        ([INT8, SPARSE], 100, 185),  # half of the second, padded
        ([INT8, *[NEVER] * 8], 100, 185),  # none of the others, but the header has a map of 9 columns
    ],
)
def test_rows_in_a_page(columns: list[dict[str, object]], fillfactor: float, fitting: int) -> None:
    assert table_pages(fitting, columns, fillfactor, PAGE) == 1
    assert table_pages(fitting + 1, columns, fillfactor, PAGE) == 2


def test_an_empty_table_takes_no_page() -> None:
    assert table_pages(0, [INT4], 100, PAGE) == 0


@pytest.mark.parametrize(("columns", "fitting"), [([INT4], 366), ([INT8], 366), ([INT8, INT8], 262)])
def test_entries_in_a_leaf(columns: list[dict[str, object]], fitting: int) -> None:
    assert index_pages(fitting, columns, 90, PAGE) == 3, "one that describes it, one above, and the leaf"
    assert index_pages(fitting + 1, columns, 90, PAGE) == 4
