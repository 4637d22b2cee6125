# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout of help texts: paragraphs, and lists of two columns, as wide as the terminal."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from ..text import fold
from .width import help_columns

#: An item of a list: a command or a word, and after at least two blanks its meaning, if it has one.
_ITEM = re.compile(r"  (\S.*?)(?:\s{2,}(\S.*))?")
#: Columns below which the meanings are below the items instead of beside them.
_LEAST = 30
_INDENT, _BELOW = " " * 2, " " * 6


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Fold the texts before and after the options, too; indented lines are lists, all others are paragraphs."""

    def __init__(self, prog: str, **options: Any) -> None:
        # As argparse does: the last two columns stay free.
        options.setdefault("width", help_columns() - 2)
        super().__init__(prog, **options)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "".join(f"{indent}{line}\n" for line in laid_out(text, width - len(indent)))


def laid_out(text: str, columns: int) -> Iterator[str]:
    """Yield the lines of a help text.

    Args:
        text: lines; those that begin with a blank are items of lists, and an empty line or a colon at the end of a line ends a paragraph.
        columns: the width.
    """
    for (kind, _number), group in groupby(_numbered(text), key=lambda each: each[:2]):
        lines = [line for _kind, _number, line in group]
        if kind == "list":
            yield from _list([parts(line) for line in lines], columns)
        elif kind == "paragraph":
            yield from _wrapped(" ".join(lines), columns)
        else:
            yield from lines


def _numbered(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield kind, number of the paragraph, and each line."""
    number = 0
    for line in text.splitlines():
        yield "list" if line.startswith(" ") else "paragraph" if line else "empty", number, line
        number += line.endswith(":")


def parts(line: str) -> tuple[str, str]:
    """Return item and meaning of a line of a list; the meaning may be empty."""
    found = _ITEM.fullmatch(line)
    return (found.group(1), found.group(2) or "") if found else (line.strip(), "")


def _list(items: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    start = max(len(item) for item, _meaning in items) + 2 * len(_INDENT)
    for item, meaning in items:
        if columns - start >= _LEAST and meaning:
            first = f"{_INDENT}{item}".ljust(start)
            yield from _wrapped(meaning, columns, first, " " * start)
        else:
            yield from fold(f"{_INDENT}{item}", columns)
            yield from _wrapped(meaning, columns, _BELOW, _BELOW)


def _wrapped(text: str, columns: int, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        columns,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
