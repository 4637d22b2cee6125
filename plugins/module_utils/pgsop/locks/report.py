# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock waits as trees, each with a verdict, and the state of migrations: to check if a deployment does not continue."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..activity.sessions import Backend, rounded_age
from ..cluster import Cluster
from ..connection import Session, connect
from ..migrations.collect import Migrations, collect_migrations
from ..session_options import reader_options
from .objects import Names, advisory, described, names_of
from .read import LockSnapshot, read, wait_age
from .report_types import AdvisoryLock, LockReport, Party, PreparedTransaction, WaitNode, WaitTree
from .verdict import ending_statements, verdict
from .wait_graph import Key, TreeNode, WaitGraph, build_trees

#: How many locks of a node, and how many advisory locks, a report lists.
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
        snapshot: the locks in the report.
        migrations: the runs of migration tools in the report.
    """

    report: LockReport
    snapshot: LockSnapshot
    migrations: Migrations


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
        snapshot = read(session)
        everyone = list(snapshot.backends.values())
        locks = [*snapshot.waited_for.values(), *snapshot.held]
        names = names_of(locks, snapshot.databases, cluster, session=session, database=database, dsn=dsn)
        kept = _advisory(session, snapshot.backends)
        migrations = collect_migrations(
            cluster, snapshot.connectable, everyone, session=session, database=database, dsn=dsn
        )
    graph = build_trees(snapshot.blockers)
    trees = [_tree(tree, graph, snapshot, names) for tree in graph.trees]
    hidden = sum(each.masked for each in everyone)
    report: LockReport = {
        "cluster": cluster.label,
        "server_version": server["version"],
        "at": round(time.time(), 3),
        "role": server["role"],
        "hidden_sessions": hidden,
        "visible": not hidden,
        "blocked": len(snapshot.blockers),
        "trees": trees,
        "prepared": [_prepared(key, row, graph) for key, row in snapshot.prepared.items()],
        "advisory": kept,
        **migrations.as_dict(),
    }
    return Inspection(report, snapshot, migrations)


def _tree(tree: Sequence[TreeNode], graph: WaitGraph, snapshot: LockSnapshot, names: Names) -> WaitTree:
    nodes = [_node(place, graph, snapshot, names) for place in tree]
    waits = [node["wait_age_s"] for node in nodes if node["wait_age_s"] is not None]
    statements = ending_statements(nodes)
    return {
        "message": verdict(nodes),
        "hint": statements[0]["sql"] if statements else "",
        "statements": statements,
        "blocked_sessions": nodes[0]["blocked_sessions"],
        "longest_wait_s": max(waits, default=None),
        "nodes": nodes,
    }


def _node(place: TreeNode, graph: WaitGraph, snapshot: LockSnapshot, names: Names) -> WaitNode:
    backend = snapshot.backends.get(place.key)
    lock = snapshot.waited_for.get(place.key)
    blockers = snapshot.blockers.get(place.key, ())
    return {
        "depth": place.depth,
        "repeated": place.repeated,
        **_party(place.key, backend, snapshot),
        "wait_age_s": rounded_age(wait_age(lock, backend)) if lock else None,
        "mode": lock.mode if lock else None,
        "object": described(lock, names, snapshot.databases) if lock else None,
        "holds": _holds(place.key, snapshot, names),
        "blocked_by": [key if key > 0 else snapshot.prepared.get(-key, {}).get("gid") for key in blockers],
        "blocked_sessions": len(graph.blocked_sessions[place.key] - {place.key}),
        "in_cycle": place.key in graph.in_cycle,
    }


def _party(key: Key, backend: Backend | None, snapshot: LockSnapshot) -> Party:
    prepared = snapshot.prepared.get(-key, {}) if key <= 0 else {}
    transaction_age_s = prepared.get("age_s", backend.transaction_age_s if backend else None)
    return {
        "pid": key if key > 0 else None,
        "gid": prepared.get("gid"),
        "role": prepared.get("owner") or (backend.role if backend else None),
        "database": prepared.get("database") or (backend.database if backend else None),
        "application": (backend.application or "") if backend else "",
        "client": backend.client if backend else "",
        "backend_type": backend.backend_type if backend else None,
        "state": backend.state if backend else None,
        "query_age_s": rounded_age(backend.query_age_s) if backend else None,
        "transaction_age_s": rounded_age(transaction_age_s),
        "state_age_s": rounded_age(backend.state_age_s) if backend else None,
        "query": backend.query if backend else "",
        "truncated": backend.truncated if backend else False,
        "visible": not (backend and backend.masked),
    }


def _holds(key: Key, snapshot: LockSnapshot, names: Names) -> list[str]:
    """Describe the locks of a node that the nodes below it wait for."""
    wanted = {lock.target for waiter, lock in snapshot.waited_for.items() if key in snapshot.blockers[waiter]}
    found = [
        f"{lock.mode} on {described(lock, names, snapshot.databases)}"
        for lock in snapshot.held
        if lock.target in wanted and key == (lock.pid if lock.pid is not None else -(lock.prepared or 0))
    ]
    return list(dict.fromkeys(found))[:_HOLDS]


def _prepared(key: int, row: Mapping[str, Any], graph: WaitGraph) -> PreparedTransaction:
    return {
        "transaction": key,
        "gid": row["gid"],
        "owner": row["owner"],
        "database": row["database"],
        "age_s": round(max(0.0, row["age_s"]), 3),
        "blocked_sessions": len(graph.blocked_sessions.get(-key, ())),
    }


def _advisory(session: Session, everyone: Mapping[int, Backend]) -> list[AdvisoryLock]:
    found: list[AdvisoryLock] = []
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
                "state_age_s": rounded_age(backend.state_age_s) if backend else None,
            }
        )
    return found
