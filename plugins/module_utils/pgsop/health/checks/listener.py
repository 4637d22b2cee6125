# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can reach the server at all."""

from __future__ import annotations

from typing import Iterator

from ...finding import CRITICAL
from ...listeners import listeners
from ..check import HOST, HiddenError, Measured, check
from ..view import Host
from .service import postmaster


@check(
    "security.listener",
    sop="5",
    title="sockets of the server",
    scope=HOST,
    hint="set pg_hardening_listen_addresses to localhost and run role pg_hardening, which restarts the server",
)
def listener(here: Host) -> Iterator[Measured]:
    """The sockets there really are: the setting listen_addresses may not be in force yet, or not any more."""
    try:
        pid = postmaster(here.cluster)
    except HiddenError:
        pid = None
    # Whose a socket is, others cannot see; its address they can.
    sockets = [
        each for each in listeners() if (each.pid == pid if each.pid is not None else each.port == here.cluster.port)
    ]
    for each in sockets:
        where = f"[{each.address}]" if ":" in each.address else each.address
        said = "" if each.loopback else ", which other hosts can reach"
        yield Measured(
            f"{where}:{each.port}",
            None,
            f"the server listens on {where}:{each.port}{said}",
            "" if each.loopback else CRITICAL,
        )
    if not sockets:
        yield Measured("none", None, "the server listens on no TCP address")
