# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins of monitoring programs: members of pg_monitor that can connect to each declared database and to postgres.

Their roles have a mark in their comment, so that a login that left the list is found and dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..cluster import POSTGRES
from ..hba_rules.rule import KEYWORDS
from .desired import Declaration, DefaultPrivilegeRule, DesiredRole
from .entry_problems import role_problems
from .schema import MONITORING_LOGIN
from .shape import shape_problems, value_problems

#: The variable that declares them, for sentences.
VARIABLE = "pg_monitoring_logins"
#: User name map of their socket logins.
IDENT_MAP = "pg_monitoring"
#: The role that has the privileges of monitoring (manual, chapter "Predefined Roles").
GROUP = "pg_monitor"
#: The database, besides the declared ones, that they can connect to: monitoring programs begin there.
DATABASE = "postgres"
#: Sessions of one login: some programs run several checks at the same time; 100 is the server's limit for all roles.
_SESSIONS = 10
#: A guard against mistakes, which a session can change; what a login cannot do is decided by its privileges.
_SETTINGS = {"default_transaction_read_only": "on"}
#: Plain in pg_hba.conf, in pg_ident.conf and in a connection string.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
#: As useradd accepts it; a slash in front would be a regular expression in pg_ident.conf.
_OS_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?")

Entries = Sequence[Mapping[str, Any]]


def login_problems(logins: Any) -> list[str]:
    """Return the faults of declared monitoring logins, as sentences; values other than names of roles are never repeated.

    Args:
        logins: entries with ``name``, and ``password``, ``os_user`` or both.
    """
    found = list(value_problems(logins, {"type": "list", "elements": "dict"}, VARIABLE))
    if found:
        return found
    for number, entry in enumerate(logins, start=1):
        named = isinstance(entry.get("name"), str)
        place = f"{VARIABLE}, entry {number}"
        found += shape_problems(entry, MONITORING_LOGIN, f"{place} ({entry['name']})" if named else place)
        found += [] if named else [f"{place} needs a name"]
    if found:
        return found
    counts = Counter(str(entry["name"]) for entry in logins)
    found = [
        f"{VARIABLE}: role {name} is declared more than once" for name, count in sorted(counts.items()) if count > 1
    ]
    return found + [problem for entry in logins for problem in _entry_problems(entry)]


def _entry_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    name, os_user = str(entry["name"]), entry.get("os_user")
    place = f"{VARIABLE}: role {name}"
    yield from (f"{VARIABLE}: {problem}" for problem in role_problems(entry, POSTGRES))
    if not _NAME.fullmatch(name):
        yield f"{place}: a monitoring login has a name of letters, digits, '_', '.' and '-', which begins with a letter or '_'"
    if name in KEYWORDS:
        yield f"{place}: the name is a keyword in pg_hba.conf; choose another one"
    if entry.get("password") is None and os_user is None:
        yield f"{place} needs a password (login over TCP), an os_user (login over the socket), or both"
    if os_user is not None and not _OS_USER.fullmatch(os_user):
        yield f"{place}: os_user is not the name of a user of the host"


def name_clashes(logins: Entries, declared: Collection[str]) -> Iterator[str]:
    """Yield each monitoring login that is also declared as a role, as a sentence.

    Args:
        logins: valid entries.
        declared: names of the declared roles, of databases and absent ones too.
    """
    for name in sorted({entry["name"] for entry in logins} & {*declared}):
        yield (
            f"{VARIABLE}: role {name} is also declared in pg_bootstrap_databases or pg_bootstrap_roles: a monitoring login has"
            " no other privileges, so choose another name"
        )


def desired_login(entry: Mapping[str, Any]) -> DesiredRole:
    """Return the role of a valid entry; its password is empty if none is declared."""
    password = entry.get("password")
    return DesiredRole(
        name=entry["name"],
        password=password,
        password_absent=password is None,
        connection_limit=_SESSIONS,
        settings=_SETTINGS,
        monitoring=True,
    )


def login_rules(logins: Entries) -> tuple[DefaultPrivilegeRule, ...]:
    """Return the privileges of the logins in a declared database."""
    return tuple(DefaultPrivilegeRule("d", "", entry["name"], ("CONNECT",)) for entry in logins)


def login_names(declaration: Declaration) -> frozenset[str]:
    """Return the names of the declared monitoring logins."""
    return frozenset(name for name, role in declaration.roles.items() if role.monitoring)
