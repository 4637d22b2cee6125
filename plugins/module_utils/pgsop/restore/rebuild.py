# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database made anew from its dump, and compared: what restores and drills have in common."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from typing import List, Tuple

from ..backup.config import Config
from ..backup.dump import Clock
from ..backup.progress import Progress
from ..cluster import Cluster
from ..connection import reached_cluster
from ..databases.names import quote_identifier
from . import load, properties, roles
from .compare import Comparison, compare
from .plan import Plan, differs
from .scratch import Scratch


@dataclass(frozen=True)
class Act:
    """One restore or drill at work.

    Attributes:
        config: what is declared.
        cluster: whose server.
        progress: who is told.
        clock: what took how long.
        started: when it began, by the clock that only goes forward.
    """

    config: Config
    cluster: Cluster
    progress: Progress
    clock: Clock = field(default_factory=Clock)
    started: float = field(default_factory=time.monotonic)


def reached(config: Config, attempted: str) -> Cluster:
    """The cluster, whose server answers.

    Raises:
        PgsopError: where it does not.
    """
    return reached_cluster(config.version, config.cluster, attempted=attempted)


def rebuild(
    act: Act, plan: Plan, scratch: Scratch, folder: str, *, all_roles: bool = False, strict: bool = False
) -> Tuple[Comparison, List[str]]:
    """Restore a dump into a scratch database and compare it.

    Args:
        act: at work.
        plan: what is restored.
        scratch: in which database; not made yet.
        folder: with the plain dump.
        all_roles: whether roles are made that the database does not need.
        strict: whether an object that is there, and not defined exactly as it was, is a failure.

    Returns:
        What was compared, with nothing missing, and the roles that were made.

    Raises:
        PgsopError: where anything fails or differs.
    """
    database = plan.dump.name
    act.progress.step(f"{database}: making an empty database")
    made = _prepare(plan, scratch, all_roles)
    act.clock.lap("prepare")
    act.progress.step(f"{database}: restoring")
    load.load(act.config, plan, scratch, os.path.join(folder, plan.dump.dump), act.progress)
    act.clock.lap("restore")
    act.progress.step(f"{database}: collecting statistics")
    load.analyze(act.config, plan, scratch, act.progress)
    act.clock.lap("analyze")
    act.progress.step(f"{database}: comparing")
    result = compare(
        plan, scratch, jobs=load.jobs(act.config), tick=lambda text: act.progress.tick(f"{database}: {text}")
    )
    if result.differences or (strict and result.changed):
        raise differs(plan, [*result.differences, *result.changed])
    act.clock.lap("compare")
    return result, made


def _prepare(plan: Plan, scratch: Scratch, all_roles: bool) -> List[str]:
    wanted = plan.dump.properties
    scratch.create(properties.creation(wanted, scratch.name, major=plan.major, tablespace=plan.default_tablespace))
    made = _make_roles(plan, scratch, all_roles)
    owner = quote_identifier(wanted["owner"])
    scratch.guard.execute(f"ALTER DATABASE {quote_identifier(scratch.name)} OWNER TO {owner}")
    load.clear(plan, scratch)
    return made


def _make_roles(plan: Plan, scratch: Scratch, all_roles: bool) -> List[str]:
    guard = scratch.guard

    def note(names: List[str]) -> None:
        rows = guard.rows("SELECT rolname AS name, oid::bigint AS oid FROM pg_roles WHERE rolname = ANY (%s)", [names])
        scratch.note(roles={row["name"]: row["oid"] for row in rows})

    try:
        return roles.create_missing(guard, plan.roles, plan.dump.roles, all_roles=all_roles, noted=note)
    except BaseException:
        # They went with the transaction that was to make them.
        with contextlib.suppress(KeyError):
            del scratch.about["roles"]
        raise
