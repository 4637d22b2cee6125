# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health for root, examined as the cluster's owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..cluster import find_cluster, get_cluster
from ..cluster_choice import CONFIG_FILE
from ..dsn import refuse_unreadable
from ..finding import UNKNOWN, Finding
from ..identity import effective_user, groups_of
from .examine import ExamineRequest, examine
from .select_config import select_config


@dataclass(frozen=True)
class HealthRequest:
    """The parameters of a report.

    Attributes:
        path: the configuration.
        version: major version of the cluster; None for the configured one, or the only one.
        cluster: its name.
        dsn: connection string of another role than the owner; empty for the owner.
        only: identifiers of the checks to run; empty for all.
        check: whether this is check mode: the host may have no cluster yet, and no counters are saved.
    """

    path: str = CONFIG_FILE
    version: int | None = None
    cluster: str = "main"
    dsn: str = ""
    only: tuple[str, ...] = ()
    check: bool = False


def health_report(request: HealthRequest) -> dict[str, Any]:
    """Return the health of the server; `configured` is false if there is no server yet.

    Raises:
        PgsopError: the configuration, the connection string or the cluster cannot be used.
    """
    refuse_unreadable(request.dsn, attempted="look at the health of the server")
    config = select_config(request.path, request.version, request.cluster)
    if config is None or (request.check and find_cluster(config.version, config.cluster) is None):
        return _nothing(request)
    cluster = get_cluster(config.version, config.cluster, attempted="look at the health of the server")
    with groups_of(cluster.owner), effective_user(cluster.owner):
        found = examine(ExamineRequest(cluster, config, request.dsn, request.only, remember=not request.check))
    return {"configured": True, **found.as_dict()}


def _nothing(request: HealthRequest) -> dict[str, Any]:
    """Return the report of a host without a configured cluster."""
    finding = Finding(
        id="health.configured",
        sop="4",
        status=UNKNOWN,
        message=f"nothing is known of this host's health: there is no {request.path} that names a cluster, or no such cluster yet",
        hint="run role pg_monitoring, or name the version of the cluster",
        visible=False,
    )
    return {
        "configured": False,
        "cluster": "",
        "server_version": "",
        "at": 0.0,
        "duration_s": 0.0,
        "status": UNKNOWN,
        "findings": [finding.as_dict()],
    }
