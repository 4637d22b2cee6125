# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ages, sizes and tables as people read them, and lines that fit a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEP = 1000
#: Below this, a digit after the point is useful.
_ROUND = 9.95
#: Blanks between two columns.
_GAP = "  "
#: Columns below which the last column of a table is dropped instead of cut.
_LEAST = 12
#: Codes of colors, which take no column.
_COLOR = re.compile(r"\033\[\d*m")
#: A word with the blanks before it; a quoted command stays in one piece.
_WORD = re.compile(r"(\s*)(\(?'[^']+'(?!\w)\S*|\S+)")
#: A shell command up to the end of a line; prose after it has a comma or a semicolon.
_COMMAND = re.compile(
    r"(?:^\s*(?:Next step: )?|: )(?=(?:sudo|echo|printf|pgsop|chmod|kill|ansible-playbook) (?:'[^']*'|[^,;'])+$)"
)
#: What begins a comment in SQL; each line of a folded one has it.
_COMMENT = "-- "

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
    wide: int | None = None,
) -> list[str]:
    """Return the lines of a table, the heads first.

    If it is too wide, the last column is cut; if 12 columns are not left for it, it is dropped, and the one before it is cut.

    Args:
        heads: titles of the columns.
        rows: the cells.
        right: titles of the columns with cells at the right.
        paint: gives a cell, which has its width already, its colour; its first argument is the column's title.
        wide: columns of the terminal; None for no limit.
    """
    heads, cells = _fitted(heads, [[printable(cell) for cell in row] for row in rows], wide)
    widths = [max(width(cell) for cell in column) for column in zip(heads, *cells, strict=False)]
    places = list(zip(heads, widths, strict=False))

    def line(row: Sequence[str]) -> list[str]:
        shown = [padded(cell, columns, right=head in right) for cell, (head, columns) in zip(row, places, strict=False)]
        return [*shown[:-1], shown[-1].rstrip()]

    body = [[paint(head, cell) for head, cell in zip(heads, line(row), strict=False)] for row in cells]
    return [_GAP.join(row) for row in [line(heads), *body]]


def _fitted(
    heads: Sequence[str], cells: Sequence[Sequence[str]], wide: int | None
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return heads and cells with the last columns cut or dropped so that each row fits in a line."""
    if wide is None:
        return heads, cells
    while True:
        *before, last = (max(map(width, column)) for column in zip(heads, *cells, strict=False))
        room = wide - sum(before) - len(_GAP) * len(before)
        if last <= room:
            return heads, cells
        if room >= _LEAST or not before:
            return [*heads[:-1], cut(heads[-1], room)], [[*row[:-1], cut(row[-1], room)] for row in cells]
        heads, cells = heads[:-1], [row[:-1] for row in cells]


def fold(line: str, columns: int | None) -> list[str]:
    """Return a line as lines that fit a terminal, without a break inside of a word or, if possible, of a quoted command.

    The lines after the first are indented; if the line has columns, to the last one that begins in its left half. A shell command
    that is folded can still be copied: its lines end with a backslash. A word that is longer than a line stays whole.

    Args:
        line: printable, with or without colors.
        columns: of the terminal; None for no limit.
    """
    plain = _COLOR.sub("", line)
    if columns is None or width(plain) <= columns:
        return [line]
    indent = _indent(plain, columns)
    lines, current, commands = [], "", _command_start(plain)
    for gap, word, start in _words(line, columns - width(indent)):
        # Two columns stay free for the backslash.
        room = columns - (2 if start >= commands else 0)
        if current.strip() and painted_width(f"{current}{gap}{word}") > room:
            lines.append(f"{current} \\" if start > commands else current)
            current = f"{indent}{word}"
        else:
            current += gap + word
    return [*lines, current]


def _indent(plain: str, columns: int) -> str:
    """Return the start of the lines after the first."""
    leading = len(plain) - len(plain.lstrip())
    if plain[leading:].startswith(_COMMENT):
        return " " * leading + _COMMENT
    starts = [gap.end() for gap in re.finditer(r"(?<=\S)\s{2,}", plain) if gap.end() <= columns // 2]
    return " " * (starts[-1] if starts else leading + 2)


def _command_start(plain: str) -> int:
    """Return where the shell command at the end of a line starts; the line's length if it has no command."""
    found = _COMMAND.search(plain)
    return found.end() if found else len(plain)


def _words(line: str, room: int) -> Iterator[tuple[str, str, int]]:
    """Yield each word with the blanks before it and its place without colors; a quoted command too wide for the room word by word."""
    place = 0
    for found in _WORD.finditer(line):
        gap, word = found.groups()
        parts = re.findall(r"(\s*)(\S+)", word) if painted_width(word) > room else [("", word)]
        for number, (blanks, part) in enumerate(parts):
            before = blanks if number else gap
            place += len(before)
            yield before, part, place
            place += len(_COLOR.sub("", part))


def painted_width(text: str) -> int:
    """Return the columns that a text with colors takes."""
    return width(_COLOR.sub("", text))
