# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request for a restore, and the plan that the checks before it make."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..backup.manifest import DatabaseDump
from ..backup.objects import Description
from ..backup.store import StoredSet
from ..errors import PgsopError

#: Differences that are listed; the others are counted.
_TOLD = 10
#: The path of a database without a setting.
_SEARCH_PATH = '"$user", public'


@dataclass(frozen=True)
class RestoreRequest:
    """The options of a restore.

    Attributes:
        database: name of the database in the set.
        target: name of the restored database; if empty, that of the database with _restore behind it.
        reference: the set: latest, a name, or a moment.
        replace: name of the database to replace, which must be that of the database; empty to replace no database.
        all_roles: whether roles are created that the database does not need.
        dry_run: whether it ends after the checks.
        keep_going: whether objects that cannot be restored are left out, if all rows are restored.
    """

    database: str
    target: str = ""
    reference: str = "latest"
    replace: str = ""
    all_roles: bool = False
    dry_run: bool = False
    keep_going: bool = False


@dataclass(frozen=True)
class RestorePlan:
    """The database to restore, and the facts that the checks found.

    Attributes:
        stored: the set.
        dump: the database in it.
        objects: description of all its objects.
        roles: all roles of the set.
        missing_roles: those that will be created.
        dumped_major: version of the server that was dumped.
        major: version of this server.
        tablespaces: whether this server has every tablespace with objects of the database.
        default_tablespace: whether it has that of the database itself.
        warnings: differences that the restored database will have.
        request: the options.
    """

    stored: StoredSet
    dump: DatabaseDump
    objects: Description
    roles: Mapping[str, Any]
    missing_roles: tuple[str, ...]
    dumped_major: int
    major: int
    tablespaces: bool = True
    default_tablespace: bool = True
    warnings: list[str] = field(default_factory=list)
    request: RestoreRequest = RestoreRequest("")

    @property
    def keep_going(self) -> str:
        """Return the command that restores the database as far as that is possible."""
        words = ["sudo", "pgsop", "restore", "--database", self.dump.name, "--set", self.stored.name]
        words += ["--target", self.request.target] if self.request.target else []
        words += ["--replace", self.request.replace] if self.request.replace else []
        return shlex.join([*words, "--keep-going"])

    @property
    def encoding(self) -> str:
        """Return the encoding of the database, as PostgreSQL calls it."""
        return str(self.dump.properties["encoding"])

    @property
    def search_path(self) -> str:
        """Return the search_path that was set for the database; PostgreSQL's default if it was not set.

        A role may have had a path of its own.
        """
        settings = self.dump.properties["settings"]
        found = [entry["value"] for entry in settings if entry["name"] == "search_path" and entry["role"] is None]
        return str(found[0]) if found else _SEARCH_PATH


def differs(plan: RestorePlan, differences: list[str], *, limit: int = _TOLD) -> PgsopError:
    """Return the error for a database that is not equal to its dump.

    Args:
        plan: of the restore.
        differences: one sentence each.
        limit: how many of them are listed; the others are counted.
    """
    more = len(differences) - limit
    listed = "; ".join(differences[:limit]) + (f"; and {more} more" if more > 0 else "")
    return PgsopError(
        attempted="prove the restored database",
        target=f"database {plan.dump.name} of set {plan.stored.name}",
        answer=listed,
        next_step="nothing of it was kept; restore it from another set, see 'pgsop backups'",
    )
