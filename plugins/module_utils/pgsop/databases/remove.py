# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases and roles that are to be dropped: only if that loses nothing, unless it is forced."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError, ServerError
from ..sql import quote_identifier
from .actual import ClusterState, DatabaseInfo, Dependency
from .closed import refuse_closed
from .converge import Tries, converge, run, with_statement
from .desired import Absent, Declaration
from .init_privileges import cleaning
from .invalid import INVALID
from .statement import Statement

#: Seconds in which a session that was closed is gone.
_ENDING_S = 2
_CONTENT = """
SELECT o.kind, count(*) AS count FROM (
    SELECT CASE WHEN relkind IN ('r', 'p') THEN 'tables' ELSE 'other relations' END AS kind, oid, 'pg_class'::regclass AS class,
           relnamespace AS schema
      FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'routines', oid, 'pg_proc'::regclass, pronamespace FROM pg_proc
    UNION ALL SELECT 'types', t.oid, 'pg_type'::regclass, t.typnamespace
      FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c'
    UNION ALL SELECT 'operators', oid, 'pg_operator'::regclass, oprnamespace FROM pg_operator
    UNION ALL SELECT 'operator families', oid, 'pg_opfamily'::regclass, opfnamespace FROM pg_opfamily
    UNION ALL SELECT 'collations', oid, 'pg_collation'::regclass, collnamespace FROM pg_collation
    UNION ALL SELECT 'conversions', oid, 'pg_conversion'::regclass, connamespace FROM pg_conversion
    UNION ALL SELECT 'text search configurations', oid, 'pg_ts_config'::regclass, cfgnamespace FROM pg_ts_config
    UNION ALL SELECT 'text search dictionaries', oid, 'pg_ts_dict'::regclass, dictnamespace FROM pg_ts_dict
    UNION ALL SELECT 'large objects', oid, 'pg_largeobject'::regclass, NULL FROM pg_largeobject_metadata
) o
  LEFT JOIN pg_namespace n ON n.oid = o.schema
 WHERE (o.schema IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = o.class AND d.objid = o.oid)
 GROUP BY o.kind ORDER BY o.kind
"""
_SESSIONS = """
SELECT pid, coalesce(usename::text, backend_type) AS role, application_name AS application
  FROM pg_stat_activity
 WHERE datname = %s AND backend_type IN ('client backend', 'walsender')
   AND NOT (application_name = 'pgsop' AND usename = current_user)
 ORDER BY pid LIMIT 5
"""


@dataclass(frozen=True)
class Removal:
    """The drop of one database or role.

    Attributes:
        name: database or role.
        final: the statement that drops it.
        before: statements that are run first, by database.
        empty: the database that must be empty for it; None for a role or a forced drop.
        initial: databases that must not have it in their initial privileges.
        heir: the role that gets what it granted there.
    """

    name: str
    final: Statement
    before: tuple[tuple[str, tuple[Statement, ...]], ...] = ()
    empty: DatabaseInfo | None = None
    initial: tuple[str, ...] = ()
    heir: str = ""

    def shown(self) -> Iterator[tuple[str, Statement]]:
        """Yield each statement with its database; an empty name for the whole cluster."""
        for database, statements in self.before:
            yield from ((database, statement) for statement in statements)
        yield "", self.final


def plan_removals(cluster: Cluster, declaration: Declaration, state: ClusterState) -> list[Removal]:
    """Return the drops of absent databases and roles that exist, databases first.

    Args:
        cluster: the cluster; content and sessions of the databases are read.
        declaration: the desired state.
        state: state of the cluster.

    Raises:
        PgsopError: a drop would lose something and is not forced; nothing was changed.
    """
    databases = [item for item in declaration.absent_databases if item.name in state.databases]
    gone = [state.databases[item.name] for item in databases]
    removals = [_database(cluster, item, info) for item, info in zip(databases, gone, strict=False)]
    roles = [item for item in declaration.absent_roles if item.name in state.roles]
    left = _open(state, gone)
    initial = cleaning(cluster, left, [item.name for item in roles], state.administrator)
    for item in roles:
        dependencies = _left(item.name, state.dependencies, gone)
        if not state.roles[item.name].superuser:
            refuse_closed(cluster, item.name, dependencies, state)
        removal = _role(item, dependencies, state, initial.get(item.name, {}))
        removals.append(replace(removal, initial=left, heir=state.administrator))
    return removals


def remove(cluster: Cluster, removal: Removal, tries: Tries) -> list[tuple[str, Statement]]:
    """Drop one database or role; check again that a database is empty.

    Args:
        cluster: the cluster.
        removal: the drop.
        tries: attempts and lock timeout.

    Returns:
        The statements that were run, each with its database.

    Raises:
        PgsopError: the server refuses; the statements before the drop may be committed, each database as a whole.
    """
    before = [*removal.before, *_late(cluster, removal)]
    for database, statements in before:
        converge(cluster, database, _Once(statements), tries)
    if removal.empty is not None:
        # The check for the plan was some time ago.
        content = _content(cluster, removal.empty)
        if content:
            raise _not_empty(removal.name, f"it holds {content} by now")
    with connect(cluster) as session:
        # A drop waits for a checkpoint; interrupted, it leaves a database that accepts no connections.
        session.execute(f"SET lock_timeout = '{tries.lock_timeout_s}s'; SET statement_timeout = 0")
        try:
            run(session, removal.final)
        except ServerError as error:
            raise with_statement(error, cluster, "the cluster", removal.final) from error
    return list(replace(removal, before=tuple(before)).shown())


