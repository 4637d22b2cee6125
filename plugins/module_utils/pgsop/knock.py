# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first step of a login by the cluster's owner: whether the server's rules accept it, in any language of its messages.

Syntax: the server's manual, chapter "Message Formats".
"""

from __future__ import annotations

import socket
import struct

from .cluster import Cluster
from .identity import effective_user

#: Seconds the server may take for its first answer.
TIMEOUT_S = 5.0
#: Verdicts. Any answer but the first two leaves the decision of the rules open.
ACCEPTED, REFUSED, UNDECIDED = "accepted", "refused", "undecided"

_PROTOCOL = 196608
#: Class of SQLSTATE for a login that the rules refuse.
_NOT_AUTHORIZED = "28"
_LONGEST = 65_536
_NUMBER = struct.Struct("!i")


def knock(cluster: Cluster) -> str:
    """Begin a login as the cluster's owner over the socket, end it after the server's first answer, and return the verdict.

    The driver does not pass on the SQLSTATE of a refused login, and its text is translated.

    Returns:
        ACCEPTED if the rules need no more than peer authentication; REFUSED if they refuse it or ask for a
        password, which this role does not have; UNDECIDED for any other answer, or no answer within 5 s.

    Raises:
        PgsopError: the owner is not a user of this host.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_S)
            with effective_user(cluster.owner):
                connection.connect(f"{cluster.reached_socket_directory()}/.s.PGSQL.{cluster.port}")
            connection.sendall(_startup(cluster.owner))
            return _verdict(connection)
    except OSError:
        return UNDECIDED


def _startup(user: str) -> bytes:
    pairs = ("user", user, "database", "postgres", "application_name", "pgsop")
    body = _NUMBER.pack(_PROTOCOL) + b"".join(word.encode() + b"\0" for word in pairs) + b"\0"
    return _NUMBER.pack(len(body) + _NUMBER.size) + body


def _verdict(connection: socket.socket) -> str:
    kind = _read(connection, 1)
    length = _number(_read(connection, _NUMBER.size))
    body = _read(connection, min(length, _LONGEST) - _NUMBER.size)
    if kind == b"R":
        return ACCEPTED if _number(body) == 0 else REFUSED
    if kind == b"E" and _fields(body).get("C", "").startswith(_NOT_AUTHORIZED):
        return REFUSED
    return UNDECIDED


def _number(body: bytes) -> int:
    """Return the number that a message begins with; -1 for one that ends before."""
    return int(_NUMBER.unpack_from(body)[0]) if len(body) >= _NUMBER.size else -1


def _read(connection: socket.socket, size: int) -> bytes:
    """So many bytes, fewer where the server closes the connection before."""
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            break
        found += part
    return found


def _fields(body: bytes) -> dict[str, str]:
    """Fields of an ErrorResponse by their one-letter code."""
    parts = [part.decode("utf-8", "replace") for part in body.split(b"\0")]
    return {part[0]: part[1:] for part in parts if part}
