# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counting what a dump holds while it is decoded: rows, sequences, large objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: How pg_restore writes data as SQL: rows behind COPY, up to a line with nothing but a backslash and a full stop.
_COPY = b"COPY "
_COPY_ENDS = b" FROM stdin;"
_ROWS_END = b"\n\\.\n"
_SET_VALUE = re.compile(rb"SELECT pg_catalog\.setval\('(.*)', (-?\d+), (true|false)\);", re.DOTALL)
_SET_VALUE_BEGINS = b"SELECT pg_catalog.setval("
_LARGE_OBJECT = b"SELECT pg_catalog.lo_open("


@dataclass
class Decoded:
    """The counts of decoded data, in the order of the data.

    Attributes:
        rows: of each table.
        sequences: by name, with its schema and quoted if needed: the last value, and whether it was used.
        large_objects: number of large objects.
    """

    rows: list[int] = field(default_factory=list)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    large_objects: int = 0


class Counter:
    """Counts in the output of `pg_restore --data-only --file=-`, piece by piece.

    A row is a line, because COPY writes line feeds in values as ``\\n``; so rows are counted at the speed of memchr(3).
    """

    def __init__(self) -> None:
        self.found = Decoded()
        #: The part that is not counted yet begins at the position.
        self._rest = b""
        self._at = 0
        self._in_rows = False
        self._statement = b""

    def feed(self, piece: bytes) -> None:
        """Count in the next piece of the output, of any length."""
        self._rest = self._rest[self._at :] + piece
        self._at = 0
        while self._rows() if self._in_rows else self._line():
            pass

    def _rows(self) -> bool:
        """Count rows as far as they are here; whether their end was found."""
        end = self._rest.find(_ROWS_END, self._at)
        # Without it all but what may be the beginning of it.
        behind = end + 1 if end >= 0 else max(self._at, len(self._rest) - len(_ROWS_END) + 1)
        self.found.rows[-1] += self._rest.count(b"\n", self._at, behind)
        self._in_rows = end < 0
        self._at = behind + len(_ROWS_END) - 1 if end >= 0 else behind
        return end >= 0

    def _line(self) -> bool:
        """Read the next line of SQL; return whether there was a whole one."""
        end = self._rest.find(b"\n", self._at)
        if end < 0:
            return False
        line, self._at = self._rest[self._at : end], end + 1
        if self._statement or line.startswith((_COPY, _SET_VALUE_BEGINS)):
            # A name may hold line feeds, so these statements may be longer than a line.
            self._statement += line
            self._finish(line)
            self._statement += b"\n" if self._statement else b""
        elif line.startswith(_LARGE_OBJECT):
            self.found.large_objects += 1
        return True

    def _finish(self, line: bytes) -> None:
        # If a name contains text like the end of the statement, its quotes are not closed yet.
        value = _SET_VALUE.fullmatch(self._statement)
        if value and self._statement.count(b"'") % 2 == 0:
            name = value[1].decode("utf-8", "surrogateescape").replace("''", "'")
            self.found.sequences[name] = (int(value[2]), value[3] == b"true")
            self._statement = b""
        elif self._statement.startswith(_COPY) and line.endswith(_COPY_ENDS) and self._statement.count(b'"') % 2 == 0:
            self._statement = b""
            self._begin_rows()

    def _begin_rows(self) -> None:
        self._in_rows = True
        # The search for the end starts at the line feed before the rows, so that it finds the end of zero rows; that line feed ends no row, hence the -1.
        self.found.rows.append(-1)
        self._at -= 1
