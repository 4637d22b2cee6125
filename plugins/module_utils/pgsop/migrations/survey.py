# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools in all databases of a server, and traces of migrations that no tool tells of."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Sequence

from ..activity.report import OPTIONS
from ..activity.sessions import Backend
from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from ..finding import OK, UNKNOWN, WARNING, Finding
from .look import Run, runs, tables_of_tools
from .traces import traces

STUCK = "migrations.stuck"


class Survey:
    """What was found.

    Attributes:
        runs: of each tool in each database.
        traces: each with database, kind, message and pid.
        unseen: by database, why it could not be looked at.
    """

    def __init__(self) -> None:
        self.runs: List[Run] = []
        self.traces: List[Dict[str, Any]] = []
        self.unseen: Dict[str, str] = {}

    def as_dict(self) -> Dict[str, Any]:
        """For programs."""
        return {"migrations": [run.as_dict() for run in self.runs], "traces": self.traces, "unseen": self.unseen}

    def finding(self) -> Finding:
        """All of it as one finding."""
        stuck = [run for run in self.runs if run.status == WARNING]
        hidden = [run.message for run in self.runs if run.status == UNKNOWN]
        hidden += [f"{database} could not be looked at: {why}" for database, why in self.unseen.items()]
        facts: Dict[str, Any] = {"id": STUCK, "sop": "7", "value": len(stuck), "warn": 0}
        if stuck:
            hint = next((run.hint for run in stuck if run.hint), "")
            return Finding(
                status=WARNING, message=_sentences([*(run.message for run in stuck), *hidden]), hint=hint, **facts
            )
        if hidden:
            hint = "run it as root, or grant the role what is missing"
            return Finding(
                status=UNKNOWN, message=_sentences(hidden), hint=hint, visible=False, **{**facts, "value": None}
            )
        return Finding(status=OK, message="no run of a migration tool is stuck", **facts)


def survey(
    cluster: Cluster,
    databases: Sequence[str],
    everyone: Sequence[Backend],
    *,
    session: Session,
    database: str,
    dsn: str,
) -> Survey:
    """Look into every database, one after the other.

    Args:
        cluster: whose server.
        databases: names of those that take connections.
        everyone: all processes of the server.
        session: on one of the databases.
        database: which one.
        dsn: another way in than the owner's.
    """
    found = Survey()
    for name in databases:
        try:
            with _on(cluster, name, session if name == database else None, dsn) as own:
                found.runs += runs(own, name, everyone, tables_of_tools(own))
                found.traces += traces(own, name, everyone, cluster.version)
        except PgsopError as error:
            found.unseen[name] = error.answer
    return found


@contextlib.contextmanager
def _on(cluster: Cluster, database: str, session: Any, dsn: str) -> Iterator[Session]:
    if session is not None:
        yield session
    else:
        with connect(cluster, database, OPTIONS, dsn=dsn) as own:
            yield own


def _sentences(parts: Sequence[str]) -> str:
    return "; ".join(parts)
