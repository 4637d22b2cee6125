# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ages, sizes and tables as people read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEP = 1000
#: Below this, a digit after the point is useful.
_ROUND = 9.95
#: Blanks between two columns.
_GAP = "  "
#: Columns that the last one of a list has in any case.
_LEAST = 20

#: Gives a text the color of a status.
Paint = Callable[[str, str], str]


def unpainted(shown: str, _status: str) -> str:
    """Return the text without a color."""
    return shown


def size(count: float) -> str:
    """Return bytes with a decimal unit, as in 1.2 GB; a GB is a thousand million."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while round(value) >= _STEP and len(units) > 1:
        value /= _STEP
        del units[0]
    return f"{value:.0f} {units[0]}" if units[0] == "B" or value >= _ROUND else f"{value:.1f} {units[0]}"


def age(seconds: float) -> str:
    """Return an age in its largest fitting unit, rounded down, as in 2 h; a negative one counts as 0 s."""
    seconds = max(0.0, seconds)
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h" if seconds < 2 * _DAY else f"{seconds // _DAY:.0f} d"


def took(seconds: float) -> str:
    """Return a duration, as in 3 min 20 s.

    Args:
        seconds: shown with one digit after the point below 9.95.
    """
    if seconds < _ROUND:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, as in 1,200 rows.

    Args:
        count: the number.
        noun: in the singular.
        plural: default: the noun with an s.
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def some(names: Sequence[str], width: int = 48) -> str:
    """Return names in a row, as many as fit, and the number of the others.

    Args:
        names: the names; the first one is shown in any case.
        width: characters for the names.
    """
    shown: list[str] = []
    for name in names:
        if shown and len(", ".join([*shown, name])) > width:
            return f"{', '.join(shown)} and {len(names) - len(shown)} more"
        shown.append(name)
    return ", ".join(shown)


def printable(text: str) -> str:
    """Return a text in one line, with escapes for characters that a terminal would obey instead of showing them."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def cut(text: str, columns: int) -> str:
    """Return as much of a text as fits, with three points if something is left out."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 3:
        text = text[:-1]
    return f"{text}..." if columns > len("...") else ""


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text padded to a width with blanks, behind it or (`right`) before it."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[str] = (),
    paint: Callable[[str, str], str] = lambda _head, cell: cell,
) -> list[str]:
    """Return the lines of a table, the heads first.

    Args:
        heads: titles of the columns.
        rows: the cells.
        right: titles of the columns with cells at the right.
        paint: gives a cell, which has its width already, its colour; its first argument is the column's title.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(width(cell) for cell in column) for column in zip(heads, *cells, strict=False)]
    places = list(zip(heads, widths, strict=False))

    def line(row: Sequence[str]) -> list[str]:
        shown = [padded(cell, columns, right=head in right) for cell, (head, columns) in zip(row, places, strict=False)]
        return [*shown[:-1], shown[-1].rstrip()]

    body = [[paint(head, cell) for head, cell in zip(heads, line(row), strict=False)] for row in cells]
    return [_GAP.join(row) for row in [line(heads), *body]]


def fitted(heads: Sequence[str], rows: Sequence[Sequence[str]], wide: int | None) -> list[list[str]]:
    """Return the rows of a table with the last cell cut so that each fits in a line.

    Args:
        heads: titles of the columns.
        rows: the cells.
        wide: columns of the terminal; None for no limit. The last column has at least 20.
    """
    if wide is None:
        return [list(row) for row in rows]
    taken = sum(
        max(width(printable(cell)) for cell in column) + len(_GAP)
        for column in list(zip(heads, *rows, strict=False))[:-1]
    )
    return [[*row[:-1], cut(printable(row[-1]), max(_LEAST, wide - taken))] for row in rows]
