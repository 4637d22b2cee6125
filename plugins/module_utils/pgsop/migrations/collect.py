# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools in all databases of a server, and leftovers of migrations that no tool reports."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from ..activity.sessions import Backend
from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from ..session_options import reader_options
from .leftovers import leftovers
from .report_types import Leftover, MigrationReport
from .state import Run, collect_runs, tables_of_tools


class Migrations:
    """Runs of migration tools, and leftovers, in all databases of a server.

    Attributes:
        runs: the last run of each tool in each database.
        leftovers: found without a tool's table.
        inaccessible: databases that could not be read, each with the error.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.leftovers: list[Leftover] = []
        self.inaccessible: dict[str, PgsopError] = {}

    def as_dict(self) -> MigrationReport:
        """Return the part of the report about migrations."""
        return {
            "migrations": [run.as_dict() for run in self.runs],
            "leftovers": self.leftovers,
            "inaccessible_databases": {database: error.answer for database, error in self.inaccessible.items()},
        }


def collect_migrations(
    cluster: Cluster,
    databases: Sequence[str],
    everyone: Sequence[Backend],
    *,
    session: Session,
    database: str,
    dsn: str,
) -> Migrations:
    """Read the state of migrations in every database, one after the other.

    A database that cannot be read is in ``inaccessible``.

    Args:
        cluster: of the server.
        databases: names of those that accept connections.
        everyone: all processes of the server.
        session: on one of the databases.
        database: its name.
        dsn: connection string of another role than the cluster's owner; empty for the owner.
    """
    found = Migrations()
    for name in databases:
        try:
            with _on(cluster, name, session if name == database else None, dsn) as own:
                found.runs += collect_runs(own, name, everyone, tables_of_tools(own))
                found.leftovers += leftovers(own, name, everyone, cluster.version)
        except PgsopError as error:
            found.inaccessible[name] = error
    return found


@contextlib.contextmanager
def _on(cluster: Cluster, database: str, session: Any, dsn: str) -> Iterator[Session]:
    if session is not None:
        yield session
    else:
        with connect(cluster, database, reader_options(), dsn=dsn) as own:
            yield own
