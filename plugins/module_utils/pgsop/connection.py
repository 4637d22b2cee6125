# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to the local server: over the socket, as its owner, for a short time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from . import encoding
from .cluster import Cluster, find_cluster
from .errors import OwnerRefusedError, PgsopError, ServerError
from .hba_rules.lockout import find_lockout
from .identity import effective_user
from .server_error import error_text, warning_text
from .session_options import CONNECT_TIMEOUT_S, OPTIONS, OWNER_OPTIONS


class Session:
    """One open connection in autocommit mode.

    Args:
        raw: connection of the driver.
        to_server_error: turns the driver's error into a ServerError; its second argument is whether the statement may compute
            from rows. Without it the driver's own error passes.
    """

    def __init__(self, raw: Any, to_server_error: Callable[[Any, bool], ServerError] | None = None) -> None:
        self._raw = raw
        self._to_server_error = to_server_error

    def rows(self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, each as a dictionary by column name.

        Raises:
            ServerError: the statement fails (this holds for all methods that run one).
        """
        with self._run(statement, parameters) as cursor:
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=False)) for row in cursor.fetchall()]

    def tuples(self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query that may compute from rows, such as one of the site.

        Its columns may all have the same name, and its errors show no data.
        """
        with self._run(statement, parameters, computes=True) as cursor:
            return [tuple(row) for row in cursor.fetchall()]

    def value(self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> Any:
        """Return the first column of a query's first row."""
        return next(iter(self.rows(statement, parameters)[0].values()))

    def execute(self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> None:
        """Run a statement without a result."""
        with self._run(statement, parameters):
            pass

    def warnings(self) -> list[str]:
        """Return the warnings since the last call, such as that a REVOKE revoked nothing."""
        found = [warning_text(notice) for notice in self._raw.notices if notice.startswith("WARNING")]
        del self._raw.notices[:]
        return found

    @contextlib.contextmanager
    def _run(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object], *, computes: bool = False
    ) -> Iterator[Any]:
        try:
            with self._raw.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                yield cursor
        except (load_driver()[1], UnicodeError) as error:
            if self._to_server_error is None:
                raise
            # A traceback would show the driver's own message, with the row in it.
            raise self._to_server_error(error, computes) from None

    @contextlib.contextmanager
    def verbatim(self) -> Iterator[None]:
        """Let the server send the bytes of its texts, without conversion, for the length of the block."""
        before = self._raw.encoding
        if before == "UTF8":
            self._raw.set_client_encoding(encoding.VERBATIM)
        try:
            yield
        finally:
            # A session that the block has lost has no encoding any more.
            if before == "UTF8" and not self._raw.closed:
                self._raw.set_client_encoding(before)


#: Limits that make sense for a short session only; each major version has its own choice of them.
_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout")


def disable_timeouts(session: Session) -> None:
    """Disable the time limits of a session: reading whole databases may take hours, and the session waits meanwhile."""
    session.rows(
        "SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = ANY (%s)", [list(_LIMITS)]
    )


#: Since when event triggers can be switched off, and when one can keep everybody out: at login.
EVENT_TRIGGERS_SINCE = 17


def without_event_triggers(cluster: Cluster) -> str:
    """Return options with which no event trigger stops a session or refuses its login; empty before PostgreSQL 17."""
    return "-c event_triggers=off" if cluster.version >= EVENT_TRIGGERS_SINCE else ""


@contextlib.contextmanager
def connect(
    cluster: Cluster,
    database: str = "postgres",
    options: str = "",
    *,
    dsn: str = "",
    timeout_s: int = CONNECT_TIMEOUT_S,
    verbatim: bool = False,
) -> Iterator[Session]:
    """Yield a session as the cluster's owner, by peer authentication over the Unix-domain socket, unless `dsn` is given.

    Args:
        cluster: of the server.
        database: of the session.
        options: further settings that apply before the database's own take effect, as in ``-c event_triggers=off``.
        dsn: libpq connection string of another role, with host and what else it takes; its database does not count.
        timeout_s: seconds that the connection may take.
        verbatim: whether texts are the bytes of the database, even if the server can convert its encoding.

    Raises:
        PgsopError: psycopg2 is missing, the server refuses or breaks the connection, or a statement fails.
    """
    driver, driver_error = load_driver()
    encoding.prepare(driver)

    def to_server_error(error: Any, computes: bool = False) -> ServerError:
        return _to_server_error(cluster, database, error, computes)

    began = time.monotonic()
    settings = {"options": f"{OPTIONS if dsn else OWNER_OPTIONS} {options}", "connect_timeout": timeout_s}
    try:
        raw = _open(driver, cluster, database, {"dsn": dsn, **settings} if dsn else settings)
    except driver_error as error:
        late = time.monotonic() - began >= timeout_s
        raise to_server_error(error) if dsn or late else _owner_refused(to_server_error(error), cluster) from None
    with contextlib.closing(raw):
        raw.autocommit = True
        if not verbatim:
            encoding.convert(raw)
        yield Session(raw, to_server_error)


def _open(driver: Any, cluster: Cluster, database: str, arguments: Mapping[str, Any]) -> Any:
    elsewhere = "dsn" in arguments
    user = contextlib.nullcontext() if elsewhere else effective_user(cluster.owner)
    with user, encoding.database_argument(database) as named:
        own = {"host": cluster.reached_socket_directory(), "port": cluster.port, "user": cluster.owner}
        way = {**({} if elsewhere else own), **arguments, **named}
        return driver.connect(**way, application_name="pgsop", client_encoding=encoding.VERBATIM)


def _to_server_error(cluster: Cluster, database: str, error: Any, computes: bool = False) -> ServerError:
    return ServerError(
        attempted="query the server",
        target=f"cluster {cluster.label}, port {cluster.port}, database {database}",
        answer=error_text(error, computes=computes),
        next_step=f"look at 'systemctl status {cluster.unit}' and the end of {cluster.log_file}",
        code=getattr(error, "pgcode", None),
    )


def _owner_refused(error: ServerError, cluster: Cluster) -> ServerError:
    """Return the error itself, or if the rules refuse the owner, one with the line and the command that repairs it.

    Not for an attempt that ran out of time: a second one would too.
    """
    lockout = find_lockout(cluster)
    if lockout is None:
        return error
    return OwnerRefusedError(
        attempted=error.attempted,
        target=error.target,
        answer=lockout.sentence,
        next_step=lockout.remedy,
        code=error.code,
    )


def is_ready(cluster: Cluster) -> bool:
    """Return whether the server answers a query over the socket; the only proof that it is up."""
    try:
        with connect(cluster) as session:
            return bool(session.value("SELECT 1") == 1)
    except PgsopError:
        return False


def find_running_cluster(version: int, name: str, *, attempted: str, check: bool) -> Cluster | None:
    """Return the cluster if its server answers; None if it does not and this is check mode.

    Args:
        version: major version.
        name: cluster name.
        attempted: what needs it, as an infinitive phrase.
        check: whether this is check mode.

    Raises:
        PgsopError: no server answers, and this is not check mode.
    """
    if not check:
        return get_running_cluster(version, name, attempted=attempted)
    cluster = find_cluster(version, name)
    return cluster if cluster is not None and is_ready(cluster) else None


def get_running_cluster(version: int, name: str, *, attempted: str) -> Cluster:
    """Return the cluster, with a server that answers.

    Args:
        version: major version.
        name: cluster name.
        attempted: what needs it, as an infinitive phrase.

    Raises:
        PgsopError: no server answers; the message has the cause and the command that fixes it.
    """
    cluster = find_cluster(version, name)
    if cluster is not None and is_ready(cluster):
        return cluster
    answer, next_step = "there is no such cluster", "run role pg_install, which creates and starts it, then run again"
    lockout = find_lockout(cluster) if cluster is not None else None
    if lockout is not None:
        answer, next_step = lockout.sentence, lockout.remedy
    elif cluster is not None:
        answer = "the server does not answer a query"
        next_step = (
            f"look at 'systemctl status {cluster.unit}' and the end of {cluster.log_file}; role pg_install starts it"
        )
    raise PgsopError(attempted=attempted, target=f"cluster {version}/{name}", answer=answer, next_step=next_step)


def load_driver() -> tuple[Any, Any]:
    """Return the driver and its base exception, imported late: a host without a server has no driver yet.

    Raises:
        PgsopError: psycopg2 is missing.
    """
    try:
        import psycopg2  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        raise PgsopError(
            attempted="load the PostgreSQL driver",
            target="Python module psycopg2",
            answer=str(error),
            next_step="install the package python3-psycopg2, as role pg_install does",
        ) from error
    return psycopg2, psycopg2.Error
