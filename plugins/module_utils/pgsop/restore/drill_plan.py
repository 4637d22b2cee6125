# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a restore test: all decisions, before anything is created."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..backup import encryption, names
from ..backup.config import BackupConfig
from ..backup.manifest import DatabaseDump
from ..backup.progress import Progress
from ..backup.store import NEWEST, Store, StoredSet
from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from . import preflight
from .plan import RestoreRequest


@dataclass(frozen=True)
class DrillContext:
    """The configuration, cluster and sets of a restore test.

    Attributes:
        config: the declared configuration.
        cluster: the cluster that gets the temporary databases.
        store: the sets.
        progress: shows each step.
    """

    config: BackupConfig
    cluster: Cluster
    store: Store
    progress: Progress


@dataclass(frozen=True)
class DrillPlan:
    """The steps of a restore test: `--dry-run` prints them, a run executes them.

    Attributes:
        stored: the set.
        databases: the databases of the set to restore.
        others: names of the other usable sets, which are read to their last byte.
        failures: why the set, or a database of it, cannot be restored.
        warnings: differences that the restored databases will have.
    """

    stored: StoredSet
    databases: tuple[DatabaseDump, ...]
    others: tuple[str, ...]
    failures: tuple[PgsopError, ...] = ()
    warnings: tuple[str, ...] = ()

    def actions(self) -> list[str]:
        """Return each step of the plan as a phrase that begins with a verb."""
        restores = [
            f"restore database {dump.name} of set {self.stored.name} ({dump.size_bytes / 1e6:,.0f} MB) under another name,"
            " compare it, check it, and drop it again"
            for dump in self.databases
        ]
        return [*restores, "read every byte of all other sets"]

    def as_dict(self) -> dict[str, Any]:
        """Return the report of a dry run: set, databases (names), seconds (0), dry_run (true), planned_actions, warnings.

        Raises:
            PgsopError: the run would fail, for these reasons.
        """
        if self.failures:
            raise combined(self.stored, self.failures)
        return {
            "set": self.stored.name,
            "databases": [{"name": dump.name} for dump in self.databases],
            "seconds": 0.0,
            "dry_run": True,
            "planned_actions": self.actions(),
            "warnings": list(self.warnings),
        }


@contextlib.contextmanager
def planned(
    context: DrillContext, reference: str, databases: Sequence[str], note: dict[str, Any]
) -> Iterator[DrillPlan]:
    """Yield the plan of a restore test, and keep its set from being removed during the block.

    Every byte of the set is read first. If it is damaged, no database is restored, and the plan has the failure.

    Args:
        context: the cluster and the sets.
        reference: the set: latest, a name, or a moment.
        databases: names of databases of the set; all if empty.
        note: gets the set and whether all databases are restored, as soon as this is known.

    Raises:
        PgsopError: the set, or a database in it, does not exist.
    """
    store = context.store
    stored = find_set(store, reference, databases)
    note.update(set=stored.name, whole=stored.known.complete and not databases)
    asked = databases or [dump.name for dump in stored.known.databases]
    dumps = [preflight.dump_of(stored, name) for name in asked]
    others = tuple(other.name for other in store.sets() if other.usable and other.name != stored.name)
    warnings = preflight.passed_over(store, stored, reference)
    with store.reading(stored):
        context.progress.step(f"checking set {stored.name}")
        damage = store.check(stored)
        if damage:
            yield DrillPlan(stored, (), others, (damaged(stored, damage),), tuple(warnings))
            return
        possible, failures = [], []
        with connect(context.cluster) as session:
            for dump in dumps:
                try:
                    found = _warnings(context, session, stored, dump)
                except PgsopError as error:
                    failures.append(error)
                else:
                    possible.append(dump)
                    warnings += [f"{dump.name}: {warning}" for warning in found]
        yield DrillPlan(stored, tuple(possible), others, tuple(failures), tuple(warnings))


def find_set(store: Store, reference: str, databases: Sequence[str]) -> StoredSet:
    """Return the set that a reference names.

    `latest` is the newest set with all databases to restore, not a newer one of a single database.

    Args:
        store: the sets.
        reference: latest, a name, or a moment.
        databases: names of the databases; if empty, all databases that are not excluded.

    Raises:
        PgsopError: no such set exists.
    """
    newest = store.find(reference)
    if reference != NEWEST:
        return newest
    fitting = [
        stored
        for stored in store.sets()
        if stored.usable
        and stored.manifest
        and (all(stored.holds(name) for name in databases) if databases else stored.manifest.complete)
    ]
    return fitting[0] if fitting else newest


def damaged(stored: StoredSet, damage: Sequence[str]) -> PgsopError:
    """Return the error for a set with damaged files.

    Args:
        stored: the set.
        damage: one sentence for each file.
    """
    return PgsopError(
        attempted="read every byte of the set",
        target=stored.path,
        answer="; ".join(damage),
        next_step="look at the disk with dmesg and smartctl, bring the set back from its copy, and make a new one: pgsop backup",
    )


def combined(stored: StoredSet, failures: Sequence[PgsopError]) -> PgsopError:
    """Return one error for several; the same failure of several databases appears once."""
    different = list({str(failure): failure for failure in failures}.values())
    if len(different) == 1:
        return different[0]
    return PgsopError(
        attempted="drill",
        target=f"set {stored.name}",
        answer=f"{len(different)} failures: " + " | ".join(failure.problem for failure in different),
        next_step=" | ".join({failure.next_step: None for failure in different}),
    )


def _warnings(context: DrillContext, session: Session, stored: StoredSet, dump: DatabaseDump) -> list[str]:
    """Return the differences that the restored database will have.

    Raises:
        PgsopError: the database cannot be restored.
    """
    # Not the dump itself: the decryption of a large one takes as long as its restore.
    parts = [names.objects_name(dump.name), names.ROLES]
    with encryption.opened(context.config, stored, parts) as folder:
        return preflight.plan(session, context.cluster, RestoreRequest(dump.name), stored, folder).warnings
