# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PgBouncer between the client and the server: its process, its configuration, and the connection that it makes.

Measured with 1.18, 1.24 and 1.26 (Debian 12, 13 and forky), November 2026.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..connection import load_driver
from ..debian import PGBOUNCER_CONFIG
from ..errors import PgsopError
from ..files import user_name
from ..identity import effective_ids
from ..listeners import socket_holder
from ..session_options import CONNECT_TIMEOUT_S
from .attempt import ConnectionAttempt
from .network import NetworkPath
from .os_user import acting_as, get_os_user
from .password_source import PasswordSource
from .target import PORT, ConnectionTarget

PROGRAM = "pgbouncer"
#: The default of listen_port.
_PORT = "6432"
#: The entry of [databases] for every name without an entry of its own.
ANY = "*"
#: More than a configuration includes, so that files which include each other end.
_DEPTH = 10
_PAIR = re.compile(r"(\w+)\s*=\s*('(?:[^']|'')*'|\S*)")
_SECRET = re.compile(r'"((?:[^"]|"")*)"\s+"((?:[^"]|"")*)"')
#: Options of the program that take a value (its --help); all others are flags.
_WITH_VALUE = ("-u", "--user")


@dataclass(frozen=True)
class PgBouncer:
    """A PgBouncer of this host.

    Attributes:
        pid: its process; 0 if it does not run.
        owner: the operating system user of the process.
        config_file: empty if it is not known.
        settings: section [pgbouncer].
        databases: section [databases]; the values of each entry by keyword.
        secrets: auth_file: a password or a verifier by role.
        hidden: why the configuration is not known; empty if it is.
    """

    pid: int
    owner: str
    config_file: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: str = ""

    @property
    def auth_file(self) -> str:
        """Return the path of auth_file; empty if there is none."""
        return self.settings.get("auth_file", "")

    @property
    def socket_directory(self) -> str:
        """Return unix_socket_dir; PgBouncer's default is /tmp, Debian's configuration sets another one."""
        return self.settings.get("unix_socket_dir") or os.path.join(os.sep, "tmp")

    def entry(self, database: str) -> Mapping[str, str] | None:
        """Return the entry of [databases] for a name; None if PgBouncer has none."""
        return self.databases.get(database, self.databases.get(ANY))

    def looks_up(self, database: str) -> bool:
        """Return whether PgBouncer asks the server for passwords that auth_file does not have (auth_user)."""
        return bool((self.entry(database) or {}).get("auth_user") or self.settings.get("auth_user"))

    def server(self, target: ConnectionTarget, *, as_client: bool) -> ConnectionTarget | None:
        """Return the connection that PgBouncer makes for a client's connection; None if it has no such database.

        Args:
            target: the client's connection.
            as_client: whether the password is the client's. Otherwise it is the one that PgBouncer has in clear text, if it has one;
                from a client's password it passes on the SCRAM keys.
        """
        entry = self.entry(target.database)
        if entry is None:
            return None
        user = entry.get("user") or target.user
        held = entry.get("password") or self.secrets.get(user, "")
        readable = bool(held) and not held.startswith(("md5", "SCRAM-SHA-256$"))
        password = target.password_source if user == target.user else PasswordSource()
        if readable and (not as_client or user != target.user):
            password = PasswordSource(held, self.config_file if entry.get("password") else self.auth_file)
        return ConnectionTarget(
            host=entry.get("host", "").split(",")[0] or self.socket_directory,
            port=int(entry["port"]) if entry.get("port", "").isdigit() else PORT,
            database=entry.get("dbname") or target.database,
            user=user,
            parameters={"sslmode": self.settings.get("server_tls_sslmode") or "prefer"},
            password_source=password,
            origins=dict.fromkeys(("host", "port", "user", "dbname"), self.config_file),
        )

    def state(self, database: str, port: int) -> Mapping[str, object]:
        """Ask its console for a database, as the user of its process, which needs no password.

        Returns:
            The columns of SHOW DATABASES; also mode, which is paused if PgBouncer is paused as a whole (empty before 1.19, which has no
            SHOW STATE). Empty if the console does not answer.
        """
        driver, driver_error = load_driver()
        place = {"host": self.socket_directory, "port": port, "user": PROGRAM, "dbname": PROGRAM}
        try:
            with acting_as(get_os_user(self.owner)):
                connection = driver.connect(**place, connect_timeout=CONNECT_TIMEOUT_S)
        except (driver_error, PgsopError):
            return {}
        connection.autocommit = True
        try:
            rows = _rows(connection, "SHOW DATABASES")
            mode = ""
            with contextlib.suppress(driver_error):
                mode = next((row["key"] for row in _rows(connection, "SHOW STATE") if row["value"] == "yes"), "")
        except driver_error:
            return {}
        finally:
            connection.close()
        return {**next((row for row in rows if row["name"] == database), {}), "mode": mode}


