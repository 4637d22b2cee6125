# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions that only the host can answer: the arguments of module pg_preflight."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import program_of
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.logins import declared_access

from .server_settings import setting_problem
from .session_settings import declared_settings

Variables = Mapping[str, Any]

_COMMANDS = ("pg_backup_copy_command", "pg_backup_failure_command")
_VERSIONS = {"postgresql_version", "pg_install_version"}
_YES = ("yes", "true", "on", "y", "t", "1")


#: Keys of databases and of their roles for which every server has what they need.
_PLAIN = {"name", "model", "schema", "schemas", "roles"}
_PLAIN_ROLE = {"name", "password", "password_state"}


def questions(variables: Variables, declared: Collection[str]) -> dict[str, Any]:
    """Return the arguments of module pg_preflight for a valid declaration, without passwords; empty if every host can carry it out.

    Each question costs a connection to the host, and most declarations need no question.

    Args:
        variables: all variables of the roles, evaluated and valid.
        declared: names of those that have a value of their own.
    """
    found = {key: value for key, value in _parts(variables, declared).items() if value}
    if not found:
        return {}
    known = _known(variables)
    return {
        "version": int(variables["pg_install_version"]),
        "cluster": variables["pg_install_cluster"],
        "public_connect": variables["pg_bootstrap_public_connect"],
        "declared_databases": known["databases"],
        "declared_roles": known["roles"],
        **found,
    }


def _parts(variables: Variables, declared: Collection[str]) -> dict[str, Any]:
    databases, roles = variables["pg_bootstrap_databases"], variables["pg_bootstrap_roles"]
    known = _known(variables)
    plain = not roles and all(_is_plain(entry) for entry in databases)
    named = [
        {"place": place, "name": name} for place, name in _named_databases(variables) if name not in known["databases"]
    ]
    pairs = [
        pair
        for pair in variables["pg_hardening_hba_pairs"]
        if pair["database"] not in known["databases"] or pair["role"] not in known["roles"]
    ]
    sandboxed = str(variables["pg_hardening_sandbox"]).lower() in _YES
    packaged = variables["pg_install_repository"] == "distribution" and {*declared} & _VERSIONS
    return {
        "packaged": bool(packaged),
        "settings": _settings(variables),
        "databases": [] if plain else [_without_passwords(entry) for entry in databases],
        "roles": [] if plain else [_without_passwords(entry) for entry in roles],
        "named_databases": named,
        "pairs": [pair for pair in pairs if not pair.get("exception")],
        "programs": {name: program_of(variables[name]) for name in _COMMANDS if program_of(variables[name])},
        "os_users": sorted({each["os_user"] for each in variables["pg_monitoring_logins"] if each.get("os_user")}),
        "write_paths": variables["pg_hardening_sandbox_write_paths"],
        "directives": sorted(map(str, variables["pg_hardening_sandbox_directives"])) if sandboxed else [],
        "backup_directory": variables["pg_backup_directory"] if "pg_backup_directory" in declared else "",
        "memory_mb": int(variables["pg_tuning_memory_mb"] or 0),
    }


def _known(variables: Variables) -> dict[str, Any]:
    return declared_access(
        variables["pg_bootstrap_databases"], variables["pg_bootstrap_roles"], variables["pg_monitoring_logins"]
    )


def _is_plain(database: Mapping[str, Any]) -> bool:
    roles = (database.get("roles") or {}).values()
    return {*database} <= _PLAIN and all({*(role or {})} <= _PLAIN_ROLE for role in roles)


def _settings(variables: Variables) -> list[dict[str, Any]]:
    major = int(variables["pg_install_version"])
    return [
        {**each._asdict(), "problem": setting_problem(each.name, each.value, major, of_session=each.of_session)}
        for each in declared_settings(variables)
    ]


def _named_databases(variables: Variables) -> Iterator[tuple[str, str]]:
    """Yield the variable and the name of each database that is named outside of its declaration; patterns are left out."""
    for variable in ("pg_backup_exclude", "pg_monitoring_exclude_databases"):
        yield from ((variable, name) for name in variables[variable] if "*" not in name)
    for variable in ("pg_backup_assertions", "pg_monitoring_extra_checks"):
        yield from ((variable, entry["database"]) for entry in variables[variable])
    yield "pg_monitoring_database", variables["pg_monitoring_database"]


def _without_passwords(value: Any) -> Any:
    """Return a part of a declaration without passwords, which the host need not know for this."""
    if isinstance(value, Mapping):
        return {
            key: _without_passwords(each) for key, each in value.items() if key not in ("password", "password_state")
        }
    return [_without_passwords(each) for each in value] if isinstance(value, (list, tuple)) else value
