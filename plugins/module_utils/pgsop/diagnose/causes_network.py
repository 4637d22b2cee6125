# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie before the server's first answer: names, addresses, ports, sockets, and a server that does not answer."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable, Iterator, Sequence

from ..cluster import Cluster
from ..debian import LOG_ROOT
from ..files import group_name, user_name
from ..hba_rules.lockout import file_problem
from ..service import has_systemd
from .cluster_lookup import port
from .evidence import Cause, Evidence
from .network import DENIED, MISSING, NO_FOLDER

#: Answers that come from no server, or from one that is not there yet.
_SILENT = (
    "refused",
    "no_socket",
    "denied",
    "timeout",
    "closed",
    "foreign",
    "no_name",
    "unreachable",
    "starting",
    "stopping",
    "",
)
_INSTALLED = "role pg_install makes and starts the cluster: ansible-playbook playbooks/site.yml"


def name(evidence: Evidence) -> Cause | None:
    """Return the cause name.unresolved if the host name has no address."""
    if not evidence.reach.unresolved:
        return None
    sentence = f"the host name {evidence.target.host} has no address ({evidence.reach.unresolved})"
    return Cause("name.unresolved", sentence, f"connect to localhost instead: {evidence.uri(host='localhost')}")


def server_down(evidence: Evidence) -> Cause | None:
    """Return a cause if the cluster of the connection exists and its server does not run.

    Returns:
        server.disabled if start.conf keeps pg_ctlcluster from starting it, otherwise server.down.
    """
    cluster = evidence.place.cluster
    if cluster is None or not evidence.place.down:
        return None
    state = dict(evidence.place.unit)
    unit = f", its unit {cluster.unit} is {state['ActiveState']} ({state['Result']})" if "Result" in state else ""
    log = f"; its log ends with: {evidence.place.log[-1]}" if evidence.place.log else ""
    sentence = f"the server of {evidence.label} does not run{unit}{log}"
    if evidence.place.start == "disabled":
        file = shlex.quote(os.path.join(cluster.config_directory, "start.conf"))
        remedy = f"echo auto | sudo tee {file} && {start(cluster)}"
        return Cause("server.disabled", f"{sentence}; start.conf says disabled", remedy, declared=_INSTALLED)
    problem = file_problem(cluster) if "pg_hba.conf" in log else ""
    if problem:
        remedy = f"run site.yml again, which writes the declared rules and starts the server; or correct the file and {start(cluster)}"
        return Cause("server.down", f"{sentence}; {problem}", remedy, declared=_INSTALLED)
    return Cause("server.down", sentence, start(cluster), declared=_INSTALLED)


def start(cluster: Cluster) -> str:
    """Return the shell command that starts the server of a cluster."""
    if has_systemd():
        return f"sudo systemctl start {cluster.unit[: -len('.service')]}"
    return f"sudo pg_ctlcluster {cluster.version} {cluster.name} start"


def reload(cluster: Cluster | None) -> str:
    """Return the command with which a server reads its files again.

    Returns:
        A shell command; the SQL statement if no cluster of this host is known.
    """
    if cluster is None or not has_systemd():
        return f"sudo pg_ctlcluster {cluster.version} {cluster.name} reload" if cluster else "SELECT pg_reload_conf();"
    return f"sudo systemctl reload {cluster.unit[: -len('.service')]}"


def socket_denied(evidence: Evidence) -> Cause | None:
    """Return the cause socket.denied if the user of the client may not use the socket or enter its folder."""
    if evidence.reach.socket != DENIED:
        return None
    path, who = evidence.target.socket, evidence.os_user.name
    folder = os.path.dirname(path)
    try:
        status = os.stat(path)
    except OSError:
        sentence = f"{who} may not enter the folder {folder} of the socket"
        return Cause("socket.denied", sentence, f"sudo chmod a+x {shlex.quote(folder)}")
    if os.geteuid() == 0 and _closed(folder):
        sentence = f"{who} may not enter the folder {folder} of the socket, whose mode is {_mode(folder)}"
        return Cause("socket.denied", sentence, f"sudo chmod a+x {shlex.quote(folder)}")
    owner = f"{user_name(status.st_uid)}:{group_name(status.st_gid)} {stat.S_IMODE(status.st_mode):04o}"
    declared = (
        "it lasts until the next start; unix_socket_permissions and unix_socket_group in pg_hardening_settings keep it"
    )
    sentence = f"{who} may not use the socket {path} ({owner})"
    return Cause("socket.denied", sentence, f"sudo chmod 0777 {shlex.quote(path)}", declared=declared)


