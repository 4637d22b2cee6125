# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks that are waited for, as trees with a verdict, and what became of migrations: all that is asked when nothing goes on."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ..activity.report import OPTIONS
from ..activity.sessions import Backend
from ..cluster import Cluster
from ..connection import Session, connect
from ..finding import CRITICAL, OK, WARNING, Finding, worst
from ..migrations.survey import survey
from .forest import Forest, Key, Place, grown
from .objects import Names, advisory, described, names_of
from .read import Lock, Scene, read
from .verdict import commands, long, verdict

BLOCKED = "locks.blocked"

#: Seconds that somebody may wait for a lock; of check_postgres' lockwait it is half the warning, and the critical value.
WARN_S, CRIT_S = 30.0, 120.0

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


def locks(
    cluster: Cluster, *, database: str = "postgres", dsn: str = "", warn_s: float = WARN_S, crit_s: float = CRIT_S
) -> Dict[str, Any]:
    """Who waits for whom at a server, and what became of migrations.

    Args:
        cluster: whose server.
        database: that is connected to first; all are looked at.
        dsn: another way in than the owner's.
        warn_s: seconds of waiting that are a warning when they are exceeded.
        crit_s: seconds of waiting that are critical when they are exceeded.

    Raises:
        PgsopError: where the server does not answer.
    """
    with connect(cluster, database, OPTIONS, dsn=dsn) as session:
        server = session.rows(_SERVER)[0]
        scene = read(session)
        everyone = list(scene.backends.values())
        told = [*scene.waited_for.values(), *scene.held]
        names = names_of(told, scene.databases, cluster, session=session, database=database, dsn=dsn)
        kept = _advisory(session, scene.backends)
        migrations = survey(cluster, scene.connectable, everyone, session=session, database=database, dsn=dsn)
    forest = grown(scene.blockers)
    trees = [_tree(tree, forest, scene, names) for tree in forest.trees]
    findings = [_blocked(trees, warn_s, crit_s), migrations.finding()]
    return {
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
        "findings": [finding.as_dict() for finding in findings],
        "status": worst(findings),
    }


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
        "wait_age_s": _wait_age(lock, backend),
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


def _wait_age(lock: Optional[Lock], backend: Optional[Backend]) -> Optional[float]:
    """How long somebody has waited; where the server does not say, not longer than its statement has lasted."""
    if lock is None:
        return None
    return _rounded(lock.wait_age_s if lock.wait_age_s is not None else backend.query_age_s if backend else None)


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


def _blocked(trees: Sequence[Mapping[str, Any]], warn_s: float, crit_s: float) -> Finding:
    facts: Dict[str, Any] = {"id": BLOCKED, "sop": "7", "unit": "s", "warn": warn_s, "crit": crit_s}
    waits = [tree["longest_wait_s"] for tree in trees if tree["longest_wait_s"] is not None]
    if not trees:
        return Finding(status=OK, message="nobody waits for a lock", value=0.0, **facts)
    longest = max(waits, default=0.0)
    status = CRITICAL if longest > crit_s else WARNING if longest > warn_s else OK
    worst_tree = max(trees, key=lambda tree: tree["longest_wait_s"] or 0.0)
    message = worst_tree["verdict"] if status != OK else f"somebody waits for a lock, the longest for {long(longest)}"
    hint = "; or ".join(each["sql"] for each in worst_tree["commands"]) if status != OK else ""
    return Finding(status=status, message=message, value=longest, hint=hint, **facts)


def _rounded(seconds: Optional[float]) -> Optional[float]:
    return None if seconds is None else round(max(0.0, seconds), 3)
