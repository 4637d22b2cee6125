# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Literal values in program text: maps and calls, with the syntax that PHP, JavaScript, Ruby, Python, Go and others share.

Pairs are `name: value`, `name => value` and `name = value`, separated by commas, semicolons or lines, in brackets of any kind. A value
that is not one literal is an expression, and stands as a variable that is not filled in. Nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..dsn import DsnError
from ..patterns import Pattern
from . import literal_tokens
from .literal_tokens import Token
from .literal_trees import EXPRESSION, PAIRS, Tree, merge, named

#: The value of a connection string with variables in it.
_TEMPLATE = "${TEMPLATE}"
_CLOSING: Mapping[str, str] = {"(": ")", "{": "}", "[": "]"}
_ENDING = (",", ";", ")", "}", "]")
_PAIRED = ("=>", ":=", "=", ":")
_SKIPPED = frozenset(
    [
        "new",
        "await",
        "return",
        "const",
        "let",
        "var",
        "val",
        "final",
        "static",
        "public",
        "private",
        "export",
        "default",
        "local",
        "our",
        "my",
        "def",
    ]
)
_CONSTANTS: Mapping[str, str] = {
    **dict.fromkeys(("null", "nil", "none", "undefined"), ""),
    "true": "true",
    "false": "false",
}
_NUMBER = Pattern(r"-?[0-9]+")
#: Calls that read the environment, also with a default among their arguments.
_ENVIRONMENT = Pattern(
    r"(?:.*[.:>])?(?:\w*get_?env\w*|env|fetch|get|config|environ|getorelse|getproperty|input|lookup|secret)",
    re.IGNORECASE,
)
#: Calls with a name and its value as arguments.
_DEFINITION = Pattern(r"(?:.*[.:>])?(?:define|setenv|put|set|setproperty|setdefault|addProperty)", re.IGNORECASE)
_URL = Pattern(r"(?:jdbc:|r2dbc:)?[a-z][a-z0-9+-]*://|jdbc:postgres|pgsql:|dbi:pg", re.IGNORECASE)
_WITH_LOGIN = Pattern(r"jdbc:|pgsql:|dbi:pg", re.IGNORECASE)
#: Arguments of a constructor that have no names.
_POSITIONS: Mapping[str, tuple[str, ...]] = {"Sequelize": ("database", "username", "password")}
_SETTER = Pattern("set_?(?=[A-Z_])")
_DEEPEST = 40


def read(text: str) -> Tree | None:
    """Return the pairs and calls of a text; None if it has no brackets or quotes as program text has them.

    Raises:
        DsnError: a bracket or a quote is not closed; no part of it is in the message.
    """
    tokens = literal_tokens.split(text)
    if not any(token.kind == "string" for token in tokens):
        return None
    reader = _Reader(tokens)
    tree = reader.entries("", 0)[0]
    return tree or None