def _closed(folder: str) -> bool:
    return not os.stat(folder).st_mode & stat.S_IXOTH


def _mode(folder: str) -> str:
    return f"{stat.S_IMODE(os.stat(folder).st_mode):04o}"


def socket_elsewhere(evidence: Evidence) -> Cause | None:
    """Return the cause socket.directory if a socket for the same port is in another folder."""
    if evidence.reach.socket not in (MISSING, NO_FOLDER):
        return None
    for path in evidence.reach.other_sockets:
        if path.rpartition(".")[2] == str(evidence.target.port):
            folder = os.path.dirname(path)
            sentence = (
                f"there is no socket {evidence.target.socket}; the one for port {evidence.target.port} is in {folder}"
            )
            return Cause("socket.directory", sentence, f"use that folder: {evidence.uri(host=folder)}")
    return None


def port_pending(evidence: Evidence) -> Cause | None:
    """Return the cause port.pending if the configured port takes effect only with a restart."""
    cluster, running = evidence.place.cluster, evidence.place.running
    if cluster is None or running is None or running.port == evidence.target.port or evidence.reach.open:
        return None
    sentence = f"{evidence.label} is configured for port {cluster.configured_port}, but still runs on {running.port}, since it was not restarted"
    return Cause("port.pending", sentence, f"sudo systemctl restart {cluster.unit[: -len('.service')]}")


def address(evidence: Evidence) -> Cause | None:
    """Return the cause address.not_listening if the server listens, but not on the address of the client."""
    if evidence.target.socket or not evidence.reach.local or evidence.reach.open:
        return None
    cluster = evidence.place.cluster
    if not evidence.reach.listening and (cluster is None or not cluster.running):
        return None
    at = ", ".join(evidence.reach.addresses)
    there = sorted({listener.address for listener in evidence.reach.listening})
    declared = "pg_hardening_listen_addresses says where it listens"
    if there:
        sentence = f"{evidence.target.host} is {at}, and on port {evidence.target.port} {evidence.label} listens on {', '.join(there)} only"
        use = next((each for each in there if each.startswith("127.")), there[0])
        return Cause(
            "address.not_listening", sentence, f"use that address: {evidence.uri(host=use)}", declared=declared
        )
    folder = evidence.place.running.socket_directory if evidence.place.running else ""
    sentence = f"{evidence.label} listens on no address at all, only on its socket in {folder}"
    return Cause("address.not_listening", sentence, f"use the socket: {evidence.uri(host=folder)}", declared=declared)


def port_wrong(evidence: Evidence) -> Cause | None:
    """Return a cause if this host has no listener and no cluster for the connection.

    Returns:
        server.absent if the host has no cluster at all; otherwise port.wrong, with the ports of all clusters.
    """
    silent = (
        not evidence.reach.listening if not evidence.target.socket else evidence.reach.socket in (MISSING, NO_FOLDER)
    )
    if not evidence.reach.local or not silent or evidence.place.cluster is not None:
        return None
    here = (
        "no server of this host has that socket"
        if evidence.target.socket
        else f"nobody listens on port {evidence.target.port}"
    )
    if not evidence.place.others:
        return Cause(
            "server.absent", f"{here}, and this host has no cluster", "sudo pg_lsclusters", declared=_INSTALLED
        )
    ports = ", ".join(
        f"cluster {each.label} {'is' if each.running else 'would be'} on {at}" for each, at in evidence.place.others
    )
    best, at = _best(evidence.place.others)
    change = {"port": at, "host": best.socket_directory if evidence.target.socket else evidence.target.host}
    return Cause("port.wrong", f"{here}; {ports}", f"use that port: {evidence.uri(**change)}")


def _best(others: Sequence[tuple[Cluster, int]]) -> tuple[Cluster, int]:
    """Return the most likely cluster: the first that runs, otherwise the first."""
    return next((each for each in others if each[0].running), others[0])


