# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements as they may be shown: on one line, cut, without passwords."""

from __future__ import annotations

import re
from typing import Tuple

#: What follows the word PASSWORD in ALTER ROLE and its like, also where the text ends within it.
_PASSWORD = re.compile(r"""(\bpassword\b\s*(?:=|:=)?\s*)(?:(?:e|u&)?'(?:[^'\\]|''|\\.)*(?:'|$)|\$(\w*)\$.*?(?:\$\2\$|$))""", re.IGNORECASE | re.DOTALL)


def masked_query(text: str, length: int) -> Tuple[str, bool]:
    """A statement on one line without literals of passwords, and whether it had to be cut.

    Args:
        text: the statement as the server has it.
        length: characters that are shown at most.
    """
    folded = " ".join(_PASSWORD.sub(r"\1'***'", text).split())
    return folded[:length], len(folded) > length
