# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof of a change: log in over TCP as the role itself, and have the server list its privileges."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cluster import Cluster
from ..connection import Session, load_driver
from ..errors import PgsopError
from ..login import LOOPBACK, Login, format_refusal, open_session
from .login_hint import login_hint
from .report_types import ProofReport

#: All at once, and only with functions that answer: a privilege that is tried and refused would be an error in the server's log.
#: Parameters: databases elsewhere, schemas. Membership in a superuser counts, since SET ROLE makes one of it.
QUESTION = """
WITH asked AS (SELECT %s::text[] AS elsewhere, %s::text[] AS schemas),
places AS (
    SELECT s.place, s.name, n.oid
    FROM asked, unnest(asked.schemas) WITH ORDINALITY AS s (name, place) LEFT JOIN pg_namespace n ON n.nspname = s.name
),
tables AS (
    SELECT p.place, p.name, c.oid, c.relowner, has_schema_privilege(p.oid, 'USAGE') AS reached
    FROM places p JOIN pg_class c ON c.relnamespace = p.oid AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    WHERE NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
),
counts AS (
    SELECT place, name, count(*) AS total,
        count(*) FILTER (WHERE reached AND has_table_privilege(oid, 'SELECT')) AS may_select,
        count(*) FILTER (WHERE reached AND has_table_privilege(oid, 'INSERT')) AS may_insert,
        count(*) FILTER (WHERE reached AND has_table_privilege(oid, 'UPDATE')) AS may_update,
        count(*) FILTER (WHERE reached AND has_table_privilege(oid, 'DELETE')) AS may_delete,
        count(*) FILTER (WHERE reached AND pg_has_role(relowner, 'USAGE')) AS may_alter
    FROM tables GROUP BY place, name
),
self AS (
    SELECT bool_or(rolsuper) AS super, bool_or(rolcreatedb) AS createdb, bool_or(rolcreaterole) AS createrole,
        bool_or(rolreplication) AS replication, bool_or(rolbypassrls) AS bypassrls
    FROM pg_roles WHERE rolname IN (current_user, session_user)
)
SELECT kind, name, privilege, held, total FROM (
    SELECT 1 AS part, 1 AS place, 'acts' AS kind, current_user::text AS name, '' AS privilege, 1 AS held, 1 AS total
    WHERE current_user <> session_user
    UNION ALL
    SELECT 2, p.place, 'database', current_database()::text, p.name,
        has_database_privilege(CASE p.name WHEN 'CONNECT' THEN session_user ELSE current_user END, current_database(), p.name)::int, 1
    FROM (VALUES (1, 'CONNECT'), (2, 'CREATE'), (3, 'TEMPORARY')) AS p (place, name)
    UNION ALL
    SELECT 3, 2 * s.place + p.place, 'schema', s.name, p.name, coalesce(has_schema_privilege(s.oid, p.name), false)::int, 1
    FROM places s, (VALUES (1, 'USAGE'), (2, 'CREATE')) AS p (place, name)
    UNION ALL
    SELECT 4, 5 * c.place + p.place, 'tables', c.name, p.name, p.held, c.total
    FROM counts c, LATERAL (VALUES
        (1, 'SELECT', c.may_select), (2, 'INSERT', c.may_insert), (3, 'UPDATE', c.may_update), (4, 'DELETE', c.may_delete),
        (5, 'ALTER', c.may_alter)
    ) AS p (place, name, held)
    UNION ALL
    SELECT 5, e.place, 'database', e.name, 'CONNECT', coalesce(d.datallowconn AND has_database_privilege(session_user, d.oid, 'CONNECT'), false)::int, 1
    FROM asked, unnest(asked.elsewhere) WITH ORDINALITY AS e (name, place) LEFT JOIN pg_database d ON d.datname = e.name
    UNION ALL
    SELECT 6, p.place, 'attribute', p.name, '', p.held::int, 1
    FROM self, LATERAL (VALUES
        (1, 'read pg_authid', has_any_column_privilege('pg_authid', 'SELECT')),
        (2, 'superuser', super OR EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND pg_has_role(session_user, r.oid, 'MEMBER'))),
        (3, 'CREATE DATABASE', createdb OR super), (4, 'CREATE ROLE', createrole OR super),
        (5, 'replication', replication OR super), (6, 'pass row level security', bypassrls OR super)
    ) AS p (place, name, held)
) AS answers ORDER BY part, place
"""

