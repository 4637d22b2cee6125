# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared about health: one JSON file."""

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
    """A question of the site to one of its databases.

    Attributes:
        name: its identifier is extra.NAME.
        database: which one is asked.
        sql: a query that only reads. One column: a number, or true for well and false for critical. Two columns: a name, and a
            number or truth, for each row.
        warn: above this it is a warning.
        crit: above this it is critical.
        least: whether little is bad instead.
        unit: of the number: s, %, B, or empty for a count.
        message: what it is about, as a noun; the name where it is empty.
        hint: what to do about it.
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
    """Everything that can be chosen: type, default and least value of each key.

    Attributes:
        version: major version of the cluster.
        cluster: name of the cluster.
        database: where what concerns the whole server is asked.
        state_directory: where counters are remembered.
        backup_config: the configuration of backups.
        statement_timeout_ms: how long one question may take.
        deadline_s: how long all of it may take; what is not known by then is UNKNOWN.
        thresholds: by the identifier of a check: warn, crit and its further limits, as far as they are not the default ones.
        disabled: identifiers of checks that are left out; ``*`` stands for anything.
        exclude_databases: databases that are not looked at; ``*`` stands for anything.
        exclude: by the identifier of a check: names of things that do not count, with ``*``; in databases ``DATABASE.SCHEMA.NAME``.
        extra_checks: questions of the site.
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
        """Whether a database is to be looked at."""
        return not matches(database, self.exclude_databases)

    def counts(self, check: str, what: str) -> bool:
        """Whether something that a check found is to count."""
        return not any(matches(check, [pattern]) and matches(what, names) for pattern, names in self.exclude.items())

    def asks(self, check: str) -> bool:
        """Whether a check is to be made."""
        return not matches(check, self.disabled)


KEYS = tuple(entry.name for entry in dataclasses.fields(HealthConfig))


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name is one of the patterns, upper and lower case being different."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
