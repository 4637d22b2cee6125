# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements as they may be shown: on one line, cut, without passwords.

A statement that speaks of a secret anywhere loses all its literals: what the server has may end in the middle of one, and no list of
places where passwords stand would ever be complete. Losing a harmless literal costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Words of a statement, or a literal, that concern a secret: names of columns and options, functions of pgcrypto, verifiers,
#: and connection strings with more than a host (``://user:secret@host``).
_SECRET = re.compile(
    r"passw|passphrase|(?<![a-z])pass(?![a-z])|pwd|secret|token|crypt|pgp_|hmac|api_?key|private_?key|credential|scram-sha-"
    r"|md5[0-9a-f]{32}|://[^\s@/]*:",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"""
    (?P<line>--[^\n\r]*)
  | (?P<block>/\*)
  | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
  | (?P<escaped>e'(?:[^'\\]|''|\\.)*(?:'|\\?\Z))
  | (?P<plain>(?:u&|[bxn])?'(?:[^']|'')*(?:'|\Z))
  | (?P<quoted>(?:u&)?"(?:[^"]|"")*(?:"|\Z))
  | (?P<word>[^\W\d][\w$]*)
  | (?P<end>;)
  | (?P<blank>\s+)
  | (?P<other>.)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BLOCK = re.compile(r"/\*|\*/")
_LITERALS = ("dollar", "escaped", "plain")
_COMMENTS = ("line", "block")
#: A quote behind a backslash ends the literal, or does not, as standard_conforming_strings had it.
_DOUBTFUL = re.compile(r"\\'")
#: The same outside of any literal, in text that is not even SQL.
_ADDRESS = re.compile(r"(://[^\s:/@']*:)[^\s@']+(@|\Z)")
_HIDDEN = "'***'"


class _Token(NamedTuple):
    kind: str
    text: str


def masked_query(text: str, length: int) -> tuple[str, bool]:
    """Return a statement on one line without secrets, and whether it had to be cut.

    A statement with a word about secrets loses all its literals and comments, not only those with a secret.

    Args:
        text: the statement as the server has it, which may end anywhere.
        length: most characters of the result.
    """
    shown = text
    if _SECRET.search(text):
        shown = _ADDRESS.sub(r"\1***\2", "".join(_masked(text)))
    elif "--" in text:
        shown = "".join(_masked(text))
    folded = " ".join(shown.split())
    return folded[:length], len(folded) > length


def _masked(text: str) -> Iterator[str]:
    statement: list[_Token] = []
    for token in _tokens(text):
        if token.kind == "plain" and _DOUBTFUL.search(token.text):
            yield from _without_secrets(statement)
            yield f"{_HIDDEN} ***"
            return
        statement.append(token)
        if token.kind == "end":
            yield from _without_secrets(statement)
            statement = []
    yield from _without_secrets(statement)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        kind = found.lastgroup or "other" if found else "other"
        end = found.end() if found else place + 1
        if kind == "block":
            end = _end_of_block(text, place)
        kind = "dollar" if kind == "tag" else kind
        yield _Token(kind, text[place:end])
        place = end


def _end_of_block(text: str, begin: int) -> int:
    """Return the place where a comment ends; it may have others inside."""
    depth = 0
    for mark in _BLOCK.finditer(text, begin):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _without_secrets(statement: list[_Token]) -> Iterator[str]:
    secret = any(_SECRET.search(token.text) for token in statement)
    # Who forgets the quotes has written the password all the same; the server keeps the statement it refused.
    role = any(token.kind == "word" and token.text.lower() in ("role", "user", "group") for token in statement)
    expected = False
    for token in statement:
        if token.kind in _LITERALS:
            yield _HIDDEN if secret else token.text
        elif token.kind in _COMMENTS:
            yield "/* *** */" if secret else _on_one_line(token)
        elif expected and (token.kind == "quoted" or (role and token.kind == "word" and token.text.lower() != "null")):
            yield _HIDDEN
        else:
            yield token.text
        if token.kind not in (*_COMMENTS, "blank") and token.text != "=":
            expected = token.kind == "word" and token.text.lower() == "password"


def _on_one_line(comment: _Token) -> str:
    """Return a comment that does not swallow the text behind it when line ends are removed."""
    if comment.kind == "block":
        return comment.text
    inner = comment.text[2:].strip().replace("*/", "* /")
    return f"/* {inner} */"
