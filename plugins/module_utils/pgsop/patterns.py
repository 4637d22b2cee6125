# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions that are compiled when they are first used: a diagnosis needs few of them, and compiling all takes a tenth of its time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any


class Pattern:
    """A regular expression with the methods of a compiled one.

    Args:
        expression: of `re`.
        flags: of `re.compile`.
    """

    def __init__(self, expression: str, flags: int = 0) -> None:
        self._expression = expression
        self._flags = flags

    @property
    def compiled(self) -> re.Pattern[str]:
        """Return the compiled expression; `re` keeps it."""
        return re.compile(self._expression, self._flags)

    def match(self, text: str, position: int = 0) -> re.Match[str] | None:
        """Return the match at a position."""
        return self.compiled.match(text, position)

    def fullmatch(self, text: str, position: int = 0) -> re.Match[str] | None:
        """Return the match of all that follows a position."""
        return self.compiled.fullmatch(text, position)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return self.compiled.search(text)

    def findall(self, text: str) -> list[Any]:
        """Return the groups of all matches."""
        return self.compiled.findall(text)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with its matches replaced."""
        return self.compiled.sub(replacement, text)