class _Reader:
    """A reader of tokens from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [*tokens, Token("end", "")]
        self._at = 0

    def entries(self, closing: str, depth: int) -> tuple[Tree, list[str]]:
        """Read pairs and values to a closing bracket, and return the pairs and the values without names.

        A text without a name behind others may be a part of a password with a quote in it; then nothing within the brackets is returned.
        """
        if depth > _DEEPEST:
            raise DsnError("it has too many brackets within each other")
        tree: Tree = {}
        values: list[str] = []
        stray = False
        while True:
            token = self._tokens[self._at]
            if token.kind == "end" or (token.text in (")", "}", "]") and token.kind == "sign"):
                if (token.text if token.kind == "sign" else "") != closing:
                    raise DsnError("it has a bracket that is opened and never closed, or closed and never opened")
                self._at += 1
                return ({}, [EXPRESSION]) if stray and closing else (tree, values)
            if token.kind == "sign" and token.text in (",", ";"):
                self._at += 1
                continue
            stray = self._entry(tree, values, closing, depth) or stray

    def _entry(self, tree: Tree, values: list[str], closing: str, depth: int) -> bool:
        """Read one entry, and return whether it is a text without a name behind others."""
        while (
            self._tokens[self._at].text in _SKIPPED and self._tokens[self._at].kind == "word" and self._follows_word()
        ):
            self._at += 1
        start, before = self._tokens[self._at], self._tokens[self._at - 1]
        names = self._names()
        if names:
            mark = self._tokens[self._at - 1].text
            self._put(tree, names, self._value(depth))
            return start.kind == "string" and closing == ")" and mark == ":"
        value = self._value(depth, statement=True)
        if isinstance(value, dict):
            merge(tree, value)
            return False
        values.append(value)
        behind = bool(tree or (closing != ")" and len(values) > 1))
        return start.kind == "string" and value != EXPRESSION and before.text in (",", ";") and behind

    def _follows_word(self) -> bool:
        following = self._tokens[self._at + 1]
        return following.kind in ("word", "string") or following.text in ("{", "[")

    def _names(self) -> list[str]:
        """Return the names before a sign of a pair, and go behind it; empty if here is no pair."""
        at, found = self._at, []
        token = self._tokens[at]
        if token.kind == "string" and token.plain:
            found, at = [token.text], at + 1
        elif token.kind == "word":
            found, at = [re.split(r"[.:>]", token.text)[-1].lstrip("$@")], at + 1
            while self._is_subscript(at):
                found, at = [*found, self._tokens[at + 1].text], at + 3
            while self._tokens[at].kind == "word" and not self._tokens[at].first:
                # A type before a name, or a declaration such as `db, err :=` in parts.
                found, at = [self._tokens[at].text.split(".")[-1].lstrip("$@")], at + 1
        if not found or self._tokens[at].kind != "sign" or self._tokens[at].text not in _PAIRED:
            return []
        self._at = at + 1
        return found

    def _is_subscript(self, at: int) -> bool:
        signs = self._tokens[at : at + 3]
        return [each.text for each in signs[::2]] == ["[", "]"] and signs[1].kind == "string"

    def _put(self, tree: Tree, names: list[str], value: str | Tree) -> None:
        *path, name = names
        for part in path:
            inner = tree.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = tree[part] = {}
            tree = inner
        merge(tree, {name: value})

    def _value(self, depth: int, *, statement: bool = False) -> str | Tree:
        """Read one value to its end.

        Args:
            depth: number of open brackets.
            statement: whether no name stands before it, so that a call is there for what it does.
        """
        found = self._operand(depth, statement=statement)
        ended = self._is_end()
        while not self._is_end():
            chain = self._tokens[self._at].text == "."
            block = statement and self._tokens[self._at].text == "{"
            self._at += chain
            more = self._operand(depth, statement=chain)
            if (chain or block) and isinstance(more, dict):
                if isinstance(found, dict):
                    merge(found, more)
                else:
                    found = more
        return found if ended or isinstance(found, dict) else EXPRESSION

    def _is_end(self) -> bool:
        token = self._tokens[self._at]
        if token.kind == "end" or (token.kind == "sign" and token.text in _ENDING):
            return True
        # A new line ends a value, unless it goes on with an operator.
        return token.first and (token.kind != "sign" or token.text in ("[", "{", "(")) and self._at > 0

    def _operand(self, depth: int, *, statement: bool) -> str | Tree:
        token = self._tokens[self._at]
        if token.kind == "end" or (token.kind == "sign" and token.text in _ENDING):
            raise DsnError("a name has no value behind it")
        self._at += 1
        if token.kind == "string":
            string = _URL.match(token.text) or PAIRS.match(token.text)
            return token.text if token.plain else _TEMPLATE if string else EXPRESSION
        if token.kind == "word" and token.text in ("new", "await", "array"):
            return self._operand(depth, statement=statement) if not self._is_end() else EXPRESSION
        if token.kind == "word":
            return self._word(token, depth, statement=statement)
        if token.text in _CLOSING:
            return self._bracket(token.text, depth)
        return EXPRESSION

    def _bracket(self, opening: str, depth: int) -> str | Tree:
        tree, _values = self.entries(_CLOSING[opening], depth + 1)
        return named(tree) if tree else EXPRESSION

    def _word(self, token: Token, depth: int, *, statement: bool) -> str | Tree:
        following = self._tokens[self._at]
        if following.kind == "sign" and following.text == "(" and not following.first:
            self._at += 1
            tree, values = self.entries(")", depth + 1)
            return _call(token.text, tree, values, statement=statement)
        if following.kind == "sign" and following.text == "{" and not following.first:
            self._at += 1
            return named(self.entries("}", depth + 1)[0])
        if _NUMBER.fullmatch(token.text):
            return token.text
        return _CONSTANTS.get(token.text.lower(), EXPRESSION)


def _call(name: str, tree: Tree, values: list[str], *, statement: bool) -> str | Tree:
    """Return the pairs that a call has for a connection."""
    last = re.split(r"[.:>\\]", name)[-1]
    string = next((value for value in values if value == _TEMPLATE or _URL.match(value) or PAIRS.match(value)), "")
    if _ENVIRONMENT.fullmatch(name):
        known = statement and values and values[0] != EXPRESSION
        return {values[0]: EXPRESSION} if known else EXPRESSION
    if string and not (statement and _SETTER.match(last)):
        return {last: {**tree, **_with_login(string, values[values.index(string) + 1 :])}}
    if last in _POSITIONS and len(values) == len(_POSITIONS[last]):
        return {last: {**tree, **dict(zip(_POSITIONS[last], values, strict=True))}}
    if tree:
        return {last: named(tree)}
    return _statement(name, values) if statement else EXPRESSION


def _with_login(string: str, behind: list[str]) -> Tree:
    """Return a connection string with the role and the password behind it; there is no third text behind the strings that have them."""
    if not _WITH_LOGIN.match(string):
        return {"url": string}
    if any(value != EXPRESSION for value in behind[2:]):
        return {"url": EXPRESSION}
    return {**dict(zip(("username", "password"), behind, strict=False)), "url": string}


def _statement(name: str, values: list[str]) -> str | Tree:
    """Return the pair that a call sets: a name and a value, or a value for what the call is named after."""
    last = re.split(r"[.:>\\]", name)[-1]
    if len(values) > 1 and _DEFINITION.fullmatch(name):
        more = any(value not in ("true", "false", EXPRESSION) for value in values[2:])
        return {values[0]: EXPRESSION if more else values[1]}
    if len(values) != 1 or (values[0] == EXPRESSION and not _SETTER.match(last)):
        return EXPRESSION
    return {_SETTER.sub("", last): values[0]}
