# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as wide as the terminal: what does not fit is cut from the last column."""

from __future__ import annotations

import shutil
import sys
from typing import List, Optional, Sequence

from ..text import cut, printable, width

#: Columns that the last one has in any case.
_LEAST = 20
_GAP = 2


def columns() -> Optional[int]:
    """How wide the terminal is; None where results go elsewhere, and nothing is to be lost."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def fitted(heads: Sequence[str], rows: Sequence[Sequence[str]], wide: Optional[int]) -> List[List[str]]:
    """The rows of a table with the last cell cut so that each fits in a line.

    Args:
        heads: titles of the columns.
        rows: the cells.
        wide: columns of the terminal; None for as many as it takes.
    """
    if wide is None:
        return [list(row) for row in rows]
    taken = sum(max(width(printable(cell)) for cell in column) + _GAP for column in list(zip(heads, *rows))[:-1])
    return [[*row[:-1], cut(printable(row[-1]), max(_LEAST, wide - taken))] for row in rows]
