# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a connection gets before the server says a word: the name, the address, the listener or the socket."""

from __future__ import annotations

import glob
import os
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from ..debian import SOCKET_DIRECTORY
from ..listeners import Listener, listeners
from .os_user import OsUser, acting_as
from .target import ConnectionTarget

#: What listens on all addresses of a family.
_ANY = {str(IPv4Address(0)): socket.AF_INET, str(IPv6Address(0)): socket.AF_INET6}
#: Where servers put their sockets: PostgreSQL's own choice, and Debian's.
_FOLDERS = (os.path.join(os.sep, "tmp"), SOCKET_DIRECTORY)

THERE, MISSING, NO_FOLDER, DENIED = "there", "missing", "no folder", "denied"


@dataclass(frozen=True)
class NetworkPath:
    """What stands at the other end.

    Attributes:
        addresses: what the name resolves to, in the order in which libpq tries them.
        unresolved: why it does not.
        local: whether one of them is this host's.
        listening: who listens on the port.
        open: addresses of the name that somebody listens on.
        socket: state of the socket's file, empty for TCP.
        other_sockets: sockets that are elsewhere.
    """

    addresses: tuple[str, ...] = ()
    unresolved: str = ""
    local: bool = True
    listening: tuple[Listener, ...] = ()
    open: tuple[str, ...] = ()
    socket: str = ""
    other_sockets: tuple[str, ...] = ()

    @property
    def client(self) -> str:
        """The address that the server sees a local client come from: the one it connects to."""
        return next(iter(self.open or self.addresses), "")


def probe(target: ConnectionTarget, os_user: OsUser) -> NetworkPath:
    """Look."""
    if target.socket:
        return NetworkPath(socket=_socket_state(target.socket, os_user), other_sockets=_sockets(target))
    try:
        addresses = _addresses(target)
    except (OSError, UnicodeError) as error:
        return NetworkPath(unresolved=getattr(error, "strerror", None) or str(error), local=False)
    local = tuple(address for address in addresses if is_local(address))
    found = tuple(listeners(port=target.port)) if local else ()
    return NetworkPath(
        addresses=addresses,
        local=bool(local),
        listening=found,
        open=tuple(address for address in local if any(takes(each, address) for each in found)),
    )


def takes(listener: Listener, address: str) -> bool:
    """Whether what listens on one address is reached at another; the server's sockets for IPv6 take no IPv4."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return listener.address == address or _ANY.get(listener.address) == family


def is_local(address: str) -> bool:
    """Whether an address is one of this host's: only those can be bound to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _addresses(target: ConnectionTarget) -> tuple[str, ...]:
    found: list[str] = []
    for entry in socket.getaddrinfo(target.hostaddr or target.host, target.port, type=socket.SOCK_STREAM):
        address = str(entry[4][0]).partition("%")[0]
        if address not in found:
            found.append(address)
    return tuple(found)


def _socket_state(path: str, os_user: OsUser) -> str:
    with acting_as(os_user):
        try:
            os.stat(path)
        except PermissionError:
            return DENIED
        except OSError:
            return MISSING if os.path.isdir(os.path.dirname(path)) else NO_FOLDER
        writable = os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    return THERE if writable else DENIED


def _sockets(target: ConnectionTarget) -> tuple[str, ...]:
    """Sockets of servers in the usual folders, and in the one that was named."""
    folders = {os.path.realpath(folder): folder for folder in (*_FOLDERS, target.host)}
    found = [path for folder in folders.values() for path in glob.glob(f"{glob.escape(folder)}/.s.PGSQL.*")]
    return tuple(sorted(path for path in found if not path.endswith(".lock") and path != target.socket))


def port_of(path: str) -> int | None:
    """The port in a socket's name."""
    ending = path.rpartition(".")[2]
    return int(ending) if ending.isdigit() else None