def refuses(tried: ConnectionAttempt) -> bool:
    """Return whether PgBouncer itself refuses the client's role or password; a server names the role in its answer."""
    return tried.kind in ("pooler_password", "pooler_user") or (
        tried.kind == "password" and " for user " not in tried.said
    )


def find(target: ConnectionTarget, reach: NetworkPath) -> PgBouncer | None:
    """Return the PgBouncer that a connection leads to, or would lead to if it ran; None without one."""
    holder = socket_holder(target.socket) if target.socket else None
    listening = [holder] if holder else reach.listening
    pid = next((each.pid for each in listening if each.program == PROGRAM), None)
    if pid is None:
        return None if listening else _stopped(target)
    if os.geteuid():
        return PgBouncer(pid, "", hidden="only root can examine what is behind it: run it with sudo")
    try:
        status = os.stat(f"/proc/{pid}")
        owner = user_name(status.st_uid)
        # In a container root may not inspect other users' processes, but each user may inspect its own.
        with effective_ids(status.st_uid, status.st_gid):
            folder = os.readlink(f"/proc/{pid}/cwd")
        path = _config_file(pid, folder)
        sections = read_config(path, folder)
    except OSError as error:
        return PgBouncer(pid, "", hidden=f"its configuration cannot be read: {error.strerror}")
    settings = sections.get(PROGRAM, {})
    databases = {name: pairs(value) for name, value in sections.get("databases", {}).items()}
    secrets = read_secrets(os.path.join(folder, settings.get("auth_file", "")))
    return PgBouncer(pid, owner, path, settings, databases, secrets)


def _stopped(target: ConnectionTarget) -> PgBouncer | None:
    """Return the PgBouncer of Debian's package if it is configured for a place where no process listens."""
    try:
        settings = read_config(PGBOUNCER_CONFIG, os.sep).get(PROGRAM, {})
    except OSError:
        return None
    found = PgBouncer(0, "", PGBOUNCER_CONFIG, settings)
    here = not target.socket or os.path.realpath(target.host) == os.path.realpath(found.socket_directory)
    return found if here and settings.get("listen_port", _PORT) == str(target.port) else None


def _rows(connection: Any, command: str) -> list[dict[str, Any]]:
    cursor = connection.cursor()
    cursor.execute(command)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_config(path: str, folder: str) -> dict[str, dict[str, str]]:
    """Return the sections of a configuration file and of the files that it includes.

    Args:
        path: the file.
        folder: the working folder of PgBouncer, to which paths in the file are relative.

    Raises:
        OSError: a file cannot be read.
    """
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in _lines(path, folder, _DEPTH):
        if line.startswith("["):
            section = sections.setdefault(line.strip("[] ").lower(), {})
        else:
            name, _equals, value = line.partition("=")
            section[_name(name.strip())] = value.strip()
    return sections


def pairs(text: str) -> dict[str, str]:
    """Return the values of an entry of [databases] by keyword; a quote within quotes is doubled."""
    return {key: value[1:-1].replace("''", "'") if value[:1] == "'" else value for key, value in _PAIR.findall(text)}


def read_secrets(path: str) -> dict[str, str]:
    """Return a password or a verifier by role from an auth_file; empty if the file cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            found = [_SECRET.match(line.strip()) for line in handle]
    except OSError:
        return {}
    return {each[1].replace('""', '"'): each[2].replace('""', '"') for each in found if each}


def _lines(path: str, folder: str, depth: int) -> Iterator[str]:
    with open(path, encoding="utf-8", errors="surrogateescape") as handle:
        for line in (each.strip() for each in handle):
            word, _blank, rest = line.partition(" ")
            if word == "%include" and depth:
                yield from _lines(os.path.join(folder, rest.strip()), folder, depth - 1)
            elif line and line[0] not in ";#%":
                yield line


def _name(text: str) -> str:
    return text[1:-1].replace('""', '"') if text[:1] == '"' else text


def _config_file(pid: int, folder: str) -> str:
    """Return the path of the configuration from the command line of the process, which is relative to its working folder.

    Raises:
        OSError: the process is gone, or it may not be read.
    """
    with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="surrogateescape") as handle:
        words = handle.read().split("\0")[1:]
    files = [
        word for place, word in enumerate(words) if word[:1] not in ("", "-") and words[place - 1] not in _WITH_VALUE
    ]
    return os.path.join(folder, files[-1]) if files else ""
