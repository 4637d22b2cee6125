# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which line of pg_hba.conf decides about a connection, which lines it shadows, and whether the server has read the file at all."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PgsopError
from ..files import changed_at, read_state
from ..hba_rules.read import read_lines
from ..hba_rules.rule import HbaRule, bare, from_server, without_secrets
from ..hba_rules.simulate import LoginAttempt, first_match
from .catalogue import Catalogue
from .network import NetworkPath
from .target import ConnectionTarget

#: Ways to try a connection over TCP, by sslmode: without ssl on the server, and with it (libpq, "SSL Support").
_WAYS: Mapping[str, tuple[str, ...]] = {"disable": ("plain",), "allow": ("plain", "ssl"), "prefer": ("ssl", "plain")}


@dataclass(frozen=True)
class MatchedLine:
    """A rule with its place: line number and file."""

    rule: HbaRule
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {' '.join(without_secrets(self.rule.line()).split())}"


@dataclass(frozen=True)
class Decision:
    """The line of pg_hba.conf that decides about a connection.

    Attributes:
        line: the first that matches; None if no line does.
        shadowed: later lines that match too.
        kind: local, plain or ssl: the connection for which the line matched.
        broken: lines with errors; a reload with one of them keeps all rules in force.
        loaded: whether the server has read the files since they were last changed.
    """

    line: MatchedLine | None = None
    shadowed: tuple[MatchedLine, ...] = ()
    kind: str = "local"
    broken: tuple[str, ...] = ()
    loaded: bool = True

    @property
    def certain(self) -> bool:
        """Return whether the rules in force are those of the files."""
        return self.loaded and not self.broken

    @property
    def method(self) -> str:
        """Return the authentication method of the line; empty if no line matches."""
        return self.line.rule.method if self.line else ""

    @property
    def map(self) -> str:
        """Return the name of the line's user name map; empty if it has no map."""
        return dict(self.line.rule.options).get("map", "") if self.line else ""


def decision(target: ConnectionTarget, reach: NetworkPath, found: Catalogue) -> Decision:
    """Return the line of pg_hba.conf that decides about a connection.

    If libpq may try with and without encryption, a reject for the first way leads to the second.
    """
    written = _Written()
    lines = [
        MatchedLine(written.quoted(_rule(row), row, found), _place(row, found))
        for row in found.rules
        if not row["error"]
    ]
    broken = tuple(f"{_place(row, found)}: {row['error']}" for row in found.rules if row["error"])
    loaded = _loaded(found)
    kinds = ways(target, ssl=bool(found.server["ssl"]))
    for kind in kinds:
        matching = list(_matching(lines, _attempt(target, reach, found, kind)))
        if matching and (matching[0].rule.method != "reject" or kind == kinds[-1]):
            return Decision(matching[0], tuple(matching[1:]), kind, broken, loaded)
    return Decision(kind=kinds[-1], broken=broken, loaded=loaded)


class _Written:
    """Rules as they are in their files: the server does not show which names are in quotes, and so not keywords."""

    def __init__(self) -> None:
        self._files: dict[str, dict[int, HbaRule]] = {}

    def quoted(self, rule: HbaRule, row: Mapping[str, Any], found: Catalogue) -> HbaRule:
        """Return a rule with its names as written in the file; as the server shows it if the file cannot be read."""
        path = _file(row, found)
        if path not in self._files:
            self._files[path] = _read(path)
        written = self._files[path].get(row["line_number"])
        if written is None or tuple(map(bare, written.databases + written.users)) != rule.databases + rule.users:
            return rule
        return dataclasses.replace(rule, databases=written.databases, users=written.users)


def _read(path: str) -> dict[int, HbaRule]:
    try:
        text = read_state(path).text or ""
    except PgsopError:
        return {}
    return {line.number: line.rule for line in read_lines(text) if line.rule is not None}


def _file(row: Mapping[str, Any], found: Catalogue) -> str:
    return str(row["file_name"] or found.server["hba_file"])


def _rule(row: Mapping[str, Any]) -> HbaRule:
    """Return a rule with its network, if the file names an address in it, as in 10.0.0.5/8."""
    rule = from_server(row)
    if rule.network is None and "/" in rule.address:
        return dataclasses.replace(rule, address=str(ipaddress.ip_network(rule.address, strict=False)))
    return rule


def ways(target: ConnectionTarget, *, ssl: bool) -> tuple[str, ...]:
    """Return how libpq tries to connect, in order: local, or plain and ssl (libpq, "SSL Support").

    Args:
        target: the connection.
        ssl: whether the server has encryption.
    """
    if target.socket:
        return ("local",)
    tried = _WAYS.get(target.sslmode, ("ssl",))
    return tried if ssl else tuple(way for way in tried if way == "plain") or ("ssl",)


def _attempt(target: ConnectionTarget, reach: NetworkPath, found: Catalogue, kind: str) -> LoginAttempt:
    database = "replication" if target.replication else target.database
    if database == "replication" and not target.replication:
        database = f'"{database}"'
    return LoginAttempt(kind, database, target.user, "" if target.socket else reach.client, found.groups)


def _matching(lines: Sequence[MatchedLine], attempt: LoginAttempt) -> Iterator[MatchedLine]:
    names: list[str] = []
    for line in lines:
        if first_match([line.rule], attempt) is None:
            continue
        if line.rule.type != "local" and not _word_matches(line.rule, attempt.address, names):
            continue
        yield line


def _word_matches(rule: HbaRule, address: str, names: list[str]) -> bool:
    """Return whether an address that is a word matches a client of this very host.

    samehost and samenet match each of the host's own addresses. A host name matches the address that has this name, if the name
    resolves back to it (check_hostname in src/backend/libpq/hba.c).
    """
    if rule.network is not None or rule.address in ("all", "samehost", "samenet"):
        return True
    if not names:
        names.append(_name_of(address))
    name, wanted = names[0].lower(), rule.address.lower()
    return bool(name) and (name.endswith(wanted) if wanted.startswith(".") else name == wanted)


def _name_of(address: str) -> str:
    """Return the name of an address; empty if no name resolves back to it."""
    try:
        name = socket.getnameinfo((address, 0), socket.NI_NAMEREQD)[0]
        forward = {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    except OSError:
        return ""
    return name if address in forward else ""


def _place(row: Mapping[str, Any], found: Catalogue) -> str:
    return f"line {row['line_number']} of {_file(row, found)}"


def _loaded(found: Catalogue) -> bool:
    paths = {_file(row, found) for row in found.rules} | {str(found.server["hba_file"])}
    try:
        return all(changed_at(path) <= found.server["loaded"] for path in paths if os.path.exists(path))
    except OSError:
        return True
