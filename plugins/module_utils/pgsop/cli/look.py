# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands that only look do first: which cluster, as whom, by what way."""

from __future__ import annotations

import argparse
import os
import re
from typing import Any, NamedTuple, NoReturn, Tuple

from .. import dsn
from ..cluster import Cluster, list_clusters, required_cluster
from ..connection import dsn_value
from ..errors import PgsopError
from ..files import user_name
from ..health.chosen import chosen
from ..health.config import CONFIG_FILE, Config
from ..health.declaration import load
from .options import called
from .owner import become_owner

_LABEL = re.compile(r"(\d+)/([\w.-]+)", re.ASCII)


class Look(NamedTuple):
    """Where to look.

    Attributes:
        config: what is declared, or the defaults.
        cluster: which one.
        dsn: another way in than the owner's; empty for the owner's.
    """

    config: Config
    cluster: Cluster
    dsn: str


def add_look(parser: argparse.ArgumentParser) -> None:
    """The options of commands that only look."""
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


def configured(arguments: argparse.Namespace) -> Look:
    """Where to look, as whoever runs it.

    The administrator and the owner look as the owner; anybody else as the role of his name, unless a way in is named.

    Raises:
        PgsopError: where the configuration or the cluster cannot be used.
    """
    dsn.refuse_unreadable(arguments.dsn, attempted=f"run {called(arguments)}")
    config = _config(arguments)
    cluster = required_cluster(config.version, config.cluster, attempted=f"run {called(arguments)}")
    me = user_name(os.geteuid())
    way = arguments.dsn
    if not way and os.geteuid() != 0 and me != cluster.owner:
        way = f"host={cluster.socket_directory} port={cluster.port} user={dsn_value(me)}"
    return Look(config, cluster, way)


def begin_look(arguments: argparse.Namespace) -> Look:
    """Where to look; from here on the administrator is the cluster's owner.

    Raises:
        PgsopError: where the configuration or the cluster cannot be used.
    """
    look = configured(arguments)
    if os.geteuid() == 0:
        become_owner(look.cluster.version, look.cluster.name, called(arguments), "")
    return look


def _config(arguments: argparse.Namespace) -> Config:
    path = os.path.abspath(arguments.config)
    label = _label(arguments)
    if path != CONFIG_FILE and not os.path.lexists(path):
        # What is named has to be there; the usual one need not.
        return load(path)
    return chosen(path, *label) or _unclear(arguments)


def _label(arguments: argparse.Namespace) -> Tuple[Any, ...]:
    """Version and name of the cluster that is named; nothing where none is."""
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


def _unclear(arguments: argparse.Namespace) -> NoReturn:
    clusters = list_clusters()
    labels = ", ".join(cluster.label for cluster in clusters)
    raise PgsopError(
        attempted=f"run {called(arguments)}",
        target="this host",
        answer=f"it has several clusters: {labels}" if clusters else "it has no cluster of PostgreSQL",
        next_step="name one with --cluster, or run role pg_monitoring, which declares it"
        if clusters
        else "run role pg_install",
    )
