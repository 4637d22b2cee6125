# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of the server by the format of its message: programs print no SQLSTATE, and the rest of a message may hold rows."""

from __future__ import annotations

import functools
import re
from re import Pattern

from .server_formats import FORMATS

#: More of a message is not searched; a value in it may have any length.
_LONGEST = 20_000
_PLACE = re.compile(r'"%s"|%s|%d')
_ANY = {'"%s"': '".*?"', "%s": ".*?", "%d": r"-?\d+"}
_SHOWN = {'"%s"': "'...'", "%s": "...", "%d": "N"}


def recognize(message: str) -> tuple[str, str] | None:
    """Return condition and format of the message at the beginning of a text; None if no format fits.

    Args:
        message: what follows ``ERROR:``, with all lines below it.
    """
    text = message[:_LONGEST].lstrip()
    fitting = ((condition, shown) for pattern, condition, shown in _patterns() if pattern.match(text))
    return next(fitting, None)


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Pattern[str], str, str], ...]:
    found: dict[str, tuple[Pattern[str], str, str]] = {}
    condition = ""
    for line in FORMATS.splitlines():
        each = line.strip()
        if each == line:
            condition = line
        else:
            found[each] = (_pattern(each), condition, _PLACE.sub(lambda place: _SHOWN[place[0]], each))
    # The format with the most words of its own first: a short one fits more messages.
    return tuple(found[each] for each in sorted(found, key=lambda each: (-len(_PLACE.sub("", each)), each)))


def _pattern(text: str) -> Pattern[str]:
    words = [re.escape(part) for part in _PLACE.split(text)]
    places = [_ANY[found] for found in _PLACE.findall(text)]
    joined = words[0] + "".join(place + part for place, part in zip(places, words[1:], strict=False))
    return re.compile(rf"{joined}[ ]*(?:\n|\Z)", re.DOTALL)
