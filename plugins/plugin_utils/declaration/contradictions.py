# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of different roles that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.logins import declared_access
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.monitoring_logins import (
    IDENT_MAP,
    VARIABLE,
    name_clashes,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.ident import undeclared
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import parse_all

from .role_variables import ROLES, SHARED

Variables = Mapping[str, Any]

_DATA = re.compile(r"/var/lib/postgresql/\d+(/|$)")


def contradictions(variables: Variables, declared: Collection[str], roles: Collection[str]) -> Iterator[str]:
    """Yield each contradiction between variables, as a sentence.

    Args:
        variables: all variables of the roles, evaluated and valid.
        declared: names of those that have a value of their own.
        roles: names of the roles that the play has.
    """
    for ending in ("version", "cluster", "port"):
        yield from _unequal(ending, variables, declared, roles)
    yield from _folder_problems(variables)
    yield from _login_problems(variables)


def _unequal(ending: str, variables: Variables, declared: Collection[str], roles: Collection[str]) -> Iterator[str]:
    """Yield each version, cluster or port that is not the one of pg_install, or of the first role with a value of its own."""
    names = [f"{role}_{ending}" for role in ROLES if f"{role}_{ending}" in variables]
    shared = [name for name in SHARED if name in declared and name.endswith(f"_{ending}")]
    used = shared + [name for name in names if name in declared or name.rsplit("_", 1)[0] in roles]
    first = next(iter(used), "")
    for name in used[1:]:
        if str(variables[name]) != str(variables[first]):
            yield (
                f"{name} is {variables[name]} and {first} is {variables[first]}: all roles work on one server, so give"
                f" {first} alone"
            )


def _folder_problems(variables: Variables) -> Iterator[str]:
    directory = variables["pg_backup_directory"]
    if _DATA.match(directory):
        yield (
            f"pg_backup_directory is {directory}, inside the data directory of a cluster, and would be lost with it:"
            " choose another folder, such as /var/backups/postgresql"
        )
    for name in ("pg_monitoring_textfile_directory", "pg_monitoring_share_directory"):
        if variables[name] == directory:
            yield f"{name} and pg_backup_directory are both {directory}: the folder of the sets is closed to others, so choose another one"


def _login_problems(variables: Variables) -> Iterator[str]:
    """Yield what keeps monitoring logins from the roles or the user name map that they need."""
    logins, maps = variables[VARIABLE], variables["pg_hardening_ident_maps"]
    roles = variables["pg_bootstrap_roles"]
    # Absent roles are not among those of the declaration.
    declared = declared_access(variables["pg_bootstrap_databases"], roles)["roles"]
    yield from name_clashes(logins, {*declared, *(role["name"] for role in roles)})
    if not any(login.get("os_user") for login in logins):
        return
    if IDENT_MAP in [each["map"] for each in maps]:
        yield f"pg_hardening_ident_maps has the map {IDENT_MAP}, which is that of {VARIABLE}: choose another name"
    rules, _wrong = parse_all(variables["pg_hardening_hba_rules"])
    missing = undeclared(rules, maps)
    if missing:
        yield (
            f"pg_hardening_hba_rules uses the map {', '.join(missing)}, which is not declared: declare it in pg_hardening_ident_maps, because"
            f" {VARIABLE} needs the whole of pg_ident.conf"
        )
