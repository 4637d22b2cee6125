# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in the body of a function in SQL or PL/pgSQL, at the places where a name must be one of an object.

Not a parser: where SQL leaves open whether a name is one of a column, an alias or a variable, it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ...sql import KEYWORDS
from .made_here import made_here
from .named import CONFIGURATION, DICTIONARY, FUNCTION, OPERATOR_NAME, RELATION, TYPE, Named
from .sql_text import OPERATOR, PARAMETER, SIGN, STRING, WORD, SqlToken
from .words import AFTER_RELATIONS, BEFORE_EXPRESSION, BEFORE_NO_STATEMENT, KEYWORDS_AND_FUNCTIONS, QUERIES

_CONFIGURED = (
    "to_tsvector",
    "to_tsquery",
    "plainto_tsquery",
    "phraseto_tsquery",
    "websearch_to_tsquery",
    "ts_headline",
)
#: Functions with a first argument that names an object as a string, what it names, and the sign behind the string.
_NAMES_IN_STRINGS = {
    **dict.fromkeys(_CONFIGURED, (CONFIGURATION, ",")),
    "unaccent": (DICTIONARY, ","),
    "ts_lexize": (DICTIONARY, ","),
    "nextval": (RELATION, ")"),
    "currval": (RELATION, ")"),
}
_NAMES_BY_CAST = {
    "regclass": RELATION,
    "regtype": TYPE,
    "regconfig": CONFIGURATION,
    "regdictionary": DICTIONARY,
}
_BEFORE_OPERAND = frozenset(
    ("(", ",", ":=", "select", "return", "where", "and", "or", "not", "when", "then", "else", "if", "elsif")
)
#: Schema and name. A third part is that of a column.
_PARTS = 2


def names_in(body: Sequence[SqlToken], *, plpgsql: bool = False, known: AbstractSet[str] = frozenset()) -> list[Named]:
    """Return the names of objects in a function's body, in its order, each once.

    Args:
        body: all tokens of it.
        plpgsql: whether its language is PL/pgSQL; SQL otherwise.
        known: names of the function's arguments.
    """
    reader = _Reader(list(body), plpgsql, set(known), made_here(body), known)
    reader.read()
    return list(dict.fromkeys(reader.found))


@dataclass
class _Frame:
    """The state inside a pair of parentheses, or outside of all.

    Attributes:
        opener: the word in front, such as the name of a function.
        query: whether a query has begun.
        relations: whether a comma is followed by a relation.
        expected: whether the next name is one of a relation.
    """

    opener: str = ""
    query: bool = False
    relations: bool = False
    expected: bool = False


