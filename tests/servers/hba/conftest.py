# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose pg_hba.conf a test may break, because no session is needed to have it read again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode, read_state
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.activate import Activation, HbaChange
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import parse_all, render
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import ACCEPTED, knock
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.login import Login
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

OWNER = {"type": "local", "user": [ADMINISTRATOR], "method": "peer"}


class Gate:
    """A server and its file.

    Args:
        server: it.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.path = Path(server.cluster.data_directory) / "pg_hba.conf"

    @property
    def cluster(self) -> Cluster:
        return self.server.cluster

    def write(self, text: str | None) -> None:
        """Write the file, or take it away, and have the server read it, which needs no session."""
        if text is None:
            self.path.unlink()
        else:
            self.path.write_text(text.replace("OWNER", ADMINISTRATOR), encoding="utf-8")
        self.reload()

    def reload(self) -> None:
        """Signal the server and wait until it has begun to read its files."""
        before = self.server.log_size()
        pid = self.cluster.pid
        assert pid is not None
        os.kill(pid, signal.SIGHUP)
        self.until(lambda: "received SIGHUP" in self.server.log_from(before))

    def becomes(self, verdict: str) -> None:
        """Wait until the rules in force decide so about the owner."""
        self.until(lambda: knock(self.cluster) == verdict)

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not reached():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def change(self, rules: Sequence[Mapping[str, Any]], logins: Sequence[Login] = ()) -> Activation:
        """A change of the file to these rules."""
        parsed, wrong = parse_all(rules)
        assert wrong == []
        before = read_state(str(self.path))
        mode = FileMode(before.owner or "root", before.group or "root", before.mode or 0o644)
        return Activation(HbaChange(before, render(parsed, "test"), mode, parsed), logins)

    def lets_in(self, role: str, database: str) -> None:
        """Wait until a login over the socket works."""
        self.until(lambda: self.accepts(role, database, host=self.cluster.socket_directory))

    def sql(self, *statements: str) -> None:
        """Run statements as the owner, by peer."""
        with connect(self.cluster) as session:
            for statement in statements:
                session.execute(statement)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What a query answers to the owner."""
        with connect(self.cluster) as session:
            return session.rows(query)

    def accepts(self, role: str, database: str, password: str = "", host: str = "127.0.0.1") -> bool:
        """Whether a login works."""
        try:
            psycopg2.connect(
                host=host, port=self.server.port, user=role, dbname=database, password=password, sslmode="disable"
            ).close()
        except psycopg2.OperationalError:
            return False
        return True


@pytest.fixture
def gate(server: Server) -> Iterator[Gate]:
    """The server as every test finds it."""
    found = Gate(server)
    text = found.path.read_text(encoding="utf-8")
    yield found
    found.write(text)
    found.becomes(ACCEPTED)
