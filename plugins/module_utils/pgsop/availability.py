# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cluster's server can be queried, and if not, why: the one place that decides this."""

from __future__ import annotations

from collections.abc import Mapping

from .cluster import Cluster
from .connection import is_ready
from .knock import REFUSED as KNOCK_REFUSED
from .knock import knock

#: States. ABSENT: no cluster. STOPPED: no postmaster. REFUSED: it runs, and its rules refuse its owner.
#: SILENT: it runs and does not answer a query, for another reason.
ABSENT, STOPPED, REFUSED, SILENT, ANSWERS = "absent", "stopped", "refused", "silent", "answers"

#: What a run would do first about a state in which nothing can be asked.
FORECASTS: Mapping[str, str] = {
    STOPPED: "the server is stopped and would be started first",
    REFUSED: "the server runs and refuses its owner; its rules would be repaired first",
    SILENT: "the server runs and does not answer a query",
}


def availability(cluster: Cluster | None) -> str:
    """Return the state of the cluster's server: ABSENT, STOPPED, REFUSED, SILENT or ANSWERS.

    Args:
        cluster: as pg_lsclusters shows it; None if it does not exist.

    Raises:
        PgsopError: the owner is not a user of this host.
    """
    if cluster is None:
        return ABSENT
    return ANSWERS if is_ready(cluster) else unavailability(cluster)


def unavailability(cluster: Cluster) -> str:
    """Return the state of a server that does not answer a query of its owner: STOPPED, REFUSED or SILENT.

    Raises:
        PgsopError: as :func:`availability`.
    """
    if not cluster.running:
        return STOPPED
    return REFUSED if knock(cluster) == KNOCK_REFUSED else SILENT
