# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one connection in the configuration of an application: the values that belong together, by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .. import connection_values
from ..dsn import DsnError
from ..patterns import Pattern
from . import parameters, unexpanded
from .literal_trees import PAIRS, Tree
from .parsed_string import Draft, ParsedString

#: Last parts of names, as `parameters.normalized` has them, and what their values are besides libpq's keywords.
_URL, _ENGINE = "URL", "ENGINE"
_PIECES: Mapping[str, str] = {
    **parameters.ALIASES,
    "name": "dbname",
    "ssl": "ssl",
    **dict.fromkeys(
        ("url", "uri", "dsn", "jdbcurl", "connectionstring", "connectionuri", "connstr", "connstring", "conninfo"), _URL
    ),
    **dict.fromkeys(
        ("engine", "adapter", "driver", "driverclassname", "connection", "dialect", "client", "type"), _ENGINE
    ),
}
#: Words in the longest of these names.
_WORDS = 3
_VARIABLES: Mapping[str, str] = {**connection_values.ENVIRONMENT, **connection_values.RESOLVED}
_STRING = Pattern(r"(jdbc:|r2dbc:)?(postg|pgsql|pgx|psql|ecto:|asyncpg:|cockroach|timescale|dbi:pg)", re.IGNORECASE)
_VARIABLE = Pattern(r"\s*(\$|%\w+%|\{\{|<%=)")
_DATABASE = Pattern(r"(?<!my)sql|db|database|pg|postg|datasource|\Alogin\Z", re.IGNORECASE)
_OTHER_SERVER = Pattern(
    r"mysql|maria|sqlite|oracle|mssql|sqlserver|sqlsrv|redis|mongo|amqp|rabbit|memcache|elastic|kafka|smtp|mail",
    re.IGNORECASE,
)
#: A name of a variable that a message may show: a part of a password has other characters.
_SHOWN = Pattern("[A-Z]{1,20}(_[A-Z]{1,20}){0,5}")
#: Of several connections the one with such a name is read.
_PREFERRED = ("production", "default", "primary", "main")


@dataclass
class _Group:
    """Values that belong to one connection.

    Attributes:
        path: the names above them.
        pieces: by keyword or URL.
        other: whether they are for another kind of server.
        names: of the pieces, as the configuration has them, by keyword or URL.
    """

    path: tuple[str, ...]
    pieces: dict[str, str] = field(default_factory=dict)
    other: bool = False
    names: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> list[str]:
        """Return the names of variables that a message may show: of the connection string, otherwise of all pieces."""
        names = [self.names[_URL]] if _URL in self.names else list(self.names.values())
        return [name for name in names if _SHOWN.fullmatch(name)]

    @property
    def enough(self) -> bool:
        """Return whether the values make a connection."""
        named = sum(key in self.pieces for key in ("host", "dbname", "user", "service"))
        return not self.other and (_URL in self.pieces or named > 1 or "service" in self.pieces)


def read_tree(tree: Tree, inner: Callable[[str], ParsedString], draft: Draft) -> None:
    """Put the connection of a configuration into a draft.

    Args:
        tree: names and values of the configuration.
        inner: reads a connection string among the values.
        draft: gets the values.

    Raises:
        DsnError: there is no connection, or more than one; the message has no part of it.
    """
    _translate(_chosen(_candidates(_groups(tree, ())), draft), inner, draft)


def read_variables(variables: Mapping[str, str], inner: Callable[[str], ParsedString], draft: Draft) -> bool:
    """Put the connection in the environment of a process into a draft, and return whether there is one.

    Variables that libpq reads are left out, for they count whatever the connection string is. So are names such as HOST and PORT
    without a word before them: they are for the address of the application itself.

    Args:
        variables: by name.
        inner: reads a connection string among the values.
        draft: gets the values, and a note with the names of the variables.

    Raises:
        DsnError: there is more than one connection, or it cannot be read; the message has no part of it.
    """
    tree = {name: value for name, value in variables.items() if name not in _VARIABLES}
    groups = _candidates(group for group in _groups(tree, ()) if group.path or _URL in group.pieces)
    if not groups:
        return False
    chosen = _chosen(groups, draft)
    draft.note(f"it was read from {', '.join(chosen.shown) or 'a variable'}")
    _translate(chosen, inner, draft)
    return True


