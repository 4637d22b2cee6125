# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of backups for a caller who is root and only reads: as the cluster's owner meanwhile, and without creating any file."""

from __future__ import annotations

import os
from typing import Any

from ..cluster import get_cluster
from ..finding import UNKNOWN, Finding
from ..identity import effective_user
from .config import load
from .listing import listing


def backup_report(path: str, *, verify: bool) -> dict[str, Any]:
    """Return the sets, the last runs and the findings on backups.

    Args:
        path: of the configuration.
        verify: whether to read every byte of every set.

    Returns:
        The dict of listing(), with `configured` true; with `configured` false and status UNKNOWN if the configuration does not exist.

    Raises:
        PgsopError: the configuration, the cluster or the sets cannot be read.
    """
    if not os.path.lexists(path):
        return _nothing(path)
    config = load(path)
    cluster = get_cluster(config.version, config.cluster, attempted="look at the backups")
    with effective_user(cluster.owner):
        return {"configured": True, **listing(config, verify=verify)}


def _nothing(path: str) -> dict[str, Any]:
    finding = Finding(
        id="backup.configured",
        sop="3",
        status=UNKNOWN,
        message=f"Backups are not set up: there is no {path}.",
        hint="run role pg_backup",
        visible=False,
    )
    return {
        "configured": False,
        "directory": "",
        "sets": [],
        "last_backup": None,
        "last_drill": None,
        "last_notification": None,
        "findings": [finding.as_dict()],
        "status": UNKNOWN,
    }
