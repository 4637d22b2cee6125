# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps and lists of YAML within brackets, such as {host: localhost, port: 5432}: words need no quotes there."""

from __future__ import annotations

import re

from ..dsn import DsnError
from ..patterns import Pattern
from .literal_trees import EXPRESSION, TWICE, Tree, named

#: A comma, a bracket, a text in quotes, a colon behind a name, or a word. A word goes on over blanks, and ends at a comma or a bracket.
_TOKEN = Pattern(
    r"""(?P<sign>[{}\[\],])
    |"(?P<double>(?:[^"\\\n]|\\.)*)"
    |'(?P<single>(?:[^'\n]|'')*)'
    |(?P<colon>:)
    |(?P<word>[^\s,{}\[\]"'&*!|>%@`\#:](?:[^\n,{}\[\]:\#]|:(?=[^\s,}\]])|(?<=\S)\#)*)""",
    re.VERBOSE,
)
_SPACE = Pattern(r"(?:\s|(?<=[\s,{\[])#[^\n]*)*")
#: Escapes of YAML 1.2 (5.7), which are those of JSON and some more.
_ESCAPED = Pattern(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SIGNS = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
    **{sign: sign for sign in ' \t"/\\'},
}
_EXPRESSION = Pattern(r"(process\.env|import\.meta|os\.environ|ENV|System|Deno|getenv|env|config)\s*[.\[(]|\w+\(")
_CONSTANT = Pattern("-?[0-9]+|true|false|True|False|None|")
_DEEPEST = 40

_Part = tuple[str, str]


def read(text: str) -> Tree | None:
    """Return the names and values of a map in braces; None if the text is no map of YAML.

    Raises:
        DsnError: it has one name with two values; the message has no part of the text.
    """
    parts = _parts(text)
    if not parts or parts[0] != ("sign", "{"):
        return None
    parts.reverse()
    found = _value(parts, 0)
    left = [part for part in parts if part != ("sign", ",")]
    return found if isinstance(found, dict) and not left else None


def double_quoted(text: str) -> str:
    """Return what stands between double quotes, with its escapes resolved.

    Raises:
        DsnError: YAML has no such escape; the message has no part of the text.
    """
    try:
        found = _ESCAPED.sub(_sign, text)
        # JSON writes a character beyond U+FFFF as two codes, and parsers of YAML join them.
        return found.encode("utf-16", "surrogatepass").decode("utf-16")
    except (KeyError, ValueError, OverflowError):
        raise DsnError(
            "a value in double quotes has a backslash that YAML does not know; a backslash is written \\\\"
        ) from None


def _sign(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(int(code, 16)) if code else _SIGNS[found[4]]


def depth(text: str) -> int:
    """Return the number of brackets that begin in a text, less those that end there."""
    signs = [sign for kind, sign in _parts(text) if kind == "sign"]
    return sum((sign in "{[") - (sign in "}]") for sign in signs)


def _parts(text: str) -> list[_Part]:
    """Return the parts of a text up to its end, or up to a character of no part, which gives the kind other."""
    found: list[_Part] = []
    at = _behind_space(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return [*found, ("other", "")]
        at = _behind_space(text, match.end())
        kind = str(match.lastgroup)
        found.append((kind, str(match[kind])))
    return found


def _behind_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _value(parts: list[_Part], depth: int) -> str | Tree | None:
    """Take a value from the end of reversed parts; None if another part is there."""
    kind, text = parts.pop() if parts and depth < _DEEPEST else ("other", "")
    if kind == "double":
        return double_quoted(text)
    if kind == "single":
        return text.replace("''", "'")
    if kind == "word":
        word = text.rstrip()
        return EXPRESSION if _EXPRESSION.match(word) else "" if word in ("null", "~") else word
    if kind == "sign" and text in "{[":
        return _entries(parts, "}" if text == "{" else "]", depth + 1)
    return None


def _entries(parts: list[_Part], closing: str, depth: int) -> Tree | None:
    """Take entries up to a closing bracket; those of a list have their numbers as names."""
    tree: Tree = {}
    while parts:
        if parts[-1] == ("sign", closing):
            parts.pop()
            return named(tree)
        quoted = parts[-1][0] in ("double", "single") and closing == "}"
        name = _value(parts, depth) if closing == "}" else str(len(tree))
        if not isinstance(name, str) or (closing == "}" and (not parts or parts.pop()[0] != "colon")):
            return None
        word = parts[-1][0] == "word" if parts else False
        value = _value(parts, depth)
        if value is None:
            return None
        if quoted and word and isinstance(value, str) and not _CONSTANT.fullmatch(value):
            # In a program a word without quotes behind a name with quotes is the name of a variable.
            value = EXPRESSION
        if tree.setdefault(name, value) != value:
            raise DsnError(TWICE)
        if parts and parts[-1] == ("sign", ","):
            parts.pop()
        elif not parts or parts[-1] != ("sign", closing):
            return None
    return None
