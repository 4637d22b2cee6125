# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts can reach the server at all."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import CRITICAL
from ...listeners import Listener, listeners
from ...processes import server_processes
from ..check import HOST, HiddenError, Measured, check
from ..context import HostContext
from .service import postmaster

_NOT_THE_POSTMASTER = (
    "find the extension (SHOW shared_preload_libraries) or the program that opens this socket,"
    " and set its address to localhost or remove it"
)


@check(
    "security.listener",
    sop="5",
    title="sockets of the server",
    scope=HOST,
    hint="set pg_hardening_listen_addresses to localhost and run role pg_hardening, which restarts the server",
)
def listener(here: HostContext) -> Iterator[Measured]:
    """Yield the server's open TCP sockets; CRITICAL if other hosts can reach one.

    Sockets, not settings: listen_addresses may not be in force yet, and extensions and programs open their own.
    """
    try:
        pid = postmaster(here.cluster)
    except HiddenError:
        pid = None
    mine = server_processes(pid, here.cluster.unit)
    # An unprivileged user sees the address of a socket, but not which process holds it.
    sockets = [each for each in listeners() if (each.pids & mine if each.pids else each.port == here.cluster.port)]
    for each in sockets:
        yield _socket(each, pid, mine)
    if not sockets:
        yield Measured("none", None, "the server listens on no TCP address")


def _socket(each: Listener, postmaster: int | None, mine: frozenset[int]) -> Measured:
    where = f"[{each.address}]:{each.port}" if ":" in each.address else f"{each.address}:{each.port}"
    holder = next(iter(sorted(each.pids & mine)), None)
    who, hint = "the server", ""
    if holder is not None and postmaster not in each.pids:
        who, hint = f"process {holder} ({each.program}) of the server", _NOT_THE_POSTMASTER
    reach = "" if each.loopback else ", which other hosts can reach"
    return Measured(where, None, f"{who} listens on {where}{reach}", "" if each.loopback else CRITICAL, hint)
