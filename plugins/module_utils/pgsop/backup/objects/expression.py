# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions in one form, whether the server printed the stored one or what it read back from a dump.

A server does not always read back what it has printed. The rules below cover these cases and keep everything else, so that a changed
cast, operator, constant or grouping is a difference. tests/servers/expressions finds cases without a rule. The cases on 13 to 18:

====================================== =============================================== ==========================================
Stored                                 Read back                                       Cause in the server
====================================== =============================================== ==========================================
``(- 1)``, ``(- (- 0.5))``             ``'-1'::integer``, ``0.5``                      the grammar folds a minus into a number
``((- 0.5))::numeric(5,2)``            ``'-0.5'::numeric(5,2)``                        the same; a cast number has no parentheses
``(ARRAY[a, b])::text[]``              ``ARRAY[(a)::text, (b)::text]``                 a cast of ARRAY[] casts its elements
``(((a >= 1) AND (a <= 2)) AND b)``    ``((a >= 1) AND (a <= 2) AND b)``               the grammar flattens AND and OR
``EXISTS (SELECT 'a'::text)``          ``EXISTS (SELECT 'a'::text AS text)``           a cast gives a column without a name one
``FROM f() f(a)``                      ``FROM f() f(a, b)``                            the type got a column after the view was made
====================================== =============================================== ==========================================
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .syntax import ExpressionToken, Group, Node, parse, split, words

_ARRAY, _AS, _COLLATE, _SELECT = (ExpressionToken("name", word) for word in ("ARRAY", "AS", "COLLATE", "SELECT"))
_ORDINALITY, _MINUS = ExpressionToken("name", "ORDINALITY"), ExpressionToken("operator", "-")
_COMMA, _DOT = ExpressionToken("sign", ","), ExpressionToken("sign", ".")
#: A minus and a number, ARRAY and its elements, a value and its cast.
_PAIR = 2
#: What ends the columns of a SELECT.
_CLAUSES = frozenset(
    (
        "FROM",
        "WHERE",
        "GROUP",
        "HAVING",
        "WINDOW",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FETCH",
        "FOR",
    )
)
#: What stands before a function in FROM.
_FROM: tuple[Node, ...] = (*(ExpressionToken("name", word) for word in ("FROM", "JOIN", "LATERAL")), _COMMA)
#: What keeps a group with AND or OR from being that expression alone.
_OTHER_ANDS = frozenset({"BETWEEN", "SELECT", "CASE"})
#: What follows the name of a type: precision and the fields of an interval.
_PRECISION = re.compile(r"\([^()]*\)|(?<=::interval) .*")
#: Names of types in the catalog, if they differ from those in SQL.
_TYPES: dict[str, str] = {
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "varchar",
    "bit varying": "varbit",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}


def canonical(text: str) -> str:
    """Return an expression in the form that all its printed variants have in common."""
    rules = _Rules()
    items = parse(text, rules.apply)
    rules.drop_unused_columns(items)
    found: list[str] = []
    for word in words(items):
        if word[0] == "-" and word[1:2].isdigit():
            found += [f"'{word}'", _type_of(word)]
        else:
            found.append(word)
    return " ".join(found)


class _Rules:
    """The rules for one expression."""

    def __init__(self) -> None:
        self._columns: list[Group] = []

    def apply(self, items: list[Node]) -> list[Node]:
        """Return the items of one group in the common form; its inner groups have it already."""
        if not any(isinstance(item, Group) for item in items):
            return _without_aliases(items)
        items = _casts([_folded(item) if isinstance(item, Group) else item for item in items])
        items = _without_aliases(_flattened(_flattened(items, "AND"), "OR"))
        self._columns += [
            item for place, item in enumerate(items) if isinstance(item, Group) and _names_columns(items, place)
        ]
        return items

    def drop_unused_columns(self, items: Sequence[Node]) -> None:
        """Drop the last columns of each function in FROM, as far as nothing refers to them."""
        if not self._columns:
            return
        used = Counter(words(items))
        used.subtract(word for group in self._columns for word in words(group.items))
        for group in self._columns:
            columns = split(group.items, ",")
            while columns and not used[words(columns[-1])[0]]:
                columns.pop()
            group.items = _joined(columns)


def _folded(item: Group) -> Node:
    """Return a number in place of a group with a minus and a number; zero has no sign."""
    if item.opening != "(" or len(item.items) != _PAIR or item.items[0] != _MINUS:
        return item
    number = item.items[1]
    if not isinstance(number, ExpressionToken) or number.kind != "number":
        return item
    if number.text.startswith("-"):
        return ExpressionToken("number", number.text[1:])
    return number if not number.text.strip("0.") else ExpressionToken("number", f"-{number.text}")


def _type_of(number: str) -> str:
    return "::numeric" if "." in number else "::integer"


def _casts(items: Sequence[Node]) -> list[Node]:
    """With casts of ARRAY[] as casts of its elements, and casts of numbers as the server prints them."""
    result: list[Node] = []
    for item in items:
        if isinstance(item, Group):
            elements = item.opening == "[" and result[-1:] == [_ARRAY]
            result.append(
                Group("[", _joined([_of_element(part) for part in split(item.items, ",")])) if elements else item
            )
        elif item.kind == "cast" and result:
            result[-1:] = _cast(result[-1], item)
        else:
            result.append(item)
    return result


def _cast(inner: Node, cast: ExpressionToken) -> list[Node]:
    array = _array_in(inner) if cast.text.endswith("[]") else None
    if array:
        return [_ARRAY, Group("[", _cast_elements(array.items, cast.text[:-2]))]
    number = inner.items[0] if isinstance(inner, Group) and len(inner.items) == 1 else None
    if isinstance(number, ExpressionToken) and number.kind == "number":
        return _cast_element([number], cast.text)
    return [inner, cast]


