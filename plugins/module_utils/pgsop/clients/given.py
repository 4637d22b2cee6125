# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection string as it was typed: its form, and its parts before anything is decoded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from .. import dsn
from .model import DBI, JDBC, ODBC, OTHER, PAIRS, PDO, URI, VALUES

#: A URL, also within a line of a file.
_URL = re.compile(r"(?:jdbc:|r2dbcs?:(?:pool:)?|dbi:pg(?:\([^)]*\))?:)?[a-z][a-z0-9+.-]*://[^\s\"'`<>]*", re.IGNORECASE)
_PARTS = re.compile(
    r"(?P<scheme>[^:/]+)://(?:(?P<login>[^/?]*)@)?(?P<place>[^/?]*)(?:/(?P<path>[^?]*))?(?:\?(?P<query>.*))?", re.DOTALL
)
_PREFIXES = (("jdbc:", JDBC), ("pgsql:", PDO), ("dbi:pg", DBI), ("r2dbc", OTHER), ("socket:", OTHER))
_PREFIX = re.compile(r"\A(jdbc|r2dbcs?(:pool)?|dbi:pg(\([^)]*\))?|pgsql|socket):", re.IGNORECASE)
_ODBC = re.compile(r"(?:\A|;)\s*(driver|dsn|uid|pwd)\s*=", re.IGNORECASE)
_PAIRS = re.compile(r"\s*[a-z_]+\s*=")


@dataclass(frozen=True)
class GivenString:
    """A connection string as it was typed; parts are not decoded.

    Attributes:
        form: one of the forms of `model`; VALUES if host, port, role and database were given one by one.
        scheme: of a URL, in lower case.
        login: what stands before the @.
        place: hosts and ports.
        path: the database.
        parameters: names and values behind the ?, or pairs.
    """

    form: str
    scheme: str = ""
    login: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    path: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def url(self) -> bool:
        """Return whether it has the parts of a URL."""
        return bool(self.scheme)

    def parameter(self, name: str) -> str | None:
        """Return the value of a parameter, decoded as libpq does; None without that parameter."""
        found = next((value for key, value in self.parameters if key == name), None)
        return unquote(found) if found and self.url else found

    def has_plus(self) -> list[str]:
        """Return the names of parameters with a + in their value that is a blank for some clients."""
        return [key for key, value in self.parameters if unquote_plus(value) != unquote(value)]


def read(text: str) -> GivenString:
    """Return the form and the parts of a connection string; nothing is judged.

    One URL within other text, such as a line of a file, is what the client gets.
    """
    whole = text.strip().lstrip("\ufeff")
    if whole[:1] + whole[-1:] in ('""', "''", "``", "<>"):
        whole = whole[1:-1]
    if not whole:
        return GivenString(VALUES)
    found = _URL.findall(whole)
    if len(found) == 1:
        return _url(found[0])
    form = next((form for prefix, form in _PREFIXES if whole.lower().startswith(prefix)), "")
    if form:
        return GivenString(form, parameters=_split(_PREFIX.sub("", whole), ";"))
    if ";" in whole and _ODBC.search(whole):
        return GivenString(ODBC, parameters=_split(whole, ";"))
    return _words(whole)


def _words(whole: str) -> GivenString:
    """Read pairs as libpq does, or a name; other text has values one by one."""
    try:
        values = dsn.read(whole)
    except dsn.DsnError:
        return GivenString(OTHER if ";" in whole else VALUES)
    if "=" not in whole:
        return GivenString(VALUES)
    pairs = bool(_PAIRS.match(whole)) and ";" not in whole and "\n" not in whole
    return GivenString(PAIRS if pairs else OTHER, parameters=tuple(values.items()) if pairs else ())


def _url(url: str) -> GivenString:
    lowered = url.lower()
    form = next((form for prefix, form in _PREFIXES if lowered.startswith(prefix)), URI)
    parts = _PARTS.fullmatch(_PREFIX.sub("", url))
    if parts is None:
        return GivenString(form)
    return GivenString(
        form=form,
        scheme=parts["scheme"].lower(),
        login=parts["login"] or "",
        place=parts["place"] or "",
        path=parts["path"] or "",
        parameters=_split((parts["query"] or "").replace("&amp;", "&"), "&"),
    )


def _split(text: str, separator: str) -> tuple[tuple[str, str], ...]:
    pieces = (piece.partition("=") for piece in text.split(separator) if piece)
    return tuple((name.strip(), value) for name, _equals, value in pieces)
