# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server runs as a service of the host."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...cluster import Cluster
from ...finding import CRITICAL
from ...service import complaints
from ..check import HOST, HiddenError, Measured, check
from ..context import HostContext

_UP = ("active", "reloading")
_LOG_BYTES, _LOG_LINES = 8192, 2


@check("service.unit", sop="4", title="the server as a service", scope=HOST)
def unit(here: HostContext) -> Iterator[Measured]:
    """Yield the state of the cluster's unit, or of the server's process without systemd.

    postgresql.service itself runs no server: it only starts the units of the clusters.
    """
    cluster = here.cluster
    state = properties(here, cluster.unit)
    yield _process(cluster) if state is None else _instance(cluster, state)


def postmaster(cluster: Cluster) -> int | None:
    """Return the process id in postmaster.pid if that process exists; otherwise None.

    Raises:
        HiddenError: the data directory may not be read.
    """
    try:
        os.stat(os.path.join(cluster.data_directory, "postmaster.pid"))
    except PermissionError as error:
        raise HiddenError(f"{cluster.data_directory} may only be looked at by root and {cluster.owner}") from error
    except OSError:
        return None
    pid = cluster.pid
    return pid if pid is not None and os.path.isdir(f"/proc/{pid}") else None


def properties(here: HostContext, name: str) -> dict[str, str] | None:
    """Return the properties of a unit; None if the unit or the bus of systemd is missing."""
    try:
        found = here.unit(name)
    except HiddenError:
        return None
    return found if found.get("ActiveState") else None


def _instance(cluster: Cluster, state: dict[str, str]) -> Measured:
    active, result = state["ActiveState"], state.get("Result", "")
    restarts = state.get("NRestarts", "0")
    if active in _UP:
        again = f", which systemd restarted {restarts} times" if restarts not in ("", "0") else ""
        return Measured(cluster.unit, None, f"{cluster.unit} is {active}{again}")
    why = f" ({result})" if result not in ("", "success") else ""
    hint = f"read 'systemctl status {cluster.unit}' and the end of {cluster.log_file}, then run 'systemctl start {cluster.unit}'"
    return Measured(cluster.unit, None, f"{cluster.unit} is {active}{why}{_log(cluster)}", CRITICAL, hint)


def _process(cluster: Cluster) -> Measured:
    pid = postmaster(cluster)
    if pid is not None:
        return Measured(cluster.label, None, f"cluster {cluster.label} runs as process {pid}")
    hint = f"read the end of {cluster.log_file}, then run 'pg_ctlcluster {cluster.version} {cluster.name} start'"
    return Measured(cluster.label, None, f"no process of cluster {cluster.label} runs{_log(cluster)}", CRITICAL, hint)


def _log(cluster: Cluster) -> str:
    said = complaints(cluster, behind=-_LOG_BYTES, last=True)[-_LOG_LINES:]
    return f"; its log ends with: {' | '.join(said)}" if said else ""
