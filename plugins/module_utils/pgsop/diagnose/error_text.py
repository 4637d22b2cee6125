# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error text of an application: which fault it names, and which plain values. Nothing else of it leaves this file.

A text may hold a password (drivers repeat the connection string that they cannot read), so it is only matched, never shown or sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from .. import connection_values
from .error_patterns import BEHIND_KEYWORD, CAUSES, DRIVERS, FAULTS, OF_NETWORK, OF_SQLSTATE, SQLSTATE, VALUES
from .report_types import ErrorReport
from .target import ConnectionRequest

#: Characters at the end of a text that are read: the newest lines of a log.
_LONGEST = 200_000


@dataclass(frozen=True)
class ApplicationError:
    """What an error text names.

    Attributes:
        drivers: names of the drivers and tools that wrote it, the outermost first; from a list of our own.
        sqlstate: SQLSTATE; empty if the text has no SQLSTATE.
        fault: a kind of `FAULTS`; empty if the text has no known fault.
        values: host, port, user and dbname, each only if it is plain.
        guessed: whether neither the text nor the request names a host or a port, so that localhost was assumed.
    """

    drivers: tuple[str, ...] = ()
    sqlstate: str = ""
    fault: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    guessed: bool = False

    @property
    def causes(self) -> tuple[str, ...]:
        """Return the ids of the causes that the fault may have, the most likely first."""
        return CAUSES[self.fault][1] if self.fault else ()

    @property
    def words(self) -> str:
        """Return the fault in words, with driver and SQLSTATE."""
        if not self.fault:
            return "the text names no fault of a connection that is known here"
        driver = self.drivers[0] if self.drivers else "the application"
        state = f" reports {self.sqlstate}" if self.sqlstate else " reports"
        return f"{driver}{state}: {CAUSES[self.fault][0]}"

    def fill(self, request: ConnectionRequest) -> ConnectionRequest:
        """Return a request with the values of the text in place of missing ones.

        A connection string is complete: the text adds nothing to one. Without a host in the text it is localhost.
        """
        if request.given or not (self.values or request.host or request.port or request.database or request.user):
            return request
        return replace(
            request,
            host=request.host or self.values.get("host", "localhost"),
            port=request.port or self.values.get("port", ""),
            database=request.database or self.values.get("dbname", ""),
            user=request.user or self.values.get("user", ""),
        )

    def for_request(self, request: ConnectionRequest) -> ApplicationError:
        """Return the error with `guessed` set for a request that is not filled yet."""
        place = request.given or request.host or request.port or self.values.get("host") or self.values.get("port")
        return replace(self, guessed=not place)

    def can_be_checked(self, request: ConnectionRequest) -> bool:
        """Return whether a filled request names enough: the host for a fault of the network, otherwise the role, too."""
        if request.given:
            return True
        return bool(request.host and self.fault in OF_NETWORK) or bool(request.user)

    def as_dict(self, first: str) -> ErrorReport:
        """Return the report.

        Args:
            first: id of the cause that the server confirms; empty if there is no such cause.
        """
        ranked = ([first] if first else []) + [each for each in self.causes if each != first]
        return {"drivers": list(self.drivers), "sqlstate": self.sqlstate, "causes": ranked}


def read(text: str) -> ApplicationError:
    """Return what an error text names; of several faults the one that is the farthest on the way to a session."""
    text = text[-_LONGEST:]
    found = re.search(SQLSTATE, text)
    state = found.group(1) if found else ""
    return ApplicationError(
        drivers=tuple(name for name, _version, pattern in DRIVERS if re.search(pattern, text)),
        sqlstate=state,
        # The server's sentence may be in another language.
        fault=next((fault for fault, pattern in FAULTS if re.search(pattern, text)), "") or OF_SQLSTATE.get(state, ""),
        values=_values(text),
    )


def _values(text: str) -> dict[str, str]:
    """Return the plain values of a text. One that is also a part of what may be a password is left out."""
    secrets = [secret.lower() for line in text.splitlines() for secret in _secrets(line)]
    found: dict[str, str] = {}
    for key, patterns in VALUES.items():
        for value in (match.group(1) for pattern in patterns for match in re.finditer(pattern, text)):
            if not connection_values.problem(key, value) and not any(value.lower() in secret for secret in secrets):
                found[key] = value
                break
    return found


def _secrets(line: str) -> Iterator[str]:
    """Yield the parts of a line that have a password: what stands behind a keyword, and between the first : and the last @ of a URL."""
    for match in re.finditer(BEHIND_KEYWORD, line):
        yield match.group(1)
    _scheme, _slashes, rest = line.rpartition("@")[0].partition("://")
    _user, _colon, password = rest.partition(":")
    if password:
        yield password