def not_postgresql(evidence: Evidence) -> Cause | None:
    """Return the cause port.not_postgresql if another program listens on the port."""
    others = [each for each in evidence.reach.listening if each.program and not each.program.startswith("postgres")]
    if not evidence.error_is("foreign") and not (evidence.error_is("closed", "timeout", "") and others):
        return None
    who = f"process {others[0].pid} ({others[0].program})" if others else "a program"
    sentence = f"{who} that is no PostgreSQL listens on port {evidence.target.port}"
    found = [(each, port(each)) for each in (evidence.place.cluster,) if each is not None] + list(evidence.place.others)
    remedy = (
        f"use the port of {_best(found)[0].label}: {evidence.uri(port=_best(found)[1])}"
        if found
        else "sudo pg_lsclusters"
    )
    return Cause("port.not_postgresql", sentence, remedy)


def frozen(evidence: Evidence) -> Cause | None:
    """Return the cause server.stopped_by_signal if the postmaster is stopped (as by SIGSTOP).

    The kernel still completes the TCP handshake, so that the client waits for an answer that never comes.
    """
    cluster = evidence.place.cluster
    if not evidence.place.frozen or cluster is None:
        return None
    sentence = f"the main process {cluster.pid} of {evidence.label} is stopped (as by SIGSTOP), so that nobody answers"
    return Cause("server.stopped_by_signal", sentence, f"sudo kill -CONT {cluster.pid}")


def starting(evidence: Evidence) -> Cause | None:
    """Return a cause if the server is starting up or shutting down.

    Returns:
        server.stopping, server.starting, or server.standby for a standby with hot_standby off.
    """
    if not evidence.error_is("starting", "stopping"):
        return None
    log = evidence.place.cluster.log_file if evidence.place.cluster else "the log"
    if evidence.error_is("stopping") or evidence.place.phase == "stopping":
        sentence = f"the server of {evidence.label} is shutting down; it may be waiting for sessions to end"
        remedy = start(evidence.place.cluster) if evidence.place.cluster else "pg_lsclusters"
        return Cause("server.stopping", sentence, f"sudo tail {log}, and when it is down: {remedy}")
    if "Hot standby mode is disabled" in evidence.attempt.said:
        sentence = f"{evidence.label} is a standby, and hot_standby is off, so that it takes no connections"
        return Cause("server.standby", sentence, "set hot_standby to on and restart it, or connect to its primary")
    sentence = f"the server of {evidence.label} is starting up, which takes as long as it has to recover after a crash"
    return Cause("server.starting", sentence, f"wait, and look how far it is: sudo tail -f {log}")


def silent(evidence: Evidence) -> Cause | None:
    """Return a cause if the connection ended without an answer of the server.

    Returns:
        server.unresponsive (timeout), server.closed, host.remote (the address is another host's) or server.absent (refused).
    """
    if evidence.error_is("timeout"):
        sentence = f"{evidence.label} took the connection and did not answer for {evidence.attempt.seconds:.0f} s"
        return Cause(
            "server.unresponsive", sentence, "look at the load of the host (top, iostat) and at the server's log"
        )
    if evidence.error_is("closed"):
        sentence = f"{evidence.label} ended the connection without a reason that a client is told"
        log = evidence.place.cluster.log_file if evidence.place.cluster else LOG_ROOT
        return Cause("server.closed", sentence, f"sudo tail -n 50 {log}")
    if not evidence.reach.local and evidence.error_is(*_SILENT):
        where = ", ".join(evidence.reach.addresses)
        sentence = (
            f"{evidence.target.host} ({where}) is not this host, and nobody answers there ({evidence.attempt.said})"
        )
        return Cause("host.remote", sentence, "run pgsop diagnose on that host, or connect to localhost")
    if evidence.error_is("refused", "no_socket"):
        sentence = f"nobody listens at {evidence.target.socket or evidence.target.host} (a socket file alone is nobody)"
        return Cause("server.absent", sentence, "pg_lsclusters", declared=_INSTALLED)
    return None


REASONS: Sequence[Callable[[Evidence], Cause | None]] = (
    name,
    frozen,
    starting,
    server_down,
    socket_denied,
    socket_elsewhere,
    port_pending,
    address,
    port_wrong,
    not_postgresql,
    silent,
)


def reasons(evidence: Evidence) -> Iterator[Cause]:
    """Yield the network causes that apply, in the order in which a connection meets them.

    Nothing is yielded if the client's answer came from a server that is up.
    """
    if evidence.error_is(*_SILENT):
        yield from (found for found in (reason(evidence) for reason in REASONS) if found is not None)
