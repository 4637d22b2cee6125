# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore, from the choice of the set to the name of the database."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from ..backup.config import BackupConfig
from ..backup.progress import SILENT, Progress
from ..backup.store import Store
from ..connection import connect
from ..sql import quote_identifier
from . import bound, load, preflight
from . import scratch as scratches
from .load import Mode
from .omitted import Omitted, save
from .pg_restore import RestoreTarget
from .plan import RestorePlan, RestoreRequest
from .publish import ReplacedDatabase, publish
from .rebuild import Act, Rebuilt, reached, rebuild

__all__ = ["RestoreRequest", "restore"]


def restore(config: BackupConfig, request: RestoreRequest, progress: Progress = SILENT) -> dict[str, Any]:
    """Restore a database under a temporary name, compare it with its dump, and only then give it its name.

    Args:
        config: the declared configuration.
        request: the options.
        progress: gets each step.

    Returns:
        The report: set, database, target, previous_database, roles_created, compared, omitted, omitted_file, seconds by step, warnings,
        planned_actions (of a dry run) and next_steps (after a replacement).

    Raises:
        PgsopError: it cannot be restored, or differs from its dump; then the temporary database and new roles are dropped.
    """
    target = preflight.target_of(request)
    act = Act(config, reached(config, "restore the database"), progress)
    store = Store(config.directory)
    try:
        if not request.dry_run:
            scratches.sweep(act.cluster)
        stored = store.find(request.reference, request.database)
        dump = preflight.dump_of(stored, request.database)
        with store.reading(stored):
            with connect(act.cluster) as session:
                preflight.look_at_target(session, request, target)
            progress.step(f"{request.database}: checking set {stored.name}")
            with preflight.checked(config, store, stored, dump, whole=not request.dry_run) as folder:
                with connect(act.cluster) as session:
                    plan = preflight.plan(session, act.cluster, request, stored, folder)
                plan.warnings.extend(preflight.passed_over(store, stored, request.reference, request.database))
                act.clock.lap("check")
                if request.dry_run:
                    return _report(act, plan, target, planned_actions=_planned_actions(plan, request, target))
                return _restore(act, request, plan, folder, target)
    finally:
        progress.done()


def _restore(act: Act, request: RestoreRequest, plan: RestorePlan, folder: str, target: str) -> dict[str, Any]:
    about = {"database": plan.dump.name, "set": plan.stored.name}
    with scratches.opened(act.cluster, "restore", verbatim=plan.dump.verbatim, **about) as scratch:
        mode = Mode.KEEP_GOING if request.keep_going else Mode.STRICT
        rebuilt = rebuild(act, plan, scratch, folder, all_roles=request.all_roles, mode=mode)
        # Before the database gets its name: if the disk is full, it is better to know that now.
        saved = save(act.config, target, rebuilt.omitted) if rebuilt.omitted else None
        act.progress.step(f"{plan.dump.name}: putting it in its place")
        refused: list[Omitted] | None = [] if request.keep_going else None
        kept = publish(scratch, plan, target, replace=bool(request.replace), omitted=refused)
        if refused:
            rebuilt.omitted.extend(refused)
            saved = save(act.config, target, rebuilt.omitted)
        # They are in use from here on.
        scratch.about.pop("roles", None)
        act.clock.lap("publish")
    path = os.path.join(folder, plan.dump.dump)
    if rebuilt.waiting.extensions:
        late, warnings = bound.restore(
            RestoreTarget(act.config, act.cluster, target, path, plan.encoding), plan, rebuilt.waiting
        )
        plan.warnings.extend(warnings)
        rebuilt.omitted.extend(late)
        saved = save(act.config, target, rebuilt.omitted) if late else saved
        act.clock.lap("extensions")
    # Nothing is missing, so at this hour the data counts; a drill, on a quiet day, fails for it.
    plan.warnings.extend([*rebuilt.compared.warnings, *rebuilt.compared.changed])
    plan.warnings.extend(load.left_out(act.config, path))
    return _report(act, plan, target, kept=kept, rebuilt=rebuilt, saved=saved)


def _report(
    act: Act,
    plan: RestorePlan,
    target: str,
    *,
    kept: ReplacedDatabase | None = None,
    rebuilt: Rebuilt | None = None,
    saved: str | None = None,
    planned_actions: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "set": plan.stored.name,
        "database": plan.dump.name,
        "target": target,
        "previous_database": kept.name if kept else None,
        "roles_created": list(rebuilt.roles) if rebuilt else [],
        "compared": dict(rebuilt.compared.compared) if rebuilt else {},
        "omitted": [each.as_dict() for each in rebuilt.omitted] if rebuilt else [],
        "omitted_file": saved,
        "seconds": {**act.clock.seconds, "all": round(time.monotonic() - act.started, 3)},
        "warnings": plan.warnings,
        "planned_actions": list(planned_actions),
        "next_steps": _way_back(target, kept) if kept else [],
    }


def _way_back(target: str, kept: ReplacedDatabase) -> list[str]:
    """Return the next steps, with SQL, after a database was replaced."""
    live, old = quote_identifier(target), quote_identifier(kept.name)
    failed = quote_identifier(preflight.shortened(target, "_failed"))
    back = (
        f"ALTER DATABASE {live} RENAME TO {failed}; ALTER DATABASE {old} RENAME TO {live};"
        f" ALTER DATABASE {live} CONNECTION LIMIT {kept.connection_limit};"
    )
    return [
        f"when all is well, drop the database that made place: DROP DATABASE {old};",
        f"to go back to it, end all sessions of both, then: {back}",
    ]


def _planned_actions(plan: RestorePlan, request: RestoreRequest, target: str) -> list[str]:
    dump = plan.dump
    rows = sum(dump.rows.values())
    first = (
        f"restore database {dump.name} of set {plan.stored.name} ({dump.size_bytes / 1e6:,.0f} MB, {len(dump.rows)} tables,"
        f" {rows:,} rows) into a database that nobody knows, and compare it with what was noted when it was dumped"
    )
    told = [first]
    if plan.missing_roles:
        told.insert(0, f"make the roles {', '.join(plan.missing_roles)}, with the passwords they had")
    if request.replace:
        told.append(
            f"end all sessions in {target}, rename it to {target}_before_..., and give the restored one its name"
        )
    else:
        told.append(f"give it the name {target}")
    return told
