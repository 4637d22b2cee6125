# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which process listens on which TCP address or Unix-domain socket, from /proc; the setting listen_addresses proves nothing about sockets."""

from __future__ import annotations

import ipaddress
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .identity import effective_ids
from .processes import all_processes

#: State of a listening socket in /proc/net/tcp (include/net/tcp_states.h, TCP_LISTEN).
_LISTEN = "0A"
#: Columns of /proc/net/unix, and the flag of a listening socket in it (proc(5); include/linux/net.h, __SO_ACCEPTCON).
_UNIX_COLUMNS, _UNIX_FLAGS, _UNIX_INODE, _ACCEPTS = 8, 3, 6, 0x10000
_SOCKET = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True)
class Listener:
    """A listening TCP socket.

    Attributes:
        pid: the process that holds it; of several, the one with the lowest id. None for a process of another container.
        program: name of that process, empty if it is unknown.
        others: further processes that hold it, such as children that inherited it.
    """

    address: str
    port: int
    pid: int | None = None
    program: str = ""
    others: frozenset[int] = frozenset()

    @property
    def pids(self) -> frozenset[int]:
        """Return all processes that hold the socket; empty if they are unknown."""
        return self.others if self.pid is None else self.others | {self.pid}

    @property
    def loopback(self) -> bool:
        """Return whether only this host can reach the address."""
        address = ipaddress.ip_address(self.address)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback


def listeners(port: int | None = None) -> list[Listener]:
    """Return the listening TCP sockets of this host, by port and address.

    Args:
        port: only sockets of this port; default: all.
    """
    sockets = {inode: found for inode, found in _sockets() if port is None or found.port == port}
    holders = _holders(sockets) if sockets else {}
    result = []
    for inode, found in sockets.items():
        pids = holders.get(inode, set())
        first = min(pids, default=None)
        result.append(Listener(found.address, found.port, first, _program(first), frozenset(pids - {first})))
    return sorted(result, key=lambda item: (item.port, item.address))


def socket_holder(path: str) -> Listener | None:
    """Return the process that listens on a Unix-domain socket; None without one, or if the process cannot be seen.

    Args:
        path: of the socket's file, as the process bound it.

    Returns:
        With the path in the place of the address, and port 0.
    """
    try:
        with open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as handle:
            rows = [line.split(maxsplit=_UNIX_COLUMNS - 1) for line in handle]
    except OSError:
        return None
    bound = [row for row in rows if len(row) == _UNIX_COLUMNS and row[-1].rstrip("\n") == path]
    sockets = {row[_UNIX_INODE]: Listener(path, 0) for row in bound if int(row[_UNIX_FLAGS], 16) & _ACCEPTS}
    pids = set().union(*_holders(sockets).values()) if sockets else set()
    first = min(pids, default=None)
    return None if first is None else Listener(path, 0, first, _program(first), frozenset(pids - {first}))


def decode_address(text: str) -> str:
    """Return an address of /proc/net/tcp or tcp6 in its usual form.

    Args:
        text: hexadecimal, word by word in the machine's byte order.
    """
    words = [int(text[index : index + 8], 16) for index in range(0, len(text), 8)]
    packed = b"".join(struct.pack("=I", word) for word in words)
    return str(ipaddress.ip_address(packed))


def _sockets() -> Iterator[tuple[str, Listener]]:
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            # Acting as the owner, Python may not be able to load another codec.
            with open(path, encoding="utf-8") as handle:
                lines = handle.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN:
                address, port = fields[1].split(":")
                yield fields[9], Listener(decode_address(address), int(port, 16))


def _holders(wanted: dict[str, Listener]) -> dict[str, set[int]]:
    """Return processes by socket inode; a parent and its children may share a socket."""
    holders: dict[str, set[int]] = {}
    for pid in all_processes():
        for name in _descriptors(pid):
            match = _SOCKET.fullmatch(name)
            if match and match.group(1) in wanted:
                holders.setdefault(match.group(1), set()).add(pid)
    return holders


def _descriptors(pid: int) -> list[str]:
    """Return the link targets of a process's open files; empty if they may not be read."""
    folder = f"/proc/{pid}/fd"
    try:
        status = os.stat(folder)
        # In a container root may not inspect other users' processes, but each user may inspect its own.
        with effective_ids(status.st_uid, status.st_gid):
            return [_target(f"{folder}/{entry}") for entry in os.listdir(folder)]
    except OSError:
        return []


def _target(link: str) -> str:
    """Return the target of a link; empty if the link is gone by now."""
    try:
        return os.readlink(link)
    except FileNotFoundError:
        return ""


def _program(pid: int | None) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as handle:
            return handle.read().strip()
    except OSError:
        return ""
