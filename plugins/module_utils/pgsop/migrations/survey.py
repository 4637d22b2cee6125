# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools in all databases of a server, and traces of migrations that no tool tells of."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Sequence

from ..activity.sessions import Backend
from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from ..session_options import reader_options
from .look import Run, runs, tables_of_tools
from .traces import traces


class Survey:
    """What was found.

    Attributes:
        runs: of each tool in each database.
        traces: each with database, kind, message and pid.
        unseen: by database, the error that kept it from being read.
    """

    def __init__(self) -> None:
        self.runs: List[Run] = []
        self.traces: List[Dict[str, Any]] = []
        self.unseen: Dict[str, PgsopError] = {}

    def as_dict(self) -> Dict[str, Any]:
        """For programs."""
        unseen = {database: error.answer for database, error in self.unseen.items()}
        return {"migrations": [run.as_dict() for run in self.runs], "traces": self.traces, "unseen": unseen}


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
            found.unseen[name] = error
    return found


@contextlib.contextmanager
def _on(cluster: Cluster, database: str, session: Any, dsn: str) -> Iterator[Session]:
    if session is not None:
        yield session
    else:
        with connect(cluster, database, reader_options(), dsn=dsn) as own:
            yield own
