# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins that a declaration implies: each role with a known password, in each database that it may connect to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..login import Login
from .declaration import MAINTENANCE, Entries, declare, problems
from .desired import Declaration, DesiredDatabase


def logins_of(declaration: Declaration) -> list[Login]:
    """Return the logins that can be tried, in the order of the declaration.

    A role without declared password, or with a connection limit of 0 on role or database, is left out.
    """
    logins = []
    for desired in declaration.databases.values():
        for name in sorted(_may_connect(desired)):
            role = declaration.roles[name]
            if role.login and role.password is not None and 0 not in (role.connection_limit, desired.connection_limit):
                elsewhere = tuple(declaration.public_connect)
                logins.append(Login(name, role.password, desired.name, tuple(desired.schemas), elsewhere))
    return logins


def declared_access(databases: Entries, roles: Entries, monitoring_logins: Entries = ()) -> dict[str, list[Any]]:
    """Return the names and logins of a declaration, for rules about logins.

    Args:
        databases: entries of ``databases``, as module pg_databases documents them.
        roles: entries of ``roles``.
        monitoring_logins: entries of ``monitoring_logins``.

    Returns:
        ``databases`` and ``roles``, names; ``logins``, each with ``role``, ``database`` and ``password``. All are empty
        for a declaration that is refused, which the role pg_preflight reports.
    """
    if problems(databases, roles, (), monitoring_logins=monitoring_logins):
        return {"databases": [], "roles": [], "logins": []}
    declaration = declare(databases, roles, (), monitoring_logins=monitoring_logins)
    logins = [
        {"role": login.role, "database": login.database, "password": login.password} for login in logins_of(declaration)
    ]
    named = set(declaration.databases) | set(MAINTENANCE)
    return {
        "databases": sorted(named),
        "roles": sorted({*declaration.roles, declaration.administrator}),
        "logins": logins,
    }


def _may_connect(desired: DesiredDatabase) -> Sequence[str]:
    return [
        rule.grantee
        for rule in desired.rules
        if rule.kind == "d" and rule.grantee and {"CONNECT", "ALL"} & set(rule.privileges)
    ]
