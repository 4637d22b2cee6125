# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration of health: one JSON file."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..backup.config import CONFIG_FILE as BACKUP_CONFIG_FILE
from ..debian import OWN_STATE
from ..declared import OLDEST_MAJOR


@dataclass(frozen=True)
class ExtraCheck:
    """A query of the site to one of its databases.

    Attributes:
        name: its identifier is extra.NAME.
        database: the database that is asked.
        sql: a query that only reads. One column: a number, or true for OK and false for CRITICAL. Two columns: a name, and a
            number or truth, for each row.
        warn: WARNING above this value; None for never.
        crit: CRITICAL above this value; None for never.
        least: whether the thresholds are lower limits: below instead of above.
        unit: of the number: s, %, B, or empty for a count.
        message: what it measures, as a noun; empty for the name.
        hint: the fix.
    """

    name: str
    database: str
    sql: str
    warn: float | None = None
    crit: float | None = None
    least: bool = False
    unit: str = ""
    message: str = ""
    hint: str = ""


@dataclass(frozen=True)
class HealthConfig:
    """Every option of health: type, default and least value of each key.

    Attributes:
        version: major version of the cluster.
        cluster: name of the cluster.
        database: the database for server-wide checks.
        state_directory: folder of the counters of earlier runs.
        backup_config: the configuration of backups.
        statement_timeout_ms: time limit of one statement, in milliseconds.
        deadline_s: time limit of a whole run, in seconds; the result of a check that is late is UNKNOWN.
        thresholds: by the identifier of a check: warn, crit and its further limits, as far as they are not the default ones.
        disabled: identifiers of checks that are left out; ``*`` stands for anything.
        exclude_databases: databases that are not examined; ``*`` stands for anything.
        exclude: by the identifier of a check: names of objects that do not count, with ``*``; in databases ``DATABASE.SCHEMA.NAME``.
        extra_checks: queries of the site.
    """

    version: int = field(metadata={"least": OLDEST_MAJOR})
    cluster: str = "main"
    database: str = "postgres"
    state_directory: str = OWN_STATE
    backup_config: str = BACKUP_CONFIG_FILE
    statement_timeout_ms: int = field(default=2000, metadata={"least": 10})
    deadline_s: int = field(default=30, metadata={"least": 1})
    thresholds: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    exclude_databases: tuple[str, ...] = ()
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra_checks: tuple[ExtraCheck, ...] = ()

    def looks_at(self, database: str) -> bool:
        """Return whether a database is to be examined."""
        return not matches(database, self.exclude_databases)

    def counts(self, check: str, what: str) -> bool:
        """Return whether an object that a check measured counts.

        Args:
            check: identifier of the check.
            what: name of the object, as in `exclude`.
        """
        return not any(matches(check, [pattern]) and matches(what, names) for pattern, names in self.exclude.items())

    def asks(self, check: str) -> bool:
        """Return whether a check is enabled."""
        return not matches(check, self.disabled)


KEYS = tuple(entry.name for entry in dataclasses.fields(HealthConfig))


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a name matches one of the patterns (fnmatch, case-sensitive)."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
