# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie behind the login: limits, the database, and what is set for role and database."""

from __future__ import annotations

import shlex
from typing import Callable, Optional, Sequence

from ..databases.invalid import INVALID, remedy
from ..sql import quote_identifier
from .case import Case, Cause
from .causes_login import declared

_DATABASE = (
    "if {name} is declared in pg_bootstrap_databases, set its {key} there and run role pg_bootstrap, which keeps it so"
)
_LIBRARIES = ("session_preload_libraries", "local_preload_libraries")


def _kept(case: Case, key: str) -> str:
    return _DATABASE.format(name=case.target.database, key=key)


def slots(case: Case) -> Optional[Cause]:
    """There is no slot left, or none for this role."""
    crowded = case.found is not None and case.found.free == 0 and not case.subjects.get("superuser")
    if not case.told("slots") and not (case.fits("slots") and crowded):
        return None
    kept = "reserved" in case.attempt.said
    sentence = f"all connections of {case.label} are taken" + (" but those reserved for administrators" if kept else "")
    if case.found is not None:
        server = case.found.server
        sentence += f": {server['used']} of max_connections {server['slots']}, {server['kept'] + server['reserved']} of them reserved"
    remedy = "sudo pgsop activity, and end what should not be there: SELECT pg_terminate_backend(PID);"
    more = "max_connections is in pg_tuning_settings and takes a restart; a pool in the application is better"
    return Cause("slots.full", sentence, remedy, declared=more)


def role_limit(case: Case) -> Optional[Cause]:
    """The role has as many sessions as it may."""
    full = case.found is not None and case.found.role_full
    if not case.told("role_limit") and not (case.fits("role_limit") and full):
        return None
    limit = f" of {case.subjects['role_limit']}" if case.subjects else ""
    sentence = f"role {case.target.user} is at its connection limit{limit}"
    remedy = f"ALTER ROLE {quote_identifier(case.target.user)} CONNECTION LIMIT -1;"
    return Cause("role.limit", sentence, remedy, sql=True, declared=declared(case, "connection_limit"))


def database_missing(case: Case) -> Optional[Cause]:
    """There is no such database."""
    missing = case.subjects.get("database") is False and not case.target.replication
    if not case.told("no_database") and not (case.fits("no_database") and missing):
        return None
    sentence = f"{case.label} has no database {case.target.database}"
    for label, seen in case.elsewhere.items():
        if seen.get("database"):
            sentence += f", but cluster {label} on port {seen['port']} has: this is another cluster's port"
            return Cause("port.other_cluster", sentence, f"use that port: {case.uri(port=seen['port'])}")
    remedy = f"CREATE DATABASE {quote_identifier(case.target.database)} OWNER {quote_identifier(case.target.user)};"
    more = f"declare {case.target.database} in pg_bootstrap_databases and run role pg_bootstrap, which makes it with its privileges"
    if case.target.origins.get("dbname") is None:
        sentence += ", which is the default for a role of that name: no database was named"
    return Cause("database.missing", sentence, remedy, sql=True, declared=more)


def database_invalid(case: Case) -> Optional[Cause]:
    """Its DROP was interrupted."""
    if not case.told("invalid_database") and not (
        case.fits("invalid_database") and case.subjects.get("database_limit") == INVALID
    ):
        return None
    sentence = f"database {case.target.database} is half gone: its DROP DATABASE was interrupted, and nobody may connect any more"
    return Cause(
        "database.invalid",
        sentence,
        f"{remedy(case.target.database)};",
        sql=True,
        declared="then restore it: pgsop restore",
    )


def database_closed(case: Case) -> Optional[Cause]:
    """It lets nobody in."""
    closed = case.subjects.get("open") is False
    if not case.told("closed_database") and not (case.fits("closed_database") and closed):
        return None
    sentence = f"database {case.target.database} accepts no connections: its datallowconn is false"
    remedy = f"ALTER DATABASE {quote_identifier(case.target.database)} ALLOW_CONNECTIONS true;"
    return Cause("database.closed", sentence, remedy, sql=True)


def no_connect(case: Case) -> Optional[Cause]:
    """The role has no CONNECT."""
    missing = case.subjects.get("role") and case.subjects.get("database") and case.subjects.get("may_connect") is False
    if not case.told("no_connect") and not (case.fits("no_connect") and missing):
        return None
    sentence = f"role {case.target.user} has no privilege CONNECT on database {case.target.database}, nor has PUBLIC"
    database, role = quote_identifier(case.target.database), quote_identifier(case.target.user)
    remedy = f"GRANT CONNECT ON DATABASE {database} TO {role};"
    return Cause("database.no_connect", sentence, remedy, sql=True, declared=_kept(case, "grants or roles"))


def database_limit(case: Case) -> Optional[Cause]:
    """The database has as many sessions as it may."""
    full = case.found is not None and case.found.database_full
    if not case.told("database_limit") and not (case.fits("database_limit") and full):
        return None
    limit = f" of {case.subjects['database_limit']}" if case.subjects else ""
    sentence = f"database {case.target.database} is at its connection limit{limit}"
    remedy = f"ALTER DATABASE {quote_identifier(case.target.database)} CONNECTION LIMIT -1;"
    return Cause("database.limit", sentence, remedy, sql=True, declared=_kept(case, "connection_limit"))


def setting(case: Case) -> Optional[Cause]:
    """What is set for role or database, or asked for in the connection string, breaks the beginning of the session."""
    if not case.told("library", "setting"):
        return None
    if case.told("setting") and case.target.parameters.get("options"):
        sentence = f"the server refuses what options in the connection string asks for: {case.attempt.said}"
        return Cause("settings.options", sentence, f"leave the options out: {case.uri()}")
    found = [
        row
        for row in (case.found.settings if case.found else ())
        if str(row["setting"]).partition("=")[0] in _LIBRARIES
    ]
    if not found:
        sentence = f"a setting of the server or the role breaks the beginning of a session: {case.attempt.said}"
        return Cause("settings.session", sentence, f"{case.psql} -c '\\drds'")
    name = str(found[0]["setting"]).partition("=")[0]
    role, database = quote_identifier(case.target.user), quote_identifier(case.target.database)
    whose = f"ROLE {role if found[0]['of_role'] else 'ALL'}"
    if found[0]["of_database"]:
        whose = f"{whose} IN DATABASE {database}" if found[0]["of_role"] else f"DATABASE {database}"
    sentence = f"{name} of {whose} names a library that cannot be loaded: {case.attempt.said}"
    return Cause(
        "settings.library", sentence, f"ALTER {whose} RESET {name};", sql=True, declared=declared(case, "settings")
    )


def trigger(case: Case) -> Optional[Cause]:
    """A login trigger refuses; it stays in force for administrators too, unless they switch such triggers off."""
    if not case.told("") or not case.triggers:
        return None
    names = ", ".join(case.triggers)
    sentence = (
        f"event trigger {names} of database {case.target.database} runs at login, and refused: {case.attempt.said}"
    )
    statement = shlex.quote(f"ALTER EVENT TRIGGER {quote_identifier(case.triggers[0])} DISABLE;")
    psql = case.psql.replace("psql ", "env PGOPTIONS='-c event_triggers=off' psql ", 1)
    database = shlex.quote(case.target.database)
    return Cause("trigger.login", sentence, f"{psql.rpartition(' ')[0]} {database} -c {statement}")


REASONS: Sequence[Callable[[Case], Optional[Cause]]] = (
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
