# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server in a temporary folder: made, started, killed, taken away."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster

_FETCHED = Path(__file__).resolve().parents[2] / ".ansible"
PROGRAMS = _FETCHED / "servers" / "node_modules"
#: The pre-release is fetched from elsewhere, and only where that can be done (scripts/server_19).
NEXT = 19
NEXT_PROGRAMS = _FETCHED / "server_19" / "usr" / "lib" / "postgresql" / str(NEXT)

#: PostgreSQL refuses to run as root.
ACCOUNT = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
ADMINISTRATOR = ACCOUNT.pw_name

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "'127.0.0.1'",
    "password_encryption": "'scram-sha-256'",  # md5 by default on 13
    # Quick, and quiet: nothing here has to survive the machine, and nobody but the tests may change anything.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",
    "jit": "off",
    # The log is evidence: what was sent, and what was answered to it.
    "log_statement": "all",
    "log_min_messages": "warning",
    "log_line_prefix": "'%d '",
}


class Server:
    """One server; `start` and `stop` may be called as often as needed."""

    def __init__(
        self, major: int, folder: Path, settings: Mapping[str, str] | None = None, *, own_programs: bool = False
    ) -> None:
        self.major = major
        self._settings = SETTINGS if settings is None else settings
        self._folder = folder
        self._data = folder / "data"
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.native = _programs(major, folder, copied=own_programs)
        self.port = 0

    @property
    def cluster(self) -> Cluster:
        """The same as the engine knows it."""
        return Cluster(
            version=self.major,
            name="main",
            port=self.port,
            running=self._process is not None,
            owner=ADMINISTRATOR,
            data_directory=str(self._data),
            config_directory=str(self._data),
            log_file=str(self.log),
            socket_directory=str(self._folder),
        )

    def initialise(self, *more: str) -> None:
        """Make the data folder: UTF8, C locale, SCRAM for TCP, everybody trusted on the socket; and more options of initdb."""
        arguments = ["-D", str(self._data), "-U", ADMINISTRATOR, "-E", "UTF8", "--locale=C", "--no-sync"]
        arguments += ["--auth-local=trust", "--auth-host=scram-sha-256", *more]
        made = subprocess.run(
            [str(self.native / "bin" / "initdb"), *arguments], capture_output=True, check=False, **identity()
        )
        assert made.returncode == 0, made.stderr.decode()

    def start(self) -> None:
        """Start it and wait until it answers. It dies with this process, however that ends."""
        self.port = self.port or _free_port()
        command = ["setpriv", "--pdeathsig", "QUIT", str(self.native / "bin" / "postgres")]
        command += ["-D", str(self._data), "-p", str(self.port), "-k", str(self._folder)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value.strip(chr(39))}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder, **identity()
            )
        deadline = time.monotonic() + 30
        while True:
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            try:
                psycopg2.connect(**self.address("postgres")).close()
            except psycopg2.OperationalError:
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT in order, SIGQUIT at once, as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def address(self, database: str) -> dict[str, Any]:
        """How its superuser connects, over the socket, and stays itself whatever is set for the database."""
        who = {"host": str(self._folder), "port": self.port, "user": ADMINISTRATOR}
        return {**who, "dbname": database, "options": "-c role=none -c default_transaction_read_only=off"}

    @contextmanager
    def connect(self, database: str = "postgres") -> Iterator[Any]:
        """A connection as superuser in autocommit mode."""
        connection = psycopg2.connect(**self.address(database))
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def rows(
        self, statement: str, database: str = "postgres", parameters: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """What a query answers, as superuser."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as superuser, each on its own."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def log_from(self, offset: int) -> str:
        """The log's text behind an offset."""
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", "replace")

    def log_size(self) -> int:
        """Where the log ends now."""
        return self.log.stat().st_size


@contextmanager
def running(
    major: int,
    settings: Mapping[str, str] | None = None,
    initdb: Sequence[str] = (),
    *,
    own_programs: bool = False,
) -> Iterator[Server]:
    """A server for the length of the block; nothing of it stays behind.

    Args:
        major: its version.
        settings: on its command line, which no file overrides; SETTINGS where none are given.
        initdb: further options of initdb.
        own_programs: whether it runs from a copy of the programs, which a test may take away.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"pgsop-{major}-"))
    os.chown(folder, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    server = Server(major, folder, settings, own_programs=own_programs)
    try:
        server.initialise(*initdb)
        server.start()
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def missing(major: int) -> str:
    """Why tests on a major cannot run here; empty if they can, and for those without which nothing can be tested."""
    if major != NEXT:
        return ""
    postgres = NEXT_PROGRAMS / "bin" / "postgres"
    runs = postgres.exists() and subprocess.run([postgres, "-V"], check=False, capture_output=True, **identity())
    return "" if runs and runs.returncode == 0 else f"no programs of PostgreSQL {NEXT}: see scripts/server_19"


def _programs(major: int, folder: Path, *, copied: bool) -> Path:
    """Where the programs are; a copy, if one is asked for, and where their user may not walk there (a checkout below /root)."""
    native = NEXT_PROGRAMS if major == NEXT else PROGRAMS / f"pg{major}" / "native"
    assert native.is_dir(), f"{native} is missing: run scripts/servers, which fetches it"
    walkable = subprocess.run(["test", "-x", str(native / "bin" / "postgres")], check=False, **identity())
    if walkable.returncode == 0 and not copied:
        return native
    # Debian's programs find their other files by the path from their own folder.
    paths = [f"usr/{part}/postgresql/{NEXT}" for part in ("lib", "share")] if major == NEXT else [""]
    for path in paths:
        shutil.copytree((_FETCHED / "server_19" if path else native) / path, folder / "native" / path, symlinks=True)
    return folder / "native" / paths[0]


def identity() -> dict[str, Any]:
    """Return the arguments of subprocess with which a program runs as the owner of the servers."""
    if os.geteuid() != 0:
        return {}
    return {"user": ACCOUNT.pw_uid, "group": ACCOUNT.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
