# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read everything that the roles need from a host, at once: packages, clusters, units, files, the server itself."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from . import apt_lock, command
from .availability import ANSWERS, FORECASTS, unavailability
from .cluster import POSTGRES, Cluster, list_clusters, unit_name
from .connection import connect
from .errors import PgsopError
from .executable import program_problem
from .files import group_name, user_name
from .leftovers import leftovers
from .listeners import listeners
from .packages import installed, unknown_to_apt
from .paths import expected_modes, only_links_of_root, server_paths
from .processes import server_processes
from .service import complaints, has_systemd

#: The unit that starts every cluster at boot; it runs nothing itself.
UMBRELLA_UNIT = "postgresql.service"

_SERVER = """
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS version_num,
       pg_encoding_to_char(encoding) AS encoding,
       datcollate AS collate,
       datctype AS ctype,
       current_setting('data_checksums') = 'on' AS checksums,
       pg_postmaster_start_time()::text AS started
  FROM pg_catalog.pg_database
 WHERE datname = 'template1'
"""


@dataclass(frozen=True)
class HostRequest:
    """The wanted state of a cluster, and what to read from the host.

    Attributes:
        version: major version.
        cluster: cluster name.
        port: TCP port that no other process may hold.
        encoding: encoding that the cluster must have.
        locale: locale that it should have.
        checksums: whether it should have data checksums.
        packages: names of Debian packages.
        paths: files and folders.
        units: systemd units, with their endings.
        programs: absolute paths of programs that the cluster's owner has to be able to run.
        apt_wait_s: seconds to wait until no other program uses apt, before anything is read.
    """

    version: int
    cluster: str
    port: int
    encoding: str
    locale: str
    checksums: bool
    packages: Sequence[str]
    paths: Sequence[str]
    units: Sequence[str] = ()
    programs: Sequence[str] = ()
    apt_wait_s: int = 0


class HostReport(TypedDict):
    """A host; the documentation of module pg_cluster_info describes the keys of each dictionary.

    Attributes:
        cluster: the requested cluster; None if it does not exist.
        packages: installed version by name; empty if it is not installed.
        packages_unknown: missing packages for which apt has no candidate.
        apt_holder: the program that uses apt; empty if apt is free, or if no package is missing and the request has no time to wait.
        files, units, programs: facts by path or name.
        refusals: why the roles must not change this host.
        differences: properties of the cluster that a new one would not have.
        leftovers: files and folders of this collection for clusters that do not exist any more.
    """

    clusters: list[dict[str, Any]]
    cluster: dict[str, Any] | None
    packages: dict[str, str]
    packages_missing: list[str]
    packages_unknown: list[str]
    apt_holder: str
    service: dict[str, Any]
    server: dict[str, Any]
    files: dict[str, dict[str, Any]]
    units: dict[str, Any]
    programs: dict[str, str]
    refusals: list[str]
    differences: list[str]
    leftovers: list[str]


def inspect_host(wanted: HostRequest) -> HostReport:
    """Read all facts of a host that the roles need, in one call.

    Raises:
        PgsopError: pg_lsclusters fails.
    """
    holder = apt_lock.wait(wanted.apt_wait_s) if wanted.apt_wait_s else ""
    clusters = list_clusters()
    mine = next((c for c in clusters if (c.version, c.name) == (wanted.version, wanted.cluster)), None)
    server = _server(mine) if mine else {}
    paths = server_paths(mine) if mine else None
    modes = expected_modes(paths, mine.owner) if mine and paths else []
    packages = installed(wanted.packages)
    missing = [name for name, version in packages.items() if not version]
    return {
        "clusters": [_describe(cluster) for cluster in clusters],
        "cluster": dict(_describe(mine), paths=paths.as_dict(), modes=modes) if mine and paths else None,
        "packages": packages,
        "packages_missing": missing,
        "packages_unknown": unknown_to_apt(missing) if missing else [],
        "apt_holder": apt_lock.holder() if missing and not wanted.apt_wait_s else holder,
        "service": _service(wanted),
        "server": server,
        "files": {path: _file(path) for path in [*wanted.paths, *(item["path"] for item in modes)]},
        "units": _units(wanted.units) if wanted.units else {},
        "programs": {path: program_problem(path, mine.owner if mine else POSTGRES) for path in wanted.programs},
        "refusals": _refusals(wanted, clusters, mine, server),
        "differences": _differences(wanted, server) + _retired(wanted, clusters, mine),
        "leftovers": leftovers(),
    }


def _describe(cluster: Cluster) -> dict[str, Any]:
    return dict(asdict(cluster), label=cluster.label, unit=cluster.unit)


def _service(wanted: HostRequest) -> dict[str, Any]:
    unit = unit_name(wanted.version, wanted.cluster)
    if not has_systemd():
        return {"manager": "pg_ctlcluster", "unit": unit, "active": None, "enabled": None}
    active = command.run(["systemctl", "is-active", unit]).status == 0
    states = [command.run(["systemctl", "is-enabled", name]).status == 0 for name in (unit, UMBRELLA_UNIT)]
    return {"manager": "systemd", "unit": unit, "active": active, "enabled": all(states)}


