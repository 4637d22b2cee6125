# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server answers at all, and how fast."""

from __future__ import annotations

from typing import Iterator

from ...errors import ServerError
from ...finding import CRITICAL, Finding
from ...service import complaints
from ..check import SERVER, HiddenError, Measured, check
from ..view import Host, Server

READINESS = "service.readiness"
_LOG_BYTES = 8192


@check(
    READINESS,
    sop="4",
    title="connection and first query",
    scope=SERVER,
    unit="s",
    warn=0.5,
    hint="look at 'pgsop activity' and at the load of the host with 'uptime' and 'iostat -x 1 3'",
)
def readiness(here: Server) -> Iterator[Measured]:
    """A connection with a query, because pg_isready says yes for databases and roles that do not exist."""
    yield Measured("server", here.latency_s, f"the server answered a query after {here.latency_s * 1000:.0f} ms")


def refusal(host: Host, error: ServerError) -> Finding:
    """The finding where no connection came about: why, as far as the service manager and the log tell."""
    cluster = host.cluster
    try:
        unit = host.unit(cluster.unit)
        state = f"{cluster.unit} is {unit.get('ActiveState', 'unknown')} ({unit.get('Result', 'unknown')})"
    except HiddenError:
        state = f"process {cluster.pid} is noted" if cluster.pid else "no process is noted"
    said = complaints(cluster, behind=-_LOG_BYTES, last=True)[-2:]
    log = f"; its log ends with: {' | '.join(said)}" if said else ""
    return Finding(
        id=READINESS,
        sop="4",
        status=CRITICAL,
        message=f"cluster {cluster.label} does not answer on port {cluster.port}: {error.answer}; {state}{log}",
        hint=f"run 'pgsop diagnose'; read 'journalctl -u {cluster.unit}' and the end of {cluster.log_file}",
        unit="s",
        warn=host.limits[READINESS]["warn"],
        crit=host.limits[READINESS]["crit"],
    )