def _array_in(item: Node) -> Group | None:
    """Return the elements of an ARRAY[] that is alone between parentheses."""
    if not isinstance(item, Group) or item.opening != "(" or len(item.items) != _PAIR or item.items[0] != _ARRAY:
        return None
    elements = item.items[1]
    return elements if isinstance(elements, Group) and elements.opening == "[" and elements.items else None


def _of_element(part: list[Node]) -> list[Node]:
    """Cast an element that is an array itself to the array's type; the text does not show which one is an array."""
    cast = part[-1] if len(part) == _PAIR else None
    if (
        isinstance(cast, ExpressionToken)
        and cast.kind == "cast"
        and cast.text.endswith("[]")
        and isinstance(part[0], Group)
    ):
        return [part[0], ExpressionToken("cast", cast.text[:-2])]
    return part


def _cast_elements(items: Sequence[Node], cast: str) -> list[Node]:
    return _joined([_cast_element(part, cast) for part in split(items, ",")])


def _cast_element(part: list[Node], cast: str) -> list[Node]:
    inner = part[-1]
    if len(part) == _PAIR and part[0] == _ARRAY and isinstance(inner, Group):
        return [_ARRAY, Group("[", _cast_elements(inner.items, cast))]
    # The server prints a constant of that type without parentheses.
    plain = _PRECISION.sub("", cast)
    if plain != cast and isinstance(inner, ExpressionToken) and isinstance(part[0], ExpressionToken):
        if len(part) == _PAIR and part[0].kind == "text" and inner == ExpressionToken("cast", plain):
            return [part[0], ExpressionToken("cast", cast)]
        if len(part) == 1 and inner.kind == "number" and _type_of(inner.text) == plain:
            constant = f"'{inner.text}'" if inner.text.startswith("-") else inner.text
            return [ExpressionToken("text", constant), ExpressionToken("cast", cast)]
    return [Group("(", part), ExpressionToken("cast", cast)]


def _flattened(items: list[Node], word: str) -> list[Node]:
    """Without the parentheses around an AND that is a part of an AND; the same for OR. Statistics lose them in any part."""
    if ExpressionToken("name", word) not in items:
        return items
    result: list[Node] = []
    for part in split(items, word):
        result += [ExpressionToken("name", word)] if result else []
        result += _parts_of(part[0], word) if len(part) == 1 else part
    return result


def _parts_of(item: Node, word: str) -> list[Node]:
    if isinstance(item, Group) and item.opening == "(":
        inner = {found.text for found in item.items if isinstance(found, ExpressionToken)}
        if word in inner and not inner & _OTHER_ANDS:
            return item.items
    return [item]


def _without_aliases(items: list[Node]) -> list[Node]:
    """Without the names of columns that the server made from the type of a cast."""
    if _AS not in items:
        return items
    result: list[Node] = []
    rest = iter(items)
    for item in rest:
        alias = next(rest, None) if item == _AS else None
        if alias is None:
            result.append(item)
        elif not isinstance(alias, ExpressionToken) or _column_name(result) != _unquoted(alias.text):
            result += [item, alias]
    return result


def _column_name(items: Sequence[Node]) -> str | None:
    """Return the name that the server gives to a column of a SELECT that ends with these items, if it comes from a cast."""
    while items:
        if _COLLATE in items[-4:]:
            items = items[: len(items) - 1 - items[::-1].index(_COLLATE)]
        last = items[-1]
        if isinstance(last, ExpressionToken):
            cast = _type_of(last.text) if last.kind == "number" and last.text.startswith("-") else last.text
            return _type_name(cast) if cast.startswith("::") else None
        items = _column(last.items)
    return None


def _column(items: Sequence[Node]) -> Sequence[Node]:
    """Return the column of a SELECT, or all items if they are not a SELECT."""
    if _SELECT not in items:
        return items
    items = items[items.index(_SELECT) + 1 :]
    ends = (place for place, item in enumerate(items) if isinstance(item, ExpressionToken) and item.text in _CLAUSES)
    return items[: next(ends, len(items))]


def _type_name(cast: str) -> str:
    name = _PRECISION.sub("", cast)[2:].replace("[]", "")
    return _TYPES.get(name) or _unquoted(name.rsplit(".", 1)[-1])


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _names_columns(items: Sequence[Node], place: int) -> bool:
    """Whether the group at a place names the columns of a function in FROM, as in ``FROM public.f(...) WITH ORDINALITY g(a, b)``."""
    call = place - (4 if _ORDINALITY in items[max(place - 2, 0) : place] else 2)
    if call < 1 or not _is_identifier(items[place - 1]) or not isinstance(items[call], Group):
        return False
    function = call - 1
    while function > 1 and items[function - 1] == _DOT:
        function -= 2
    before = items[function - 1] if function else _COMMA
    return _is_identifier(items[function]) and before in _FROM and _only_names(items[place])


def _is_identifier(item: Node) -> bool:
    """Whether it is a name; the server prints keywords in capital letters, and names in quotes if they have any."""
    return (
        isinstance(item, ExpressionToken)
        and item.kind == "name"
        and (item.text[0] == '"' or item.text == item.text.lower())
    )


def _only_names(group: Node) -> bool:
    if not isinstance(group, Group) or group.opening != "(":
        return False
    return all(len(part) == 1 and _is_identifier(part[0]) for part in split(group.items, ","))


def _joined(parts: Sequence[list[Node]]) -> list[Node]:
    """Parts with commas between them."""
    result: list[Node] = []
    for part in parts:
        result += [_COMMA, *part] if result else part
    return result
