# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All places in which a declaration sets server settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class DeclaredSetting(NamedTuple):
    """A setting in a declaration.

    Attributes:
        place: variable, database and role, for sentences.
        name: of the setting.
        value: as declared.
        of_session: whether it is declared for a database or role.
    """

    place: str
    name: str
    value: Any
    of_session: bool


def declared_settings(variables: Mapping[str, Any]) -> Iterator[DeclaredSetting]:
    """Yield all settings that the variables of the roles declare; the variables are valid."""
    for variable in ("pg_hardening_settings", "pg_tuning_settings"):
        for name, value in variables[variable].items():
            yield DeclaredSetting(variable, str(name), value, of_session=False)
    for database in variables["pg_bootstrap_databases"]:
        place = f"pg_bootstrap_databases: database {database['name']}"
        yield from _of_session(place, database)
        for part in (database.get("roles") or {}).values():
            yield from _of_session(f"{place}, role {(part or {}).get('name') or ''}", part or {})
    for role in variables["pg_bootstrap_roles"]:
        yield from _of_session(f"pg_bootstrap_roles: role {role['name']}", role)


def _of_session(place: str, entry: Mapping[str, Any]) -> Iterator[DeclaredSetting]:
    for name, value in (entry.get("settings") or {}).items():
        yield DeclaredSetting(place, str(name), value, of_session=True)
