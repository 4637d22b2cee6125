# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters of a Debian or Ubuntu host, as postgresql-common keeps them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from . import command
from .debian import CONFIG_ROOT, SOCKET_DIRECTORY, UNIT_ROOT
from .errors import PgsopError
from .files import user_name

#: Where Debian's postgresql.conf includes further files from, relative to it.
CONFIG_FOLDER = "conf.d"

#: The operating system user that owns a packaged cluster, and its superuser role.
POSTGRES = "postgres"

#: PostgreSQL's default. pg_lsclusters names no port while postgresql.conf has no line: empty, or not there yet for a link.
_PORT = 5432

#: Lines of postmaster.pid, from 0 (src/include/utils/pidfile.h).
NOTED_PORT, NOTED_SOCKETS, NOTED_PHASE = 3, 4, 7


@dataclass(frozen=True)
class Cluster:
    """One cluster: its paths and whether its postmaster runs.

    Attributes:
        version: major version.
        name: cluster name, ``main`` for the one that the package creates.
        port: TCP port, also part of the socket's name; of a running server the one in use, otherwise the configured one.
        running: whether a postmaster runs on the data directory.
        owner: operating system user, also used as the superuser to connect as.
        socket_directory: the first folder of sockets; of a running server the one in use, otherwise the configured one.
        pending_port: the configured port if a running server has another one; otherwise 0.
    """

    version: int
    name: str
    port: int
    running: bool
    owner: str
    data_directory: str
    config_directory: str
    log_file: str
    socket_directory: str
    pending_port: int = 0

    @property
    def configured_port(self) -> int:
        """Return the port that the server has after its next start."""
        return self.pending_port or self.port

    @property
    def label(self) -> str:
        """Return VERSION/NAME, as Debian's tools show a cluster."""
        return f"{self.version}/{self.name}"

    @property
    def unit(self) -> str:
        """Return the instance unit; the umbrella unit postgresql.service runs no server."""
        return unit_name(self.version, self.name)

    @property
    def pid(self) -> int | None:
        """Return the process id in postmaster.pid; None if this user cannot read the file or it has no number."""
        try:
            return int(noted(self.data_directory)[0])
        except (ValueError, IndexError):
            return None

    def start_mode(self) -> str:
        """Return the mode in start.conf: auto, manual or disabled; auto without such a file (pg_createcluster(1))."""
        try:
            with open(os.path.join(self.config_directory, "start.conf"), encoding="utf-8", errors="replace") as handle:
                words = [line.split("#")[0].strip() for line in handle]
        except OSError:
            return "auto"
        return next((word for word in words if word), "auto")

    def reached_socket_directory(self) -> str:
        """Return the folder of the socket as the effective user of this process reaches it.

        A folder that the unit has for itself, such as a private /tmp, is below the root of the postmaster. The cluster's owner
        may enter there, root without CAP_SYS_PTRACE may not.
        """
        inside = f"/proc/{self.pid}/root{self.socket_directory}"
        name = f".s.PGSQL.{self.port}"
        hidden = not os.path.exists(os.path.join(self.socket_directory, name))
        return inside if hidden and os.path.exists(os.path.join(inside, name)) else self.socket_directory


def noted(data_directory: str) -> list[str]:
    """Return the lines of postmaster.pid, which a server writes when it starts; empty if this user cannot read the file."""
    try:
        # Acting as the owner, Python may not be able to load another codec.
        with open(os.path.join(data_directory, "postmaster.pid"), encoding="utf-8", errors="replace") as handle:
            return [line.strip() for line in handle]
    except OSError:
        return []


def unit_name(version: int, name: str) -> str:
    """Return the name of a cluster's systemd unit."""
    return f"postgresql@{version}-{name}.service"


def drop_in_directory(version: int, name: str) -> str:
    """Return the folder of the drop-ins of a cluster's unit."""
    return f"{UNIT_ROOT}/{unit_name(version, name)}.d"


def config_directory(version: int, name: str) -> str:
    """Return the folder of a cluster's configuration, whether or not it exists."""
    return os.path.join(CONFIG_ROOT, str(version), name)


def list_clusters() -> list[Cluster]:
    """Return all clusters of the host; empty without postgresql-common.

    Raises:
        PgsopError: pg_lsclusters fails.
    """
    answer = command.run(["pg_lsclusters", "--json"])
    if answer.status == command.NOT_FOUND:
        return []
    try:
        entries = json.loads(answer.output or "[]")
    except ValueError:
        entries = None
    if answer.status != 0 or entries is None:
        raise PgsopError(
            attempted="list the clusters of this host",
            target="pg_lsclusters --json",
            answer=answer.text or f"exit status {answer.status}",
            next_step="run 'pg_lsclusters' on the host and mend what it complains about",
        )
    return [_from_entry(entry) for entry in entries]


def find_cluster(version: int, name: str) -> Cluster | None:
    """Return the cluster of a major version and name; None if it does not exist.

    Raises:
        PgsopError: pg_lsclusters fails.
    """
    for cluster in list_clusters():
        if (cluster.version, cluster.name) == (version, name):
            return cluster
    return None


def get_cluster(version: int, name: str, *, attempted: str) -> Cluster:
    """Return the cluster of a major version and name.

    Args:
        version: major version.
        name: cluster name.
        attempted: what needs it, as an infinitive phrase.

    Raises:
        PgsopError: the cluster does not exist; the message names those of the host.
    """
    clusters = list_clusters()
    for cluster in clusters:
        if (cluster.version, cluster.name) == (version, name):
            return cluster
    labels = ", ".join(cluster.label for cluster in clusters)
    raise PgsopError(
        attempted=attempted,
        target=f"cluster {version}/{name}",
        answer=f"there is no such cluster on this host, which has {labels}" if labels else "this host has no cluster",
        next_step="run role pg_install, which makes it, or correct the version and the name in the inventory",
    )


def _from_entry(entry: Mapping[str, object]) -> Cluster:
    version, name = int(str(entry["version"]).split(".", maxsplit=1)[0]), str(entry["cluster"])
    running, data_directory = str(entry.get("running", "0")) == "1", str(entry.get("pgdata") or "")
    # The configuration may have changed since the server was started.
    port, socket_directory = _noted_place(data_directory) if running and data_directory else (0, "")
    configured = int(str(entry.get("port") or _PORT))
    return Cluster(
        version=version,
        name=name,
        port=port or configured,
        pending_port=configured if port and port != configured else 0,
        running=running,
        owner=user_name(int(str(entry["owneruid"]))) if entry.get("owneruid") is not None else POSTGRES,
        data_directory=data_directory,
        config_directory=str(entry.get("configdir") or config_directory(version, name)),
        log_file=str(entry.get("logfile") or ""),
        socket_directory=socket_directory or _first_folder(str(entry.get("socketdir") or "")),
    )


def _noted_place(data_directory: str) -> tuple[int, str]:
    """Return port and first socket folder as a running server has written them; 0 and empty if this user cannot read them."""
    try:
        lines = noted(data_directory)
        return int(lines[NOTED_PORT]), lines[NOTED_SOCKETS]
    except (ValueError, IndexError):
        return 0, ""


def _first_folder(listed: str) -> str:
    """Return the first folder of a list, without the quotes of ALTER SYSTEM, which postgresql-common keeps."""
    return listed.split(",", maxsplit=1)[0].strip().strip('"') or SOCKET_DIRECTORY
