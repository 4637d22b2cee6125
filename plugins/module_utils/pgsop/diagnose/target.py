# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The target of a connection, with every default filled in as libpq would, and the origin of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .. import connection_values, dsn
from ..connection_strings.read import read
from ..debian import SOCKET_DIRECTORY
from ..dsn import DsnError
from . import password_source, service_file
from .connection_source import ConnectionSource
from .os_user import OsUser
from .password_source import PasswordSource

#: Compiled into Debian's libpq.
PORT = 5432
_LAST_PORT = 65_535

_ENVIRONMENT = {key: name for name, key in connection_values.RESOLVED.items()}
#: Keywords with an attribute of their own in a target.
_OWN = (
    *("host", "hostaddr", "port", "dbname", "user", "password", "passfile", "service", "connect_timeout"),
    *connection_values.NOT_SENT,
)


@dataclass(frozen=True)
class ConnectionRequest:
    """The connection in question, as given.

    Attributes:
        dsn: connection string in any form of `connection_strings`, or the name of a database; the other attributes override it.
        as_user: operating system user that connects; empty for the default of `get_os_user`.
        preferred: label of the cluster to try first if several fit; empty for no preference.
        error: the text that the application logged; it is matched and never shown.
        as_client: client library that connects; empty for libpq.
        source: the environment of a process in place of `dsn`; None without one.
    """

    dsn: str = field(default="", repr=False)
    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    as_user: str = ""
    preferred: str = ""
    error: str = field(default="", repr=False)
    as_client: str = ""
    source: ConnectionSource | None = None

    @property
    def given(self) -> bool:
        """Return whether there is a connection string, or an environment in place of one."""
        return bool(self.dsn or self.source)


@dataclass(frozen=True)
class ConnectionTarget:
    """One connection with every default filled in.

    Attributes:
        host: name, address, or folder of the socket.
        hostaddr: address that is used instead of resolving the name.
        parameters: libpq's other parameters.
        password_source: the password and its origin.
        origins: by keyword, the value's origin: given, the service with its file, or the environment variable; defaults are absent.
        number: of this host in the request, from 1.
        hosts: number of hosts in the request.
        whole: host, hostaddr and port with the values of all hosts, for an attempt with the whole list; otherwise empty.
        notes: what was translated in the connection string, or left out of it.
    """

    host: str
    port: int
    database: str
    user: str
    hostaddr: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    password_source: PasswordSource = field(default_factory=PasswordSource)
    origins: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    hosts: int = 1
    whole: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def socket(self) -> str:
        """Return the path of the Unix-domain socket; empty for TCP."""
        return f"{self.host}/.s.PGSQL.{self.port}" if self.host.startswith("/") and not self.hostaddr else ""

    @property
    def place(self) -> str:
        """Return host and port, or the path of the socket, as words of a message."""
        return self.socket or f"{self.host} port {self.port}"

    @property
    def sslmode(self) -> str:
        """Return the sslmode; prefer, libpq's default, if it is not set."""
        return self.parameters.get("sslmode") or "prefer"

    @property
    def replication(self) -> bool:
        """Return whether this is physical replication, which pg_hba.conf matches with the keyword replication."""
        return self.parameters.get("replication", "").lower() in ("true", "on", "yes", "1")

    def as_dict(self) -> dict[str, object]:
        """Return the parts that a report may show: host, port, database and user."""
        return {"host": self.host, "port": self.port, "database": self.database, "user": self.user}


def targets(request: ConnectionRequest, os_user: OsUser) -> tuple[ConnectionTarget, ...]:
    """Return the requested connection with every default filled in, once for each host of the request, in its order.

    Each value comes from the request, otherwise from the service, the environment, or libpq's default.

    Raises:
        DsnError: a value is invalid or a service is missing; the message has no part of a password.
    """
    pieces = {**_pieces(request), "password": request.password}
    given = request.source.read() if request.source else read(request.dsn)
    typed = {**given.values, **{key: value for key, value in pieces.items() if value}}
    values, origins = _filled(typed, os_user)
    return tuple(_one(part, values, origins, os_user, given.notes) for part in _each_host(values))


