# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart of a cluster, with or without systemd; it counts only if the server answers a query."""

from __future__ import annotations

import os
import re
import signal
import time

from . import command
from .cluster import Cluster, find_cluster
from .configured import question
from .connection import is_ready
from .errors import PgsopError
from .identity import effective_user
from .log_lines import server_lines

#: Seconds a server may take to stop and to answer again; the checkpoint before and a recovery after it can take minutes.
START_TIMEOUT_S = 600.0

#: How many lines of the log an error message quotes at most.
_LINES = 6
#: Messages of severity LOG about a start that fails; those with statements are not among them.
_COUNTS = re.compile(r"invalid value for parameter|could not |configuration file ")
#: What log_line_prefix writes before the severity.
_PREFIX = re.compile(r"^.*?(?=\b(?:LOG|FATAL|PANIC|DETAIL|HINT): )")
#: States of a unit that has a server, or gets one without a command.
_UNIT_MAY_ANSWER = ("active", "activating", "reloading", "deactivating")


def has_systemd() -> bool:
    """Return whether systemd is the running service manager (sd_booted(3))."""
    return os.path.isdir("/run/systemd/system")


def may_answer(cluster: Cluster) -> bool:
    """Return whether a server that does not answer may do so soon: its postmaster runs, or systemd is about to start it."""
    if _postmaster_runs(cluster):
        return True
    if not has_systemd():
        return False
    answer = command.run(["systemctl", "show", "--property=ActiveState", "--value", cluster.unit], timeout=10)
    # For a moment after its end, systemd takes a service for active.
    return answer.output.strip() in _UNIT_MAY_ANSWER


def rehearse(cluster: Cluster) -> None:
    """Have the server's own program read the configuration, as a start would, while the old server still runs.

    Raises:
        PgsopError: it refuses the configuration, so that a restart would leave the host without a server.
    """
    answer = command.run(["runuser", "-u", cluster.owner, "--", *question(cluster, "shared_buffers")])
    if answer.status != 0:
        raise PgsopError(
            attempted="restart the server",
            target=f"cluster {cluster.label}",
            answer=f"it would not start: {answer.text}",
            next_step="correct the value; the server was not stopped",
        )


def restart(cluster: Cluster) -> Cluster:
    """Restart the cluster, wait until it answers, and return it as it is then, maybe on another port.

    Raises:
        PgsopError: it does not answer within START_TIMEOUT_S, with the faults in its log; or the old process still runs.
    """
    log_size, old_pid = _size(cluster.log_file), cluster.pid
    if has_systemd():
        # Else the unit would be started as systemd read it last, not as its files are now.
        command.run(["systemctl", "daemon-reload"])
        # A unit that failed too often in a row refuses to start for no reason of its own.
        command.run(["systemctl", "reset-failed", cluster.unit])
        answer = command.run(["systemctl", "restart", cluster.unit], timeout=START_TIMEOUT_S)
    else:
        arguments = ["pg_ctlcluster", str(cluster.version), cluster.name, "restart", "-m", "fast"]
        answer = command.run(arguments, timeout=START_TIMEOUT_S)
    # Port and socket folder are settings too; where they changed, the server answers elsewhere now.
    cluster = find_cluster(cluster.version, cluster.name) or cluster
    if not _wait_until_answers(cluster):
        said = " | ".join(complaints(cluster, log_size))
        raise PgsopError(
            attempted="restart the server",
            target=f"cluster {cluster.label}",
            answer=said or answer.text or "no answer to a query",
            next_step=f"correct the value; read the end of {cluster.log_file} and 'journalctl -u {cluster.unit}'",
        )
    if cluster.pid == old_pid:
        raise PgsopError(
            attempted="restart the server",
            target=f"cluster {cluster.label}",
            answer=f"process {old_pid} still runs, so it was not started by {cluster.unit}",
            next_step=f"stop it with 'pg_ctlcluster --skip-systemctl-redirect {cluster.version} {cluster.name} stop'",
        )
    return cluster


def complaints(cluster: Cluster, behind: int, *, last: bool = False) -> list[str]:
    """Return lines of the server's log about faults, at most 6.

    Args:
        cluster: of the log.
        behind: position in the log, in bytes; negative counts from its end. At most 64 kB from there are read.
        last: the last lines instead of the first ones.
    """
    try:
        with open(cluster.log_file, "rb") as handle:
            handle.seek(max(0, _size(cluster.log_file) + behind) if behind < 0 else behind)
            text = handle.read(65_536).decode("utf-8", "replace")
    except OSError:
        return []
    lines = server_lines(text, _COUNTS, more=True)
    return lines[-_LINES:] if last else lines[:_LINES]


def start_complaints(errors: str) -> list[str]:
    """Return lines about faults that the server's program has printed, at most 6, each from its severity on."""
    return [_PREFIX.sub("", line, count=1) for line in server_lines(errors, _COUNTS, more=True)[:_LINES]]


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _wait_until_answers(cluster: Cluster) -> bool:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_ready(cluster):
        if time.monotonic() > deadline or not _postmaster_runs(cluster):
            return is_ready(cluster)
        time.sleep(0.2)
    return True


def postmaster(cluster: Cluster) -> int:
    """Return the process id of the cluster's server, for a signal.

    Raises:
        PgsopError: the process in postmaster.pid is not certainly this cluster's server.
    """
    pid = cluster.pid
    try:
        # In a container root may not inspect other users' processes, but each user may inspect its own.
        with effective_user(cluster.owner):
            folder = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        folder = ""
    if pid is None or folder != os.path.realpath(cluster.data_directory):
        raise PgsopError(
            attempted="signal the server",
            target=f"cluster {cluster.label}, process {pid}",
            answer=f"that process does not work in {cluster.data_directory}, so it is not the server of this cluster",
            next_step=f"run 'pg_lsclusters' and 'sudo pg_ctlcluster {cluster.version} {cluster.name} reload'",
        )
    return pid


def signal_reload(cluster: Cluster) -> None:
    """Have the server read its files again, without a session: its rules may refuse the login that asks for a reload.

    Raises:
        PgsopError: no process is certainly the server; then no process is signalled.
    """
    os.kill(postmaster(cluster), signal.SIGHUP)


def _postmaster_runs(cluster: Cluster) -> bool:
    pid = cluster.pid
    return pid is not None and os.path.isdir(f"/proc/{pid}")
