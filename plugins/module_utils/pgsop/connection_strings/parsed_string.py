# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A translated connection string while it is read, and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..dsn import DsnError


@dataclass(frozen=True)
class ParsedString:
    """What a text means as a connection.

    Attributes:
        values: by libpq's keyword.
        notes: what was translated or left out, as sentences without a value of the text.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


@dataclass
class Draft:
    """A reading that is not complete yet.

    Attributes:
        values: by libpq's keyword.
        notes: what was translated or left out so far.
    """

    values: dict[str, str] = field(default_factory=dict, repr=False)
    notes: list[str] = field(default_factory=list)

    def put(self, key: str, value: str) -> None:
        """Set a value.

        Raises:
            DsnError: the text has another value for the same keyword. One of them may be a part of the password.
        """
        if self.values.setdefault(key, value) != value:
            raise DsnError(
                "it has two values for one parameter; a password with special characters is quoted or encoded"
            )

    def note(self, sentence: str) -> None:
        """Add a note once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def include(self, inner: ParsedString) -> None:
        """Take over the values and notes of a text within the text."""
        for key, value in inner.values.items():
            self.put(key, value)
        for sentence in inner.notes:
            self.note(sentence)

    def parsed(self) -> ParsedString:
        """Return the result."""
        return ParsedString(dict(self.values), tuple(self.notes))
