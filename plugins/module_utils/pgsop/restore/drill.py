# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drill: proof that a set can be restored, and how long that takes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence, Tuple

from ..backup import encryption, names, notification, state
from ..backup.config import Config
from ..backup.manifest import DatabaseDump
from ..backup.progress import SILENT, Progress
from ..backup.store import NEWEST, Store, StoredSet
from ..cluster import Cluster
from ..connection import connect
from ..errors import PgsopError
from . import bound, load, preflight
from . import scratch as scratches
from .integrity import check_assertions, check_storage
from .load import Mode
from .plan import Plan, Request, differs
from .properties import closing
from .publish import settle
from .rebuild import Act, reached, rebuild

#: Problems of a database that a drill lists; more are counted.
_LISTED = 100


@dataclass(frozen=True)
class _Drill:
    """One run."""

    config: Config
    cluster: Cluster
    store: Store
    stored: StoredSet
    progress: Progress


def drill(
    config: Config,
    reference: str = "latest",
    databases: Sequence[str] = (),
    *,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> Dict[str, Any]:
    """Restore databases of a set under names of nobody's concern, prove them, and drop them again. Then read every byte of the other sets.

    Args:
        config: what is declared.
        reference: which set.
        databases: which of its databases; all where it is empty.
        dry_run: only look whether it could be done.
        progress: who is told.

    Raises:
        PgsopError: with everything that failed; it is noted with the set, and the failure command was run.
    """
    store = Store(config.directory)
    try:
        if dry_run:
            return _forecast(config, store, reference, databases)
        try:
            with state.noted(config, "drill") as note:
                cluster = reached(config, "drill")
                scratches.sweep(cluster)
                stored = _which(store, reference, databases)
                note.update(set=stored.name, whole=stored.known.complete and not databases)
                return _drill(_Drill(config, cluster, store, stored, progress), reference, databases)
        except BaseException as error:
            notification.report_failure(config, "drill", error, progress)
            raise
    finally:
        progress.done()


def _drill(run: _Drill, reference: str, databases: Sequence[str]) -> Dict[str, Any]:
    started, store, stored = time.monotonic(), run.store, run.stored
    dumps = _chosen(stored, databases)
    with store.reading(stored):
        failures, done, warnings = _databases(run, dumps)
    seconds = round(time.monotonic() - started, 3)
    told = {
        "at": names.iso(time.time()),
        "ok": not failures,
        "databases": [dump.name for dump in dumps],
        "seconds": seconds,
    }
    store.note(stored, drills=({**told, "error": str(_failed(stored, failures)) if failures else ""},))
    failures += _others(store, stored, run.progress)
    if failures:
        raise _failed(stored, failures)
    return {
        "set": stored.name,
        "databases": done,
        "seconds": seconds,
        "dry_run": False,
        "would": [],
        "warnings": [*preflight.passed_over(store, stored, reference), *warnings],
    }


def _forecast(config: Config, store: Store, reference: str, databases: Sequence[str]) -> Dict[str, Any]:
    cluster = reached(config, "drill")
    stored = _which(store, reference, databases)
    dumps = _chosen(stored, databases)
    would, warnings = [], []
    with store.reading(stored), connect(cluster) as session:
        for dump in dumps:
            with preflight.checked(config, store, stored, dump, whole=False) as folder:
                plan = preflight.plan(session, cluster, Request(dump.name), stored, folder)
            warnings += [f"{dump.name}: {warning}" for warning in plan.warnings]
            would.append(
                f"restore database {dump.name} of set {stored.name} ({dump.size_bytes / 1e6:,.0f} MB) under another name,"
                " compare it, check it, and drop it again"
            )
    would.append("read every byte of all other sets")
    listed = [{"name": dump.name} for dump in dumps]
    return {
        "set": stored.name,
        "databases": listed,
        "seconds": 0.0,
        "dry_run": True,
        "would": would,
        "warnings": warnings,
    }


def _which(store: Store, reference: str, databases: Sequence[str]) -> StoredSet:
    """The set that is meant; the newest one is the newest that holds all there is to drill, not one that somebody made of a single database."""
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


def _chosen(stored: StoredSet, databases: Sequence[str]) -> List[DatabaseDump]:
    return [preflight.dump_of(stored, name) for name in databases or [dump.name for dump in stored.known.databases]]


def _databases(run: _Drill, dumps: Sequence[DatabaseDump]) -> Tuple[List[PgsopError], List[Dict[str, Any]], List[str]]:
    """One after the other; one that fails does not keep the others from being tried."""
    failures: List[PgsopError] = []
    done: List[Dict[str, Any]] = []
    warnings: List[str] = []
    run.progress.step(f"checking set {run.stored.name}")
    damage = run.store.check(run.stored)
    if damage:
        return [_damaged(run.stored, damage)], done, warnings
    for dump in dumps:
        try:
            told, more = _one(run, dump)
        except PgsopError as error:
            failures.append(error)
        else:
            done.append(told)
            warnings += [f"{dump.name}: {warning}" for warning in more]
    return failures, done, warnings


def _one(run: _Drill, dump: DatabaseDump) -> Tuple[Dict[str, Any], List[str]]:
    act, started = Act(run.config, run.cluster, run.progress), time.monotonic()
    jobs = load.jobs(run.config)

    def tick(text: str) -> None:
        run.progress.tick(f"{dump.name}: {text}")

    parts = [names.objects_name(dump.name), names.ROLES, dump.dump]
    with encryption.opened(run.config, run.stored, parts) as folder:
        with connect(run.cluster) as session:
            plan = preflight.plan(session, run.cluster, Request(dump.name), run.stored, folder)
        act.clock.lap("check")
        about = {"database": dump.name, "set": run.stored.name}
        with scratches.opened(run.cluster, "drill", verbatim=dump.verbatim, **about) as scratch:
            rebuilt = rebuild(act, plan, scratch, folder, mode=Mode.COLLECT)
            problems = [*rebuilt.problems, *_problems(lambda: _settle(plan, scratch))]
            # Up to here it is what a restore does, too.
            recovery = round(time.monotonic() - started, 3)
            run.progress.step(f"{dump.name}: checking indexes, tables and assertions")
            checked: Dict[str, int] = {}
            problems += _problems(lambda: checked.update(check_storage(plan, scratch, jobs=jobs, tick=tick)))
            problems += _problems(
                lambda: checked.update(assertions=check_assertions(plan, scratch, run.config.assertions))
            )
            act.clock.lap("verify")
    if problems:
        raise differs(plan, problems, limit=_LISTED)
    told = {
        "name": dump.name,
        "recovery_s": recovery,
        "seconds": act.clock.seconds,
        "compared": rebuilt.compared.compared,
        "checked": checked,
        "roles_missing": rebuilt.roles,
    }
    return told, [*plan.warnings, *rebuilt.compared.warnings, *bound.left_out(plan, rebuilt.waiting)]


def _problems(check: Callable[[], None]) -> List[str]:
    """What a check finds wrong, so that the checks after it are made as well."""
    try:
        check()
    except PgsopError as error:
        return [error.problem.rstrip(".")]
    return []


def _settle(plan: Plan, scratch: scratches.Scratch) -> None:
    """What publishing a restore does to the database; but it stays closed, and marked for those who clean up."""
    scratch.guard.execute("BEGIN")
    try:
        differences = settle(scratch, plan, scratch.name)
        scratch.note()
        for statement in closing(scratch.name):
            scratch.guard.execute(statement)
        scratch.guard.execute("COMMIT")
    except BaseException:
        scratch.guard.execute("ROLLBACK")
        raise
    if differences:
        raise differs(plan, differences)


def _others(store: Store, drilled: StoredSet, progress: Progress) -> List[PgsopError]:
    """Read the other sets, so that what the disk does to them is known while there is another one; what is new of it."""
    failures = []
    for stored in store.sets():
        if stored.name == drilled.name or not stored.usable:
            continue
        progress.step(f"checking set {stored.name}")
        try:
            with store.reading(stored):
                damage = store.check(stored)
        except PgsopError:
            # Retention was quicker.
            continue
        if damage:
            failures.append(_damaged(stored, damage))
    return failures


def _damaged(stored: StoredSet, damage: Sequence[str]) -> PgsopError:
    return PgsopError(
        attempted="read every byte of the set",
        target=stored.path,
        answer="; ".join(damage),
        next_step="look at the disk with dmesg and smartctl, bring the set back from its copy, and make a new one: pgsop backup",
    )


def _failed(stored: StoredSet, failures: Sequence[PgsopError]) -> PgsopError:
    """One error of all; what kept every database from being tried is said once."""
    different = list({str(failure): failure for failure in failures}.values())
    if len(different) == 1:
        return different[0]
    return PgsopError(
        attempted="drill",
        target=f"set {stored.name}",
        answer=f"{len(different)} failures: " + " | ".join(failure.problem for failure in different),
        next_step=" | ".join({failure.next_step: None for failure in different}),
    )
