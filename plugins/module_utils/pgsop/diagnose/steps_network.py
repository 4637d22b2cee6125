# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps from the connection string to the listener."""

from __future__ import annotations

from ..cluster import Cluster
from ..finding import OK, UNKNOWN
from .cluster_lookup import port
from .evidence import Evidence
from .network import THERE

#: Becomes WARNING if the connection works, CRITICAL otherwise.
PROBLEM = "problem"

#: OK, PROBLEM or UNKNOWN, and the message.
Seen = tuple[str, str]


def dsn(evidence: Evidence) -> Seen:
    """Return what the connection string asks for."""
    target = evidence.target
    more = f"; host {target.number} of {target.hosts}" if target.hosts > 1 else ""
    defaults = [key for key in ("host", "port", "user", "dbname") if key not in target.origins]
    assumed = f" (default: {', '.join(defaults)})" if defaults else ""
    return OK, f"role {target.user}, database {target.database}, {target.place}{assumed}{more}"


def name(evidence: Evidence) -> Seen | None:
    """Return the addresses of the host name; None for a socket."""
    if evidence.target.socket:
        return None
    if evidence.reach.unresolved:
        return PROBLEM, f"{evidence.target.host} does not resolve: {evidence.reach.unresolved}"
    elsewhere = "" if evidence.reach.local else ", which is not this host"
    return (
        OK if evidence.reach.local else UNKNOWN
    ), f"{evidence.target.host} is {', '.join(evidence.reach.addresses)}{elsewhere}"


def listener(evidence: Evidence) -> Seen | None:
    """Return the listeners on the port, or the state of the socket."""
    if evidence.target.socket:
        return _socket(evidence)
    if evidence.reach.unresolved or not evidence.reach.local:
        return UNKNOWN, "only listeners of this host can be seen"
    there = [
        f"{each.address} ({each.program or 'unknown'} {each.pid or ''})".replace(" )", ")")
        for each in evidence.reach.listening
    ]
    if evidence.reach.open:
        return OK, f"on port {evidence.target.port}: {', '.join(there)}"
    others = [f"{each.label} on {at}" for each, at in _all(evidence)]
    known = f"; clusters: {', '.join(others)}" if others else "; this host has no other cluster"
    return PROBLEM, f"nobody at that address; on port {evidence.target.port}: {', '.join(there) or 'nobody'}{known}"


def _socket(evidence: Evidence) -> Seen:
    if evidence.reach.socket == THERE:
        return OK, f"{evidence.target.socket} is there"
    others = f"; others: {', '.join(evidence.reach.other_sockets)}" if evidence.reach.other_sockets else ""
    state = {"missing": "is not there", "no folder": "is not there, nor is its folder"}
    return (
        PROBLEM,
        f"{evidence.target.socket} {state.get(evidence.reach.socket, 'is not open to ' + evidence.os_user.name)}{others}",
    )


def pooler(evidence: Evidence) -> Seen | None:
    """Return where PgBouncer passes the connection to; None if the connection leads to a server."""
    if evidence.pooler is None:
        return None
    found, behind = evidence.pooler.pooler, evidence.pooler.behind
    if not found.pid:
        return PROBLEM, f"PgBouncer of {found.config_file} does not run"
    who = f"PgBouncer (process {found.pid})"
    if found.hidden:
        return UNKNOWN, f"{who}; {found.hidden}"
    if behind is None:
        return PROBLEM, f"{who} has no database {evidence.target.database} in {found.config_file}"
    at = behind.target
    return OK, f"{who} connects to {at.place}, database {at.database}, role {at.user} ({found.config_file})"


def _all(evidence: Evidence) -> list[tuple[Cluster, int]]:
    mine = [(evidence.place.cluster, port(evidence.place.cluster))] if evidence.place.cluster else []
    return [*mine, *evidence.place.others]
