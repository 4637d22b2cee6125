# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command line of psql: variables before it, its options, and the names behind them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

from .. import connection_values
from ..dsn import DsnError
from ..patterns import Pattern
from .parsed_string import Draft, ParsedString

_WORD = r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])"
_COMMAND = Pattern(
    rf"\s*(?:(?:[$#]|exec|env|export|sudo(?:\s+-u\s*\S+|\s+--user=\S+)?|[A-Z][A-Z0-9_]*={_WORD}*)\s+)*(?:[\w./-]*/)?psql(?:\s|\Z)"
)
_PROGRAM = Pattern(r"(\S*/)?psql")
_ASSIGNMENT = Pattern(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)
_VARIABLES: Mapping[str, str] = {**connection_values.ENVIRONMENT, **connection_values.RESOLVED}
#: Options of psql 18 that have a value: libpq's keyword of the value, empty for one that decides nothing about the connection.
_VALUED: Mapping[str, str] = {
    **dict.fromkeys(("-h", "--host"), "host"),
    **dict.fromkeys(("-p", "--port"), "port"),
    **dict.fromkeys(("-U", "--username"), "user"),
    **dict.fromkeys(("-d", "--dbname"), "dbname"),
    **dict.fromkeys(("-c", "--command", "-f", "--file", "-v", "--set", "--variable", "-L", "--log-file"), ""),
    **dict.fromkeys(("-o", "--output", "-F", "--field-separator", "-R", "--record-separator"), ""),
    **dict.fromkeys(("-P", "--pset", "-T", "--table-attr"), ""),
}
_FLAGS = Pattern(r"-[aAbeEHlnqsStwWxX1z0]+")
_LONG_FLAG = Pattern(r"--[a-z-]+")
#: Words before psql that change nothing about the connection.
_BEFORE = ("$", "#", "exec", "env", "export")
#: Names behind the options: the database and the role.
_NAMES = ("dbname", "user")


def read_command(text: str, inner: Callable[[str], ParsedString]) -> ParsedString | None:
    """Read a command line of psql; None for another text.

    Args:
        text: the command line.
        inner: reads a connection string among its words.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    if not _COMMAND.match(text):
        return None
    draft = Draft(notes=["it is a command line of psql; its options were read"])
    if "\r" in text:
        draft.note("it has a carriage return, as in files from Windows; a shell passes it on as a part of a word")
    words = _behind_variables(_words(text), draft)
    if not words:
        return None
    for key, value in _options(words[1:]):
        if key == "dbname" and ("=" in value or "://" in value):
            draft.include(inner(value))
        else:
            draft.put(key, value)
    return draft.parsed()


def _behind_variables(words: list[str], draft: Draft) -> list[str]:
    """Return the words from psql on, with the variables before it in the draft; no words for another command."""
    while words and not _PROGRAM.fullmatch(words[0]):
        word = words.pop(0)
        assignment = _ASSIGNMENT.fullmatch(word)
        if assignment:
            if assignment[1] in _VARIABLES:
                draft.put(_VARIABLES[assignment[1]], assignment[2])
        elif word == "sudo":
            words = _behind_sudo(words, draft)
        elif word not in _BEFORE:
            return []
    return words


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text.replace("\\\r\n", " ").replace("\\\n", " "))
    except ValueError:
        words = []
    if not words:
        raise DsnError("it is a command line of psql with a quote that is opened and never closed")
    comment = next((number for number, word in enumerate(words) if number and word.startswith("#")), len(words))
    return words[:comment]


def _behind_sudo(words: list[str], draft: Draft) -> list[str]:
    """Return the words behind sudo and its user."""
    if words[:1] == ["-u"] and len(words) > 1:
        words = words[2:]
    elif words and words[0].startswith(("-u", "--user=")):
        words = words[1:]
    draft.note("sudo changes the user of the host that connects; give this user with --as")
    return words


def _options(words: list[str]) -> list[tuple[str, str]]:
    """Return keywords and values of options and names.

    Raises:
        DsnError: psql would refuse an option, or there are more names than a database and a role.
    """
    found: list[tuple[str, str]] = []
    names: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=") if word.startswith("--") else (word[:2], word[2:], word[2:])
        if not word.startswith("-"):
            names.append(word)
        elif name in _VALUED:
            value = value if equals else next(rest, "")
            found += [(_VALUED[name], value)] if _VALUED[name] else []
        elif word in ("-W", "--password") and len(words) > 1:
            # What stands behind it is meant as a password, and psql takes it for a database.
            raise DsnError("psql's option -W has no value; the password goes into PGPASSWORD or a password file")
        elif not (_FLAGS.fullmatch(word) or (_LONG_FLAG.fullmatch(word) and not equals)):
            raise DsnError("it has an option that psql does not have, or one with a value that it does not take")
    keys = [key for key in _NAMES if key not in dict(found)]
    if len(names) > len(keys):
        raise DsnError("it has more words than a database and a role behind psql's options")
    return found + list(zip(keys, names, strict=False))
