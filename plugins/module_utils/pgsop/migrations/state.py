# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration tools of one database, and the state of their last run."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..activity.sessions import Backend
from ..connection import Session
from ..errors import ServerError
from ..finding import OK, WARNING
from ..finding import UNKNOWN as NOT_KNOWN
from .builders import changes_definitions, creators
from .keys import split
from .registry import NAMES, recognised
from .report_types import MigrationRun
from .tool import DIRTY, FAILED, LOCKED, RUNNING, UNKNOWN, Classification, Row, SessionEvidence, Table, Tool

#: Milliseconds that reading a tool's table may wait for a lock: who holds one is an answer, too.
_LOCK_TIMEOUT = "200ms"
_LOCKED_OUT = ("55P03", "57014")
_DENIED = "42501"
#: Instead of a tool's name, if only sessions show that a migration is running.
UNKNOWN_TOOL = "unknown tool"
#: Seconds since its last statement, for which an idle session may be a tool between two statements.
_MOMENT_S = 10.0

# Tables only: reading a view runs the functions in it.
_TABLES = """
SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name, format('%%I.%%I', n.nspname, c.relname) AS quoted,
       (SELECT json_object_agg(a.attname, CASE WHEN t.typnamespace <> 'pg_catalog'::regnamespace THEN '?'
                                               WHEN t.typname = 'varchar' AND a.atttypmod > 4 THEN 'varchar(' || a.atttypmod - 4 || ')'
                                               ELSE t.typname END)
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = ANY (%s) AND c.relkind = 'r' AND c.relpersistence <> 't'
 ORDER BY n.nspname, c.relname
"""
_LOCKS = """
SELECT l.pid, l.locktype, l.mode, l.relation::bigint AS relation, l.classid::bigint AS classid, l.objid::bigint AS objid, l.objsubid
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database d ON d.oid = l.database
 WHERE d.datname = current_database() AND l.granted AND l.pid <> pg_backend_pid()
   AND (l.locktype = 'advisory' OR (l.locktype = 'relation' AND l.relation = ANY (%s::oid[])))
"""
_READERS = ("AccessShareLock", "RowShareLock")


@dataclass(frozen=True)
class Run:
    """State of the last run of a tool in a database.

    Attributes:
        tool: its name.
        table: the one by which it was found, quoted for a statement; like the schema, empty for an unknown tool.
        state: RUNNING, FAILED, DIRTY, LOCKED, FINISHED or UNKNOWN.
        reason: the reason of this state, as a phrase.
        since_s: seconds since the run began, None if unknown.
        hint: the next step; empty if no step is needed.
        visible: false if its table cannot be read; then the state is UNKNOWN, unless sessions show it.
    """

    tool: str
    database: str
    schema: str
    table: str
    state: str
    reason: str
    since_s: Any
    hint: str
    visible: bool

    @property
    def status(self) -> str:
        """Return the status: WARNING for a run that failed or may have failed, UNKNOWN if its table cannot be read."""
        if not self.visible:
            return NOT_KNOWN
        return WARNING if self.state in (FAILED, DIRTY, LOCKED) else OK

    @property
    def message(self) -> str:
        """Return tool, database, table (if known), state and reason as a sentence without a full stop."""
        table = f" ({self.table})" if self.table else ""
        return f"{self.tool} in {self.database}{table} is {self.state}: {self.reason}"

    def as_dict(self) -> MigrationRun:
        """Return the row of the report."""
        return MigrationRun(
            tool=self.tool,
            database=self.database,
            schema=self.schema,
            table=self.table,
            state=self.state,
            reason=self.reason,
            since_s=self.since_s,
            hint=self.hint,
            visible=self.visible,
            status=self.status,
            message=self.message,
        )


def named(backend: Backend) -> str:
    """Return a session as messages name it: its process ID with application, role or type."""
    return f"session {backend.pid} ({backend.application or backend.role or backend.backend_type})"


def tables_of_tools(session: Session) -> list[Table]:
    """Return all tables with a name that a tool uses; a database without them costs this one query."""
    return [Table(**row) for row in session.rows(_TABLES, [list(NAMES)])]


def collect_runs(session: Session, database: str, everyone: Sequence[Backend], tables: Sequence[Table]) -> list[Run]:
    """Return the state of the last run of each tool in a database.

    Args:
        session: on the database.
        database: its name.
        everyone: all processes of the server.
        tables: as :func:`tables_of_tools` returns them.

    Returns:
        One run for each tool that has tables; and one of an unknown tool, if sessions create relations and no tool is running.

    Raises:
        ServerError: the server refuses more than to read a tool's table.
    """
    found = list(recognised(tables))
    oids = [each.oid for _tool, table, companions in found for each in (table, *companions)]
    clients = {each.pid: each for each in everyone if each.database == database and (each.is_client or each.masked)}
    inspector = _Inspector(session, database, session.rows(_LOCKS, [oids]) if found else (), clients)
    with _careful(session) if found else contextlib.nullcontext():
        runs = [inspector.run(tool, [table, *companions]) for tool, table, companions in found]
    return runs if any(run.state == RUNNING for run in runs) else [*runs, *inspector.unknown()]


