# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster the modules for activity and locks look at."""

from __future__ import annotations

from typing import NamedTuple, Optional

from ..cluster import Cluster
from ..connection import answering_cluster
from ..dsn import refuse_unreadable
from ..errors import PgsopError
from ..health.chosen import chosen
from ..health.config import CONFIG_FILE, Config


class Place(NamedTuple):
    """Where to look.

    Attributes:
        cluster: whose server, which answers.
        config: of health, for this cluster.
    """

    cluster: Cluster
    config: Config


def place(version: Optional[int], name: str, *, attempted: str, check: bool, dsn: str = "") -> Optional[Place]:
    """Where to look; None where nothing is there yet and nothing but a forecast is asked for.

    Args:
        version: major version of the cluster; None for the configured one, or the only one.
        name: its name, where the version is given.
        attempted: what needs it, as an infinitive phrase.
        check: whether this is check mode.
        dsn: another way in than the owner's.

    Raises:
        PgsopError: where the configuration or the other way in cannot be used, and where no server answers and this is no check mode.
    """
    refuse_unreadable(dsn, attempted=attempted)
    config = chosen(CONFIG_FILE, version, name)
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
    return Place(cluster, config) if cluster else None
