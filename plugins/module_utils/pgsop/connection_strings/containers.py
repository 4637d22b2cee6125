# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of Docker and Podman: the variables that they give to a container."""

from __future__ import annotations

import re
import shlex

from ..dsn import DsnError
from ..patterns import Pattern

_COMMAND = Pattern(
    r"\s*(?:[$#]\s+)?(?:sudo\s+)?(?:docker|podman|nerdctl)(?:[ -]compose|\s+container)?\s+(?:run|create|exec)\s"
)
_OPTIONS = ("-e", "--env")
_ASSIGNMENT = Pattern(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_FOLDED = Pattern(r"\\\r?\n")


def is_command(text: str) -> bool:
    """Return whether a text is a command line that starts something in a container."""
    return bool(_COMMAND.match(text))


def read_variables(text: str) -> dict[str, str]:
    """Return the variables of a command line.

    Raises:
        DsnError: it cannot be read, or a variable has no value; the message has no part of it.
    """
    try:
        words = iter(shlex.split(_FOLDED.sub(" ", text)))
    except ValueError:
        words = iter(())
    found: dict[str, str] = {}
    for word in words:
        given = next(words, "") if word in _OPTIONS else _behind(word)
        assignment = _ASSIGNMENT.fullmatch(given)
        if assignment and found.setdefault(assignment[1], assignment[2]) != assignment[2]:
            raise DsnError("it has one variable with two values")
    if not found:
        raise DsnError(
            "it is a command line of a container without a variable (-e NAME=VALUE), or with a quote that is not closed"
        )
    return found


def _behind(word: str) -> str:
    """Return the variable within a word of an option; empty for another word."""
    for option, end in (("--env", "="), ("-e", "")):
        if word.startswith(option + end):
            return word[len(option + end) :]
    return ""
