# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration needs of the host, whether or not a server answers: memory, programs, users, folders, directives of systemd, packages."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Sequence

from .. import command
from ..cluster import POSTGRES, Cluster
from ..debian import program_directory
from ..errors import PgsopError
from ..executable import program_problem
from ..memory import effective_memory
from ..nearest import did_you_mean
from ..paths import server_paths
from ..service import has_systemd
from .request import PreflightRequest

_MB = 1024 * 1024
_SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")


def host_problems(request: PreflightRequest, cluster: Cluster | None) -> Iterator[str]:
    """Yield what the host lacks for a declaration, as sentences.

    Args:
        request: the declaration.
        cluster: the declared cluster; None if it does not exist.
    """
    yield from _memory_problems(request.memory_mb, cluster)
    yield from _program_problems(request, cluster)
    yield from _user_problems(request.os_users)
    missing = [path for path in request.write_paths if not os.path.isdir(path)]
    if missing:
        yield f"pg_hardening_sandbox_write_paths has {', '.join(missing)}, which is no folder of this host: make it, or remove it"
    yield from _directive_problems(request.directives)
    yield from _package_problems(request)
    if cluster is not None and request.backup_directory:
        yield from _backup_directory_problems(request.backup_directory, cluster)


def _memory_problems(memory_mb: int, cluster: Cluster | None) -> Iterator[str]:
    if not memory_mb:
        return
    limit = effective_memory(cluster.pid if cluster and cluster.running else None)
    if memory_mb > limit.value // _MB:
        yield (
            f"pg_tuning_memory_mb is {memory_mb} and this host has {limit.value // _MB} MB ({limit.source}): give at most that,"
            " or remove the line to have it measured"
        )


def _program_problems(request: PreflightRequest, cluster: Cluster | None) -> Iterator[str]:
    owner = cluster.owner if cluster else POSTGRES
    for variable, path in sorted(request.programs.items()):
        problem = program_problem(path, owner)
        if problem:
            yield f"{variable} starts with {path}: {problem}; install the program on the host, or correct the variable"


def _user_problems(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        try:
            pwd.getpwnam(name)
        except KeyError:
            yield f"pg_monitoring_logins has os_user {name}, and this host has no such user: install its program first, or correct the name"


def _directive_problems(names: Sequence[str]) -> Iterator[str]:
    known = _known_directives() if names and has_systemd() else frozenset()
    if not known:
        return
    for name in names:
        if name not in known:
            yield f"pg_hardening_sandbox_directives has {name}, which systemd of this host does not know for a service{did_you_mean(name, known)}"


def _known_directives() -> frozenset[str]:
    """Return the directives that a service can have; empty if systemd does not list them."""
    program = next((path for path in _SYSTEMD if os.path.exists(path)), "")
    answer = command.run([program, "--dump-configuration-items"]) if program else None
    section, found = "", set()
    for line in (answer.output if answer else "").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]":
            found.add(line.partition("=")[0])
    return frozenset(found)


def _package_problems(request: PreflightRequest) -> Iterator[str]:
    """Yield that the distribution does not have the major version; if the lists of apt have nothing at all, that is not known."""
    if not request.packaged or os.path.isdir(program_directory(request.version)):
        return
    listed = command.run(["apt-cache", "pkgnames", "postgresql-"]).output.split()
    servers = sorted(name for name in listed if name.removeprefix("postgresql-").isdigit())
    if servers and f"postgresql-{request.version}" not in servers:
        yield (
            f"pg_install_version is {request.version} and apt of this host has only {', '.join(servers)}: set pg_install_repository to pgdg,"
            " or choose a version that there is"
        )


def _backup_directory_problems(directory: str, cluster: Cluster) -> Iterator[str]:
    try:
        paths = server_paths(cluster)
    except PgsopError:
        return
    for folder in (paths.data_directory, paths.wal_directory, *paths.tablespaces):
        if folder and _is_inside(directory, folder):
            yield f"pg_backup_directory is {directory}, inside {folder}, which the server uses: choose another folder, on another disk if possible"
            return


def _is_inside(path: str, folder: str) -> bool:
    real, outer = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([real, outer]) == outer
