# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known name that a mistyped one is most like."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: The least similarity of a mistyped name, from 0 to 1, as difflib.SequenceMatcher.ratio measures it: twice the letters in common by the
#: letters of both. It is the default of difflib.get_close_matches.
SIMILAR = 0.6


def nearest(name: str, known: Iterable[str], similar: float = SIMILAR) -> str:
    """Return the known name that is most like another name; empty if no name is similar enough.

    Args:
        name: the one that is not known.
        known: names to compare it with; of two that are equally like it, the last in the alphabet.
        similar: the least similarity, from 0 to 1.
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=similar)), "")


def did_you_mean(name: str, known: Iterable[str], similar: float = SIMILAR) -> str:
    """Return the question after a sentence about a name that is not known; empty if no known name is similar enough.

    Args:
        name: the one that is not known.
        known: names to compare it with.
        similar: the least similarity, from 0 to 1.
    """
    near = nearest(name, known, similar)
    return f": did you mean {near}?" if near else ""
