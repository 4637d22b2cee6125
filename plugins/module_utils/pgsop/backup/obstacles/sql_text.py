# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL and PL/pgSQL text as tokens, by the rules of the server's own scanner (src/backend/parser/scan.l)."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Kinds of tokens. A word is a keyword or a bare name, folded to lower case; a quoted name and a string come without quotes.
WORD, QUOTED, STRING, NUMBER, PARAMETER, OPERATOR, SIGN = (
    "word",
    "quoted",
    "string",
    "number",
    "parameter",
    "operator",
    "sign",
)

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
#: A word begins with a letter, an underscore or any character beyond ASCII; written as what it excludes, it is compiled in no time.
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\r\n]*)
    | (?P<comment>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?:[bBxXnN]|[uU]&)?(?P<string>'(?:[^']|'')*')
    | \$(?P<tag>(?:[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f]\w*)?)\$
    | (?:[uU]&)?(?P<quoted>"(?:[^"]|"")*")
    | (?P<word>[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*)
    | (?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    | (?P<parameter>\$\d+)
    | (?P<sign>::|:=|\.\.|=>(?![-+*/<>=~!@\#%^&|`?])|[()\[\],;:.])
    | (?P<operator>[-+*/<>=~!@\#%^&|`?]+)
    """,
    re.VERBOSE | re.DOTALL,
)
#: An operator ends before a comment; one that ends with a sign has one of these.
_COMMENT_IN_OPERATOR = re.compile(r"--|/\*")
_MAY_END_WITH_SIGN = frozenset("~!@#%^&|`?")


@dataclass(frozen=True)
class SqlToken:
    """One token.

    Attributes:
        kind: one of the kinds of this file.
        text: without quotes; of a word, in lower case.
    """

    kind: str
    text: str

    @property
    def is_name(self) -> bool:
        """Return whether it may be a part of a name."""
        return self.kind in (WORD, QUOTED)


def tokens(text: str) -> list[SqlToken]:
    """Return all tokens of a function's body, without spaces and comments.

    Text that is not SQL gives tokens of some kind, never an error.
    """
    found: list[SqlToken] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            position += 1
            continue
        kind = match.lastgroup or ""
        position = match.end()
        if kind == "comment":
            position = _end_of_comment(text, position)
        elif kind == "tag":
            end = text.find(match[0], position)
            end = len(text) if end < 0 else end
            found.append(SqlToken(STRING, text[position:end]))
            position = end + len(match[0])
        elif kind == "operator":
            operator = _operator(match["operator"])
            position = match.start() + len(operator)
            found.append(SqlToken(OPERATOR, operator))
        elif kind != "space":
            found.append(_plain(kind, match[kind]))
    return found


def _plain(kind: str, text: str) -> SqlToken:
    if kind == "escaped":
        return SqlToken(STRING, text[2:-1].replace("''", "'"))
    if kind == "string":
        return SqlToken(STRING, text[1:-1].replace("''", "'"))
    if kind == "quoted":
        return SqlToken(QUOTED, text[1:-1].replace('""', '"'))
    return SqlToken(kind, text.translate(_LOWER) if kind == "word" else text)


def _end_of_comment(text: str, position: int) -> int:
    """Comments between ``/*`` and ``*/`` contain others."""
    depth = 1
    for mark in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _operator(text: str) -> str:
    comment = _COMMENT_IN_OPERATOR.search(text)
    text = text[: comment.start()] if comment else text
    while len(text) > 1 and text[-1] in "+-" and not _MAY_END_WITH_SIGN.intersection(text):
        text = text[:-1]
    return text
