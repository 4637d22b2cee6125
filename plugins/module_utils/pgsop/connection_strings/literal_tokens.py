# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Program text as tokens: texts in quotes, words, signs. Comments are left out."""

from __future__ import annotations

import re

from ..dsn import DsnError
from ..patterns import Pattern

_TOKEN = Pattern(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|\#(?![{])[^\n]*|/\*.*?(?:\*/|\Z)|<\?php|<\?=|\?>)
    |(?P<prefix>[rRbBuUfF@$]{0,2})(?P<quote>'''|\"\"\"|["'`])
    |:(?P<symbol>\w+)(?=\s*=>)
    |(?P<word>-?[0-9]+|[\\$@]{0,3}[A-Za-z_]\w*(?:(?:\.|->|::|\?\.|\\)[$]?\w+[?!]?)*)
    |(?P<sign>=>|:=|==|\|\||\?\?|->|.)""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = {mark: Pattern(rf"((?:[^{mark}\\\n]|\\.)*){mark}", re.DOTALL) for mark in "\"'"}
_ENDS["`"] = Pattern(r"((?:[^`\\]|\\.)*)`", re.DOTALL)
_ESCAPE = Pattern(r"([^\\]*)(?:\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)|\Z)", re.DOTALL)
_OPEN = "it has a quote that is opened and never closed, or a line end between quotes"
#: Escapes that all of these languages read alike, in each kind of quotes.
_PLAIN_ESCAPES = ("", "\\", "'", '"', "`")
_DOUBLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "/": "/", "$": "$", "#": "#", "@": "@", "e": "\x1b", "0": "\0"}
_PHP = Pattern(
    r"<\?php|\bPDO\(|\bpg_p?connect\(|\bdefine\(|\$\w{1,100}\s{0,9}(?:=|->|\[)|\barray\(|\[[^\]]{0,500}=>|\benv\(|\bgetenv\("
)
_PHP_VARIABLE = Pattern(r"\$[A-Za-z_{]|\{\$")
_INTERPOLATED = {"template": Pattern(r"\$\{"), "ruby": Pattern(r"#\{"), "python": Pattern(r"\{")}


class Token:
    """A part of a program text.

    Args:
        kind: string, word, sign or end.
        text: its characters; of a string its value.
        first: whether it is the first of its line.
        plain: whether a string is one value; otherwise variables are filled into it, or languages read its escapes differently.
    """

    def __init__(self, kind: str, text: str, first: bool = False, *, plain: bool = True) -> None:
        self.kind = kind
        self.text = text
        self.first = first
        self.plain = plain


def split(text: str) -> list[Token]:
    """Return the tokens of a text.

    Raises:
        DsnError: a quote is not closed; the message has no part of the text.
    """
    php = bool(_PHP.search(text))
    found: list[Token] = []
    at, first = 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            break
        at = match.end()
        if match["space"] or match["comment"]:
            first = first or "\n" in match[0]
            continue
        if match["quote"]:
            token, at = _string(text, match, first, php)
        elif match["symbol"]:
            token = Token("string", match["symbol"], first)
        else:
            token = Token("word" if match["word"] else "sign", match[0], first)
        found.append(token)
        first = False
    return found


def _string(text: str, match: re.Match[str], first: bool, php: bool) -> tuple[Token, int]:
    mark, prefix = match["quote"], match["prefix"].lower()
    if len(mark) > 1:
        end = text.find(mark, match.end())
        if end < 0:
            raise DsnError(_OPEN)
        return Token("string", "", first, plain=False), end + len(mark)
    ended = _ENDS[mark].match(text, match.end())
    if ended is None:
        raise DsnError(_OPEN)
    raw = ended[1]
    value = raw if "r" in prefix or mark == "`" else _unescaped(raw, mark)
    plain = value is not None and not (
        (php and mark == '"' and _PHP_VARIABLE.search(re.sub(r"\\.", "", raw)))
        or (mark == "`" and _INTERPOLATED["template"].search(raw))
        or (mark == '"' and _INTERPOLATED["ruby"].search(raw))
        or ("f" in prefix and _INTERPOLATED["python"].search(raw))
        or ("$" in prefix and _INTERPOLATED["python"].search(raw))
    )
    return Token("string", value or "", first, plain=plain), ended.end()


def _unescaped(raw: str, mark: str) -> str | None:
    """Return a text without its escapes; None if one of them has a different meaning in another language."""
    parts = []
    for before, code in _ESCAPE.findall(raw):
        if code in _PLAIN_ESCAPES:
            parts.append(before + code)
        elif mark == '"' and code in _DOUBLE_ESCAPES:
            parts.append(before + _DOUBLE_ESCAPES[code])
        elif mark == '"' and len(code) > 1:
            parts.append(before + chr(int(code[1:], 16)))
        else:
            return None
    return "".join(parts)
