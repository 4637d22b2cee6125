# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie behind the login: limits, the database, and settings of role and database."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from ..databases.invalid import INVALID, remedy
from ..sql import quote_identifier
from .causes_login import declared
from .causes_rules import short_psql
from .evidence import Cause, Evidence

_DATABASE = (
    "if {name} is declared in pg_bootstrap_databases, set its {key} there and run role pg_bootstrap, which keeps it so"
)
_LIBRARIES = ("session_preload_libraries", "local_preload_libraries")


def _kept(evidence: Evidence, key: str) -> str:
    return _DATABASE.format(name=evidence.target.database, key=key)


def slots(evidence: Evidence) -> Cause | None:
    """Return the cause slots.full if no connection slot is free for this role."""
    crowded = evidence.found is not None and evidence.found.free == 0 and not evidence.subjects.get("superuser")
    if not evidence.error_is("slots") and not (evidence.fits("slots") and crowded):
        return None
    kept = "reserved" in evidence.attempt.said
    sentence = f"all connections of {evidence.label} are taken" + (
        " but those reserved for administrators" if kept else ""
    )
    if evidence.found is not None:
        server = evidence.found.server
        sentence += f": {server['used']} of max_connections {server['slots']}, {server['kept'] + server['reserved']} of them reserved"
    remedy = "sudo pgsop activity, and end what should not be there: SELECT pg_terminate_backend(PID);"
    more = "max_connections is in pg_tuning_settings and takes a restart; a pool in the application is better"
    return Cause("slots.full", sentence, remedy, declared=more)


def role_limit(evidence: Evidence) -> Cause | None:
    """Return the cause role.limit if the role is at its CONNECTION LIMIT."""
    full = evidence.found is not None and evidence.found.role_full
    if not evidence.error_is("role_limit") and not (evidence.fits("role_limit") and full):
        return None
    limit = f" of {evidence.subjects['role_limit']}" if evidence.subjects else ""
    sentence = f"role {evidence.target.user} is at its connection limit{limit}"
    remedy = f"ALTER ROLE {quote_identifier(evidence.target.user)} CONNECTION LIMIT -1;"
    return Cause("role.limit", sentence, remedy, sql=True, declared=declared(evidence, "connection_limit"))


def database_missing(evidence: Evidence) -> Cause | None:
    """Return a cause if the database does not exist.

    Returns:
        port.other_cluster if another cluster of the host has it, otherwise database.missing.
    """
    missing = evidence.subjects.get("database") is False and not evidence.target.replication
    if not evidence.error_is("no_database") and not (evidence.fits("no_database") and missing):
        return None
    sentence = f"{evidence.label} has no database {evidence.target.database}"
    for label, seen in evidence.elsewhere.items():
        if seen.get("database"):
            sentence += f", but cluster {label} on port {seen['port']} has: this is another cluster's port"
            return Cause("port.other_cluster", sentence, f"use that port: {evidence.uri(port=seen['port'])}")
    remedy = (
        f"CREATE DATABASE {quote_identifier(evidence.target.database)} OWNER {quote_identifier(evidence.target.user)};"
    )
    more = f"declare {evidence.target.database} in pg_bootstrap_databases and run role pg_bootstrap, which makes it with its privileges"
    if evidence.target.origins.get("dbname") is None:
        sentence += ", which is the default for a role of that name: no database was named"
        name_one = f"name one with -d (dbname in a connection string); they are listed by: {short_psql(evidence)} -l"
        return Cause("database.missing", sentence, name_one)
    return Cause("database.missing", sentence, remedy, sql=True, declared=more)


def database_invalid(evidence: Evidence) -> Cause | None:
    """Return the cause database.invalid if a DROP DATABASE was interrupted (datconnlimit -2)."""
    if not evidence.error_is("invalid_database") and not (
        evidence.fits("invalid_database") and evidence.subjects.get("database_limit") == INVALID
    ):
        return None
    sentence = f"database {evidence.target.database} is half gone: its DROP DATABASE was interrupted, and nobody may connect any more"
    return Cause(
        "database.invalid",
        sentence,
        f"{remedy(evidence.target.database)};",
        sql=True,
        declared="then restore it: pgsop restore",
    )


