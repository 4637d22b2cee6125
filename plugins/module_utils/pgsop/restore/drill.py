# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drill: proof that a set can be restored, and how long that takes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..backup import encryption, names, notification, state
from ..backup.config import BackupConfig
from ..backup.manifest import DatabaseDump
from ..backup.progress import SILENT, Progress
from ..backup.store import Store, StoredSet
from ..connection import connect
from ..errors import PgsopError
from . import bound, load, preflight
from . import scratch as scratches
from .drill_plan import DrillContext, DrillPlan, combined, damaged, planned
from .integrity import check_assertions, check_storage
from .load import Mode
from .plan import RestorePlan, RestoreRequest, differs
from .properties import block_connections_sql
from .publish import restore_properties
from .rebuild import Act, reached, rebuild

#: Problems of a database that a drill lists; more are counted.
_LISTED = 100


def drill(
    config: BackupConfig,
    reference: str = "latest",
    databases: Sequence[str] = (),
    *,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Restore databases of a set under temporary names, check them, and drop them. Then read every byte of the other sets.

    Args:
        config: the declared configuration.
        reference: the set: latest, a name, or a moment.
        databases: names of databases of the set; all if empty.
        dry_run: only return the plan.
        progress: gets each step.

    Returns:
        set, databases (a dict each: name, recovery_s, seconds by step, compared, checked, roles_missing), seconds, warnings and more.

    Raises:
        PgsopError: with everything that failed; it is noted with the set, if there is one, and the failure command was run.
    """
    store = Store(config.directory)
    try:
        if dry_run:
            return _dry_run(config, store, reference, databases, progress)
        try:
            _refuse_without_sets(store)
            with state.record_run(config, "drill") as note:
                context = DrillContext(config, reached(config, "drill"), store, progress)
                scratches.sweep(context.cluster)
                return _run(context, reference, databases, note)
        except BaseException as error:
            notification.report_failure(config, "drill", error, progress)
            raise
    finally:
        progress.done()


def _dry_run(
    config: BackupConfig, store: Store, reference: str, databases: Sequence[str], progress: Progress
) -> dict[str, Any]:
    _refuse_without_sets(store)
    context = DrillContext(config, reached(config, "drill"), store, progress)
    with planned(context, reference, databases, note={}) as plan:
        return plan.as_dict()


def _refuse_without_sets(store: Store) -> None:
    """Refuse a drill before the first backup; it is not recorded as a failed one, since backup.age reports the missing set.

    Raises:
        PgsopError: the folder has no set, or cannot be read.
    """
    if not store.sets():
        raise PgsopError(
            attempted="drill",
            target=store.directory,
            answer="there is no backup set yet",
            next_step="run 'sudo pgsop backup', then 'sudo pgsop drill'",
        )


def _run(context: DrillContext, reference: str, databases: Sequence[str], note: dict[str, Any]) -> dict[str, Any]:
    started, store = time.monotonic(), context.store
    with planned(context, reference, databases, note) as plan:
        failures, done, warnings = _databases(context, plan)
    seconds = round(time.monotonic() - started, 3)
    stored = plan.stored
    result = {
        "at": names.iso(time.time()),
        "ok": not failures,
        "databases": list(databases) or [dump.name for dump in stored.known.databases],
        "seconds": seconds,
    }
    store.note(stored, drills=({**result, "error": str(combined(stored, failures)) if failures else ""},))
    failures += _others(plan, store, context.progress)
    if failures:
        raise combined(stored, failures)
    return {
        "set": stored.name,
        "databases": done,
        "seconds": seconds,
        "dry_run": False,
        "planned_actions": [],
        "warnings": [*plan.warnings, *warnings],
    }


def _databases(context: DrillContext, plan: DrillPlan) -> tuple[list[PgsopError], list[dict[str, Any]], list[str]]:
    """Restore one database after the other; if one fails, the next one is restored all the same."""
    failures = list(plan.failures)
    done: list[dict[str, Any]] = []
    warnings: list[str] = []
    for dump in plan.databases:
        try:
            result, more = _one(context, plan.stored, dump)
        except PgsopError as error:
            failures.append(error)
        else:
            done.append(result)
            warnings += [f"{dump.name}: {warning}" for warning in more]
    return failures, done, warnings


def _one(context: DrillContext, stored: StoredSet, dump: DatabaseDump) -> tuple[dict[str, Any], list[str]]:
    """Restore one database; return its result, and the warnings that the plan does not have."""
    act, started = Act(context.config, context.cluster, context.progress), time.monotonic()
    jobs = load.jobs(context.config)

    def tick(text: str) -> None:
        context.progress.tick(f"{dump.name}: {text}")

    parts = [names.objects_name(dump.name), names.ROLES, dump.dump]
    with encryption.opened(context.config, stored, parts) as folder:
        # Again, as for every restore: the databases before it took their time, and the disk may be fuller now.
        with connect(context.cluster) as session:
            plan = preflight.plan(session, context.cluster, RestoreRequest(dump.name), stored, folder)
        act.clock.lap("check")
        about = {"database": dump.name, "set": stored.name}
        with scratches.opened(context.cluster, "drill", verbatim=dump.verbatim, **about) as scratch:
            rebuilt = rebuild(act, plan, scratch, folder, mode=Mode.COLLECT)
            problems = [*rebuilt.problems, *_problems(lambda: _finish(plan, scratch))]
            # Up to here it is what a restore does, too.
            recovery = round(time.monotonic() - started, 3)
            context.progress.step(f"{dump.name}: checking indexes, tables and assertions")
            checked: dict[str, int] = {}
            problems += _problems(lambda: checked.update(check_storage(plan, scratch, jobs=jobs, tick=tick)))
            problems += _problems(
                lambda: checked.update(assertions=check_assertions(plan, scratch, context.config.assertions))
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
    return told, [*rebuilt.compared.warnings, *bound.left_out(plan, rebuilt.waiting)]


def _problems(check: Callable[[], None]) -> list[str]:
    """Run a check, and return its error as a list, so that the checks after it run as well."""
    try:
        check()
    except PgsopError as error:
        return [error.problem.rstrip(".")]
    return []


def _finish(plan: RestorePlan, scratch: scratches.Scratch) -> None:
    """Do to the database what publishing a restore does; but it stays closed to connections, and marked for sweep()."""
    scratch.guard.execute("BEGIN")
    try:
        differences = restore_properties(scratch, plan, scratch.name)
        scratch.note()
        for statement in block_connections_sql(scratch.name):
            scratch.guard.execute(statement)
        scratch.guard.execute("COMMIT")
    except BaseException:
        scratch.guard.execute("ROLLBACK")
        raise
    if differences:
        raise differs(plan, differences)


def _others(plan: DrillPlan, store: Store, progress: Progress) -> list[PgsopError]:
    """Read the other sets to find new damage by the disk while another set is still good."""
    failures = []
    for name in plan.others:
        stored = store.load(name)
        if not stored.usable:
            continue
        progress.step(f"checking set {name}")
        with contextlib.ExitStack() as kept:
            try:
                kept.enter_context(store.reading(stored))
            except PgsopError:
                # Retention was quicker.
                continue
            try:
                damage = store.check(stored)
            except PgsopError as error:
                failures.append(error)
            else:
                failures += [damaged(stored, damage)] if damage else []
    return failures
