# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions without what the server itself writes in another way after it has read them back."""

from __future__ import annotations

import re

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
    """The words of an expression without casts, parentheses and blanks.

    What the server shows of a stored expression is not always what it shows once that was read back: ``status IN ('a', 'b')`` on a
    varchar is first shown as ``(ARRAY['a'::character varying, ...])::text[]``, then as ``ARRAY[('a'::character varying)::text, ...]``.
    """
    return " ".join(found.group() for found in _TOKEN.finditer(text) if found.lastgroup)
