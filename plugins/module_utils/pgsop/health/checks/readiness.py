# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server answers at all, and how fast."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...cluster import Cluster
from ...errors import OwnerRefusedError, ServerError
from ...finding import CRITICAL, UNKNOWN, Finding
from ...log_lines import server_lines
from ...sql import quote_identifier
from ..check import SERVER, HiddenError, Measured, check
from ..context import HostContext, ServerContext

READINESS = "service.readiness"
_LOG_BYTES, _LOG_LINES = 8192, 3

#: Answers of a server that is up and accepts no role: it has no free slot, or has not started completely.
_FULL = re.compile(r"too many clients already|remaining connection slots are reserved")
_EARLY = re.compile(r"the database system is |not yet accepting connections")
#: Answers to a rejected login; others may succeed. See auth.c, hba.c and postinit.c of PostgreSQL.
_LOGIN = re.compile(
    r"authentication failed|pg_hba\.conf|no password supplied|not permitted to log in|(?:role|user|database) .* does not exist"
    r"|permission denied for database|not currently accepting connections|too many connections for (?:role|database)"
)
#: Messages of severity LOG about the end of a server; no others, because statements stand there, too.
_TOLD = re.compile(
    r"received .* shutdown request|database system is shut down"
    r"|.* was terminated by (?:signal|exception)|all server processes terminated|aborting startup|could not "
)


@check(
    READINESS,
    sop="4",
    title="connection and first query",
    scope=SERVER,
    unit="s",
    warn=0.5,
    hint="look at 'pgsop activity' and at the load of the host with 'uptime' and 'iostat -x 1 3'",
)
def readiness(here: ServerContext) -> Iterator[Measured]:
    """Yield the time of a connection and a first query, in seconds.

    pg_isready does not do for this: it succeeds for databases and roles that do not exist.
    """
    yield Measured("server", here.latency_s, f"the server answered a query after {here.latency_s * 1000:.0f} ms")


def refusal(host: HostContext, error: ServerError) -> Finding:
    """Return the finding if no connection came about, with the reason from the answer, the service manager and the log.

    CRITICAL if the server accepts no role; UNKNOWN if it rejects only this role, which cannot know whether the server is well.
    """
    cluster = host.cluster
    status, message, hint = _verdict(host, " ".join(error.answer.rpartition("FATAL: ")[2].split()))
    if isinstance(error, OwnerRefusedError):
        # Backups, checks and Debian's tools all need this login.
        status, message, hint = CRITICAL, f"cannot be checked or backed up: {error.answer}", error.next_step
    return Finding(
        id=READINESS,
        sop="4",
        status=status,
        message=f"cluster {cluster.label} {message}",
        hint=hint,
        unit="s",
        warn=host.limits[READINESS]["warn"],
        crit=host.limits[READINESS]["crit"],
        visible=status != UNKNOWN,
    )


def silence(host: HostContext, seconds: float) -> Finding:
    """Return the finding if the server did not answer a first query in time.

    Args:
        host: of the server.
        seconds: the time limit.
    """
    cluster = host.cluster
    return Finding(
        id=READINESS,
        sop="4",
        status=CRITICAL,
        message=f"cluster {cluster.label} did not answer a first query on port {cluster.port} within {seconds:g} s",
        hint=f"look at the load of the host with 'uptime' and at its disks with 'iostat -x 1 3'; read 'journalctl -u {cluster.unit}'",
        unit="s",
        warn=host.limits[READINESS]["warn"],
        crit=host.limits[READINESS]["crit"],
    )


def _verdict(host: HostContext, answer: str) -> tuple[str, str, str]:
    """Return the status, the message and the hint for an answer."""
    cluster = host.cluster
    log = f"read 'journalctl -u {cluster.unit}' and the end of {cluster.log_file}"
    if _FULL.search(answer):
        hint = "end what is idle, as its owner or over the reserved connections; then limit the application's pool"
        return CRITICAL, f"has no connection left on port {cluster.port}: {answer}", hint
    if _EARLY.search(answer):
        return CRITICAL, f"is there on port {cluster.port}, but takes no connection: {answer}", log
    if "permission denied for database" in answer:
        hint = f"grant the role CONNECT: GRANT CONNECT ON DATABASE {quote_identifier(host.config.database)} TO its name"
        return UNKNOWN, f"answers on port {cluster.port}, but lets this role not in: {answer}", hint
    if _LOGIN.search(answer):
        hint = "run 'pgsop diagnose' with the same role and database; it names the cause and what mends it"
        return UNKNOWN, f"answers on port {cluster.port}, but lets this role not in: {answer}", hint
    said = _log_end(cluster)
    told = f"; its log ends with: {' | '.join(said)}" if said else ""
    return (
        CRITICAL,
        f"does not answer on port {cluster.port}: {answer}; {_unit(host)}{told}",
        f"run 'pgsop diagnose'; {log}",
    )


def _unit(host: HostContext) -> str:
    """Return the state of the unit, or that of the pid file without systemd."""
    cluster = host.cluster
    try:
        unit = host.unit(cluster.unit)
    except HiddenError:
        return f"process {cluster.pid} is noted" if cluster.pid else "no process is noted"
    return f"{cluster.unit} is {unit.get('ActiveState', 'unknown')} ({unit.get('Result', 'unknown')})"


def _log_end(cluster: Cluster) -> list[str]:
    """Return the last lines of the log about faults or the end of the server; empty if the log cannot be read."""
    try:
        with open(cluster.log_file, "rb") as handle:
            handle.seek(0, 2)
            handle.seek(max(0, handle.tell() - _LOG_BYTES))
            text = handle.read().decode("utf-8", "replace")
    except OSError:
        return []
    return server_lines(text, _TOLD)[-_LOG_LINES:]
