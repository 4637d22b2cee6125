# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary databases in which a restore is made and checked, before it gets its name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cluster import Cluster
from ..connection import Session, connect, disable_timeouts, without_event_triggers
from ..databases.names import TEMPORARY
from ..errors import PgsopError
from ..json_text import to_json
from ..sql import quote_identifier, quote_literal

NAME = TEMPORARY
#: How their comments begin; what follows is for those who clean up.
MARK = "pgsop: a restore is being made here, do not use it "

_LEFT = """
SELECT datname AS name, datistemplate AS template, shobj_description(oid, 'pg_database') AS comment, datconnlimit AS connections
  FROM pg_database WHERE datname ~ '^pgsop_(restore|drill)_[0-9a-f]{8}$' ORDER BY 1
"""
#: Connection limit of a database whose DROP DATABASE was interrupted (DATCONNLIMIT_INVALID_DB in pg_database.h).
_INVALID = -2
_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Scratch:
    """One temporary database.

    Attributes:
        cluster: of the database.
        guard: session in database postgres that holds the database's lock as long as it is in use.
        name: of the database.
        about: content of its comment: the database and the set, and OIDs of new roles by name.
        verbatim: whether texts in it are read as the bytes of the database, as when it was dumped.
    """

    cluster: Cluster
    guard: Session
    name: str
    about: dict[str, Any]
    verbatim: bool = False

    @property
    def options(self) -> str:
        """Return options for sessions in it, so that event triggers of the database do not forbid or follow changes.

        Up to version 16, ordinary triggers do not fire in these sessions either.
        """
        return without_event_triggers(self.cluster) or "-c session_replication_role=replica"

    @contextlib.contextmanager
    def session(self, *, verbatim: bool | None = None) -> Iterator[Session]:
        """Yield a session in it, without timeouts.

        Args:
            verbatim: instead of that of the scratch database.
        """
        bytes_of_texts = self.verbatim if verbatim is None else verbatim
        with connect(self.cluster, self.name, self.options, verbatim=bytes_of_texts) as session:
            disable_timeouts(session)
            yield session

    def create(self, statement: str) -> None:
        """Create the database with a statement, and mark it by its comment.

        Raises:
            PgsopError: the server refuses.
        """
        self.guard.execute(statement)
        self.note()

    def note(self, **more: Any) -> None:
        """Add to the content of its comment; in the guard's transaction, if one is open."""
        self.about.update(more)
        text = quote_literal(MARK + to_json(self.about))
        self.guard.execute(f"COMMENT ON DATABASE {quote_identifier(self.name)} IS {text}")

    def disconnect(self) -> None:
        """End every session in it."""
        self.guard.rows(_SESSIONS, [self.name])


@contextlib.contextmanager
def opened(cluster: Cluster, kind: str, *, verbatim: bool = False, **about: str) -> Iterator[Scratch]:
    """Yield the name of a temporary database, and hold its lock.

    After the block, the database and the roles that are noted with it are dropped.

    Args:
        cluster: in which it is.
        kind: restore or drill.
        verbatim: as in Scratch.
        about: for its comment.

    Raises:
        PgsopError: the server does not answer, or the database cannot be dropped.
    """
    name = f"pgsop_{kind}_{secrets.token_hex(4)}"
    with connect(cluster) as guard:
        disable_timeouts(guard)
        guard.rows("SELECT pg_advisory_lock(%s)", [key(name)])
        scratch = Scratch(cluster, guard, name, dict(about), verbatim)
        try:
            yield scratch
        except BaseException as error:
            _drop_after(scratch, error)
            raise
        drop(guard, name)
        drop_roles(guard, scratch.about.get("roles", {}))


def sweep(cluster: Cluster) -> list[str]:
    """Drop temporary databases that are not in use any more, because their run was killed.

    Roles that the run created are dropped, too, if they are not needed.

    Returns:
        The names of the databases.

    Raises:
        PgsopError: the server does not answer, or a database cannot be dropped.
    """
    gone = []
    with connect(cluster) as session:
        disable_timeouts(session)
        for row in session.rows(_LEFT):
            # Closed and without a comment: the run was killed between CREATE DATABASE and COMMENT, or within DROP DATABASE.
            unfinished = row["comment"] is None and row["connections"] in (0, _INVALID)
            ours = (row["comment"] or "").startswith(MARK) or unfinished
            if ours and session.value("SELECT pg_try_advisory_lock(%s)", [key(row["name"])]):
                drop(session, row["name"])
                drop_roles(session, _roles(row["comment"]))
                session.rows("SELECT pg_advisory_unlock(%s)", [key(row["name"])])
                gone.append(row["name"])
    return gone


def drop(session: Session, name: str) -> None:
    """Drop a temporary database with all sessions in it.

    Raises:
        PgsopError: the server refuses.
    """
    database = quote_identifier(name)
    if session.rows("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]):
        session.execute(f"ALTER DATABASE {database} IS_TEMPLATE false")
    session.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def drop_roles(session: Session, roles: Mapping[str, int]) -> None:
    """Drop roles by name and OID; those on which something depends meanwhile stay."""
    for name, oid in roles.items():
        if session.rows("SELECT 1 FROM pg_roles WHERE rolname = %s AND oid = %s", [name, oid]):
            with contextlib.suppress(PgsopError):
                session.execute(f"DROP ROLE {quote_identifier(name)}")


def key(name: str) -> int:
    """Return the number of the advisory lock for a temporary database, from its name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _drop_after(scratch: Scratch, error: BaseException) -> None:
    # By a session of its own: that of the guard may be broken, or in the middle of a transaction.
    try:
        with connect(scratch.cluster) as session:
            disable_timeouts(session)
            drop(session, scratch.name)
            drop_roles(session, scratch.about.get("roles", {}))
    except PgsopError as second:
        raise PgsopError(
            attempted="clean up after a failure",
            target=f"database {scratch.name}",
            answer=f"{second.answer}; the failure before it was: {error}",
            next_step="correct that and run it again: whatever is left behind is dropped then",
        ) from error


def _roles(comment: Any) -> dict[str, int]:
    try:
        found = json.loads(str(comment)[len(MARK) :]).get("roles", {})
    except (ValueError, AttributeError):
        return {}
    return {str(name): int(oid) for name, oid in found.items()}
