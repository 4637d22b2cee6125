# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster behind a connection, and whether its server runs, starts, stops or stands still."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .. import command
from ..cluster import NOTED_PHASE, NOTED_PORT, NOTED_SOCKETS, Cluster, noted
from ..service import complaints, has_systemd
from .network import NetworkPath
from .target import ConnectionTarget

#: Bytes at the end of a log that are read.
_LOG_END = -8192
_STOPPED = "T"
_PROPERTIES = "ActiveState,SubState,Result,UnitFileState"


@dataclass(frozen=True)
class RunningServer:
    """Port, socket directory and phase from postmaster.pid; the configuration files may have other values by now."""

    port: int
    socket_directory: str
    phase: str


@dataclass(frozen=True)
class ClusterMatch:
    """The cluster behind a connection, and the state of its server.

    Attributes:
        cluster: the one that the connection leads to; None if it leads to no cluster of this host.
        running: contents of postmaster.pid; None if the server does not run or the file cannot be read.
        frozen: whether the postmaster is stopped, as by SIGSTOP.
        unit: state of its systemd unit by property; empty without systemd.
        start: start.conf: auto, manual or disabled.
        log: the last complaints of its log; empty while the server runs.
        others: the other clusters, each with the port that its server uses.
    """

    cluster: Cluster | None = None
    running: RunningServer | None = None
    frozen: bool = False
    unit: tuple[tuple[str, str], ...] = ()
    start: str = "auto"
    log: tuple[str, ...] = ()
    others: tuple[tuple[Cluster, int], ...] = ()

    @property
    def down(self) -> bool:
        """Return whether the connection leads to a cluster that is down."""
        return self.cluster is not None and not self.cluster.running

    @property
    def phase(self) -> str:
        """Return the server's phase: starting, ready, standby or stopping; empty if it is not known."""
        return self.running.phase if self.running else ""


def find_match(target: ConnectionTarget, reach: NetworkPath, clusters: Sequence[Cluster]) -> ClusterMatch:
    """Return the cluster that a connection leads to, or would lead to if its server ran.

    A cluster with a process that listens on the port comes first; then one that runs on the port or is configured for it.
    """
    found = _cluster(target, reach, clusters) if reach.local else None
    others = tuple((each, port(each)) for each in clusters if each is not found)
    if found is None:
        return ClusterMatch(others=others)
    return ClusterMatch(
        cluster=found,
        running=running(found),
        frozen=_state(found.pid) == _STOPPED,
        unit=tuple(sorted(_unit(found.unit).items())),
        start=_start(found),
        log=() if found.running else tuple(complaints(found, _LOG_END, last=True)),
        others=others,
    )


def running(cluster: Cluster) -> RunningServer | None:
    """Return what the server wrote to postmaster.pid; None if it does not run or the file cannot be read."""
    if not cluster.running:
        return None
    lines = noted(cluster.data_directory)
    try:
        phase = lines[NOTED_PHASE] if len(lines) > NOTED_PHASE else "starting"
        return RunningServer(int(lines[NOTED_PORT]), lines[NOTED_SOCKETS], phase)
    except (ValueError, IndexError):
        return None


def port(cluster: Cluster) -> int:
    """Return the port that the server uses; the configured one if it does not run."""
    now = running(cluster)
    return now.port if now else cluster.port


def _cluster(target: ConnectionTarget, reach: NetworkPath, clusters: Sequence[Cluster]) -> Cluster | None:
    holders = {pid for listener in reach.listening for pid in listener.pids}
    mine = [each for each in clusters if each.pid is not None and each.pid in holders]
    if not mine and (not reach.listening or not holders or target.socket):
        # The one that runs on the port comes before one that is only configured for it.
        mine = [each for each in clusters if port(each) == target.port]
        mine += [each for each in clusters if each.configured_port == target.port]
        if target.socket:
            mine = [each for each in mine if _folder(each) == os.path.realpath(target.host)]
    return min(mine, key=lambda each: not each.running) if mine else None


def _folder(cluster: Cluster) -> str:
    now = running(cluster)
    return os.path.realpath((now.socket_directory if now else "") or cluster.socket_directory)


def _state(pid: int | None) -> str:
    """State of a process, as proc(5) has it: the first letter after the name in parentheses."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as handle:
            return handle.read().rpartition(")")[2].split()[0].upper()
    except (OSError, IndexError):
        return ""


def _unit(name: str) -> dict[str, str]:
    if not has_systemd():
        return {}
    answer = command.run(["systemctl", "show", f"--property={_PROPERTIES}", "--", name], timeout=10)
    return dict(line.split("=", 1) for line in answer.output.splitlines() if "=" in line)


def _start(cluster: Cluster) -> str:
    """Return the mode in start.conf of postgresql-common (auto, manual, disabled); auto if the file has no mode."""
    try:
        with open(os.path.join(cluster.config_directory, "start.conf"), encoding="utf-8") as handle:
            words: list[str] = [line.split("#")[0].strip() for line in handle]
    except OSError:
        return "auto"
    return next((word for word in words if re.fullmatch("auto|manual|disabled", word)), "auto")