def is_variable(name: str, value: str) -> bool:
    """Return whether a variable of a process is one of libpq, or a part of a connection."""
    prefix, piece = _piece(name, value, ())
    return name in _VARIABLES or piece == _URL or bool(piece and prefix)


def _candidates(groups: Iterable[_Group]) -> list[_Group]:
    """Return the groups that make a connection; those with a connection string, if there are any."""
    found = [group for group in groups if group.enough]
    return [group for group in found if _URL in group.pieces] or found


def _translate(chosen: _Group, inner: Callable[[str], ParsedString], draft: Draft) -> None:
    pieces = dict(chosen.pieces)
    for value in pieces.values():
        unexpanded.refuse(value)
    string = pieces.pop(_URL, "")
    if string:
        found = inner(string)
        beside: dict[str, str] = {key: pieces[key] for key in ("user", "password") if key in pieces}
        draft.include(ParsedString({**found.values, **beside}, found.notes))
        return
    for key, value in pieces.items():
        parameters.translate(key, value, draft)


def _chosen(groups: list[_Group], draft: Draft) -> _Group:
    if not groups:
        raise DsnError("it has names and values, and no connection string nor host, database and user among them")
    if len(groups) == 1:
        return groups[0]
    for name in _PREFERRED:
        found = [group for group in groups if name in [part.lower() for part in group.path]]
        if len(found) == 1:
            draft.note(f"it has {len(groups)} connections, and the one with {name} in its name was read")
            return found[0]
    if all(group.pieces == groups[0].pieces for group in groups):
        return groups[0]
    names = ", ".join(name for group in groups for name in group.shown[:1])
    message = f"it has {len(groups)} connections{f' ({names})' if names else ''}"
    raise DsnError(message, hint="give one of them as the connection string")


def _groups(tree: Tree, path: tuple[str, ...]) -> Iterator[_Group]:
    """Yield the groups of a tree: values of one tree with the same beginning of their names."""
    found: dict[str, _Group] = {}
    for name, value in _leaves(tree):
        prefix, piece = _piece(name, value, path)
        below = any(map(_OTHER_SERVER.search, path))
        group = found.setdefault(prefix, _Group((*path, *([prefix] if prefix else [])), other=below))
        if piece == _ENGINE:
            group.other = group.other or bool(_OTHER_SERVER.search(value))
        elif piece:
            group.pieces.setdefault(piece, value)
            group.names.setdefault(piece, name)
    yield from (
        group for prefix, group in found.items() if not prefix or _URL in group.pieces or _DATABASE.search(prefix)
    )
    for name, value in tree.items():
        if isinstance(value, dict) and name.lower() != "options":
            yield from _groups(value, (*path, name))


def _leaves(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield names and values, with those of Django's OPTIONS among them."""
    for name, value in tree.items():
        if isinstance(value, str) and value not in ("", "~", "null"):
            yield name, value
        elif isinstance(value, dict) and name.lower() == "options":
            yield from _leaves(value)


def _piece(name: str, value: str, path: tuple[str, ...]) -> tuple[str, str]:
    """Return the beginning of a name and the meaning of its value; an empty meaning for a name that is no part of a connection."""
    parts = name.split("_")
    pairs = any("connectionstrings" in parameters.normalized(part) for part in (*path, name))
    if (_STRING.match(value) and "://" in value) or (pairs and PAIRS.match(value)):
        named = _PIECES.get(parameters.normalized(parts[-1])) == _URL
        return "_".join(parts[:-1]) if named else name, _URL
    if name in _VARIABLES:
        return "PG", _VARIABLES[name]
    for cut in range(max(1, len(parts) - _WORDS), len(parts)):
        piece = _meaning("".join(parts[cut:]), value)
        if piece:
            return "_".join(parts[:cut]), piece
    return "", _meaning(name, value)


def _meaning(name: str, value: str) -> str:
    piece = _PIECES.get(parameters.normalized(name), "")
    string = _STRING.match(value) or PAIRS.match(value) or _VARIABLE.match(value)
    return "" if piece == _URL and not string else piece
