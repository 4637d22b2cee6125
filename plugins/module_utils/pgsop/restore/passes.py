# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a dump, in the order in which a restore has to load them if several jobs are at work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..backup.config import BackupConfig
from . import toc
from .plan import RestorePlan
from .toc import TocEntry


@dataclass(frozen=True)
class Passes:
    """All entries that are restored, each in one of four passes.

    Attributes:
        definitions: everything before the data, without privileges.
        configuration: rows of tables that belong to extensions. Foreign keys among these tables exist before their rows, and rows of
            other tables may need them (pointcloud reads a patch by its format); a dump keeps that order only for a restore by one job.
        data: all other rows, and large objects.
        rest: indexes, constraints, triggers and the like, and the privileges of everything.
    """

    definitions: tuple[TocEntry, ...]
    configuration: tuple[TocEntry, ...]
    data: tuple[TocEntry, ...]
    rest: tuple[TocEntry, ...]

    @property
    def every(self) -> tuple[TocEntry, ...]:
        """Return all entries, in the order in which they are restored."""
        return (*self.definitions, *self.configuration, *self.data, *self.rest)

    def without(self, entries: Iterable[TocEntry]) -> Passes:
        """Return the same passes without some entries."""
        gone = _identifiers(entries)
        parts = (self.definitions, self.configuration, self.data, self.rest)
        return Passes(*(tuple(entry for entry in part if entry.identifier not in gone) for part in parts))

    @property
    def needed(self) -> bool:
        """Return whether some rows must be loaded before others."""
        return bool(self.configuration)


#: Of a dump that is restored in one pass.
NONE = Passes((), (), (), ())


def read(config: BackupConfig, plan: RestorePlan, path: str) -> Passes:
    """Return the passes for a dump.

    Args:
        config: with the major version of pg_restore.
        plan: of the restore.
        path: file or folder of the dump.

    Raises:
        PgsopError: pg_restore cannot read the dump.
    """
    every = toc.read(config, path, encoding=plan.encoding)
    before = _identifiers(toc.read(config, path, "pre-data"))
    data = _identifiers(toc.read(config, path, "data"))
    configuration = _identifiers(toc.data_of(every, plan.dump.rows_of_extensions))
    passes: list[list[TocEntry]] = [[], [], [], []]
    for entry in every:
        if toc.is_privilege(entry):
            passes[3].append(entry)
        elif entry.identifier in configuration:
            passes[1].append(entry)
        elif entry.identifier in before:
            passes[0].append(entry)
        else:
            passes[2 if entry.identifier in data else 3].append(entry)
    return Passes(*map(tuple, passes))


def _identifiers(entries: Iterable[TocEntry]) -> frozenset[int]:
    return frozenset(entry.identifier for entry in entries)
