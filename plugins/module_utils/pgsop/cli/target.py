# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that name a server, and the role to connect as; shared by the commands that only read."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from .. import dsn
from ..cluster import Cluster, get_cluster, list_clusters
from ..cluster_choice import CONFIG_FILE, ROLE, choose
from ..declared import read
from ..errors import PgsopError, ServerError
from ..files import user_name
from ..sql import quote_identifier
from .options import again, called
from .owner import become_owner

#: How the server answers a role that has a rule in pg_hba.conf and no privilege CONNECT, in English only.
_NO_CONNECT = "permission denied for database"
_LABEL = re.compile(r"(\d+)/([\w.-]+)", re.ASCII)


class ServerTarget(NamedTuple):
    """The server that a command reads.

    Attributes:
        cluster: of the server.
        database: the database to connect to first.
        dsn: connection string of another role than the cluster's owner; empty for the owner.
        path: the configuration; it need not exist.
        ordinary: whether an ordinary user of the host runs the command, without --dsn: neither root nor the cluster's owner.
    """

    cluster: Cluster
    database: str
    dsn: str
    path: str
    ordinary: bool = False


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add the options --cluster and --dsn."""
    parser.add_argument(
        "--cluster",
        metavar="VERSION/NAME",
        help="which cluster, as pg_lsclusters shows it (default: the configured one, or the only one)",
    )
    parser.add_argument(
        "--dsn",
        type=str,
        metavar="DSN",
        default="",
        help="look as another role: a libpq connection string, such as 'host=localhost user=monitor';"
        " its password is best in ~/.pgpass. What the role may not see is UNKNOWN",
    )


def find_target(arguments: argparse.Namespace) -> ServerTarget:
    """Return the server of a command, and the role to connect as.

    Root and the cluster's owner connect as the owner; any other user as the role of the same name, unless --dsn is given.

    Raises:
        PgsopError: the configuration or the cluster cannot be used.
    """
    dsn.refuse_unreadable(arguments.dsn, attempted=f"run {called(arguments)}")
    path = os.path.abspath(arguments.config)
    if path != CONFIG_FILE and not os.path.lexists(path):
        # A file that is named must exist; the default one need not.
        read(path, ROLE)
    choice = choose(path, *_label(arguments))
    if choice is None:
        raise _unclear(arguments)
    cluster = get_cluster(choice.version, choice.name, attempted=f"run {called(arguments)}")
    me = user_name(os.geteuid())
    ordinary = not arguments.dsn and os.geteuid() != 0 and me != cluster.owner
    own = dsn.conninfo(host=cluster.socket_directory, port=str(cluster.port), user=me)
    return ServerTarget(cluster, choice.database, own if ordinary else arguments.dsn, path, ordinary)


@contextlib.contextmanager
def advised(target: ServerTarget, arguments: argparse.Namespace) -> Iterator[None]:
    """Give an error of a server that runs the next step of an ordinary user, who may not read its log and has no login as a rule.

    Raises:
        ServerError: the same, with this next step.
    """
    try:
        yield
    except ServerError as error:
        if not target.ordinary or not target.cluster.running:
            raise
        raise ServerError(
            attempted=error.attempted,
            target=error.target,
            answer=error.answer,
            next_step=next_step(target, arguments, error.answer),
            code=error.code,
        ) from error


def next_step(target: ServerTarget, arguments: argparse.Namespace, answer: str) -> str:
    """Return the next step of an ordinary user: the same command with sudo, or the privilege CONNECT if only that is missing.

    Args:
        target: the server.
        arguments: of the command line.
        answer: of the server.
    """
    if _NO_CONNECT not in answer:
        return again(arguments)
    role, database = quote_identifier(user_name(os.geteuid())), quote_identifier(target.database)
    grant = shlex.quote(f"GRANT CONNECT ON DATABASE {database} TO {role}")
    psql = f"sudo -u {target.cluster.owner} psql -p {target.cluster.port} -c {grant}"
    return f"grant the role CONNECT on database {target.database}: {psql}; or {again(arguments)}"


def become_target_owner(target: ServerTarget, arguments: argparse.Namespace) -> None:
    """Become the cluster's owner for the rest of the process, if root runs it.

    Raises:
        PgsopError: the cluster does not exist, or its owner is root or no user of the host.
    """
    if os.geteuid() == 0:
        become_owner(target.cluster.version, target.cluster.name, called(arguments), "", target.cluster)


def _label(arguments: argparse.Namespace) -> tuple[Any, ...]:
    """Return version and name of --cluster; empty without this option."""
    if not arguments.cluster:
        return ()
    found = _LABEL.fullmatch(arguments.cluster)
    if found is None:
        raise PgsopError(
            attempted=f"run {called(arguments)}",
            target="option --cluster",
            answer="that is no cluster's label",
            next_step="name it as pg_lsclusters shows it, for example --cluster 17/main",
        )
    return int(found.group(1)), found.group(2)


def _unclear(arguments: argparse.Namespace) -> PgsopError:
    clusters = list_clusters()
    labels = ", ".join(cluster.label for cluster in clusters)
    return PgsopError(
        attempted=f"run {called(arguments)}",
        target="this host",
        answer=f"it has several clusters: {labels}" if clusters else "it has no cluster of PostgreSQL",
        next_step="name one with --cluster, or run role pg_monitoring, which declares it"
        if clusters
        else "run role pg_install",
    )
