# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few words in which tests say what is wrong with a server, and what the checks ought to say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import OK, Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import HOST
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import ExamineRequest, examine
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

#: Majors that nobody maintains any more: their warning is no fault of what a test does.
END_OF_LIFE = "version.end_of_life"
DATABASE = "clinic"
#: Shared catalogs, in which all tests of a server leave dead rows, and no autovacuum comes by.
CHURNED = {"vacuum.overdue": ("*.pg_catalog.*",)}


class IsolatedServer:
    """A server, and how its checks turn out.

    Args:
        server: it.
        state: folder for what checks remember.
    """

    def __init__(self, server: Server, state: Path) -> None:
        self.server = server
        self.major = server.major
        self._state = state

    def admit(self) -> None:
        """An empty database, no memory."""
        for path in self._state.iterdir():
            path.unlink()
        self.server.execute(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")

    def discharge(self) -> None:
        """Take the database away, with whoever is still in it."""
        self.server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")

    def execute(self, *statements: str, database: str = DATABASE) -> None:
        """Run statements as superuser, each on its own."""
        self.server.execute(*statements, database=database)

    def look(self, *only: str, dsn: str = "", remember: bool = True, **declared: Any) -> dict[str, Finding]:
        """What the checks of server and databases say, by identifier.

        Args:
            only: identifiers, with ``*``; empty for all.
            dsn: another way in than the superuser's.
            remember: whether counters are noted.
            declared: the configuration, as far as it matters.
        """
        declared = {"exclude": CHURNED, **declared}
        config = HealthConfig(version=self.major, state_directory=str(self._state), **declared)
        wanted = only or tuple(each.id for each in CHECKS if each.scope != HOST)
        report = examine(ExamineRequest(self.server.cluster, config, dsn=dsn, only=wanted, remember=remember))
        return {finding.id: finding for finding in report.findings if not finding.id.startswith("backup.")}

    def turned(self, **options: Any) -> dict[str, str]:
        """The checks that are not OK, with their status; the end of life of a major is named apart."""
        return {
            name: finding.status
            for name, finding in self.look(**options).items()
            if finding.status != OK and name != END_OF_LIFE
        }

    def as_role(self, role: str) -> str:
        """The way in of a role over the socket."""
        return f"host={self.server.cluster.socket_directory} port={self.server.port} user={role}"

    @contextmanager
    def session(
        self, *statements: str, database: str = DATABASE, name: str = "busy app", role: str = ""
    ) -> Iterator[Any]:
        """A session of somebody else that has run some statements in one transaction, which stays open."""
        address = {**self.server.address(database), "application_name": name, **({"user": role} if role else {})}
        connection = psycopg2.connect(**address)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            yield connection
        finally:
            connection.close()

    @contextmanager
    def waiting(self, statement: str, database: str = DATABASE, name: str = "waiting app") -> Iterator[None]:
        """A session in which a statement is at work, or waits for a lock; it is cancelled at the end."""
        connection = psycopg2.connect(**{**self.server.address(database), "application_name": name})
        thread = threading.Thread(target=_run, args=(connection, statement), daemon=True)
        thread.start()
        self.until(
            f"SELECT state = 'active' AND query = $q${statement}$q$ FROM pg_stat_activity WHERE pid = {connection.info.backend_pid}"
        )
        try:
            yield
        finally:
            connection.cancel()
            thread.join(10)
            connection.close()

    def until(self, condition: str, seconds: float = 10) -> None:
        """Wait until a query answers with true."""
        self.wait(lambda: bool(self.server.rows(condition)[0][0]), condition, seconds)

    @staticmethod
    def wait(condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not come about within {seconds} s: {what}"
            time.sleep(0.02)


def _run(connection: Any, statement: str) -> None:
    """Run a statement that will be cancelled."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error:
        connection.rollback()
