# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions as 0.4.0 computed them. Sets of that version hold digests of them, so a restored database is described in the same way.

Nothing here may change. The form does not notice a changed cast or parenthesis, and differs for ``(- 1)`` and ``'-1'::integer``, for
options of a foreign table in another order, and for other settings of the database.
"""

from __future__ import annotations

import re

#: Texts for the queries in place of those in abbreviations.py.
TEXTS = {
    "options": "{0}::text",
    "sorted_acl": "@acl({0}, {1}, {2})::text",
    "statistics": "pg_get_statisticsobjdef({0}.oid)",
}
#: Settings that 0.4.0 left as they are for the database.
NOT_SHOWN = frozenset({"standard_conforming_strings"})

_NAME = r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)'
_TYPE = (
    r"(?:character varying|double precision|bit varying|(?:timestamp|time)(?:\(\d+\))? with(?:out)? time zone"
    r"|interval(?: (?:year|month|day|hour|minute|second)(?: to (?:month|hour|minute|second))?)?"
    rf"|{_NAME}(?:\.{_NAME})*)"
)
_TOKEN = re.compile(
    r"""(?P<kept>[Ee]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|[\w$.]+)"""
    rf"|::{_TYPE}(?:\([^()']*\))?(?:\[\d*\])*"
    r"|[()\s]"
    r"|(?P<sign>.)",
    re.DOTALL,
)


def plain(text: str) -> str:
    """Return the words of an expression without casts, parentheses and blanks."""
    return " ".join(found.group() for found in _TOKEN.finditer(text) if found.lastgroup)