def _units(names: Sequence[str]) -> dict[str, Any]:
    """Whether units run, start at boot, and are as their files are; without systemd, whether services run."""
    if not has_systemd():
        states = {
            name: command.run(["service", name[: -len(".service")], "status"]).status == 0
            for name in names
            if name.endswith(".service")
        }
        return {name: {"active": states.get(name, False), "enabled": None, "stale": False} for name in names}
    properties = "Id,ActiveState,UnitFileState,NeedDaemonReload"
    answer = command.run(["systemctl", "show", f"--property={properties}", "--", *names])
    found = {}
    for block in answer.output.split("\n\n"):
        unit = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        found[unit.get("Id", "")] = {
            "active": unit.get("ActiveState") == "active",
            "enabled": unit.get("UnitFileState") == "enabled",
            "stale": unit.get("NeedDaemonReload") == "yes",
        }
    return {name: found.get(name, {"active": False, "enabled": False, "stale": False}) for name in names}


def _server(cluster: Cluster) -> dict[str, Any]:
    """Return facts that the server reports; an answered query is the only proof that it is up."""
    try:
        with connect(cluster) as session:
            answer = session.rows(_SERVER)[0]
    except PgsopError as error:
        state = unavailability(cluster)
        log = complaints(cluster, behind=-4096, last=True)
        return {"answers": False, "state": state, "forecast": FORECASTS[state], "error": str(error), "log": log}
    mine = server_processes(cluster.pid, cluster.unit)
    sockets = [f"{item.address}:{item.port}" for item in listeners() if item.pids & mine]
    return dict(answer, answers=True, state=ANSWERS, forecast="", error="", log=[], listeners=sockets)


def _file(path: str) -> dict[str, Any]:
    """Ownership and mode of a path, the digest of a regular file, and where a link of root's to one leads."""
    try:
        status = os.stat(path)
    except OSError:
        return {"exists": False}
    facts: dict[str, Any] = {
        "exists": True,
        "owner": user_name(status.st_uid),
        "group": group_name(status.st_gid),
        "mode": f"{stat.S_IMODE(status.st_mode):04o}",
    }
    if os.path.islink(path) and stat.S_ISREG(status.st_mode) and only_links_of_root(path):
        facts["target"] = os.path.realpath(path)
    if stat.S_ISREG(status.st_mode) and status.st_size <= 1 << 20:
        with open(path, "rb") as handle:
            facts["sha256"] = hashlib.sha256(handle.read()).hexdigest()
    return facts


def _refusals(
    wanted: HostRequest, clusters: Sequence[Cluster], mine: Cluster | None, server: dict[str, Any]
) -> list[str]:
    """Why this host must be left alone, as sentences."""
    found = [
        f"cluster {cluster.label} (data in {cluster.data_directory}, {'running' if cluster.running else 'down'})"
        f" is configured for port {wanted.port}"
        for cluster in clusters
        if cluster is not mine and cluster.configured_port == wanted.port and not _is_retired(cluster)
    ]
    found += _strangers(wanted, clusters, mine)
    if server.get("answers") and server["encoding"] != wanted.encoding:
        found.append(
            f"cluster {wanted.version}/{wanted.cluster} has encoding {server['encoding']}, not {wanted.encoding}"
        )
    if mine is None and not _locale_exists(wanted.locale):
        found.append(f"locale {wanted.locale} is not among those of 'locale -a', so no cluster can be made with it")
    return found


def _strangers(wanted: HostRequest, clusters: Sequence[Cluster], mine: Cluster | None) -> list[str]:
    """Return other listeners on the port, without clusters that are configured for it."""
    processes = [(cluster, server_processes(cluster.pid, cluster.unit)) for cluster in clusters]
    found = []
    for holder in listeners(port=wanted.port):
        owner = next((cluster for cluster, mine in processes if holder.pids & mine), None)
        if owner is not None and (owner is mine or owner.configured_port == wanted.port):
            continue
        who = f"process {holder.pid} ({holder.program})" if holder.pid else "a process outside of this container"
        what = (
            f"of cluster {owner.label}, configured for port {owner.configured_port}"
            if owner
            else "no cluster of this host"
        )
        found.append(f"{who} listens on {holder.address}:{holder.port}, and it is {what}")
    return found


def _differences(wanted: HostRequest, server: dict[str, Any]) -> list[str]:
    """In what the cluster differs from what a new one would be, where that can be lived with."""
    if not server.get("answers"):
        return []
    found = []
    if _plain(server["collate"]) != _plain(wanted.locale) or _plain(server["ctype"]) != _plain(wanted.locale):
        found.append(f"locale is {server['collate']}/{server['ctype']}, a new cluster would have {wanted.locale}")
    if server["checksums"] != wanted.checksums:
        words = {True: "on", False: "off"}
        found.append(
            f"data checksums are {words[server['checksums']]}, a new cluster would have them {words[wanted.checksums]}"
        )
    return found


def _is_retired(cluster: Cluster) -> bool:
    """Return whether a cluster is stopped and stays so, as pg_upgradecluster leaves the old one; it takes no port."""
    return not cluster.running and cluster.start_mode() in ("manual", "disabled")


def _retired(wanted: HostRequest, clusters: Sequence[Cluster], mine: Cluster | None) -> list[str]:
    return [
        f"cluster {cluster.label} is stopped, does not start at boot and is configured for port {wanted.port}, too;"
        f" remove it when it is not needed any more: pg_dropcluster {cluster.version} {cluster.name}"
        for cluster in clusters
        if cluster is not mine and cluster.configured_port == wanted.port and _is_retired(cluster)
    ]


def _locale_exists(locale: str) -> bool:
    names = {_plain(line) for line in command.run(["locale", "-a"]).output.splitlines()}
    return _plain(locale) in names


def _plain(locale: str) -> str:
    """C.UTF-8 and C.utf8 are one locale in two spellings."""
    return locale.lower().replace("utf-8", "utf8")
