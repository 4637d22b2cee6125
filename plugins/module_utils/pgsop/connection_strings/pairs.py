# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of keyword and value as other drivers have them: with semicolons, with other keywords, with other quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from .. import dsn
from ..dsn import DsnError
from ..patterns import Pattern
from . import parameters
from .parsed_string import Draft, ParsedString

_PREFIX = Pattern(r"(pgsql|dbi:pg(?:\([^)]*\))?):(?!//)", re.IGNORECASE)
#: A keyword and its value, which is quoted, in braces, or ends at the next semicolon.
_PAIR = Pattern(
    r"\s*(?P<name>[A-Za-z][A-Za-z0-9 _-]*?)\s*=\s*"
    r"(?:\"(?P<double>(?:[^\"]|\"\")*)\"|'(?P<single>(?:[^']|'')*)'|\{(?P<braces>(?:[^}]|\}\})*)\}|(?P<plain>[^;\"'{][^;]*|))\s*(?:;|\Z)",
    re.ASCII,
)
_FIRST = Pattern(r"\s*([A-Za-z][A-Za-z0-9 _-]*?)\s*=[^;=]*;", re.DOTALL)
_ODBC_ENTRY = Pattern(r";\s*(uid|pwd)\s*=", re.IGNORECASE)
#: The blanks of libpq; others are a part of a value.
_BLANKS = " \t\r\n\f\v"
#: A keyword and its value with a blank behind it, as libpq reads them.
_WORD = Pattern(
    r"(\s*)(\w+)(\s*=\s*)('(?:\\.|[^'\\])*'|(?:\\.|[^\s'\\])(?:\\.|[^\s\\])*|)(?=\s|\Z)", re.DOTALL | re.ASCII
)

Inner = Callable[[str], ParsedString]


def is_prefixed(text: str) -> bool:
    """Return whether a text begins as a string of PDO or of Perl's DBI."""
    return bool(_PREFIX.match(text))


def read_prefixed(text: str, inner: Inner) -> ParsedString | None:
    """Read a string of PDO or of Perl's DBI; None if the text is neither.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    prefix = _PREFIX.match(text)
    if prefix is None:
        return None
    draft = Draft()
    owner = "PDO" if prefix[1].lower() == "pgsql" else "DBI"
    draft.note(f"it is a string for {owner}, which other clients do not read")
    draft.include(read_semicolons(text[prefix.end() :], prefixed=True) or inner(text[prefix.end() :]))
    return draft.parsed()


def read_semicolons(text: str, *, prefixed: bool = False) -> ParsedString | None:
    """Read pairs with semicolons between them, as Npgsql and ODBC have them; None for another text.

    Args:
        text: the pairs.
        prefixed: whether a prefix was before them, so that no note about their form is needed.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    first = _FIRST.match(text)
    if first is None or not (parameters.is_known(first[1]) or _is_entry(first[1], text)):
        return None
    draft, odbc, position = Draft(), _is_odbc(text), 0
    if not prefixed:
        owner = "ODBC" if odbc else "Npgsql or another driver"
        draft.note(f"it has pairs with ; between them for {owner}; libpq takes blanks between pairs")
    while text[position:].strip(" ;\t\r\n"):
        pair = _PAIR.match(text, position)
        if pair is None:
            raise DsnError("a part between two ; is not NAME=value; a value with ; is quoted, for ODBC in braces")
        position = pair.end()
        _put(pair, odbc, draft)
    return draft.parsed()


def _put(pair: re.Match[str], odbc: bool, draft: Draft) -> None:
    name = pair["name"]
    if odbc and parameters.normalized(name) == "dsn":
        draft.note("DSN names an entry of odbc.ini, which is not read here")
        return
    value = _value(pair, odbc)
    if odbc and pair["plain"] and parameters.keyword(name) == "password" and re.search("[%+]", value):
        draft.note("psqlODBC decodes % and + in a PWD without braces; PWD={...} is passed on as it is")
        value = unquote_plus(value)
    parameters.translate(name, value, draft)


def _value(pair: re.Match[str], odbc: bool) -> str:
    if pair["braces"] is not None and not odbc:
        return f"{{{pair['braces']}}}"
    for group, mark in (("double", '"'), ("single", "'"), ("braces", "}")):
        if pair[group] is not None:
            return str(pair[group]).replace(mark * 2, mark)
    return str(pair["plain"]).strip(" \t")


def read_words(text: str) -> ParsedString | None:
    """Read pairs with blanks between them and keywords of other drivers, such as database; None for another text.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    draft, typed, position = Draft(), Draft(), 0
    while text[position:].strip(_BLANKS):
        word = _WORD.match(text, position)
        if word is None or not parameters.is_known(word[2]):
            return None
        position = word.end()
        key = word[2] if dsn.is_keyword(word[2]) else parameters.keyword(word[2])
        if word[2].lower() == "ssl":
            key, value = "sslmode", parameters.sslmode("ssl", word[4].strip("'"), draft)
            typed.put(key, value)
        elif key:
            if key != word[2]:
                draft.note(f"a parameter has another name than libpq's, which is {key}")
            typed.put(key, word[4] or "''")
        else:
            parameters.leave_out(word[2], draft)
    for key, value in dsn.read(" ".join(f"{key}={value}" for key, value in typed.values.items())).items():
        draft.put(key, value)
    return draft.parsed()


def _is_odbc(text: str) -> bool:
    names = {parameters.normalized(match) for match in re.findall(r"(?:\A|;)\s*([A-Za-z ]+?)\s*=", text)}
    return bool(names & {"driver", "uid", "dsn"})


def _is_entry(name: str, text: str) -> bool:
    """Return whether the text begins with the name of an entry in odbc.ini."""
    return parameters.normalized(name) == "dsn" and bool(_ODBC_ENTRY.search(text))
