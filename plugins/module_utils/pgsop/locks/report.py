# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock waits as trees, each with a verdict, and the state of migrations: what to check if a deployment does not continue."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ..activity.sessions import Backend
from ..cluster import Cluster
from ..connection import Session, connect
from ..migrations.survey import Survey, survey
from ..session_options import reader_options
from .forest import Forest, Key, Place, grown
from .objects import Names, advisory, described, names_of
from .read import Scene, read, wait_age
from .verdict import commands, verdict

#: So many of what a root holds, and so many advisory locks, are told.
_HOLDS, _ADVISORY = 3, 100

_SERVER = "SELECT current_setting('server_version') AS version, current_user::text AS role"
_ADVISORY_LOCKS = """
SELECT d.datname::text AS database, l.pid, l.classid::bigint AS classid, l.objid::bigint AS objid, l.objsubid, l.granted
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory'
 ORDER BY d.datname, l.pid, classid, objid
"""


@dataclass(frozen=True)
class Inspection:
    """Lock waits and migrations of a server at one moment.

    Attributes:
        report: for programs; without findings, which `health.lock_report` adds.
        snapshot: the locks that the report was made of.
        migrations: the runs of migration tools that the report was made of.
    """

    report: Dict[str, Any]
    snapshot: Scene
    migrations: Survey


def inspect_locks(cluster: Cluster, *, database: str = "postgres", dsn: str = "") -> Inspection:
    """Read the lock waits and the state of migrations of all databases.

    Args:
        cluster: of the server.
        database: to connect to first.
        dsn: connection string of another role than the cluster's owner; empty for the owner.

    Raises:
        PgsopError: the server does not answer.
    """
    with connect(cluster, database, reader_options(), dsn=dsn) as session:
        server = session.rows(_SERVER)[0]
        scene = read(session)
        everyone = list(scene.backends.values())
        told = [*scene.waited_for.values(), *scene.held]
        names = names_of(told, scene.databases, cluster, session=session, database=database, dsn=dsn)
        kept = _advisory(session, scene.backends)
        migrations = survey(cluster, scene.connectable, everyone, session=session, database=database, dsn=dsn)
    forest = grown(scene.blockers)
    trees = [_tree(tree, forest, scene, names) for tree in forest.trees]
    report = {
        "cluster": cluster.label,
        "server_version": server["version"],
        "at": round(time.time(), 3),
        "role": server["role"],
        **_sight(everyone),
        "blocked": len(scene.blockers),
        "trees": trees,
        "prepared": [_prepared(key, row, forest) for key, row in scene.prepared.items()],
        "advisory": kept,
        **migrations.as_dict(),
    }
    return Inspection(report, scene, migrations)


def _sight(everyone: Sequence[Backend]) -> Dict[str, Any]:
    hidden = sum(each.masked for each in everyone)
    return {"hidden": hidden, "visible": not hidden}


def _tree(tree: Sequence[Place], forest: Forest, scene: Scene, names: Names) -> Dict[str, Any]:
    nodes = [_node(place, forest, scene, names) for place in tree]
    waits = [node["wait_age_s"] for node in nodes if node["wait_age_s"] is not None]
    return {
        "verdict": verdict(nodes),
        "commands": commands(nodes),
        "victims": nodes[0]["victims"],
        "longest_wait_s": max(waits, default=None),
        "nodes": nodes,
    }


def _node(place: Place, forest: Forest, scene: Scene, names: Names) -> Dict[str, Any]:
    backend = scene.backends.get(place.key)
    lock = scene.waited_for.get(place.key)
    blockers = scene.blockers.get(place.key, ())
    return {
        "depth": place.depth,
        "again": place.again,
        "pid": place.key if place.key > 0 else None,
        **_who(place.key, backend, scene),
        "wait_age_s": _rounded(wait_age(lock, backend)) if lock else None,
        "mode": lock.mode if lock else None,
        "object": described(lock, names, scene.databases) if lock else None,
        "holds": _holds(place.key, scene, names),
        "blocked_by": [key if key > 0 else scene.prepared.get(-key, {}).get("gid") for key in blockers],
        "victims": len(forest.victims[place.key] - {place.key}),
        "circular": place.key in forest.circular,
    }


def _who(key: Key, backend: Optional[Backend], scene: Scene) -> Dict[str, Any]:
    prepared = scene.prepared.get(-key, {}) if key <= 0 else {}
    ages = {
        name: _rounded(getattr(backend, name, None)) for name in ("query_age_s", "transaction_age_s", "state_age_s")
    }
    if prepared:
        ages["transaction_age_s"] = _rounded(prepared["age_s"])
    return {
        "gid": prepared.get("gid"),
        "role": prepared.get("owner") or (backend.role if backend else None),
        "database": prepared.get("database") or (backend.database if backend else None),
        "application": (backend.application or "") if backend else "",
        "client": backend.client if backend else "",
        "backend_type": backend.backend_type if backend else None,
        "state": backend.state if backend else None,
        **ages,
        "query": backend.query if backend else "",
        "truncated": backend.truncated if backend else False,
        "visible": not (backend and backend.masked),
    }


def _holds(key: Key, scene: Scene, names: Names) -> List[str]:
    """What somebody has that others below want."""
    wanted = {lock.target for waiter, lock in scene.waited_for.items() if key in scene.blockers[waiter]}
    found = [
        f"{lock.mode} on {described(lock, names, scene.databases)}"
        for lock in scene.held
        if lock.target in wanted and key == (lock.pid if lock.pid is not None else -(lock.prepared or 0))
    ]
    return list(dict.fromkeys(found))[:_HOLDS]


def _prepared(key: int, row: Mapping[str, Any], forest: Forest) -> Dict[str, Any]:
    return {**row, "age_s": _rounded(row["age_s"]), "victims": len(forest.victims.get(-key, ()))}


def _advisory(session: Session, everyone: Mapping[int, Backend]) -> List[Dict[str, Any]]:
    found = []
    for row in session.rows(_ADVISORY_LOCKS)[:_ADVISORY]:
        backend = everyone.get(row["pid"])
        found.append(
            {
                "database": row["database"],
                "lock": advisory(row["database"] or "", row["classid"], row["objid"], row["objsubid"]),
                "granted": row["granted"],
                "pid": row["pid"],
                "application": (backend.application or "") if backend else "",
                "role": backend.role if backend else None,
                "state": backend.state if backend else None,
                "state_age_s": _rounded(backend.state_age_s) if backend else None,
            }
        )
    return found


def _rounded(seconds: Optional[float]) -> Optional[float]:
    return None if seconds is None else round(max(0.0, seconds), 3)
