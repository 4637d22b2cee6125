# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attempt itself: one connection with libpq, as the application would open it, and the answer."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..connection import load_driver
from ..connection_values import SECRETS
from ..session_options import CONNECT_TIMEOUT_S
from .os_user import OsUser, acting_as
from .target import ConnectionTarget

#: No password is read from here: the file that libpq would use was read before, so that its name can be reported.
_NO_FILE = "/nonexistent/pgpass"

#: Answers by kind, the farthest on the way first: with several addresses or ways the answers stand in a row.
SAID: tuple[tuple[str, str], ...] = (
    ("session_attrs", "session is (not )?read-only|server is (not )?in hot standby mode"),
    ("channel_binding", "channel binding (is )?required"),
    ("require_auth", "authentication method requirement "),
    ("starting", "the database system is (starting up|in recovery mode|not (yet )?accepting connections)"),
    ("stopping", "the database system is shutting down"),
    ("slots", "sorry, too many clients|remaining connection slots are reserved"),
    ("role_limit", "too many connections for role"),
    ("database_limit", "too many connections for database"),
    ("no_login", "is not permitted to log in"),
    ("no_database", 'database "[^\\n]*" does not exist'),
    ("no_connect", "permission denied for database"),
    ("invalid_database", "cannot connect to invalid database"),
    ("closed_database", "is not currently accepting connections"),
    ("no_replication", "walsender|WAL sender"),
    ("library", "could not (access file|load library)"),
    ("setting", "unrecognized configuration parameter|invalid value for parameter|permission denied to set parameter"),
    ("pooler_database", "no such database"),
    ("pooler_user", "no such user"),
    ("pooler_password", "SASL authentication failed"),
    ("pooler_hba", "login rejected|no authentication method is found"),
    ("pooler_parameter", "unsupported startup parameter"),
    ("pooler_verifier", "server login failed: wrong password type"),
    ("pooler_wait", "query_wait_timeout|server_login_retry|pgbouncer cannot connect to server"),
    ("pooler_disabled", 'database "[^\\n]*" is disabled'),
    ("pooler_full", "max_client_conn|max_db_client_connections|max_user_client_connections"),
    ("password", "password authentication failed"),
    ("peer", "(Peer|Ident) authentication failed"),
    ("other_method", "[A-Za-z0-9]+ authentication failed|requires a valid client certificate"),
    ("no_password", "no password supplied"),
    ("rejected", "pg_hba.conf rejects"),
    ("no_rule", "no pg_hba.conf entry"),
    ("no_role", 'role "[^\\n]*" does not exist'),
    ("gssencmode", "GSSAPI encryption required|gssencmode value"),
    ("client_option", '^(invalid (\\w+ value|SSL protocol|integer value)|weak sslmode|\\w+ value "[^"]*" )'),
    ("no_ssl", "server does not support SSL"),
    ("certificate", "certificate"),
    (
        "foreign",
        "invalid response to SSL negotiation|expected authentication request|lost synchronization|unsupported frontend protocol",
    ),
    ("timeout", "timeout expired"),
    ("closed", "server closed the connection|Connection reset"),
    ("denied", "Permission denied"),
    ("no_socket", "No such file or directory"),
    ("refused", "Connection refused"),
    ("unreachable", "No route to host|Network is unreachable"),
    ("no_name", "could not translate host name"),
)


#: A shorter password is part of other words, and hiding those would show it.
_SHORT = 4
#: What the modes that leave the choice to libpq try, one after the other. A certificate of the server's is not checked in them.
_ENCRYPTED = {"sslmode": "require", "sslrootcert": "/nonexistent/root.crt"}
_PLAIN = {"sslmode": "disable"}
_MODES: Mapping[str, Sequence[Mapping[str, str]]] = {"prefer": (_ENCRYPTED, _PLAIN), "allow": (_PLAIN, _ENCRYPTED)}
#: Where libpq's answer for one address begins, and what stands between the address and the reason.
_ONE_ADDRESS, _FAILED = re.compile(r"\s(?=connection to server )"), " failed: "
#: Answers before which no password was sent.
_BEFORE_PASSWORD = ("no_ssl", "certificate", "no_rule", "rejected", "closed")