@dataclass
class _Reader:
    body: list[SqlToken]
    plpgsql: bool
    variables: set[str]
    made: set[str]
    known: AbstractSet[str]
    found: list[Named] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame()])
    declaring: bool = False

    def read(self) -> None:
        """Walk over all tokens."""
        index = 0
        while index < len(self.body):
            token = self.body[index]
            if token.is_name:
                index = self._name(index)
            elif token.kind == SIGN:
                index = self._sign(index)
            else:
                if token.kind == OPERATOR and not self._is(index - 1, "."):
                    self.found.append(Named(OPERATOR_NAME, token.text, operand=self._operand(index - 1)))
                elif token.kind == STRING:
                    self._string(index)
                self.frames[-1].expected = False
                index += 1

    def _at(self, index: int) -> SqlToken | None:
        return self.body[index] if 0 <= index < len(self.body) else None

    def _is(self, index: int, *texts: str) -> bool:
        """Whether a sign or word is one of these."""
        token = self._at(index)
        return token is not None and token.kind in (SIGN, WORD) and token.text in texts

    def _parts(self, index: int) -> tuple[list[str], int]:
        """Return the name that begins here, split at its dots, and the index behind it."""
        parts: list[str] = []
        token = self._at(index)
        while token is not None and token.is_name:
            parts.append(token.text)
            index += 1
            if not self._is(index, "."):
                break
            index += 1
            token = self._at(index)
        return parts, index

    def _add(self, kind: str, parts: Sequence[str], arguments: int = 0, *, read: bool = False) -> None:
        if len(parts) <= _PARTS and not (len(parts) == 1 and kind in (RELATION, FUNCTION) and parts[0] in self.made):
            self.found.append(Named(kind, parts[-1], parts[0] if len(parts) == _PARTS else "", arguments, read))

    def _sign(self, index: int) -> int:
        frame, text = self.frames[-1], self.body[index].text
        expected, frame.expected = frame.expected, False
        if text == "(":
            before = self._at(index - 1)
            opener = before.text if before is not None and before.is_name else ""
            self.frames.append(_Frame(opener, query=expected, relations=expected, expected=expected))
        elif text == ")":
            if len(self.frames) > 1:
                self.frames.pop()
        elif text == ",":
            frame.expected = frame.relations
        elif text == "::":
            return self._type(index + 1)
        elif text == ":=":
            frame.query = True
        elif text == ";":
            self.frames = [_Frame()]
            if self.declaring:
                return self._declaration(index + 1)
        return index + 1

    def _name(self, index: int) -> int:
        token = self.body[index]
        parts, behind = self._parts(index)
        frame = self.frames[-1]
        if token.kind == WORD and len(parts) == 1 and self._keyword(token.text, index):
            return self._declaration(index + 1) if self.declaring and token.text == "declare" else index + 1
        if frame.opener == "cast" and self._is(index - 1, "as"):
            return self._type(index)
        inserting = self._is(index - 1, "into")
        if self._is(behind, "(") and not inserting:
            if frame.expected or self._may_call(index):
                self._add(FUNCTION, parts, self._arguments(behind))
        elif frame.expected:
            self._add(RELATION, parts, read=not inserting)
        elif self._is_literal(index, behind):
            self._add(TYPE, parts)
        frame.expected = False
        return behind

    def _keyword(self, word: str, index: int) -> bool:
        """Whether the word is a keyword here; what follows from it is noted."""
        frame = self.frames[-1]
        if frame.expected and word not in KEYWORDS:
            return word == "rows" and self._is(index + 1, "from")
        if word in ("begin", "loop", "declare"):
            self.frames = [_Frame()]
            self.declaring = self.plpgsql and word == "declare"
        elif word in QUERIES and not (word == "update" and not self._updates(index)):
            frame.query, frame.relations = True, False
            frame.expected = word == "update"
        elif word == "from":
            starts = frame.query and not self._is(index - 1, "distinct", "rows")
            frame.relations = frame.relations or starts
            frame.expected = starts
        elif word == "join":
            frame.expected = frame.query
        elif word == "into":
            frame.relations = False
            frame.expected = self._is(index - 1, "insert", "merge")
        elif word in ("lateral", "only") and frame.expected:
            pass
        elif word in AFTER_RELATIONS or word in ("values", "with"):
            frame.expected = False
            frame.relations = frame.relations and word == "with"
        elif word in KEYWORDS or word in BEFORE_EXPRESSION:
            return word not in KEYWORDS_AND_FUNCTIONS or not self._is(index + 1, "(")
        else:
            return False
        return True

    def _updates(self, index: int) -> bool:
        before = self._at(index - 1)
        if before is not None and before.kind == WORD and before.text in BEFORE_NO_STATEMENT:
            return False
        return not self._is(index + 1, "set", ";", "of", "or", "on", ")")

    def _may_call(self, index: int) -> bool:
        before = self._at(index - 1)
        if before is None or before.kind == OPERATOR:
            return True
        if before.kind == SIGN:
            return before.text not in (")", "]", "::", ".")
        return before.kind == WORD and before.text in BEFORE_EXPRESSION

    def _is_literal(self, index: int, behind: int) -> bool:
        """Whether a type stands in front of its constant: ``point '1,1'``."""
        value = self._at(behind)
        if value is None or value.kind != STRING or self._is(index, "execute", "notify"):
            return False
        return not self._is(index - 1, "raise", "as", "using", "time", "set")

    def _arguments(self, opening: int) -> int:
        """How many arguments a call has."""
        depth, commas = 0, 0
        for index in range(opening, len(self.body)):
            token = self.body[index]
            if token.kind == SIGN and token.text in "([":
                depth += 1
            elif token.kind == SIGN and token.text in ")]":
                depth -= 1
                if depth == 0:
                    return 0 if index == opening + 1 else commas + 1
            elif token.kind == SIGN and token.text == "," and depth == 1:
                commas += 1
        return commas + 1

    def _operand(self, index: int) -> str:
        """Return an argument that is the whole left side of an operator. In a query, a name may be one of a column."""
        value, before = self._at(index), self._at(index - 1)
        if value is None or not (value.kind == PARAMETER or (value.is_name and value.text in self.known)):
            return ""
        if value.is_name and any(token.kind == WORD and token.text in ("from", "declare") for token in self.body):
            return ""
        first = before is None or (before.kind in (SIGN, WORD) and before.text in _BEFORE_OPERAND)
        return value.text if first else ""

    def _string(self, index: int) -> None:
        """Add a string that the server reads as a name."""
        parts = _split(self.body[index].text)
        cast, opener = self._at(index + 2), self._at(index - 2)
        if not parts:
            return
        if self._is(index + 1, "::") and cast is not None and cast.text in _NAMES_BY_CAST:
            self._add(_NAMES_BY_CAST[cast.text], parts)
        elif self._is(index - 1, "(") and opener is not None and opener.text in _NAMES_IN_STRINGS:
            kind, end = _NAMES_IN_STRINGS[opener.text]
            if self._is(index + 1, end):
                self._add(kind, parts)

    def _type(self, index: int) -> int:
        token = self._at(index)
        parts, behind = self._parts(index)
        if parts and not (len(parts) == 1 and token is not None and token.kind == WORD and token.text in KEYWORDS):
            self._add(TYPE, parts)
        return max(behind, index)

    def _declaration(self, index: int) -> int:
        """Read one line between DECLARE and BEGIN: the name of a variable and its type; the main loop reads the rest."""
        if self._is(index, "begin", "declare") or self._is(index + 1, "alias", "cursor", "no", "scroll"):
            self.declaring = not self._is(index, "begin")
            return index
        variable = self._at(index)
        if variable is None or not variable.is_name:
            return index
        self.variables.add(variable.text)
        index += 2 if self._is(index + 1, "constant") else 1
        parts, behind = self._parts(index)
        mark, what = self._at(behind), self._at(behind + 1)
        if mark is not None and mark.text == "%" and what is not None and what.text in ("type", "rowtype"):
            self._of_relation(parts, what.text)
            return behind + 2
        return self._type(index)

    def _of_relation(self, parts: list[str], what: str) -> None:
        relation = parts if what == "rowtype" else parts[:-1]
        if relation and not (len(relation) == 1 and relation[0] in self.variables):
            self._add(RELATION, relation)


def _split(text: str) -> list[str]:
    """Return the parts of a name in a string; empty if it is not a name."""
    parts = text.split(".")
    plain = all(part.isidentifier() and part == part.lower() for part in parts)
    return parts if len(parts) <= _PARTS and plain else []