def _open(state: ClusterState, gone: Sequence[DatabaseInfo]) -> tuple[str, ...]:
    """Databases that can be read, and stay."""
    return tuple(
        info.name
        for info in state.databases.values()
        if info.allows_connections and info.connection_limit != INVALID and info not in gone
    )


def _late(cluster: Cluster, removal: Removal) -> list[tuple[str, tuple[Statement, ...]]]:
    """Return statements for the entries that an extension created in this run has put into the initial privileges."""
    found = cleaning(cluster, removal.initial, [removal.name], removal.heir).get(removal.name, {})
    planned = {(database, statement.sql) for database, statements in removal.before for statement in statements}
    return [(database, (Statement(text),)) for database, text in found.items() if (database, text) not in planned]


def _left(role: str, dependencies: Sequence[Dependency], gone: Sequence[DatabaseInfo]) -> list[Dependency]:
    """Return the dependencies of a role that remain once databases are dropped."""
    names = {info.name for info in gone}
    left = []
    for row in dependencies:
        if row.role != role or row.database in names:
            continue
        held = [info for info in gone if (info.owner == role if row.owns else _is_named(role, info))]
        if row.catalogue != "pg_database" or row.count > len(held):
            left.append(row)
    return left


def _is_named(role: str, info: DatabaseInfo) -> bool:
    return info.owner != role and any(role in (right.grantor, right.grantee) for right in info.acl)


class _Once:
    """A plan that is fulfilled after one use in a session: DROP OWNED cannot be compared with a declaration."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements
        self._session: Session | None = None

    def __call__(self, session: Session) -> Sequence[Statement]:
        again, self._session = session is self._session, session
        return () if again else self._statements


def _content(cluster: Cluster, info: DatabaseInfo) -> str:
    """Return the number of objects by kind that a drop would lose; empty for an invalid database."""
    if info.invalid:
        return ""
    if not info.allows_connections:
        return "what cannot be looked at, for it takes no connections"
    with connect(cluster, info.name) as session:
        return ", ".join(f"{row['count']} {row['kind']}" for row in session.rows(_CONTENT))


def _sessions(cluster: Cluster, name: str) -> str:
    """Return the sessions of a database; those that are ending get 2 s, DROP DATABASE itself gives them 5 s."""
    deadline = time.monotonic() + _ENDING_S
    with connect(cluster) as session:
        rows = session.rows(_SESSIONS, (name,))
        while rows and time.monotonic() < deadline:
            time.sleep(0.1)
            rows = session.rows(_SESSIONS, (name,))
    return ", ".join(f"process {row['pid']} of {row['role']} ({row['application'] or 'no name'})" for row in rows)


def _database(cluster: Cluster, item: Absent, info: DatabaseInfo) -> Removal:
    name = quote_identifier(item.name)
    content = _content(cluster, info)
    sessions = "" if content or item.force else _sessions(cluster, item.name)
    if info.is_template:
        content = f"a template for other databases{', with ' if content else ''}{content}"
    if not item.force and (content or sessions):
        answer = f"it {'is' if info.is_template else 'holds'} {content}" if content else f"it is in use by {sessions}"
        raise _not_empty(item.name, answer)
    drop = Statement(f"DROP DATABASE {name}{' WITH (FORCE)' if item.force else ''}")
    free = (("postgres", (Statement(f"ALTER DATABASE {name} IS_TEMPLATE false"),)),) if info.is_template else ()
    return Removal(item.name, drop, free, None if item.force else info)


def _not_empty(name: str, answer: str) -> PgsopError:
    return PgsopError(
        attempted="drop a database",
        target=f"database {name}",
        answer=answer,
        next_step="take what is needed with pg_dump and end its sessions, then run again, with force: true where it holds"
        " something; nothing was changed in it",
    )


def _role(
    item: Absent,
    dependencies: Sequence[Dependency],
    state: ClusterState,
    initial: Mapping[str, str],
) -> Removal:
    owned = [row for row in dependencies if row.owns and row.catalogue != "pg_default_acl"]
    superuser = state.roles[item.name].superuser
    if superuser or (owned and not item.force):
        things = ", ".join(f"{row.count} in {row.catalogue} of {row.database or 'the cluster'}" for row in owned)
        raise PgsopError(
            attempted="drop a role",
            target=f"role {item.name}",
            answer="it is a superuser" if superuser else f"it still owns objects: {things}",
            next_step="take SUPERUSER from it by hand first"
            if superuser
            else "give them to another role (REASSIGN OWNED BY ... TO ...), or declare the role with state: absent and force: true, which"
            f" gives them to {state.administrator}; nothing was changed",
        )
    role, administrator = quote_identifier(item.name), quote_identifier(state.administrator)
    dependent = {row.database or "postgres" for row in dependencies}
    # DROP OWNED takes privileges back and drops objects, so the role must own nothing by then, even after changes in between.
    steps = (Statement(f"REASSIGN OWNED BY {role} TO {administrator}"), Statement(f"DROP OWNED BY {role}"))
    before = tuple(
        (
            place,
            (*(steps if place in dependent else ()), *(Statement(initial[name]) for name in initial if name == place)),
        )
        for place in sorted({*dependent, *initial})
    )
    return Removal(item.name, Statement(f"DROP ROLE {role}"), before)
