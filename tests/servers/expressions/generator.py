# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random expressions of a given type, and small changes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

#: Columns of public.t by the type of expression that they are.
COLUMNS: Mapping[str, Sequence[str]] = {
    "number": ("i", "i2", "b", "s", "n", "n2", "f"),
    "integer": ("i", "i2"),
    "text": ("t", "t2", "v", "v2"),
    "boolean": ("o", "o2"),
    "date": ("d", "d2"),
    "interval": ("iv", "iv2"),
    "numbers": ("ia", "ia2"),
}
TABLE = (
    "CREATE TABLE public.t (i int, i2 int, b bigint, s smallint, n numeric, n2 numeric(10,2), f float8, t text, t2 text,"
    " v varchar(20), v2 varchar, o bool, o2 bool, d date, d2 date, iv interval, iv2 interval, ia int[], ia2 int[])"
)
#: What a changed expression may differ in.
CHANGES = ("sign", "constant", "operator", "cast", "column", "not")

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_NUMBER_CASTS = ("::integer", "::bigint", "::numeric", "::numeric(7,2)", "::float8", "::real")
_TEXT_CASTS = ("::text", "::varchar", "::varchar(7)", "::varchar(9)")


@dataclass(frozen=True)
class Part:
    """A piece of an expression.

    Attributes:
        text: as it is written.
        change: what another text in its place changes; one of CHANGES, or empty.
        others: these texts.
    """

    text: str
    change: str = ""
    others: tuple[str, ...] = ()


Expression = tuple[Part, ...]


def text_of(expression: Expression) -> str:
    """An expression as SQL."""
    return "".join(part.text for part in expression)


def changed(expression: Expression, chance: random.Random) -> tuple[str, Expression]:
    """What was changed, and the expression after one change."""
    kinds = sorted({part.change for part in expression if part.others})
    if not kinds:
        return "", expression
    kind = chance.choice(kinds)
    place = chance.choice([place for place, part in enumerate(expression) if part.change == kind and part.others])
    part = replace(expression[place], text=chance.choice(expression[place].others))
    return kind, (*expression[:place], part, *expression[place + 1 :])


