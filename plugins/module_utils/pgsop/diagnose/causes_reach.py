# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie before the server says a word: names, addresses, ports, sockets, and a server that does not answer."""

from __future__ import annotations

import os
import shlex
import stat
from typing import Callable, Iterator, Optional, Sequence, Tuple

from ..cluster import Cluster
from ..debian import LOG_ROOT
from ..files import group_name, user_name
from ..hba_rules.lockout import file_problem
from ..service import has_systemd
from .case import Case, Cause
from .place import port
from .reach import DENIED, MISSING, NO_FOLDER

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


def name(case: Case) -> Optional[Cause]:
    """The name leads nowhere."""
    if not case.reach.unresolved:
        return None
    sentence = f"the host name {case.target.host} has no address ({case.reach.unresolved})"
    return Cause("name.unresolved", sentence, f"connect to localhost instead: {case.uri(host='localhost')}")


def server_down(case: Case) -> Optional[Cause]:
    """There is a cluster for the connection, and its server does not run."""
    cluster = case.place.cluster
    if cluster is None or not case.place.down:
        return None
    state = dict(case.place.unit)
    unit = f", its unit {cluster.unit} is {state['ActiveState']} ({state['Result']})" if "Result" in state else ""
    log = f"; its log ends with: {case.place.log[-1]}" if case.place.log else ""
    sentence = f"the server of {case.label} does not run{unit}{log}"
    if case.place.start == "disabled":
        file = shlex.quote(os.path.join(cluster.config_directory, "start.conf"))
        remedy = f"echo auto | sudo tee {file} && {start(cluster)}"
        return Cause("server.disabled", f"{sentence}; start.conf says disabled", remedy, declared=_INSTALLED)
    problem = file_problem(cluster) if "pg_hba.conf" in log else ""
    if problem:
        remedy = f"run site.yml again, which writes the declared rules and starts the server; or correct the file and {start(cluster)}"
        return Cause("server.down", f"{sentence}; {problem}", remedy, declared=_INSTALLED)
    return Cause("server.down", sentence, start(cluster), declared=_INSTALLED)


def start(cluster: Cluster) -> str:
    """The command that starts a server."""
    if has_systemd():
        return f"sudo systemctl start {cluster.unit[: -len('.service')]}"
    return f"sudo pg_ctlcluster {cluster.version} {cluster.name} start"


def reload(cluster: Optional[Cluster]) -> str:
    """The command that has a server read its files again."""
    if cluster is None or not has_systemd():
        return f"sudo pg_ctlcluster {cluster.version} {cluster.name} reload" if cluster else "SELECT pg_reload_conf();"
    return f"sudo systemctl reload {cluster.unit[: -len('.service')]}"


def socket_denied(case: Case) -> Optional[Cause]:
    """The socket, or its folder, is not for everybody."""
    if case.reach.socket != DENIED:
        return None
    path, who = case.target.socket, case.someone.name
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


def socket_elsewhere(case: Case) -> Optional[Cause]:
    """The server's socket is in another folder, or there is none."""
    if case.reach.socket not in (MISSING, NO_FOLDER):
        return None
    for path in case.reach.other_sockets:
        if path.rpartition(".")[2] == str(case.target.port):
            folder = os.path.dirname(path)
            sentence = f"there is no socket {case.target.socket}; the one for port {case.target.port} is in {folder}"
            return Cause("socket.directory", sentence, f"use that folder: {case.uri(host=folder)}")
    return None


def port_pending(case: Case) -> Optional[Cause]:
    """The port was changed, and the server was not restarted since."""
    cluster, running = case.place.cluster, case.place.running
    if cluster is None or running is None or running.port == case.target.port or case.reach.open:
        return None
    sentence = f"{case.label} is configured for port {cluster.configured_port}, but still runs on {running.port}, since it was not restarted"
    return Cause("port.pending", sentence, f"sudo systemctl restart {cluster.unit[: -len('.service')]}")


def address(case: Case) -> Optional[Cause]:
    """Somebody listens on the port, but not on the address that was asked for."""
    if case.target.socket or not case.reach.local or case.reach.open:
        return None
    cluster = case.place.cluster
    if not case.reach.listening and (cluster is None or not cluster.running):
        return None
    at = ", ".join(case.reach.addresses)
    there = sorted({listener.address for listener in case.reach.listening})
    declared = "pg_hardening_listen_addresses says where it listens"
    if there:
        sentence = f"{case.target.host} is {at}, and on port {case.target.port} {case.label} listens on {', '.join(there)} only"
        use = next((each for each in there if each.startswith("127.")), there[0])
        return Cause("address.not_listening", sentence, f"use that address: {case.uri(host=use)}", declared=declared)
    folder = case.place.running.socket_directory if case.place.running else ""
    sentence = f"{case.label} listens on no address at all, only on its socket in {folder}"
    return Cause("address.not_listening", sentence, f"use the socket: {case.uri(host=folder)}", declared=declared)


