# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application that connects, and the few words in which tests say what is wrong with its connection."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis, diagnose
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.servers.server import ACCOUNT, ADMINISTRATOR, Server
from ansible_collections.aerovista.postgresql.tests.servers.server import SETTINGS as QUIET

#: Found nowhere but where somebody put it.
PASSWORD = "canary-Kf7mQ2xW9pLz"  # pragma: allowlist secret
WRONG = "canary-Tb4nR8vY1sHc"  # pragma: allowlist secret
#: The log says more than usual, so that a password that gets there is found.
SETTINGS = {**QUIET, "log_line_prefix": "%m [%p] %q%u@%d ", "log_connections": "on", "max_connections": "12"}
DATABASE, ROLE = "appdb", "appuser"
_HBA = "local all {administrator} trust\nlocal all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n"


class DiagnosisHost:
    """A server, and what its application is told.

    Args:
        server: it.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.major = server.major
        self.folder = Path(server.cluster.data_directory)
        self.home = Path("/")
        self._log = 0

    def open(self, home: Path) -> None:
        """Everything as it should be."""
        self.home = home
        self.hba(_HBA)
        self.server.execute(
            f"DROP DATABASE IF EXISTS {DATABASE}",
            f"DROP ROLE IF EXISTS {ROLE}",
            "SET password_encryption = 'scram-sha-256'",
        )
        self._log = self.server.log_size()
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET log_statement = 'none'")
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
            cursor.execute(f"CREATE DATABASE {DATABASE}")

    def close(self) -> None:
        """Away with it, and with the changes to the server."""
        self.hba(_HBA)
        self.server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"DROP ROLE IF EXISTS {ROLE}")

    @property
    def secret(self) -> str:
        """The right password."""
        return PASSWORD

    def execute(self, *statements: str) -> None:
        """Run statements as superuser."""
        self.server.execute(*statements)

    def secretly(self, *statements: str) -> None:
        """The same without a trace of them in the log."""
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET log_statement = 'none'")
            for statement in statements:
                cursor.execute(statement)

    def hba(self, text: str, *, reload: bool = True) -> None:
        """Write the rules, and have them loaded."""
        self.write("pg_hba.conf", text.replace("{administrator}", ADMINISTRATOR), reload=reload)

    def ident(self, text: str) -> None:
        """Write the user name maps, and have them loaded."""
        self.write("pg_ident.conf", text, reload=True)

    def rules(self, *lines: str, reload: bool = True) -> None:
        """The rules for the application; the administrator keeps the socket."""
        self.hba("\n".join(["local all {administrator} trust", *lines]) + "\n", reload=reload)

    def uri(self, password: str = PASSWORD, **changed: Any) -> str:
        """What the application would be configured with."""
        parts = {"user": ROLE, "host": "127.0.0.1", "port": self.server.port, "database": DATABASE, **changed}
        secret = f":{password}" if password else ""
        return "postgresql://{user}{secret}@{host}:{port}/{database}".format(secret=secret, **parts) + str(
            changed.get("more", "")
        )

    def look(self, dsn: str = "", **options: Any) -> Diagnosis:
        """Diagnose, and make sure that no password is told anywhere."""
        before = self.server.log_size()
        report = diagnose(ConnectionRequest(dsn=dsn or self.uri(), **options), [self.server.cluster])
        said = json.dumps(report.as_dict()) + repr(report) + self.server.log_from(before)
        for secret in (PASSWORD, WRONG):
            assert secret not in said
            assert secret[7:] not in said
        return report

    def cause(self, dsn: str = "", **options: Any) -> str:
        """Identifier of the cause, empty where it works."""
        report = self.look(dsn, **options)
        assert report.works is (report.cause is None)
        return report.cause.id if report.cause else ""

    def seen(self, dsn: str = "", **options: Any) -> tuple[str, str, str]:
        """Identifier, sentence and remedy."""
        found = self.look(dsn, **options).cause
        assert found is not None
        return found.id, found.message, found.hint

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is down for the length of the block."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    @contextmanager
    def sessions(self, count: int, **changed: Any) -> Iterator[None]:
        """Open connections of the application."""
        with ExitStack() as stack:
            for _number in range(count):
                connection = psycopg2.connect(self.uri(**changed))
                stack.callback(connection.close)
            yield
        query = f"SELECT 1 FROM pg_stat_activity WHERE usename = '{ROLE}'"
        self.wait(lambda: not self.server.rows(query), "sessions do not end")

    @staticmethod
    def wait(until: Callable[[], bool], otherwise: str, seconds: float = 10) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.02)

    def write(self, name: str, text: str, *, reload: bool = False) -> None:
        """A file of the server's folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        os.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
        if reload:
            self.reload()

    def reload(self) -> None:
        """Have the files read, and wait until they are."""
        before = self.server.rows("SELECT pg_conf_load_time()")
        self.server.execute("SELECT pg_reload_conf()")
        self.wait(lambda: self.server.rows("SELECT pg_conf_load_time()") != before, "the server does not reload")