_PHRASES = {
    ("acts", ""): "act as {name}",
    ("database", "CONNECT"): "CONNECT to {name}",
    ("database", "CREATE"): "CREATE schemas in {name}",
    ("database", "TEMPORARY"): "TEMPORARY tables in {name}",
    ("schema", "USAGE"): "USE schema {name}",
    ("schema", "CREATE"): "CREATE in schema {name}",
    ("attribute", ""): "{name}",
}


@dataclass(frozen=True)
class Proof:
    """Privileges of a role in a database, as the server reports them: every phrase is in ``may`` or in ``may_not``."""

    role: str
    database: str
    login: bool
    may: tuple[str, ...]
    may_not: tuple[str, ...]

    def as_dict(self) -> ProofReport:
        """Return the proof as a mapping for a module's result."""
        return {
            "role": self.role,
            "database": self.database,
            "login": self.login,
            "may": list(self.may),
            "may_not": list(self.may_not),
        }


def verify_login(cluster: Cluster, login: Login) -> Proof:
    """Log in over TCP as the role, and return the privileges that the server reports.

    They are those of the role it acts as after a SET ROLE of its settings. Schema public is always checked.

    Args:
        cluster: the cluster, at its port on loopback.
        login: role, password and database, with the schemas and other databases to check.

    Raises:
        PgsopError: the server refuses the login or the query.
    """
    driver, driver_error = load_driver()
    raw = _connect(driver, driver_error, cluster, login)
    elsewhere = [name for name in login.elsewhere if name != login.database]
    schemas = [*login.schemas, *({"public"} - {*login.schemas})]
    try:
        with contextlib.closing(raw):
            raw.autocommit = True
            answers = Session(raw).rows(QUESTION, (elsewhere, schemas))
    except driver_error as error:
        raise PgsopError(
            attempted=f"ask the server what {login.role} may do",
            target=_target(cluster, login),
            answer=format_refusal(error, login),
            next_step=f"look at the end of {cluster.log_file}; the login itself works and what was declared is in force",
        ) from None
    may, may_not = phrases(answers)
    return Proof(login.role, login.database, login=True, may=may, may_not=may_not)


def phrases(answers: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the privileges that the role has, and those that it lacks, as phrases.

    Args:
        answers: rows of :data:`QUESTION`: kind, name, privilege, and the number of objects (held of total) with it.
    """
    may: list[str] = []
    may_not: list[str] = []
    for answer in answers:
        (may if answer["held"] else may_not).append(_phrase(answer))
    return tuple(may), tuple(may_not)


def _phrase(answer: Mapping[str, Any]) -> str:
    name, privilege, held, total = (answer[key] for key in ("name", "privilege", "held", "total"))
    if answer["kind"] != "tables":
        return _PHRASES[answer["kind"], privilege].format(name=name)
    if 0 < held < total:
        return f"{privilege} in {held} of {total} tables of schema {name}"
    return f"{privilege} in {'all ' if held else ''}tables of schema {name} ({total})"


def _connect(driver: Any, driver_error: Any, cluster: Cluster, login: Login) -> Any:
    raw, refusals = open_session(driver, driver_error, cluster, login)
    if raw is not None:
        return raw
    step = login_hint(cluster, login.role, login.database, login.password, refusals)
    raise PgsopError(
        attempted=f"log in over TCP as {login.role}",
        target=_target(cluster, login),
        answer="; encrypted: ".join(refusals),
        next_step=f"{step}; what was declared is in force",
    )


def _target(cluster: Cluster, login: Login) -> str:
    return f"{LOOPBACK}:{cluster.port}/{login.database}"
