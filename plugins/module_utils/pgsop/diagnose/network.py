# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a connection gets before the server's first answer: the name, the address, the listener or the socket."""

from __future__ import annotations

import glob
import ipaddress
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
    """The way to the server: addresses and listeners, or the socket.

    Attributes:
        addresses: what the name resolves to, in the order in which libpq tries them.
        unresolved: the resolver's error; empty if the name has an address.
        local: whether one of the addresses is this host's.
        listening: the listeners on the port.
        open: addresses of the name that a listener takes.
        socket: state of the socket's file (THERE, MISSING, NO_FOLDER, DENIED); empty for TCP.
        other_sockets: paths of sockets with another port or in another usual folder.
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
        """Return the client's address as the server sees it: a local client has the address that it connects to."""
        return next(iter(self.open or self.addresses), "")


def probe(target: ConnectionTarget, os_user: OsUser) -> NetworkPath:
    """Return the way to the server: its addresses and listeners, or its socket as an operating system user finds it."""
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
    """Return whether a listener takes connections to an address; the server's IPv6 sockets take no IPv4 (IPV6_V6ONLY)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return listener.address == address or _ANY.get(listener.address) == family


def is_local(address: str) -> bool:
    """Return whether an address is one of this host's.

    Each loopback address is, also where the host has no IPv6 or no such interface (RFC 4291, 2.5.3); others are those that can be bound to.
    """
    if ipaddress.ip_address(address).is_loopback:
        return True
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
