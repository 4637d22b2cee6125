# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions, as the server prints them, as trees of tokens and groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

_NAME = r'(?:[Uu]&)?"(?:[^"]|"")*"|[^\W\d][\w$]*'
_TYPE = (
    r"(?:character varying|double precision|bit varying|(?:timestamp|time)(?:\(\d+\))? with(?:out)? time zone"
    r"|interval(?: (?:year|month|day|hour|minute|second)(?: to (?:month|hour|minute|second))?)?"
    rf"|(?:{_NAME})(?:\.(?:{_NAME}))*)(?:\([^()']*\))?(?:\[\d*\])*"
)
_TOKEN = re.compile(
    r"(?P<text>[Ee]'(?:[^'\\]|\\.|'')*'|(?:[BbXxNn]|[Uu]&)?'(?:[^']|'')*')"
    rf"|(?P<cast>::{_TYPE})"
    rf"|(?P<name>{_NAME})"
    r"|(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|(?P<operator>[-+*/<>=~!@#%^&|`?]+)"
    r"|(?P<opening>[(\[])"
    r"|(?P<closing>[)\]])"
    r"|(?P<sign>\S)",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]"}


class ExpressionToken(NamedTuple):
    """One token; a cast is one token with its type.

    Attributes:
        kind: text (a quoted constant), cast, name, number, operator, or sign for the rest.
        text: as it was printed.
    """

    kind: str
    text: str


@dataclass
class Group:
    """All between two parentheses or brackets; the opening one is empty for the whole expression."""

    opening: str
    items: list[Node]


Node: TypeAlias = "ExpressionToken | Group"


def parse(text: str, simplify: Callable[[list[Node]], list[Node]]) -> list[Node]:
    """Return the tree of an expression: a list of tokens and groups. A parenthesis without a partner is a token.

    Args:
        text: the expression.
        simplify: changes the items of each group at its end, the inner groups first. No function here calls itself, because
            expressions may be nested deeper than Python's calls.
    """
    open_groups = [Group("", [])]
    items = open_groups[0].items
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found.group()
        if kind == "opening":
            group = Group(token, [])
            items.append(group)
            open_groups.append(group)
            items = group.items
        elif kind == "closing" and _CLOSING.get(open_groups[-1].opening) == token:
            open_groups.pop().items = simplify(items)
            items = open_groups[-1].items
        else:
            items.append(ExpressionToken(kind, token))
    return simplify(open_groups[0].items)


def words(items: Sequence[Node]) -> list[str]:
    """Return the texts of the tokens of a part of the tree, with its parentheses and brackets."""
    found: list[str] = []
    left: list[str | Node] = list(reversed(items))
    while left:
        item = left.pop()
        if isinstance(item, Group):
            left += [_CLOSING[item.opening], *reversed(item.items), item.opening]
        else:
            found.append(item if isinstance(item, str) else item.text)
    return found


def split(items: Sequence[Node], separator: str) -> list[list[Node]]:
    """Split the items of a group at the tokens that have this text; one empty part if the group is empty."""
    parts: list[list[Node]] = [[]]
    for item in items:
        if isinstance(item, ExpressionToken) and item.text == separator:
            parts.append([])
        else:
            parts[-1].append(item)
    return parts