class Writer:
    """Writes expressions that every server accepts in a CHECK, an index or a view.

    No constant part of one fails when the server computes it, so numbers stay small and nothing divides.

    Args:
        chance: source of all choices.
        columns: names by type; a type without columns gets constants.
        prefix: in front of each name, as in ``new.``.
        subqueries: whether EXISTS and IN (SELECT ...) are allowed.
        text_constants: whether text may be without a column. The servers compute constants of a generated column before they know the
            collation, which fails.
    """

    def __init__(
        self,
        chance: random.Random,
        columns: Mapping[str, Sequence[str]] | None = None,
        prefix: str = "",
        subqueries: bool = False,
        text_constants: bool = True,
    ) -> None:
        self._chance = chance
        self._columns = COLUMNS if columns is None else columns
        self._prefix = prefix
        self._subqueries = subqueries
        self._text_constants = text_constants

    def write(self, kind: str, depth: int = 3) -> Expression:
        """An expression of a type of COLUMNS."""
        writers: dict[str, Callable[[int], Expression]] = {
            "number": self._number,
            "integer": self._integer,
            "text": self._text,
            "boolean": self._boolean,
            "date": self._date,
            "interval": self._interval,
            "numbers": self._numbers,
        }
        return writers[kind](depth)

    def _pick(self, *choices: Callable[[], Expression]) -> Expression:
        return self._chance.choice(choices)()

    def _of(self, change: str, texts: Sequence[str]) -> Part:
        text = self._chance.choice(texts)
        return Part(text, change, tuple(other for other in texts if other != text))

    def _column(self, kind: str) -> Expression:
        names = [self._prefix + name for name in self._columns.get(kind, ())]
        return (self._of("column", names),) if names else self._constant(kind)

    def _constant(self, kind: str) -> Expression:
        if kind in ("number", "integer"):
            return self._number_constant(whole=kind == "integer")
        if kind == "text":
            text = self._of(
                "constant", ("'a'", "'b'", "'it''s'", "'-1'", "'(x)'", "'c::text'", "'AS \"q\"'", "'a\\b'", "''")
            )
            return (text, *self._maybe_cast(_TEXT_CASTS))
        if kind == "boolean":
            return (self._of("constant", ("true", "false")),)
        if kind == "date":
            return (self._of("constant", ("'2020-01-01'", "'2021-12-31'", "'1999-02-28'")), Part("::date"))
        if kind == "interval":
            return (
                self._of("constant", ("'1 day'", "'-1 day'", "'2 mons'", "'-03:00:00'")),
                self._of("cast", ("::interval", "::interval(2)", "::interval day to second")),
            )
        numbers = self._listed(lambda: self._number_constant(whole=True))
        return (Part("ARRAY["), *numbers, Part("]"), *self._maybe_cast(("::int[]",)))

    def _number_constant(self, whole: bool) -> Expression:
        sign = self._of("sign", ("-", "")) if self._chance.random() < 0.6 else Part("")
        if sign.text == "-" and self._chance.random() < 0.1:
            sign = Part("- -", "sign", ("-", "-1 * -"))
        digits = self._of(
            "constant", ("0", "1", "2", "7", "'3'::int") if whole else ("1", "4", "0.5", "2.50", "0.0", "'1'::int")
        )
        casts = ("::integer", "::smallint::int") if whole else _NUMBER_CASTS
        return (sign, digits, *self._maybe_cast(casts))

    def _maybe_cast(self, casts: Sequence[str]) -> Expression:
        return (self._of("cast", casts),) if self._chance.random() < 0.5 else ()

    def _cast(self, inner: Expression, casts: Sequence[str]) -> Expression:
        return (Part("("), *inner, Part(")"), self._of("cast", casts))

    def _listed(self, write: Callable[[], Expression], least: int = 1) -> Expression:
        parts: list[Part] = []
        for number in range(self._chance.randint(least, 4)):
            parts += [Part(", "), *write()] if number else write()
        return tuple(parts)

    def _call(self, name: str, *arguments: Expression, between: str = ", ") -> Expression:
        parts: list[Part] = []
        for number, argument in enumerate(arguments):
            parts += [Part(between), *argument] if number else argument
        return (Part(f"{name}("), *parts, Part(")"))

    def _binary(self, one: Expression, operators: Sequence[str], other: Expression) -> Expression:
        operator = self._of("operator", [f" {operator} " for operator in operators])
        return (Part("("), *one, Part(")"), operator, Part("("), *other, Part(")"))

    def _case(self, kind: str, depth: int) -> Expression:
        one, other = self.write(kind, depth - 1), self.write(kind, depth - 1)
        if self._chance.random() < 0.5:
            tested, value = self._column("number"), self._number_constant(whole=True)
            return (
                Part("CASE "),
                *tested,
                Part(" WHEN "),
                *value,
                Part(" THEN "),
                *one,
                Part(" ELSE "),
                *other,
                Part(" END"),
            )
        condition = self._boolean(depth - 1)
        return (Part("CASE WHEN "), *condition, Part(" THEN "), *one, Part(" ELSE "), *other, Part(" END"))

    def _number(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(lambda: self._column("number"), lambda: self._constant("number"))
        below = depth - 1
        return self._pick(
            lambda: self._binary(self._number(below), ("+", "-"), self._number(below)),
            lambda: (*self._column("number"), self._of("operator", (" * ", " + ")), *self._number_constant(whole=True)),
            lambda: (self._of("operator", ("- ", "+ ", "@ ")), Part("("), *self._number(below), Part(")")),
            lambda: self._cast(self._number(below), _NUMBER_CASTS),
            lambda: self._call("abs", self._number(below)),
            lambda: self._call("COALESCE", self._number(below), self._number(below)),
            lambda: self._call("NULLIF", self._number(below), self._number(below)),
            lambda: self._call("GREATEST", self._number(below), self._number(below), self._number(below)),
            lambda: self._case("number", depth),
            lambda: self._integer(depth),
        )

    def _integer(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(lambda: self._column("integer"), lambda: self._constant("integer"))
        below = depth - 1
        return self._pick(
            lambda: self._call("length", self._text(below)),
            lambda: (Part("("), *self._numbers(below), Part(")["), *self._constant("integer"), Part("]")),
            lambda: self._call("array_length", self._numbers(below), (Part("1"),)),
            lambda: self._binary(self._integer(below), ("&", "|", "#"), self._integer(below)),
            lambda: self._binary(self._date(below), ("-",), self._date(below)),
            lambda: self._case("integer", depth),
        )

    def _text(self, depth: int) -> Expression:
        if depth <= 0:
            constant = (lambda: self._constant("text"),) if self._text_constants else ()
            return self._pick(lambda: self._column("text"), *constant)
        below = depth - 1
        number = (lambda: self._cast(self._integer(below), _TEXT_CASTS),) if self._text_constants else ()
        return self._pick(
            lambda: self._binary(self._text(below), ("||",), self._text(below)),
            lambda: self._cast(self._text(below), _TEXT_CASTS),
            lambda: self._call("lower", self._text(below)),
            lambda: self._call("upper", self._text(below)),
            lambda: (
                Part("substring("),
                *self._text(below),
                Part(" from "),
                *self._constant("integer"),
                Part(" for 2)"),
            ),
            lambda: (Part("trim(both 'x' from "), *self._text(below), Part(")")),
            lambda: self._call("left", self._text(below), self._constant("integer")),
            lambda: self._call("COALESCE", self._text(below), self._text(below)),
            lambda: self._case("text", depth),
            *number,
        )

    def _date(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(lambda: self._column("date"), lambda: self._constant("date"))
        days = self._integer(0)
        return (
            Part("("),
            *self._date(depth - 1),
            Part(")"),
            self._of("operator", (" + ", " - ")),
            Part("("),
            *days,
            Part(")"),
        )

    def _interval(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(lambda: self._column("interval"), lambda: self._constant("interval"))
        below = depth - 1
        return self._pick(
            lambda: self._binary(self._interval(below), ("+", "-"), self._interval(below)),
            lambda: (Part("- ("), *self._interval(below), Part(")")),
            # Not of a constant: the server rounds one with two precisions when it reads it back.
            lambda: self._cast((Part("- ("), *self._interval(below), Part(")")), ("::interval", "::interval(3)")),
        )

    def _numbers(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(lambda: self._column("numbers"), lambda: self._constant("numbers"))
        below = depth - 1
        return self._pick(
            lambda: (Part("ARRAY["), *self._listed(lambda: self._integer(below)), Part("]")),
            lambda: (
                *self._cast(self._numbers(below), ("::bigint[]", "::smallint[]", "::numeric(9,1)[]")),
                Part("::int[]"),
            ),
            lambda: self._binary(self._numbers(below), ("||",), self._numbers(below)),
        )

    def _boolean(self, depth: int) -> Expression:
        if depth <= 0:
            return self._pick(
                lambda: self._column("boolean"),
                lambda: self._constant("boolean"),
                lambda: self._comparison("number", 0),
            )
        below = depth - 1
        more = (lambda: self._subquery(below),) if self._subqueries else ()
        return self._pick(
            lambda: self._comparison(self._chance.choice(("number", "text", "date", "interval", "numbers")), below),
            lambda: (*self._binary(self._text(below), _COMPARISONS, self._constant("text")), Part(' COLLATE "C"')),
            lambda: self._chain(below),
            lambda: self._chain(below),
            lambda: self._between(below),
            lambda: self._in(below),
            lambda: self._any(below),
            lambda: self._row(below),
            lambda: (self._of("not", ("NOT ", "")), Part("("), *self._boolean(below), Part(")")),
            lambda: (Part("("), *self._boolean(below), self._of("not", (") IS TRUE", ") IS NOT TRUE"))),
            lambda: (
                *self._column("text"),
                self._of("not", (" LIKE ", " NOT LIKE ")),
                self._of("constant", ("'a%'", "'_b'")),
            ),
            lambda: (*self._column("number"), self._of("not", (" IS NULL", " IS NOT NULL"))),
            *more,
        )

    def _comparison(self, kind: str, depth: int) -> Expression:
        if self._chance.random() < 0.2:
            operators: Sequence[str] = ("IS DISTINCT FROM", "IS NOT DISTINCT FROM")
            return self._binary(self.write(kind, depth), operators, self.write(kind, depth))
        if depth <= 0:
            return (
                *self._column(kind),
                self._of("operator", [f" {name} " for name in _COMPARISONS]),
                *self._constant(kind),
            )
        return self._binary(self.write(kind, depth), _COMPARISONS, self.write(kind, depth))

    def _chain(self, depth: int) -> Expression:
        parts: list[Part] = []
        for number in range(self._chance.randint(2, 4)):
            if number:
                parts.append(self._of("operator", (" AND ", " OR ")))
            parts += self._between(0) if self._chance.random() < 0.3 else (Part("("), *self._boolean(depth), Part(")"))
        return tuple(parts)

    def _between(self, depth: int) -> Expression:
        kind = self._chance.choice(("number", "text", "date"))
        between = (
            self._of("not", (" BETWEEN ", " NOT BETWEEN "))
            if self._chance.random() < 0.8
            else Part(" BETWEEN SYMMETRIC ")
        )
        value = self._column(kind) if depth <= 0 else (Part("("), *self.write(kind, depth), Part(")"))
        return (*value, between, *self._constant(kind), Part(" AND "), *self._constant(kind))

    def _in(self, depth: int) -> Expression:
        kind = self._chance.choice(("number", "text", "date"))
        value = (Part("("), *self.write(kind, depth), Part(")"))
        members = self._listed(lambda: self._pick(lambda: self._constant(kind), lambda: self._column(kind)))
        return (*value, self._of("not", (" IN (", " NOT IN (")), *members, Part(")"))

    def _any(self, depth: int) -> Expression:
        kind, casts = self._chance.choice(
            (("number", ("int", "bigint", "numeric", "numeric(5,1)")), ("text", ("text", "varchar", "varchar(5)")))
        )
        array: Expression = (Part("ARRAY["), *self._listed(lambda: self.write(kind, 0)), Part("]"))
        for _number in range(self._chance.randint(0, 2)):
            array = (Part("("), *array, Part(")"), self._of("cast", [f"::{cast}[]" for cast in casts]))
        operator = self._of("operator", (" = ANY (", " <> ALL (", " > ANY ("))
        return (Part("("), *self.write(kind, depth), Part(")"), operator, *array, Part(")"))

    def _row(self, depth: int) -> Expression:
        one, other = (self._call("ROW", self._number(0), self._text(depth)) for _number in range(2))
        return (*one, self._of("operator", (" = ", " <> ", " < ", " >= ")), *other)

    def _subquery(self, depth: int) -> Expression:
        inner = Writer(self._chance, {"number": ("w.k", "w.l"), "integer": ("w.k", "w.l"), "text": ("w.m",)})
        kind = self._chance.choice(("number", "text"))
        column, condition = inner.write(kind, 0), inner.write("boolean", depth)
        tail = (*column, Part(" FROM public.w WHERE "), *condition, Part(")"))
        if self._chance.random() < 0.5:
            return (self._of("not", ("EXISTS (SELECT ", "NOT EXISTS (SELECT ")), *tail)
        return (Part("("), *self.write(kind, depth), self._of("not", (") IN (SELECT ", ") NOT IN (SELECT ")), *tail)
