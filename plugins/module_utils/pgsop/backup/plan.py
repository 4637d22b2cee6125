# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a backup: all decisions, before anything is written."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import hooks, names, preflight, retention
from .config import BackupConfig
from .preflight import Ready
from .store import Store, StoredSet


@dataclass(frozen=True)
class BackupPlan:
    """The steps of a backup: `--dry-run` prints them, a run executes them.

    Attributes:
        config: the declared configuration.
        ready: the cluster, the databases to dump with their sizes, and the compression.
        started: time of the plan, in seconds since the epoch. The age of sets is measured at this time.
        name: name of the new set.
        removed: names of the sets that are removed after the new set is published, oldest first.
        warnings: databases that are skipped, and commands that cannot work, with the reason.
    """

    config: BackupConfig
    ready: Ready
    started: float
    name: str
    removed: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def databases(self) -> list[str]:
        """Return the names of the databases to dump, in their order."""
        return list(self.ready.databases)

    def actions(self) -> list[str]:
        """Return each step of the plan as a phrase that begins with a verb."""
        config, sizes = self.config, self.ready.databases.items()
        listed = ", ".join(f"{name} ({size / 1e6:,.0f} MB)" for name, size in sizes)
        compression = self.ready.compression
        steps = [f"dump {listed} into {config.directory}, {config.format} format, {compression}, and verify it"]
        if config.encryption_recipients:
            steps.append(f"encrypt the set for {len(config.encryption_recipients)} recipients")
        if config.copy_command:
            steps.append(f"copy it with {config.copy_command}")
        removed = f"remove {', '.join(self.removed)}, which newer sets supersede"
        return [*steps, removed if self.removed else "remove no older set"]

    def as_dict(self) -> dict[str, Any]:
        """Return the report of a dry run: dry_run (true), planned_actions, warnings and databases."""
        return {
            "dry_run": True,
            "planned_actions": self.actions(),
            "warnings": list(self.warnings),
            "databases": self.databases,
        }

    def superseded(self, sets: Sequence[StoredSet]) -> list[StoredSet]:
        """Return the sets to remove, oldest first, now that the new set is published.

        If a database is missing from the new set or cannot be restored from it, sets that the plan removes are still needed.

        Args:
            sets: all sets, newest first.
        """
        found = retention.superseded(sets, _policy(self.config), self.started)
        return [stored for stored in found if stored.name in self.removed]


def build_plan(config: BackupConfig, databases: Sequence[str], store: Store) -> BackupPlan:
    """Plan a backup; write nothing.

    Args:
        config: the declared configuration.
        databases: to be dumped; all that are not excluded if empty.
        store: the existing sets.

    Raises:
        PgsopError: the backup cannot be made.
    """
    started = time.time()
    ready = preflight.inspect(config, databases, store)
    coming = retention.Coming(frozenset(ready.databases), ready.complete)
    removed = retention.superseded(store.sets(), _policy(config), started, coming)
    return BackupPlan(
        config=config,
        ready=ready,
        started=started,
        name=names.set_name(started, os.listdir(config.directory)),
        removed=tuple(stored.name for stored in removed),
        warnings=(*ready.warnings, *hooks.command_problems(config)),
    )


def _policy(config: BackupConfig) -> retention.Policy:
    return retention.Policy(config.keep_days, config.keep_sets)
