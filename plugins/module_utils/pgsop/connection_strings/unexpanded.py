# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that were to be filled in before a program reads the connection string."""

from __future__ import annotations

from .. import dsn
from ..patterns import Pattern

_NAME = "(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|USER|USERNAME|PASSWORD|PASS|HOST|PORT|DATABASE|DB)"
_VARIABLE = rf"(?:\$\{{\w+(?:[:?+=-][^{{}}@/]*)?\}}|\${_NAME}|%{_NAME}%|\{{\{{[^{{}}]*\}}\}}|%\(\w+\)s|<%=[^%]*%>|\$\(\w+\)|\$\{{\{{[^{{}}]*\}}\}})"
#: As a whole part of the text: a password may have the same characters inside.
_WHOLE = Pattern(rf"(?<![^\s:/@=;'\"{{]){_VARIABLE}(?![^\s:/@?&;,'\"}}])")


def refuse(text: str) -> None:
    """Refuse a text with a variable in the place of a user, a password, a host or another part.

    Raises:
        DsnError: with cause dsn.unexpanded; the message has no part of the text.
    """
    if _WHOLE.search(text):
        raise dsn.unfilled(
            "it has a variable that was not filled in, such as ${NAME}, $NAME, %NAME% or {{ name }}, or an expression of a program"
        )
