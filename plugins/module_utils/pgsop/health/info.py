# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health for whoever is root and only looks: as the cluster's owner for the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from ..cluster import find_cluster, required_cluster
from ..cluster_choice import CONFIG_FILE
from ..dsn import refuse_unreadable
from ..finding import UNKNOWN, Finding
from ..identity import effective_user
from .chosen import chosen
from .examine import Request, examine


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        path: the configuration.
        version: major version of the cluster, None for the configured one, or the only one.
        cluster: its name.
        dsn: another way in than the owner's.
        only: identifiers of the checks that are wanted; empty for all.
        check: whether this is check mode, in which a host may be bare yet, and nothing is remembered.
    """

    path: str = CONFIG_FILE
    version: Optional[int] = None
    cluster: str = "main"
    dsn: str = ""
    only: Tuple[str, ...] = ()
    check: bool = False


def inform(question: Question) -> Dict[str, Any]:
    """What is known of the server's health, with `configured` false where there is nothing to look at yet.

    Raises:
        PgsopError: where the configuration, the other way in or the cluster cannot be used.
    """
    refuse_unreadable(question.dsn, attempted="look at the health of the server")
    config = chosen(question.path, question.version, question.cluster)
    if config is None or (question.check and find_cluster(config.version, config.cluster) is None):
        return _nothing(question)
    cluster = required_cluster(config.version, config.cluster, attempted="look at the health of the server")
    with effective_user(cluster.owner):
        report = examine(Request(cluster, config, question.dsn, question.only, remember=not question.check))
    return {"configured": True, **report.as_dict()}


def _nothing(question: Question) -> Dict[str, Any]:
    """The report of a host on which there is nothing to look at."""
    finding = Finding(
        id="health.configured",
        sop="4",
        status=UNKNOWN,
        message=f"nothing is known of this host's health: there is no {question.path} that names a cluster, or no such cluster yet",
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
