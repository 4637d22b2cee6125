# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server would start again as it is, although it runs well."""

from __future__ import annotations

import filecmp
import os
import shlex
from collections.abc import Iterable, Iterator

from ...cluster import Cluster
from ...configured import question
from ...files import user_name
from ...finding import CRITICAL, WARNING
from ...next_start.combinations import combination_obstacles, next_values, retained_objects
from ...next_start.data_files import data_obstacles, own_process
from ...next_start.hba_file import hba_obstacles
from ...next_start.port_claims import port_obstacles
from ...next_start.program import is_replaced, library_folder, library_path, replaced_libraries, server_program
from ...next_start.rehearsal import PRELOADED, can_run
from ...next_start.start_obstacle import StartObstacle
from ...next_start.tls_files import tls_obstacles
from ...next_start.wrapper_files import wrapper_obstacles
from ...service import start_complaints
from ...sql import split_paths
from ..check import HOST, Check, HiddenError, Measured, check
from ..context import HostContext, ServerContext
from . import settings
from .service import postmaster, properties
from .version import inspected_server, release_of

_UMBRELLA = "postgresql.service"
#: Of a unit that exists and is not started at boot (systemctl(1), is-enabled).
_NOT_AT_BOOT = ("disabled", "masked", "masked-runtime")
#: What systemd's generators write, again at each daemon-reload.
_GENERATED = "/run/systemd/generator"


@check(
    "start.data_directory",
    sop="4",
    title="files that change the next start",
    scope=HOST,
    ok_message="no file in the data directory changes the next start",
)
def data_directory(here: HostContext) -> Iterator[Measured]:
    """Yield files in the data directory with which the next start fails, or does something else than today's server."""
    yield from _measured(data_obstacles(here.cluster, _server(here)))


def _at_server(here: ServerContext) -> Iterator[Measured]:
    """Yield lines of files, combinations of settings and TLS files that a start refuses, as far as the program does not report them.

    Raises:
        HiddenError: after all other results, if this is not the cluster's owner.
    """
    yield from _lines(here, settings.hba_errors)
    values, retained = next_values(here.session), retained_objects(here.session)
    yield from _measured(combination_obstacles(values, retained))
    data = here.cluster.data_directory
    _need_owner(here.cluster)
    if not can_run(here.host.rehearsal.answer()):
        yield from _lines(here, settings.file_errors)
    hba_file = os.path.join(data, values.get("hba_file", ""))
    if values.get("hba_file") and not os.access(hba_file, os.R_OK, effective_ids=True):
        message = f"hba_file will be {hba_file}, which cannot be read: a start fails"
        yield Measured("hba_file", None, message, CRITICAL, "put the file there, or change hba_file")
    yield from _measured(tls_obstacles(values, data, retained.started_at))


@check(
    "start.configuration",
    sop="4",
    title="configuration that a start refuses",
    scope=HOST,
    ok_message="the server's program accepts the configuration",
    at_server=_at_server,
)
def configuration(here: HostContext) -> Iterator[Measured]:
    """Yield what the server's program refuses when it reads the configuration as a start does, loaded or not.

    Raises:
        HiddenError: the program cannot be run, or not by this user.
    """
    yield from _measured(wrapper_obstacles(here.cluster.config_directory))
    pid = _server(here)
    _need_owner(here.cluster)
    answer = here.rehearsal.answer()
    if not can_run(answer) and pid is None:
        raise HiddenError("the server's program cannot be run (see start.programs)")
    if pid is None and answer.status == 0:
        rules = here.rehearsal.answer("hba_file").output.strip() or os.path.join(
            here.cluster.config_directory, "pg_hba.conf"
        )
        yield from _measured(hba_obstacles(os.path.join(here.cluster.data_directory, rules), here.cluster.version))
    if can_run(answer) and answer.status != 0:
        call = shlex.join(question(here.cluster, PRELOADED, server_program(here.cluster)))
        told = " | ".join(start_complaints(answer.errors)) or f"the server's program ended with status {answer.status}"
        hint = f"correct it before the next start; this reads it again: sudo -u {here.cluster.owner} {call}"
        yield Measured("configuration", None, f"a start refuses the configuration: {told}", CRITICAL, hint)


@check(
    "start.programs",
    sop="4",
    title="programs and libraries of the next start",
    scope=HOST,
    ok_message="the server's program and its preload libraries are those that it runs",
)
def programs(here: HostContext) -> Iterator[Measured]:
    """Yield the server's program and preload libraries, if they were removed; WARNING if they were replaced by the same release.

    Another release is reported by version.minor.
    """
    cluster, pid = here.cluster, _server(here)
    program = server_program(cluster)
    reinstall = f"run 'apt-get install --reinstall postgresql-{cluster.version}' before the next start"
    if not os.access(program, os.X_OK, effective_ids=True):
        yield Measured(program, None, f"{program} is missing or not executable: a start fails", CRITICAL, reinstall)
        return
    _need_owner(cluster)
    answer = here.rehearsal.answer()
    if not can_run(answer):
        yield Measured(program, None, f"{program} cannot be run: {answer.text}", CRITICAL, reinstall)
        return
    folder = library_folder(program)
    names = split_paths(answer.output) if answer.status == 0 and folder else []
    for name in _missing(here, names, folder):
        hint = "install its package again, or take it out of shared_preload_libraries, before the next start"
        yield Measured(
            name, None, f"shared_preload_libraries has {name}, and its file is missing: a start fails", CRITICAL, hint
        )
    if pid is not None and inspected_server(here) is not None:
        yield from _replaced(here, pid, program, folder)


