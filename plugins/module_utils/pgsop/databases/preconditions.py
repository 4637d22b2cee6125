# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of a declaration that need a server, before anything is changed."""

from __future__ import annotations

import locale
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..connection import Session
from ..errors import PgsopError, ServerError
from ..sql import LIST_SETTINGS, join_identifiers
from .actual import ClusterState, DatabaseInfo
from .desired import ALL, Declaration, DesiredDatabase
from .invalid import remedy, sentence
from .monitoring_logins import login_names
from .plan_settings import normalized

#: Contexts of settings that the server refuses for a role or a database.
_ELSEWHERE = frozenset({"internal", "postmaster", "sighup", "backend", "superuser-backend"})


def refuse_unfit(declaration: Declaration, state: ClusterState, session: Session) -> Declaration:
    """Refuse a declaration that the server cannot carry out; return it with times as the server writes them.

    Args:
        declaration: the desired state.
        state: state of the cluster.
        session: any database of the cluster, as superuser, outside of a transaction.

    Raises:
        PgsopError: the server cannot carry out the declaration; the answer names every fault; nothing was changed.
    """
    declaration, wrong = unfit(declaration, state, session)
    if wrong:
        raise PgsopError(
            attempted="bring roles and privileges to what is declared",
            target=f"PostgreSQL {state.version}",
            answer="; ".join(wrong),
            next_step="correct the declaration, or the host; nothing was changed",
        )
    return declaration


def unfit(declaration: Declaration, state: ClusterState, session: Session) -> tuple[Declaration, list[str]]:
    """Return the declaration with times as the server writes them, and each part that the server cannot carry out, as a sentence.

    The arguments are those of :func:`refuse_unfit`.
    """
    wrong = [problem for desired in declaration.databases.values() for problem in database_problems(desired, state)]
    wrong += group_problems(declaration, state)
    wrong += _owning_logins(declaration, state)
    wrong += _encodings(declaration, session)
    wrong += _settings(declaration, session)
    declaration, untimely = _canonical_times(declaration, session)
    return declaration, wrong + untimely


def database_problems(desired: DesiredDatabase, state: ClusterState) -> Iterator[str]:
    """Yield what the server or its host lacks for a database, or what an existing one has otherwise for good.

    Args:
        desired: the declaration.
        state: state of the cluster.
    """
    place, info = f"database {desired.name}", state.databases.get(desired.name)
    if info is not None:
        yield from _mismatches(place, desired, info)
    elif desired.locale is not None and not _host_has(desired.locale):
        yield f"{place}: the host has no locale {desired.locale!r}; 'locale -a' lists those it has, locale-gen makes more"
    for extension in sorted(desired.extensions):
        if state.extensions is not None and extension not in state.extensions:
            yield f"{place}: extension {extension} is not installed on the host (pg_available_extensions)"
    named = [(rule.kind, rule.privileges) for rule in desired.rules]
    # pg_default_acl calls a sequence S.
    named += [("s" if rule.kind == "S" else rule.kind, rule.privileges) for rule in desired.defaults]
    unknown = {
        privilege
        for kind, privileges in named
        for privilege in privileges
        if privilege not in state.every[kind] | {ALL}
    }
    if unknown:
        yield f"{place}: PostgreSQL {state.version} does not know {', '.join(sorted(unknown))}"


def _mismatches(place: str, desired: DesiredDatabase, info: DatabaseInfo) -> Iterator[str]:
    if info.invalid:
        yield f"{sentence(desired.name)} ({remedy(desired.name)})"
    elif not info.allows_connections:
        yield f"{place} takes no connections (ALTER DATABASE ... ALLOW_CONNECTIONS true)"
    if desired.encoding and _plain(desired.encoding) != _plain(info.encoding):
        yield f"{place} has encoding {info.encoding}, not {desired.encoding}, which only a dump and a new database can change"
    if desired.locale and _plain(desired.locale) != _plain(info.locale):
        yield f"{place} has locale {info.locale}, not {desired.locale}, which only a dump and a new database can change"