@dataclass(frozen=True)
class ConnectionAttempt:
    """Result of one connection attempt.

    Attributes:
        works: whether a session began; None if no attempt was possible.
        said: the server's or libpq's answer in one line, without any password; empty if a session began.
        kind: the first key of `SAID` with a pattern that matches the answer; empty for any other answer.
        seconds: time until the session began or the attempt failed.
        session: of a session that began: user, database, version, encrypted, pid.
    """

    works: bool | None
    said: str = ""
    kind: str = ""
    seconds: float = 0.0
    session: Mapping[str, Any] | None = None


def attempt(target: ConnectionTarget, os_user: OsUser) -> ConnectionAttempt:
    """Connect once as an operating system user, and disconnect. A target with a list has all its hosts tried, as libpq does.

    If libpq may choose the encryption (sslmode prefer or allow), it sends the password both ways, and a wrong one is refused
    twice. Here the second way is tried only if the first failed before a password was sent.

    Returns:
        The result of the last way that was tried. If pg_hba.conf refused, its answer has those of all ways.

    Raises:
        PgsopError: the driver is missing.
    """
    begun = time.monotonic()
    answers: list[str] = []
    for mode in _modes(target, os_user):
        tried = _once(target, os_user, mode)
        answers += [tried.said] if tried.said not in answers else []
        if tried.works or tried.kind not in _BEFORE_PASSWORD:
            break
    if tried.works or tried.kind not in ("no_rule", "rejected"):
        return tried
    return ConnectionAttempt(False, " ".join(answers), tried.kind, time.monotonic() - begun)


def _modes(target: ConnectionTarget, os_user: OsUser) -> Sequence[Mapping[str, str]]:
    # libpq refuses direct negotiation with these modes, which a mode of ours would hide.
    direct = "direct" in (target.parameters.get("sslnegotiation"), os_user.environment.get("PGSSLNEGOTIATION"))
    return ({},) if target.socket or direct else _MODES.get(target.sslmode, ({},))


def _once(target: ConnectionTarget, os_user: OsUser, mode: Mapping[str, str]) -> ConnectionAttempt:
    driver, driver_error = load_driver()
    begun = time.monotonic()
    try:
        with acting_as(os_user):
            connection = driver.connect(**{**_arguments(target), **mode})
    except (driver_error, UnicodeError) as error:
        said = _each_once(scrubbed(str(error), target))
        return ConnectionAttempt(False, said, kind_of(said), time.monotonic() - begun)
    seconds = time.monotonic() - begun
    try:
        return ConnectionAttempt(True, seconds=seconds, session=_session(connection))
    finally:
        connection.close()


def kind_of(said: str) -> str:
    """Return the first key of `SAID` with a pattern that matches an answer; empty for other answers and other languages."""
    return next((kind for kind, pattern in SAID if re.search(pattern, said)), "")


def _each_once(said: str) -> str:
    """Return an answer without addresses that have the same reason as one before."""
    found: dict[str, str] = {}
    for part in _ONE_ADDRESS.split(said):
        found.setdefault(part.partition(_FAILED)[2] or part, part)
    return " ".join(found.values())


def scrubbed(text: str, target: ConnectionTarget) -> str:
    """Return a text in one line, with passwords of the target replaced by `***`.

    A password below 4 characters stays, and so does one that equals the name of the role or the database.
    """
    line = " ".join(text.split())
    secrets = [target.password_source.password, *(target.parameters.get(key) for key in SECRETS)]
    for secret in secrets:
        if secret and len(secret) >= _SHORT and secret not in (target.user, target.database):
            line = line.replace(secret, "***").replace(" ".join(secret.split()) or secret, "***")
    return line


def _arguments(target: ConnectionTarget) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "application_name": "pgsop diagnose",
        **target.parameters,
        "host": target.host,
        "port": target.port,
        "dbname": target.database,
        "user": target.user,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "passfile": _NO_FILE,
    }
    if target.hostaddr:
        arguments["hostaddr"] = target.hostaddr
    arguments.update(target.whole)
    if target.password_source.password:
        arguments["password"] = target.password_source.password
    return arguments


def _session(connection: Any) -> dict[str, Any]:
    info = connection.info
    version = info.server_version
    return {
        "user": info.user,
        "database": info.dbname,
        "version": f"{version // 10_000}.{version % 10_000}",
        "encrypted": bool(info.ssl_in_use),
        "pid": info.backend_pid,
    }