def _missing(here: HostContext, names: Iterable[str], folder: str) -> Iterator[str]:
    """Yield preload libraries without a file."""
    data = here.cluster.data_directory
    for name in names:
        if library_path(name, (folder,), data):
            continue
        searched = here.rehearsal.answer("dynamic_library_path").output.strip().split(":")
        if not library_path(name, (folder, *(part.replace("$libdir", folder) for part in searched)), data):
            yield name


def _replaced(here: HostContext, pid: int, program: str, folder: str) -> Iterator[Measured]:
    """Yield the program or the libraries, if there is another file of the same release in their place."""
    running = f"/proc/{pid}/exe"
    replaced = is_replaced(pid, program)
    if replaced and (filecmp.cmp(running, program, shallow=False) or release_of(running) != release_of(program)):
        # The same package was installed again, with the same libraries; or version.minor reports the restart that is due.
        return
    hint = f"restart it when that suits: 'systemctl restart {here.cluster.unit}'"
    for path in [program] * replaced + (replaced_libraries(pid, folder) if folder else []):
        message = f"{path} was replaced, and cluster {here.cluster.label} still runs the old file"
        yield Measured(path, None, message, WARNING, hint)


@check(
    "start.port",
    sop="4",
    title="port and socket of the next start",
    scope=HOST,
    ok_message="nothing else claims the port and the socket of the server",
)
def port(here: HostContext) -> Iterator[Measured]:
    """Yield what would hold the port or the socket at the next start; WARNING for another cluster that starts at boot."""
    yield from _measured(port_obstacles(here.cluster, _server(here), here.other_clusters))


@check("start.enabled", sop="4", title="start at boot", scope=HOST, ok_message="the cluster starts at boot")
def enabled(here: HostContext) -> Iterator[Measured]:
    """Yield what prevents a start at boot: start.conf, and with systemd the units.

    A generator of postgresql-common links the unit of a cluster to postgresql.service if start.conf has auto, at each daemon-reload.
    """
    cluster = here.cluster
    path, mode = f"{cluster.config_directory}/start.conf", cluster.start_mode()
    if mode != "auto":
        message = f"{path} says {mode}, so cluster {cluster.label} does not start at boot"
        yield Measured("start.conf", None, message, WARNING, "write auto into it; role pg_install does so")
    state = (properties(here, cluster.unit) or {}).get("UnitFileState", "")
    umbrella = (properties(here, _UMBRELLA) or {}).get("UnitFileState", "")
    if state.startswith("masked"):
        message = f"{cluster.unit} is {state}, so it does not start at boot"
        yield Measured(cluster.unit, None, message, WARNING, f"run 'systemctl unmask {cluster.unit}'")
    elif umbrella in _NOT_AT_BOOT and state != "enabled":
        hint = f"run 'systemctl unmask {_UMBRELLA}; systemctl enable {_UMBRELLA}'"
        yield Measured(_UMBRELLA, None, f"{_UMBRELLA} is {umbrella}, so no cluster starts at boot", WARNING, hint)
    elif state == "disabled" and mode == "auto" and _generated_since(path):
        message = f"{cluster.unit} is not linked to {_UMBRELLA}, so it does not start at boot, although {path} has auto"
        hint = f"run 'systemctl daemon-reload', then 'systemctl is-enabled {cluster.unit}'; reinstall postgresql-common if it is still disabled"
        yield Measured(cluster.unit, None, message, WARNING, hint)


def _generated_since(path: str) -> bool:
    """Whether systemd's generators ran after a file became what it is; at boot they run again."""
    try:
        changed = os.stat(path).st_ctime if os.path.exists(path) else 0.0
        return os.stat(_GENERATED).st_mtime > changed
    except OSError:
        return False


def _server(here: HostContext) -> int | None:
    """Return the process id of the running server; None if it does not run.

    Raises:
        HiddenError: the data directory may not be read.
    """
    return own_process(here.cluster, postmaster(here.cluster))


def _need_owner(cluster: Cluster) -> None:
    """Refuse to run the server's program and to judge files as a user that does not start the server.

    Raises:
        HiddenError: this is not the cluster's owner.
    """
    if user_name(os.geteuid()) != cluster.owner:
        raise HiddenError(f"only root and {cluster.owner} can read the files of the next start as the server does")


def _lines(here: ServerContext, of: Check) -> Iterator[Measured]:
    """Yield what another check finds in files, with its hint."""
    for item in of.read(here):
        if item.status:
            yield Measured(item.object_name, None, item.message, item.status, of.hint)


def _measured(obstacles: Iterable[StartObstacle]) -> Iterator[Measured]:
    """Yield obstacles as measurements: CRITICAL if certain, otherwise WARNING."""
    for each in obstacles:
        yield Measured(each.name, None, each.message, CRITICAL if each.certain else WARNING, each.hint)
