# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would hold the server's port or socket at its next start: processes, lock files, units and other clusters."""

from __future__ import annotations

import glob
import ipaddress
import os
import re
from collections.abc import Iterable, Iterator, Sequence

from ..cluster import Cluster
from ..debian import UNIT_ROOT
from ..files import user_name
from ..listeners import Listener, listeners
from .start_obstacle import StartObstacle

_LISTEN = re.compile(r"^[ \t]*ListenStream[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_PORT = re.compile(r"(?:(.*):)?(\d+)")


def port_obstacles(cluster: Cluster, pid: int | None, others: Iterable[Cluster]) -> Iterator[StartObstacle]:
    """Yield what would be in the way of the next start on the configured port.

    Args:
        cluster: as pg_lsclusters shows it.
        pid: process id of the running server; None if it does not run.
        others: the other clusters of the host.
    """
    if pid is None or cluster.pending_port:
        # Where the server is now, it removes its lock file when it stops, and nothing else can listen.
        yield from _lock_file(cluster)
        yield from _holders(cluster, pid)
    yield from _socket_units(cluster)
    yield from _clusters(cluster, pid, others)


def _lock_file(cluster: Cluster) -> Iterator[StartObstacle]:
    """Yield a lock file beside the socket that a start does not take over (CreateLockFile of miscinit.c)."""
    path = os.path.join(cluster.socket_directory, f".s.PGSQL.{cluster.configured_port}.lock")
    if not os.path.exists(path):
        return
    owner = os.stat(path).st_uid
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            first = handle.readline().strip()
    except PermissionError:
        if user_name(owner) != cluster.owner:
            message = f"{path} belongs to {user_name(owner)}, and {cluster.owner} cannot open it: a start fails"
            yield StartObstacle(
                path,
                message,
                f"find out whose server it is ('pg_lsclusters', 'ps -fu {user_name(owner)}'), then remove it",
            )
        return
    holder = int(first) if first.isdigit() else None
    if holder is None or not _is_of(holder, cluster.owner):
        # A start removes the file of a process that does not exist, or that belongs to another user.
        return
    message = f"{path} names process {holder}, which is not this server: a start takes the socket for in use"
    yield StartObstacle(path, message, f"check it with 'ps -fp {holder}', then stop that server, or remove the file")


def _is_of(pid: int, owner: str) -> bool:
    """Whether a process exists and belongs to a user."""
    try:
        return user_name(os.stat(f"/proc/{pid}").st_uid) == owner
    except OSError:
        return False


def _holders(cluster: Cluster, pid: int | None) -> Iterator[StartObstacle]:
    """Yield processes that listen on the port of the next start; the server itself does not listen there yet."""
    port = cluster.configured_port
    for each in listeners(port):
        if _overlaps(each.address) and (pid is None or pid not in each.pids):
            yield StartObstacle(
                f"port {port}", f"{_named(each)} listens on port {port}, which the next start needs", _find(port)
            )


def _named(each: Listener) -> str:
    return f"process {each.pid} ({each.program})" if each.pid is not None else "a process of another user"


def _find(port: int) -> str:
    return f"find it with 'ss -tlnp sport = :{port}', and stop it or change one of the ports"


def _overlaps(address: str) -> bool:
    """Whether an address is a wildcard or loopback: every sensible listen_addresses has one that collides with it."""
    found = ipaddress.ip_address(address)
    return found.is_unspecified or found.is_loopback


def _socket_units(cluster: Cluster) -> Iterator[StartObstacle]:
    """Yield enabled socket units: systemd opens their sockets at boot, before it starts any server."""
    for link in sorted(glob.glob(f"{UNIT_ROOT}/*.wants/*.socket")):
        unit = os.path.basename(link)
        for stream in _streams([link, *sorted(glob.glob(f"{UNIT_ROOT}/{unit}.d/*.conf"))]):
            if _collides(stream, cluster):
                message = f"{unit} is enabled and listens on {stream}, which the server needs at the next boot"
                yield StartObstacle(unit, message, f"run 'systemctl disable --now {unit}', or change one of the ports")


def _streams(paths: Sequence[str]) -> list[str]:
    """Return the values of ListenStream in a unit and its drop-ins; an empty one takes back those before it."""
    found: list[str] = []
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as handle:
                values = _LISTEN.findall(handle.read())
        except OSError:
            continue
        for value in values:
            found = [*found, value] if value else []
    return found


def _collides(stream: str, cluster: Cluster) -> bool:
    """Whether a ListenStream is the port of the next start, or its socket."""
    if stream.startswith("/"):
        socket = os.path.join(cluster.socket_directory, f".s.PGSQL.{cluster.configured_port}")
        return os.path.realpath(stream) == os.path.realpath(socket)
    found = _PORT.fullmatch(stream)
    if found is None or int(found.group(2)) != cluster.configured_port:
        return False
    try:
        return found.group(1) is None or _overlaps(found.group(1).strip("[]"))
    except ValueError:
        return False


def _clusters(cluster: Cluster, pid: int | None, others: Iterable[Cluster]) -> Iterator[StartObstacle]:
    """Yield other clusters that start at boot on the same port; those that run beside this server have other addresses."""
    port = cluster.configured_port
    for other in others:
        beside = pid is not None and not cluster.pending_port and other.running and not other.pending_port
        if other.configured_port == port and other.start_mode() == "auto" and not beside:
            message = f"cluster {other.label} has port {port} too, and both start at boot: one of them will fail"
            hint = f"give one of them another port, for example with 'pg_conftool {other.version} {other.name} set port NUMBER'"
            yield StartObstacle(other.label, message, hint, certain=False)
