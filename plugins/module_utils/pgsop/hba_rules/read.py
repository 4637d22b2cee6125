# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of pg_hba.conf as in the file, for when the server rejects its owner and pg_hba_file_rules cannot be read.

Syntax: the server's manual, chapter "The pg_hba.conf File"; tokens as in src/backend/libpq/hba.c.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import PgsopError
from ..files import read_state
from .rule import ADDRESS_WORDS, KINDS, METHODS, HbaRule, without_secrets

#: The start of a file that this collection writes as a whole, as `render` does.
MANAGED = "# Managed by Ansible, aerovista.postgresql, for "
_TOKEN = re.compile(r'[\s,]*(?:(#.*)|((?:"[^"]*"|[^\s,"#])+)(,?))')
#: What stands before a comment or a quote that is not closed.
_CLOSED = re.compile(r'(?:"[^"]*"|[^"#])*')
_INCLUDES = ("include", "include_if_exists", "include_dir")


@dataclass(frozen=True)
class HbaLine:
    """One line that is not a comment.

    Attributes:
        number: its number in the file, from 1; of the first line if a backslash joins several.
        text: the line with single blanks and without passwords.
        rule: None if it is not a rule, or includes another file.
        problem: the reason for None; empty for a rule.
    """

    number: int
    text: str
    rule: HbaRule | None = None
    problem: str = ""


def read_lines(text: str) -> list[HbaLine]:
    """Return the lines of a file in order, without comments and empty lines."""
    return [_line(number, logical) for number, logical in _logical(text) if _fields(logical)]


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines, each with its number; a backslash at the end joins the next one."""
    joined, began = "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        began = began or number
        if raw.endswith("\\"):
            joined += raw[:-1]
            continue
        yield began, joined + raw
        joined, began = "", 0
    if joined:
        yield began, joined


def _fields(line: str) -> list[list[str]]:
    """Return the fields of a line, each a list of words as written; a comma right behind a word continues its field."""
    fields: list[list[str]] = []
    goes_on = False
    for match in _TOKEN.finditer(line):
        comment, word, comma = match.groups()
        if comment:
            break
        if goes_on:
            fields[-1].append(word)
        else:
            fields.append([word])
        goes_on = bool(comma)
    return fields


def _line(number: int, line: str) -> HbaLine:
    fields = _fields(line)
    text = without_secrets(" ".join(",".join(words) for words in fields))
    try:
        return HbaLine(number, text, _rule(line, fields))
    except ValueError as error:
        return HbaLine(number, text, problem=str(error))


def _rule(line: str, fields: list[list[str]]) -> HbaRule:
    kind = fields[0][0]
    if kind in _INCLUDES:
        raise ValueError("it includes another file")
    if _CLOSED.sub("", line, count=1).startswith('"'):
        raise ValueError("a quote is not closed")
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a connection type")
    address, rest = _address(kind, fields[3:])
    if not rest:
        raise ValueError("a field is missing")
    method = _unquoted(rest[0][0])
    if method not in METHODS:
        raise ValueError(f"{method} is not a method")
    options = [_unquoted(words[0]).partition("=") for words in rest[1:]]
    if not all(sign for _name, sign, _value in options):
        raise ValueError("an option has no value")
    pairs = tuple((name, value) for name, _sign, value in options)
    return HbaRule(kind, tuple(fields[1]), tuple(fields[2]), method, address, pairs)


def _address(kind: str, fields: list[list[str]]) -> tuple[str, list[list[str]]]:
    """Return the address and the fields behind it; a netmask may be a field of its own."""
    if kind == "local":
        return "", fields
    if not fields:
        return "", []
    address = _unquoted(fields[0][0])
    if address in ADDRESS_WORDS or "/" in address:
        return address, fields[1:]
    try:
        network = ipaddress.ip_network(f"{address}/{_unquoted(fields[1][0])}", strict=False)
    except (ValueError, IndexError):
        return address, fields[1:]
    return str(network), fields[2:]


def _unquoted(word: str) -> str:
    return word.replace('"', "")


def is_managed(path: str) -> bool:
    """Return whether this collection writes a file, so that its next run overwrites a line added by hand; False if it cannot be read."""
    try:
        return (read_state(path).text or "").startswith(MANAGED)
    except PgsopError:
        return False
