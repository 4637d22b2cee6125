# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of backups: every set, how the last runs ended, and whether that is enough."""

from __future__ import annotations

import time

from ..cluster import Cluster, find_cluster
from ..connection import connect
from ..errors import PgsopError
from ..finding import worst
from . import findings, hooks, names, notification, schedule, state
from .config import BackupConfig
from .obstacles.report import sentence
from .preflight import backed_up
from .report_types import BackupListing, SetReport
from .store import Store, StoredSet


def listing(config: BackupConfig, *, verify: bool = False, cluster: Cluster | None = None) -> BackupListing:
    """Return the sets, newest first, the last runs, and the findings on them.

    Args:
        config: the declared configuration.
        verify: read every byte of every set, and note damage in its manifest; else read only files that were touched since.
        cluster: the one of the configuration; None to find it.

    Raises:
        PgsopError: the sets or the notes of the last runs cannot be read, or damage cannot be noted.
    """
    store, now = Store(config.directory), time.time()
    if verify:
        for stored in store.sets():
            store.check(stored)
    sets = store.sets()
    last = {act: state.last(config, act) for act in ("backup", "drill")}
    last_notification, problems = notification.last(config), hooks.command_problems(config)
    known = findings.Known(
        config,
        sets,
        last,
        _databases(config, cluster),
        now,
        last_notification,
        problems,
        schedule.first_due("backup", now),
    )
    found = findings.judge(known)
    newest = next((stored.name for stored in sets if stored.usable), None)
    return {
        "directory": config.directory,
        "sets": [_row(stored, now, stored.name == newest) for stored in sets],
        "last_backup": last["backup"],
        "last_drill": last["drill"],
        "last_notification": last_notification,
        "findings": [finding.as_dict() for finding in found],
        "status": worst(found),
    }


def _row(stored: StoredSet, now: float, latest: bool) -> SetReport:
    manifest = stored.manifest
    good = [str(drill["at"]) for drill in manifest.drills if drill["ok"]] if manifest else []
    return {
        "name": stored.name,
        "verified": stored.verified,
        "problems": list(stored.problems),
        "obstacles": [
            f"database {name}: {sentence(obstacle)}" for name, found in stored.obstacles.items() for obstacle in found
        ],
        "latest": latest,
        "started": manifest.started if manifest else None,
        "finished": manifest.finished if manifest else None,
        "age_s": round(max(0.0, now - names.from_iso(manifest.finished))) if manifest else None,
        "bytes": manifest.bytes if manifest else None,
        "databases": [dump.name for dump in manifest.databases] if manifest else [],
        "complete": manifest.complete if manifest else False,
        "drilled": max(good, default=None),
        "copies": len(manifest.copies) if manifest else 0,
        "encrypted": manifest is not None and manifest.encryption is not None,
    }


def _databases(config: BackupConfig, cluster: Cluster | None) -> list[str] | None:
    """Return which databases must be in a set; None if the server does not answer."""
    try:
        cluster = cluster or find_cluster(config.version, config.cluster)
        if cluster is None:
            return None
        with connect(cluster) as session:
            return [name for name in backed_up(session) if name not in config.exclude]
    except PgsopError:
        return None
