# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas in which the sessions of a database find names without a schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...connection import Session
from ...sql import split_identifiers

#: The settings for the database, for roles in it and for roles in general, in this order; then the configuration files.
_SETTINGS = """
SELECT s.setdatabase <> 0 AS of_database, s.setrole <> 0 AS of_role, substr(o, length('search_path=') + 1) AS value
  FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) o
 WHERE o LIKE 'search_path=%'
   AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
 ORDER BY 1 DESC, 2, s.setrole
"""
_FILES = "SELECT setting FROM pg_file_settings WHERE name = 'search_path' AND applied ORDER BY seqno DESC LIMIT 1"
_SCHEMAS = """
SELECT n.nspname AS name, EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.nspname) AS of_user
  FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""
_DEFAULT = '"$user", public'


@dataclass(frozen=True)
class SearchPath:
    """The schemas in which names are found.

    Attributes:
        general: schemas that the sessions of most roles search, in order.
        schemas: these, and those that some roles search.
    """

    general: tuple[str, ...]
    schemas: tuple[str, ...]

    def covering(self, needed: Sequence[str]) -> list[str]:
        """Return a path in which the needed schemas are found, and names as most sessions find them."""
        return [*self.general, *(name for name in dict.fromkeys(needed) if name not in self.general)]


def search_path(session: Session) -> SearchPath:
    """Return the path of the connected database, with existing schemas only."""
    settings = session.rows(_SETTINGS)
    existing = session.rows(_SCHEMAS)
    general = next((row["value"] for row in settings if not row["of_role"]), None)
    if general is None:
        files = session.rows(_FILES)
        general = files[0]["setting"] if files else _DEFAULT
    known = {row["name"] for row in existing}
    searched = _expanded([general, *(row["value"] for row in settings if row["of_role"])], existing)
    most = [name for name in split_identifiers(general) if name in known]
    return SearchPath(tuple(dict.fromkeys(most)), tuple(dict.fromkeys([*most, *searched])))


def _expanded(values: Sequence[str], existing: Sequence[dict[str, Any]]) -> list[str]:
    """Return the existing schemas that settings name, ``$user`` being any role with a schema of its name."""
    named = [name for value in values for name in split_identifiers(value)]
    users = [row["name"] for row in existing if row["of_user"]] if "$user" in named else []
    return [name for name in [*named, *users] if any(row["name"] == name for row in existing)]
