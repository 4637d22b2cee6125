# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore a database from its dump, and compare it: the common part of restores and drills."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..backup.config import BackupConfig
from ..backup.dump import Clock
from ..backup.progress import Progress
from ..cluster import Cluster
from ..connection import get_running_cluster
from ..sql import quote_identifier
from . import dangling, load, properties, roles
from .bound import Bound
from .compare import Comparison, compare
from .load import Loaded, Mode
from .omitted import Omitted
from .plan import RestorePlan, differs
from .scratch import Scratch


@dataclass(frozen=True)
class Act:
    """One restore or drill at work.

    Attributes:
        config: the declared configuration.
        cluster: in which databases are restored.
        progress: gets each step.
        clock: seconds by step.
        started: when it began, by time.monotonic().
    """

    config: BackupConfig
    cluster: Cluster
    progress: Progress
    clock: Clock = field(default_factory=Clock)
    started: float = field(default_factory=time.monotonic)


def reached(config: BackupConfig, attempted: str) -> Cluster:
    """Return the declared cluster, with a server that answers.

    Args:
        config: with version and name of the cluster.
        attempted: the act, for the error: "restore the database".

    Raises:
        PgsopError: the cluster does not exist, or its server does not answer.
    """
    return get_running_cluster(config.version, config.cluster, attempted=attempted)


@dataclass(frozen=True)
class Rebuilt:
    """A restored database.

    Attributes:
        compared: the comparison with its dump.
        roles: names of the roles that were created.
        waiting: entries that are restored once the database has its name.
        omitted: objects that were left out, in mode KEEP_GOING.
        problems: what could not be restored or is not as it was, as sentences, in mode COLLECT.
    """

    compared: Comparison
    roles: list[str]
    waiting: Bound
    omitted: list[Omitted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def rebuild(
    act: Act, plan: RestorePlan, scratch: Scratch, folder: str, *, all_roles: bool = False, mode: Mode = Mode.STRICT
) -> Rebuilt:
    """Restore a dump into a scratch database and compare it.

    Args:
        act: at work.
        plan: of the restore; gets warnings.
        scratch: with the name of the database, which is created here.
        folder: with the plain dump.
        all_roles: whether roles are created that the database does not need.
        mode: what happens if an object cannot be restored. A restore accepts an object that is there and is defined differently; a drill,
            which collects all problems, does not.

    Raises:
        PgsopError: the mode does not allow what fails or differs.
    """
    database = plan.dump.name
    act.progress.step(f"{database}: making an empty database")
    made = _prepare(plan, scratch, all_roles)
    act.clock.lap("prepare")
    act.progress.step(f"{database}: restoring")
    loaded = load.load(act.config, plan, scratch, os.path.join(folder, plan.dump.dump), act.progress, mode=mode)
    act.clock.lap("restore")
    act.progress.step(f"{database}: collecting statistics")
    unanalyzed = load.analyze(act.config, plan, scratch, act.progress, mode)
    act.clock.lap("analyze")
    result = _compare(act, plan, scratch, loaded)
    if mode == Mode.COLLECT:
        return Rebuilt(result, made, loaded.waiting, problems=[*unanalyzed, *_problems(loaded, result)])
    plan.warnings.extend(unanalyzed)
    missing = result.differences if mode == Mode.KEEP_GOING else result.problems
    fatal, _explained = dangling.excused(missing, loaded.dangling)
    if fatal:
        raise differs(plan, fatal)
    omitted = _with_lost(loaded.omitted, result) if mode == Mode.KEEP_GOING else []
    return Rebuilt(result, made, loaded.waiting, omitted=omitted)


def _problems(loaded: Loaded, result: Comparison) -> list[str]:
    """Everything that a drill reports of a load."""
    failed = [f"{failure.description} {failure.object}: {failure.shown}" for failure in loaded.failures]
    different, _explained = dangling.excused([*result.problems, *result.changed], loaded.dangling)
    return [*failed, *different]


def _compare(act: Act, plan: RestorePlan, scratch: Scratch, loaded: Loaded) -> Comparison:
    def tick(text: str) -> None:
        act.progress.tick(f"{plan.dump.name}: {text}")

    act.progress.step(f"{plan.dump.name}: comparing")
    result = compare(plan, scratch, jobs=load.jobs(act.config), tick=tick, waits=loaded.waiting.explains)
    act.clock.lap("compare")
    return result


def _with_lost(omitted: Sequence[Omitted], result: Comparison) -> list[Omitted]:
    """Return what was left out, and every object that is missing because of that."""
    known = {each.name.replace('"', "") for each in omitted}
    missing = [(kind, name) for kind, name in result.lost if name.replace('"', "") not in known]
    return [
        *omitted,
        *(Omitted(kind, name, "", "it is a part of something that is left out, or uses it") for kind, name in missing),
    ]


def _prepare(plan: RestorePlan, scratch: Scratch, all_roles: bool) -> list[str]:
    wanted = plan.dump.properties
    scratch.create(properties.creation(wanted, scratch.name, major=plan.major, tablespace=plan.default_tablespace))
    made = _make_roles(plan, scratch, all_roles)
    owner = quote_identifier(wanted["owner"])
    scratch.guard.execute(f"ALTER DATABASE {quote_identifier(scratch.name)} OWNER TO {owner}")
    load.clear(plan, scratch)
    return made


def _make_roles(plan: RestorePlan, scratch: Scratch, all_roles: bool) -> list[str]:
    guard = scratch.guard

    def note(names: list[str]) -> None:
        rows = guard.rows("SELECT rolname AS name, oid::bigint AS oid FROM pg_roles WHERE rolname = ANY (%s)", [names])
        scratch.note(roles={row["name"]: row["oid"] for row in rows})

    try:
        return roles.create_missing(guard, plan.roles, plan.dump.roles, all_roles=all_roles, noted=note)
    except BaseException:
        # They went with the transaction that was to make them.
        with contextlib.suppress(KeyError):
            del scratch.about["roles"]
        raise