@dataclass(frozen=True)
class _Part:
    """One host of a list, with its number from 1, the length of the list, and the values that belong to it."""

    number: int
    hosts: int
    host: str
    hostaddr: str
    port: str


def _each_host(values: Mapping[str, str]) -> list[_Part]:
    """Split lists of hosts as libpq does: an address for each host, and one port for all or one for each."""
    count = (values.get("hostaddr") or values.get("host", "")).count(",") + 1
    lists: dict[str, list[str]] = {}
    for key in ("host", "hostaddr", "port"):
        parts = values.get(key, "").split(",")
        if len(parts) == 1 and (key == "port" or not parts[0]):
            parts *= count
        if len(parts) != count:
            raise DsnError(f"its {key} has {len(parts)} values for {count} hosts")
        lists[key] = parts
    rows = zip(lists["host"], lists["hostaddr"], lists["port"], strict=True)
    return [_Part(number, count, *(each.strip() for each in row)) for number, row in enumerate(rows, 1)]


def _one(
    part: _Part, values: Mapping[str, str], origins: Mapping[str, str], os_user: OsUser, notes: tuple[str, ...]
) -> ConnectionTarget:
    user = values.get("user") or os_user.name
    found = ConnectionTarget(
        host=part.host or part.hostaddr or SOCKET_DIRECTORY,
        port=_port(part.port),
        database=values.get("dbname") or user,
        user=user,
        hostaddr=part.hostaddr,
        parameters={key: value for key, value in values.items() if key not in _OWN},
        origins=origins,
        number=part.number,
        hosts=part.hosts,
        notes=notes,
    )
    return _with_secret(found, values, os_user)


def shown(request: ConnectionRequest) -> frozenset[str]:
    """Return the values of a request that a message may show.

    Values that do not have the form of their option are left out: they may be a connection string with a password.
    """
    plain = {value for key, value in _pieces(request).items() if value and not connection_values.problem(key, value)}
    plain.update(value for value in (request.as_user,) if connection_values.is_os_user(value))
    return frozenset(plain - {request.password, request.dsn})


def _pieces(request: ConnectionRequest) -> dict[str, str]:
    return {"host": request.host, "port": request.port, "dbname": request.database, "user": request.user}


def _filled(typed: Mapping[str, str], os_user: OsUser) -> tuple[dict[str, str], dict[str, str]]:
    """Return values and origins as conninfo_add_defaults in libpq: given ones, then the service, then the environment."""
    dsn.refuse(typed)
    wrong = connection_values.environment_problem(os_user.environment, typed, connection_values.ENVIRONMENT)
    if wrong:
        raise DsnError(wrong)
    environment = {
        key: os_user.environment[name] for key, name in _ENVIRONMENT.items() if os_user.environment.get(name)
    }
    values, origins = dict(typed), dict.fromkeys(typed, "given")
    service = typed.get("service") or environment.get("service")
    if service:
        dsn.refuse({"service": service}, _ENVIRONMENT["service"])
        found, path = service_file.read(service, os_user)
        origin = f"service {service} in {path}"
        if not all(map(dsn.is_keyword, found)):
            raise DsnError(f"{origin} has a line whose keyword libpq does not know")
        dsn.refuse(found, origin)
        for key, value in found.items():
            if key not in values:
                values[key], origins[key] = value, origin
    for key, value in environment.items():
        if key not in values:
            dsn.refuse({key: value}, _ENVIRONMENT[key])
            values[key], origins[key] = value, _ENVIRONMENT[key]
    return values, origins


def _port(text: str) -> int:
    if not text:
        return PORT
    if not 0 < int(text) <= _LAST_PORT:
        raise DsnError(f"its port {connection_values.PORT}")
    return int(text)


def _with_secret(found: ConnectionTarget, values: Mapping[str, str], os_user: OsUser) -> ConnectionTarget:
    password: str | None = values.get("password")
    if password:
        source = found.origins.get("password", "given")
        held = PasswordSource(password, "what was given" if source == "given" else source)
    else:
        host = "localhost" if found.host == SOCKET_DIRECTORY else found.host
        wanted = password_source.PasswordQuery(host, found.port, found.database, found.user)
        held = password_source.from_file(values.get("passfile", ""), wanted, os_user)
    return replace(found, password_source=held)
