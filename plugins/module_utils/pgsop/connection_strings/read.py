# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text means as a connection: libpq's own forms as they are, those of other programs translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .. import connection_values, dsn
from ..dsn import DsnError
from . import configuration, groups, pairs, psql, unexpanded, urls
from .parsed_string import Draft, ParsedString

_BYTE_ORDER_MARK = "\ufeff"
_WRAPPINGS = (('"', '"'), ("'", "'"), ("`", "`"), ("<", ">"))
#: A text within a text within a text; more is no configuration of an application.
_DEPTH = 4
#: Characters; a larger text is a file of something else.
_LARGEST = 100_000
_PLACE = re.compile(r"[\w.-]+:[0-9]{1,5}(/[\w-]*)?")


def read(text: str) -> ParsedString:
    """Return libpq's values for a connection string of any form that is known here.

    Args:
        text: a URI, pairs, the name of a database, a command line of psql, or configuration of an application.

    Raises:
        DsnError: the text has no known form, or it has a variable that was not filled in (cause dsn.unexpanded). The message has no
            part of the text.
    """
    return _with_note_on_ends(_read(text, _DEPTH))


def read_variables(variables: Mapping[str, str]) -> ParsedString | None:
    """Return libpq's values for the environment of an application; None if no variable has a connection besides those of libpq.

    Args:
        variables: by name. Those of libpq, such as PGHOST, are left out.

    Raises:
        DsnError: it has several connections, or one that cannot be read. The message has no value.
    """
    draft = Draft()
    found = groups.read_variables(variables, lambda part: _read(part, _DEPTH - 1), draft)
    return _with_note_on_ends(draft.parsed()) if found else None


def _with_note_on_ends(found: ParsedString) -> ParsedString:
    password = found.values.get("password", "")
    if connection_values.ends(password):
        return ParsedString(
            found.values, (*found.notes, "the password begins or ends with a blank or an invisible character")
        )
    return found


def _read(text: str, depth: int) -> ParsedString:
    if "\0" in text:
        raise DsnError("it has a character with the code 0, which no value can hold")
    if len(text) > _LARGEST or not depth:
        raise DsnError("it is too long, or has too many connection strings within each other")
    draft = Draft()
    text = _unwrapped(text, draft)

    def inner(part: str) -> ParsedString:
        return _read(part, depth - 1)

    draft.include(_string(text, inner) or _configuration(text, inner) or _words(text))
    return draft.parsed()


def _unwrapped(text: str, draft: Draft) -> str:
    """Return a text without what came along with it from a file, a page or a mail."""
    for _layer in range(_DEPTH):
        if text.startswith(_BYTE_ORDER_MARK):
            draft.note("it begins with a byte order mark, which libpq takes for a part of it")
            text = text[1:]
        ends = (text[:1], text[-1:])
        if len(text) < len(ends) or ends not in _WRAPPINGS or any(sign in text[1:-1] for sign in ends):
            break
        draft.note("it has quotes or brackets around it, which libpq takes for a part of it")
        text = text[1:-1]
    return text


def _string(text: str, inner: Callable[[str], ParsedString]) -> ParsedString | None:
    """Read a command line of psql, a URL, a string with a prefix, or pairs in the form of libpq or with semicolons."""
    if urls.is_url(text) or pairs.is_prefixed(text):
        # A % of a variable is no valid URL, and the variable is the cause.
        unexpanded.refuse(text)
        return urls.read_url(text) or pairs.read_prefixed(text, inner)
    found = psql.read_command(text, inner) or _libpq(text) or pairs.read_semicolons(text)
    if found is not None:
        unexpanded.refuse(text)
    return found


def _libpq(text: str) -> ParsedString | None:
    """Read pairs, or the name of a database, as libpq does; None if a value has not the form of its kind."""
    try:
        values = dsn.read(text)
        dsn.refuse(values)
    except DsnError:
        return None
    # One value with semicolons in it is the form of another driver.
    return None if len(values) == 1 and ";" in text else ParsedString(values)


def _configuration(text: str, inner: Callable[[str], ParsedString]) -> ParsedString | None:
    if configuration.is_one_pair(text):
        return None
    draft = Draft()
    tree = configuration.parse(text, draft)
    if tree is None:
        return None
    groups.read_tree(tree, inner, draft)
    return draft.parsed()


def _words(text: str) -> ParsedString:
    """Read pairs with keywords of other drivers; a text of no form gets its reason from libpq.

    Raises:
        DsnError: it is no connection string.
    """
    unexpanded.refuse(text)
    if urls.is_url(text.strip()):
        dsn.refuse_ends(text)
    if _PLACE.fullmatch(text):
        raise DsnError("it is HOST:PORT without the beginning of a URL: write postgresql://HOST:PORT/DATABASE")
    return pairs.read_words(text) or ParsedString(dsn.read(text))