@contextlib.contextmanager
def _careful(session: Session) -> Iterator[None]:
    """Limit waits for locks to 200 ms, and run no row security policy."""
    session.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    session.execute("SET row_security = off")
    try:
        yield
    finally:
        session.execute("RESET lock_timeout")
        session.execute("RESET row_security")


class _Inspector:
    """Reads one database.

    Args:
        session: on the database.
        database: its name.
        locks: advisory ones that are held in it, and those on the tools' tables.
        clients: its sessions by process.
    """

    def __init__(self, session: Session, database: str, locks: Sequence[Row], clients: Mapping[int, Backend]) -> None:
        self._session = session
        self._database = database
        self._locks = [lock for lock in locks if lock["pid"] in clients]
        self._clients = clients
        self._creators = creators(session, clients)
        self._builders = self._creators | {each.pid for each in clients.values() if changes_definitions(each)}

    def run(self, tool: Tool, tables: Sequence[Table]) -> Run:
        """Return the state of a tool's last run.

        Args:
            tool: the tool.
            tables: its own; the first is the one by which it was recognised.
        """
        table = tables[0]
        found_state, visible = self._classification(tool, tables, self._evidence(tool, tables))
        since = None if (found_state.since_s or -1.0) < 0 else round(found_state.since_s, 3)
        found = (found_state.state, found_state.reason, since, found_state.hint, visible)
        return Run(tool.name, self._database, table.schema, table.quoted, *found)

    def unknown(self) -> list[Run]:
        """Return the run of a tool without a visible table, such as the first run of one that works in one transaction."""
        who = self._named(self._creators)
        reason = f"{who[0]} has created relations in an open transaction" if who else ""
        return [Run(UNKNOWN_TOOL, self._database, "", "", RUNNING, reason, None, "", visible=True)] if who else []

    def _evidence(self, tool: Tool, tables: Sequence[Table]) -> SessionEvidence:
        keys = {split(key) for key in tool.keys(self._database, tables[0].schema, tables[0].name)}
        oids = {each.oid for each in tables}
        holders = {
            lock["pid"]
            for lock in self._locks
            if lock["locktype"] == "advisory" and lock["objsubid"] == 1 and (lock["classid"], lock["objid"]) in keys
        }
        writers = {lock["pid"] for lock in self._locks if lock["relation"] in oids and lock["mode"] not in _READERS}
        rest = [each for each in self._clients.values() if each.pid not in holders | writers | self._builders]
        return SessionEvidence(
            holders=self._named(holders),
            writers=self._named(writers - holders),
            builders=self._named(self._builders - holders - writers),
            others=sum(_may_be_at_work(each) for each in rest),
            hidden=sum(each.masked for each in rest),
        )

    def _classification(
        self, tool: Tool, tables: Sequence[Table], evidence: SessionEvidence
    ) -> tuple[Classification, bool]:
        rows: dict[str, list[Row]] = {}
        for table in tables:
            if table.name not in tool.queries:
                continue
            try:
                rows[table.name] = self._session.rows(tool.queries[table.name] % table.quoted)
            except ServerError as error:
                if error.code not in (*_LOCKED_OUT, _DENIED):
                    raise
                if evidence.holders or (evidence.writers and error.code == _DENIED):
                    return Classification(RUNNING, evidence.certain), True
                if error.code == _DENIED:
                    return Classification(
                        UNKNOWN, f"{table.quoted} may not be read", hint=f"grant SELECT on {table.quoted}"
                    ), False
                return self._locked_out(table), True
        return tool.classify(rows, evidence), True

    def _locked_out(self, table: Table) -> Classification:
        holders = {
            lock["pid"]
            for lock in self._locks
            if lock["relation"] == table.oid and lock["mode"] == "AccessExclusiveLock"
        }
        who = (*self._named(holders), "somebody")[0]
        return Classification(
            LOCKED, f"{table.quoted} is locked right now by {who}, so it cannot be read", hint="see 'pgsop locks'"
        )

    def _named(self, pids: Collection[int]) -> tuple[str, ...]:
        return tuple(named(self._clients[pid]) for pid in sorted(pids))


def _may_be_at_work(backend: Backend) -> bool:
    if backend.masked or backend.application == "pgsop":
        return False
    return backend.state != "idle" or (backend.state_age_s or 0.0) < _MOMENT_S