def database_closed(evidence: Evidence) -> Cause | None:
    """Return the cause database.closed if the database accepts no connections (datallowconn is false)."""
    closed = evidence.subjects.get("open") is False
    if not evidence.error_is("closed_database") and not (evidence.fits("closed_database") and closed):
        return None
    sentence = f"database {evidence.target.database} accepts no connections: its datallowconn is false"
    remedy = f"ALTER DATABASE {quote_identifier(evidence.target.database)} ALLOW_CONNECTIONS true;"
    return Cause("database.closed", sentence, remedy, sql=True)


def no_connect(evidence: Evidence) -> Cause | None:
    """Return the cause database.no_connect if the role has no privilege CONNECT on the database."""
    missing = (
        evidence.subjects.get("role")
        and evidence.subjects.get("database")
        and evidence.subjects.get("may_connect") is False
    )
    if not evidence.error_is("no_connect") and not (evidence.fits("no_connect") and missing):
        return None
    sentence = (
        f"role {evidence.target.user} has no privilege CONNECT on database {evidence.target.database}, nor has PUBLIC"
    )
    database, role = quote_identifier(evidence.target.database), quote_identifier(evidence.target.user)
    remedy = f"GRANT CONNECT ON DATABASE {database} TO {role};"
    return Cause("database.no_connect", sentence, remedy, sql=True, declared=_kept(evidence, "grants or roles"))


def database_limit(evidence: Evidence) -> Cause | None:
    """Return the cause database.limit if the database is at its CONNECTION LIMIT."""
    full = evidence.found is not None and evidence.found.database_full
    if not evidence.error_is("database_limit") and not (evidence.fits("database_limit") and full):
        return None
    limit = f" of {evidence.subjects['database_limit']}" if evidence.subjects else ""
    sentence = f"database {evidence.target.database} is at its connection limit{limit}"
    remedy = f"ALTER DATABASE {quote_identifier(evidence.target.database)} CONNECTION LIMIT -1;"
    return Cause("database.limit", sentence, remedy, sql=True, declared=_kept(evidence, "connection_limit"))


def setting(evidence: Evidence) -> Cause | None:
    """Return a cause if a setting keeps the session from beginning.

    Returns:
        settings.options for the option of the connection string, settings.library for a library that role or database
        preloads, otherwise settings.session.
    """
    if not evidence.error_is("library", "setting"):
        return None
    if evidence.error_is("setting") and evidence.target.parameters.get("options"):
        sentence = f"the server refuses what options in the connection string asks for: {evidence.attempt.said}"
        return Cause("settings.options", sentence, f"leave the options out: {evidence.uri()}")
    found = [
        row
        for row in (evidence.found.settings if evidence.found else ())
        if str(row["setting"]).partition("=")[0] in _LIBRARIES
    ]
    if not found:
        sentence = f"a setting of the server or the role breaks the beginning of a session: {evidence.attempt.said}"
        return Cause("settings.session", sentence, f"{evidence.psql} -c '\\drds'")
    name = str(found[0]["setting"]).partition("=")[0]
    role, database = quote_identifier(evidence.target.user), quote_identifier(evidence.target.database)
    whose = f"ROLE {role if found[0]['of_role'] else 'ALL'}"
    if found[0]["of_database"]:
        whose = f"{whose} IN DATABASE {database}" if found[0]["of_role"] else f"DATABASE {database}"
    sentence = f"{name} of {whose} names a library that cannot be loaded: {evidence.attempt.said}"
    return Cause(
        "settings.library", sentence, f"ALTER {whose} RESET {name};", sql=True, declared=declared(evidence, "settings")
    )


def trigger(evidence: Evidence) -> Cause | None:
    """Return the cause trigger.login if a login event trigger may have refused the session.

    Such a trigger applies to superusers too, unless they switch event_triggers off; the command in the cause does so.
    """
    if not evidence.error_is("") or not evidence.triggers:
        return None
    names = ", ".join(evidence.triggers)
    sentence = f"event trigger {names} of database {evidence.target.database} runs at login, and refused: {evidence.attempt.said}"
    statement = shlex.quote(f"ALTER EVENT TRIGGER {quote_identifier(evidence.triggers[0])} DISABLE;")
    psql = evidence.psql.replace("psql ", "env PGOPTIONS='-c event_triggers=off' psql ", 1)
    database = shlex.quote(evidence.target.database)
    return Cause("trigger.login", sentence, f"{psql.rpartition(' ')[0]} {database} -c {statement}")


REASONS: Sequence[Callable[[Evidence], Cause | None]] = (
    role_limit,
    slots,
    database_missing,
    database_invalid,
    database_closed,
    no_connect,
    database_limit,
    setting,
    trigger,
)
