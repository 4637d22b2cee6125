# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The target cluster: the one that is named, the configured one, or the only one on the host."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any, NamedTuple

from .cluster import Cluster, list_clusters
from .connection import find_running_cluster
from .debian import OWN_CONFIG
from .declared import OLDEST_MAJOR, name_variables, object_problems, read, refuse, text_problems, whole_number_problems
from .dsn import refuse_unreadable
from .errors import PgsopError

#: Role pg_monitoring writes it; besides the cluster, it configures health.
CONFIG_FILE = f"{OWN_CONFIG}/health.json"
ROLE = "pg_monitoring"
#: Keys of the configuration that this reads.
_KEYS = ("version", "cluster", "database")


class ClusterChoice(NamedTuple):
    """A cluster that need not exist.

    Attributes:
        version: major version.
        name: its name.
        database: the database to connect to first.
    """

    version: int
    name: str = "main"
    database: str = "postgres"


class TargetCluster(NamedTuple):
    """A cluster with a server that answers.

    Attributes:
        cluster: of the server.
        database: the database to connect to first.
    """

    cluster: Cluster
    database: str


def choose(path: str, version: int | None = None, name: str = "main") -> ClusterChoice | None:
    """Return the target cluster; None if it is neither named nor configured and the host does not have exactly one.

    Args:
        path: the configuration; it need not exist.
        version: major version of the cluster; None for the configured one, or the only one.
        name: its name, used only with a version.

    Raises:
        PgsopError: the configuration cannot be read, or its version, cluster or database is invalid.
    """
    configured = _configured(path) if os.path.lexists(path) else None
    if version is not None:
        same = configured is not None and configured[:2] == (version, name)
        return configured if same else ClusterChoice(version, name)
    if configured is not None:
        return configured
    clusters = list_clusters()
    return ClusterChoice(clusters[0].version, clusters[0].name) if len(clusters) == 1 else None


def target_cluster(
    version: int | None, name: str, *, attempted: str, check: bool, dsn: str = "", path: str = CONFIG_FILE
) -> TargetCluster | None:
    """Return the target cluster if its server answers; None if it does not and this is check mode.

    Args:
        version: major version of the cluster; None for the configured one, or the only one.
        name: its name, used only with a version.
        attempted: what needs it, as an infinitive phrase.
        check: whether this is check mode.
        dsn: connection string of another role than the cluster's owner.
        path: the configuration; it need not exist.

    Raises:
        PgsopError: the configuration or the connection string cannot be used, or no server answers and this is not check mode.
    """
    refuse_unreadable(dsn, attempted=attempted)
    choice = choose(path, version, name)
    if choice is None:
        if check:
            return None
        raise PgsopError(
            attempted=attempted,
            target="this host",
            answer="specify the cluster: none is configured, and the host does not have exactly one",
            next_step="name its version, or run role pg_monitoring, which configures it",
        )
    cluster = find_running_cluster(choice.version, choice.name, attempted=attempted, check=check)
    return TargetCluster(cluster, choice.database) if cluster else None


def problems(declared: Any, known: Collection[str] | None = None) -> list[str]:
    """Return the faults of a configuration, as far as it is about the cluster, one sentence each.

    Args:
        declared: the content of the file.
        known: keys that it may have; None for any.
    """
    found = object_problems(declared, known)
    if not isinstance(declared, dict):
        return found
    found += whole_number_problems(declared, {"version": OLDEST_MAJOR})
    return found + text_problems(declared, ("cluster", "database"))


def _configured(path: str) -> ClusterChoice:
    declared = read(path, ROLE)
    refuse(name_variables(problems(declared), ROLE, _KEYS), path, ROLE)
    given = {key: declared[key] for key in ("cluster", "database") if key in declared}
    return ClusterChoice(declared["version"], given.get("cluster", "main"), given.get("database", "postgres"))
