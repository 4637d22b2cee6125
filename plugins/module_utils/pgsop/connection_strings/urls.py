# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs of other drivers, and libpq's URI with parameters that libpq does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

from .. import dsn
from ..dsn import DsnError
from ..patterns import Pattern
from . import parameters
from .parsed_string import Draft, ParsedString

_SCHEME = Pattern(r"([a-z][a-z0-9-]*)(\+[a-z0-9_]+)?://", re.IGNORECASE)
#: Owner of each scheme besides libpq's.
_SCHEMES: Mapping[str, str] = {
    **dict.fromkeys(("postgresql", "postgres"), ""),
    "pgsql": "Doctrine",
    **dict.fromkeys(("postgis", "psql", "timescale", "timescalegis"), "Django"),
    **dict.fromkeys(("pgx", "pgx4", "pgx5"), "golang-migrate"),
    "ecto": "Ecto",
    **dict.fromkeys(("asyncpg", "psycopg"), "Tortoise"),
    **dict.fromkeys(("cockroach", "cockroachdb", "crdb-postgres"), "CockroachDB"),
}
_JDBC = Pattern(r"jdbc:(?:p6spy:|otel:)?postgres(?:ql)?:", re.IGNORECASE)
_R2DBC = Pattern(r"r2dbcs?:(?:pool:)?(?=postgres)", re.IGNORECASE)
_SOCKET = Pattern(r"socket:(/[^?@]*)(?:\?(.*))?", re.DOTALL)
_BAD_ESCAPE = Pattern("%(?![0-9A-Fa-f]{2})")
_ENTITY = "&amp;"


def is_url(text: str) -> bool:
    """Return whether a text begins as a URL of PostgreSQL."""
    scheme = _SCHEME.match(text)
    known = scheme is not None and scheme[1].lower() in _SCHEMES
    return known or bool(_JDBC.match(text) or _R2DBC.match(text) or _SOCKET.match(text))


def read_url(text: str) -> ParsedString | None:
    """Read a URL; None if the text is not one of PostgreSQL.

    Raises:
        DsnError: it cannot be read; the message has no part of it.
    """
    draft = Draft()
    jdbc, r2dbc, socket = _JDBC.match(text), _R2DBC.match(text), _SOCKET.fullmatch(text)
    if jdbc or r2dbc or socket:
        dsn.refuse_ends(text)
    if jdbc:
        draft.note("it is a URL for pgJDBC, which other clients do not read")
        _jdbc(text[jdbc.end() :], draft)
    elif socket:
        draft.note("it is a URL for node-postgres, which other clients do not read")
        draft.put("host", socket[1])
        _parameters(socket[2] or "", draft)
    else:
        if r2dbc:
            draft.note("it is a URL for R2DBC, which other clients do not read")
        return _plain(text[r2dbc.end() :] if r2dbc else text, draft)
    return draft.parsed()


def _plain(text: str, draft: Draft) -> ParsedString | None:
    """Read a URL with user and password before the host."""
    scheme = _SCHEME.match(text)
    owner = _SCHEMES.get(scheme[1].lower()) if scheme else None
    if scheme is None or owner is None:
        return None
    dsn.refuse_ends(text)
    if scheme[2]:
        draft.note("its scheme has the driver of SQLAlchemy or another library after a +; other clients do not read it")
    elif owner:
        draft.note(f"its scheme belongs to {owner}; other clients read postgresql://")
    elif not text.startswith(scheme[0].lower()):
        draft.note("its scheme has capital letters, which libpq does not read")
    for key, value in dsn.read(_without_foreign(f"postgresql://{text[scheme.end() :]}", draft)).items():
        draft.put(key, value)
    return draft.parsed()


def _without_foreign(uri: str, draft: Draft) -> str:
    """Return a URI with only those parameters that libpq has or has to judge."""
    # As libpq: the first @ ends user and password, unless a / stands before it.
    rest = re.sub("^[^@/]*@", "", uri.split("://", maxsplit=1)[1])
    place, mark, query = rest.partition("?")
    if not mark:
        return uri
    if _ENTITY in query:
        draft.note("it has &amp; between parameters, the spelling of & in HTML; clients take it for a part of a name")
        query = query.replace(_ENTITY, "&")
    kept = []
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        alias = parameters.ALIASES.get(parameters.normalized(name), "")
        if equals and name == "ssl":
            kept.append(f"sslmode={parameters.sslmode(name, value, draft)}")
        elif alias and name != alias and not dsn.is_keyword(name):
            draft.note(f"a parameter has another name than libpq's, which is {alias}")
            kept.append(f"{alias}{equals}{value}")
        elif not (equals and parameters.leave_out(name, draft)):
            kept.append(piece)
    start = uri[: len(uri) - len(rest)]
    return f"{start}{place}{'?' if kept else ''}{'&'.join(kept)}"


def _jdbc(rest: str, draft: Draft) -> None:
    place, _mark, query = rest.partition("?")
    found = dsn.read(f"postgresql:{place}") if place.startswith("//") else {"dbname": _decoded(place)} if place else {}
    if "user" in found or "password" in found:
        draft.note("pgJDBC does not read USER:PASSWORD@ in a URL; its parameters are user and password")
    for key, value in {"host": "localhost", **found}.items():
        draft.put(key, value)
    _parameters(query, draft)


def _parameters(query: str, draft: Draft) -> None:
    for piece in filter(None, query.split("&")):
        name, equals, value = piece.partition("=")
        if not equals and name != "ssl":
            raise DsnError("a parameter after the ? has no =; an & in a value is written %26")
        parameters.translate(name, _decoded(value) if equals else "true", draft)


def _decoded(value: str) -> str:
    """Return a value of a query as pgJDBC reads it: + is a blank."""
    if _BAD_ESCAPE.search(value):
        raise DsnError("a % is not followed by two hexadecimal digits; a % in a password is written %25")
    try:
        decoded = unquote_plus(value, errors="strict")
    except UnicodeError:
        decoded = ""
    if value and not decoded:
        raise DsnError("it has bytes that are no UTF-8; a % in a password is written %25")
    if "\0" in decoded:
        raise DsnError("it has a %00, which no value can hold")
    return decoded
