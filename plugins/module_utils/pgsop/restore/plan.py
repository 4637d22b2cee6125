# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a restore, and what has been found out before it begins."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..backup.manifest import DatabaseDump
from ..backup.objects import Description
from ..backup.store import StoredSet
from ..errors import PgsopError

#: Differences that are told; the others are counted.
_TOLD = 10
#: The path of a database for which none is set.
_SEARCH_PATH = '"$user", public'


@dataclass(frozen=True)
class RestoreRequest:
    """What somebody wants.

    Attributes:
        database: name of the database in the set.
        target: name of the database to make; the same with _restore behind it, where it is empty.
        reference: which set: latest, a name, or a moment.
        replace: name of the database whose place it takes, which must be that of the database; none where it is empty.
        all_roles: whether roles are made that the database does not need.
        dry_run: whether it ends before anything is made.
        keep_going: whether objects that cannot be restored are left out, if all rows are there.
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
    """What will be restored, and with what.

    Attributes:
        stored: the set.
        dump: the database in it.
        objects: description of all its objects.
        roles: all roles of the set.
        missing_roles: those that will be made.
        dumped_major: version it was dumped from.
        major: version of the server.
        tablespaces: whether every tablespace it was in is there.
        default_tablespace: whether that of the database is.
        warnings: what will not be as it was.
        request: what was asked for.
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
        """The command that restores it as far as that is possible."""
        words = ["sudo", "pgsop", "restore", "--database", self.dump.name, "--set", self.stored.name]
        words += ["--target", self.request.target] if self.request.target else []
        words += ["--replace", self.request.replace] if self.request.replace else []
        return shlex.join([*words, "--keep-going"])

    @property
    def encoding(self) -> str:
        """Encoding of the database, as PostgreSQL calls it."""
        return str(self.dump.properties["encoding"])

    @property
    def search_path(self) -> str:
        """The schemas in which a session of the database looked for names, unless its role had a path of its own."""
        settings = self.dump.properties["settings"]
        found = [entry["value"] for entry in settings if entry["name"] == "search_path" and entry["role"] is None]
        return str(found[0]) if found else _SEARCH_PATH


def differs(plan: RestorePlan, differences: list[str], *, limit: int = _TOLD) -> PgsopError:
    """The error for a database that is not what was dumped.

    Args:
        plan: what was restored.
        differences: what is wrong, as sentences.
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