def port_wrong(case: Case) -> Optional[Cause]:
    """Nobody is there, but clusters are elsewhere."""
    silent = not case.reach.listening if not case.target.socket else case.reach.socket in (MISSING, NO_FOLDER)
    if not case.reach.local or not silent or case.place.cluster is not None:
        return None
    here = (
        "no server of this host has that socket" if case.target.socket else f"nobody listens on port {case.target.port}"
    )
    if not case.place.others:
        return Cause(
            "server.absent", f"{here}, and this host has no cluster", "sudo pg_lsclusters", declared=_INSTALLED
        )
    ports = ", ".join(
        f"cluster {each.label} {'is' if each.running else 'would be'} on {at}" for each, at in case.place.others
    )
    best, at = _best(case.place.others)
    change = {"port": at, "host": best.socket_directory if case.target.socket else case.target.host}
    return Cause("port.wrong", f"{here}; {ports}", f"use that port: {case.uri(**change)}")


def _best(others: Sequence[Tuple[Cluster, int]]) -> Tuple[Cluster, int]:
    """The one that somebody most likely meant: the first that runs."""
    return next((each for each in others if each[0].running), others[0])


def stranger(case: Case) -> Optional[Cause]:
    """What listens there is no PostgreSQL."""
    others = [each for each in case.reach.listening if each.program and not each.program.startswith("postgres")]
    if not case.told("foreign") and not (case.told("closed", "timeout", "") and others):
        return None
    who = f"process {others[0].pid} ({others[0].program})" if others else "a program"
    sentence = f"{who} that is no PostgreSQL listens on port {case.target.port}"
    found = [(each, port(each)) for each in (case.place.cluster,) if each is not None] + list(case.place.others)
    remedy = (
        f"use the port of {_best(found)[0].label}: {case.uri(port=_best(found)[1])}" if found else "sudo pg_lsclusters"
    )
    return Cause("port.stranger", sentence, remedy)


def frozen(case: Case) -> Optional[Cause]:
    """The main process is stopped: connections are taken by the kernel, and nobody says a word."""
    cluster = case.place.cluster
    if not case.place.frozen or cluster is None:
        return None
    sentence = f"the main process {cluster.pid} of {case.label} is stopped (as by SIGSTOP), so that nobody answers"
    return Cause("server.frozen", sentence, f"sudo kill -CONT {cluster.pid}")


def starting(case: Case) -> Optional[Cause]:
    """The server is on its way up or down."""
    if not case.told("starting", "stopping"):
        return None
    log = case.place.cluster.log_file if case.place.cluster else "the log"
    if case.told("stopping") or case.place.phase == "stopping":
        sentence = f"the server of {case.label} is shutting down; it may be waiting for sessions to end"
        remedy = start(case.place.cluster) if case.place.cluster else "pg_lsclusters"
        return Cause("server.stopping", sentence, f"sudo tail {log}, and when it is down: {remedy}")
    if "Hot standby mode is disabled" in case.attempt.said:
        sentence = f"{case.label} is a standby, and hot_standby is off, so that it takes no connections"
        return Cause("server.standby", sentence, "set hot_standby to on and restart it, or connect to its primary")
    sentence = f"the server of {case.label} is starting up, which takes as long as it has to recover after a crash"
    return Cause("server.starting", sentence, f"wait, and look how far it is: sudo tail -f {log}")


def silent(case: Case) -> Optional[Cause]:
    """Something takes the connection and does not answer, or ends it."""
    if case.told("timeout"):
        sentence = f"{case.label} took the connection and did not answer for {case.attempt.seconds:.0f} s"
        return Cause(
            "server.unresponsive", sentence, "look at the load of the host (top, iostat) and at the server's log"
        )
    if case.told("closed"):
        sentence = f"{case.label} ended the connection without a reason that a client is told"
        log = case.place.cluster.log_file if case.place.cluster else LOG_ROOT
        return Cause("server.closed", sentence, f"sudo tail -n 50 {log}")
    if not case.reach.local and case.told(*_SILENT):
        where = ", ".join(case.reach.addresses)
        sentence = f"{case.target.host} ({where}) is not this host, and nobody answers there ({case.attempt.said})"
        return Cause("host.remote", sentence, "run pgsop diagnose on that host, or connect to localhost")
    if case.told("refused", "no_socket"):
        sentence = f"nobody listens at {case.target.socket or case.target.host} (a socket file alone is nobody)"
        return Cause("server.absent", sentence, "pg_lsclusters", declared=_INSTALLED)
    return None


REASONS: Sequence[Callable[[Case], Optional[Cause]]] = (
    name,
    frozen,
    starting,
    server_down,
    socket_denied,
    socket_elsewhere,
    port_pending,
    address,
    port_wrong,
    stranger,
    silent,
)


def reasons(case: Case) -> Iterator[Cause]:
    """Causes that apply, in the order in which a connection meets them."""
    if case.told(*_SILENT):
        yield from (found for found in (reason(case) for reason in REASONS) if found is not None)
