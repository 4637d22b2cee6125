# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One moment of a database, shared by all its readers: the dump, the counts, the description."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..cluster import Cluster
from ..connection import Session, connect, disable_timeouts, without_event_triggers
from ..errors import ServerError
from ..session_options import PATIENT_TIMEOUT_S
from ..sql import join_identifiers
from .obstacles.search_path import search_path

#: Tables and sequences with their size, without what belongs to the server or to a session.
_RELATIONS = """
SELECT c.oid, c.relkind::text AS kind, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE 0 END AS bytes,
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AS of_extension
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'S') AND c.oid >= 16384 AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
#: Dumps call a sequence by the bytes of its name in the encoding of the database.
_SEQUENCES = """
SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS stored
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND c.oid >= 16384
"""
_COUNT = "SELECT count(*) FROM ONLY %s"
#: The planner reads the expressions of a table's indexes, and merges functions in SQL into them: the names in these must be found.
_FIND_NAMES = "SELECT set_config('search_path', %s, true)"
#: Tables locked by one statement.
_BATCH = 500
#: How often the tables are listed again, because one was dropped before it could be locked.
_ATTEMPTS = 5
_UNDEFINED_TABLE = "42P01"
_LOCK_NOT_AVAILABLE = "55P03"
_OUT_OF_MEMORY = "53200"
_BLOCKERS = "SELECT pid, usename, query FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock')"
#: Why a table cannot be locked, and what to do, by the error code of the server.
_STEPS = {
    _LOCK_NOT_AVAILABLE: (
        "somebody keeps a table locked, such as a migration",
        f"find it with: {_BLOCKERS}; wait for its end, or raise pg_backup_lock_wait_timeout_s",
    ),
    _OUT_OF_MEMORY: ("there are more tables than locks", "raise max_locks_per_transaction (pg_tuning_settings)"),
}


@dataclass(frozen=True)
class Relation:
    """A table or a sequence.

    Attributes:
        oid: by which a dump refers to it.
        kind: r for a table, p for a partitioned one, S for a sequence.
        name: with its schema, quoted if needed.
        bytes: size of a table without its indexes; 0 for the other kinds.
        of_extension: whether an extension made it; then the dump has a part of its rows only.
        stored: of a sequence, the bytes of its name if they differ from the UTF-8 of the name.
    """

    oid: int
    kind: str
    name: str
    bytes: int
    of_extension: bool
    stored: str = ""

    @property
    def dumped_as(self) -> str:
        """Return the name as it is in a dump."""
        return self.stored or self.name


@dataclass(frozen=True)
class Snapshot:
    """An open transaction that sees one moment, and the name by which other transactions see the same.

    Attributes:
        session: in that transaction; for reading only.
        name: of the exported snapshot.
        relations: by OID.
    """

    session: Session
    name: str
    relations: dict[int, Relation]

    def count(self, oids: Iterable[int]) -> dict[int, int]:
        """Return the exact number of rows of tables, by OID; rows of tables that inherit from them are not counted."""
        found_in = ["pg_catalog", *search_path(self.session).schemas]
        self.session.rows(_FIND_NAMES, [join_identifiers(found_in)])
        return {oid: int(self.session.value(_COUNT % self.relations[oid].name)) for oid in oids}


@contextlib.contextmanager
def exported(cluster: Cluster, database: str, lock_timeout_s: int, *, verbatim: bool = False) -> Iterator[Snapshot]:
    """Yield a snapshot, which is valid during the block.

    Every table is locked against TRUNCATE, DROP and rewriting (ACCESS SHARE, as a SELECT does) before the snapshot is taken: those
    take effect in older snapshots too, and a dump that locks its tables afterwards, as pg_dump alone does, may find them empty.

    Args:
        cluster: of the database.
        database: its name.
        lock_timeout_s: seconds to wait for each lock.
        verbatim: whether the session reads texts as the bytes of the database.

    Raises:
        PgsopError: the server does not answer, or a table stays locked by other sessions.
    """
    options, limit = without_event_triggers(cluster), PATIENT_TIMEOUT_S
    with connect(cluster, database, options, timeout_s=limit, verbatim=verbatim) as session:
        disable_timeouts(session)
        session.rows("SELECT set_config('lock_timeout', %s, false)", [f"{lock_timeout_s}s"])
        relations = _begin(session, database)
        yield Snapshot(session, str(session.value("SELECT pg_export_snapshot()")), relations)


def _begin(session: Session, database: str) -> dict[int, Relation]:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            # Asking for a table's size waits for its lock, too.
            relations = _relations(session)
            session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for tables in _batches([item.name for item in relations.values() if item.kind != "S"]):
                session.execute("LOCK TABLE " + ", ".join(f"ONLY {name}" for name in tables) + " IN ACCESS SHARE MODE")
        except ServerError as error:
            if error.code != _UNDEFINED_TABLE or attempt == _ATTEMPTS:
                raise _to_server_error(error, database) from error
            session.execute("ROLLBACK")
        else:
            return relations
    raise AssertionError("the last attempt returns or raises")


def _relations(session: Session) -> dict[int, Relation]:
    found = session.rows(_RELATIONS)
    with session.verbatim():
        stored = {row["oid"]: row["stored"] for row in session.rows(_SEQUENCES)}
    return {row["oid"]: Relation(**row, stored=stored.get(row["oid"], "")) for row in found}


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _BATCH):
        yield names[start : start + _BATCH]


def _to_server_error(error: ServerError, database: str) -> ServerError:
    why, next_step = _STEPS.get(error.code or "", ("", error.next_step))
    return ServerError(
        attempted="take a snapshot of all tables",
        target=f"database {database}",
        answer=f"{error.answer.rstrip('. ')}; {why}" if why else error.answer,
        next_step=next_step,
        code=error.code,
    )