def _plain(name: str) -> str:
    """Names of encodings and locales are written in several ways: UTF8, utf-8."""
    return name.lower().replace("-", "").replace("_", "")


def _host_has(name: str) -> bool:
    before = locale.setlocale(locale.LC_COLLATE)
    try:
        locale.setlocale(locale.LC_COLLATE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_COLLATE, before)
    return True


def _encodings(declaration: Declaration, session: Session) -> Iterator[str]:
    for desired in declaration.databases.values():
        if desired.encoding and session.value("SELECT pg_char_to_encoding(%s)", (desired.encoding,)) < 0:
            yield f"database {desired.name}: the server has no encoding {desired.encoding!r}"


def group_problems(declaration: Declaration, state: ClusterState) -> Iterator[str]:
    """Yield the memberships that a declared role cannot have, or must not have because the group is a superuser.

    Args:
        declaration: the desired state.
        state: state of the cluster.
    """
    if state.administrator in declaration.roles:
        yield f"role {state.administrator} is the administrator of the cluster and is not declared"
    for group, member in sorted(declaration.memberships):
        if group not in declaration.roles and group not in state.roles:
            yield f"role {member}: there is no role {group} to be a member of"
        if group in state.roles and state.roles[group].superuser and group not in declaration.roles:
            yield f"role {member}: {group} is a superuser, so its members would be as good as one"


def _owning_logins(declaration: Declaration, state: ClusterState) -> Iterator[str]:
    """Yield each role that is to become, or is, a monitoring login and owns something: it could not be dropped later."""
    owners = {row.role for row in state.dependencies if row.owns}
    for name in sorted(owners & login_names(declaration)):
        yield f"role {name} owns objects, and a monitoring login owns none (REASSIGN OWNED BY ... TO ... gives them to another role)"


def _settings(declaration: Declaration, session: Session) -> list[str]:
    """Have the server try each declared value for the length of a savepoint."""
    places: dict[tuple[str, str], str] = {}
    for name, role in declaration.roles.items():
        _note(places, f"role {name}", role.settings)
    for desired in declaration.databases.values():
        _note(places, f"database {desired.name}", desired.settings)
        for name, settings in desired.role_settings.items():
            _note(places, f"database {desired.name}, role {name}", {k: v for k, v in settings.items() if k != "role"})
    contexts = {row["name"].lower(): row["context"] for row in session.rows("SELECT name, context FROM pg_settings")}
    wrong = []
    session.execute("BEGIN")
    for (name, value), place in places.items():
        if contexts.get(name) in _ELSEWHERE:
            wrong.append(f"{place}: {name} is a setting of the server as a whole, not of a role or database")
        else:
            wrong += [f"{place}: {answer}" for answer in _refused(session, name, value)]
    session.execute("ROLLBACK")
    return wrong


def _note(places: dict[tuple[str, str], str], place: str, settings: Mapping[str, Any]) -> None:
    for name, value in normalized(settings).items():
        places.setdefault((name, join_identifiers(value) if name in LIST_SETTINGS else value), place)


def _refused(session: Session, name: str, value: str) -> Iterator[str]:
    session.execute("SAVEPOINT try")
    try:
        session.value("SELECT set_config(%s, %s, true)", (name, value))
    except ServerError as error:
        yield error.answer
    session.execute("ROLLBACK TO SAVEPOINT try")


def _canonical_times(declaration: Declaration, session: Session) -> tuple[Declaration, list[str]]:
    """Return times as the server writes them, to be compared with the stored ones."""
    roles, wrong = dict(declaration.roles), []
    for name, role in declaration.roles.items():
        if role.valid_until is not None:
            try:
                told = session.value("SELECT nullif(%s::timestamptz, 'infinity')::text", (role.valid_until,))
            except ServerError as error:
                wrong.append(f"role {name}: valid_until {role.valid_until}: {error.answer}")
            else:
                roles[name] = replace(role, valid_until=told)
    return replace(declaration, roles=roles), wrong
