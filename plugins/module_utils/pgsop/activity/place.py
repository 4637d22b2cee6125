# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster the modules for activity and locks look at."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional

from ..cluster import Cluster, list_clusters
from ..connection import answering_cluster
from ..errors import PgsopError
from ..health.config import CONFIG_FILE, Config
from ..health.declaration import load


class Place(NamedTuple):
    """Where to look.

    Attributes:
        cluster: whose server, which answers.
        database: that is connected to.
    """

    cluster: Cluster
    database: str


def place(version: Optional[int], name: str, *, attempted: str, check: bool) -> Optional[Place]:
    """Where to look; None where nothing is there yet and nothing but a forecast is asked for.

    Args:
        version: major version of the cluster; None for the configured one, or the only one.
        name: its name, where the version is given.
        attempted: what needs it, as an infinitive phrase.
        check: whether this is check mode.

    Raises:
        PgsopError: where the configuration cannot be used, and where no server answers and this is no check mode.
    """
    config = _chosen(version, name)
    if config is None:
        if check:
            return None
        raise PgsopError(
            attempted=attempted,
            target="this host",
            answer="it is not clear which cluster is meant: none is configured or named, and there is not exactly one",
            next_step="name its version, or run role pg_monitoring, which declares it",
        )
    cluster = answering_cluster(config.version, config.cluster, attempted=attempted, check=check)
    return Place(cluster, config.database) if cluster else None


def _chosen(version: Optional[int], name: str) -> Optional[Config]:
    config = load(CONFIG_FILE) if os.path.lexists(CONFIG_FILE) else None
    if version is not None:
        same = config is not None and (config.version, config.cluster) == (version, name)
        return config if same else Config(version, name)
    if config is not None:
        return config
    clusters = list_clusters()
    return Config(clusters[0].version, clusters[0].name) if len(clusters) == 1 else None
