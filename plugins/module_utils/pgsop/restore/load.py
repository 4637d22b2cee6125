# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump brought into an empty database, by the server's own programs."""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..backup.config import BackupConfig
from ..backup.progress import Progress
from ..backup.tools import environment, program, run_long
from ..dsn import conninfo
from ..errors import PgsopError, ServerError
from ..server_message import TocFailure, program_error
from ..sql import quote_identifier
from . import dangling, keep_going, toc
from . import passes as passes_of_dump
from .bound import Bound, bound
from .omitted import Omitted
from .passes import Passes
from .pg_restore import RestoreTarget, replay, run_pass
from .plan import RestorePlan
from .scratch import Scratch
from .toc import TocEntry

#: For sessions that do nothing else and are proved afterwards; nothing is lost when they end with a commit that is flushed.
_TUNED = "-c synchronous_commit=off -c maintenance_work_mem=256MB"
#: With several indexes built at the same time, each by one process is quicker than each by several (measured: docs/backup.md).
_ONE_EACH = "-c max_parallel_maintenance_workers=0"
#: By extension, what its sessions need. TimescaleDB 2 would repeat each index and trigger of a hypertable on its chunks, which have their own.
_OPTIONS = {"timescaledb": "-c timescaledb.restoring=on"}
#: Seconds between two queries of the database's size: with many files it is a slow query.
_LOOK_S = 3.0
#: Since when pg_dump dumps who owns schema public.
_PUBLIC_OWNER_SINCE = 15
#: How sets of 0.4.0 describe objects.
_OLD_FORM = 1


#: Entries, everything if it is None, and by how many jobs they are restored.
_Part: TypeAlias = "tuple[Sequence[TocEntry] | None, int]"


class Mode(enum.Enum):
    """What a load does if something cannot be restored.

    STRICT stops at the first failure: a restore. COLLECT continues, and reports all failures: a drill. KEEP_GOING loads every row, and
    leaves out and lists the objects that cannot be restored: a restore with --keep-going.
    """

    STRICT = "strict"
    COLLECT = "collect"
    KEEP_GOING = "keep going"


@dataclass(frozen=True)
class Loaded:
    """How a load ended.

    Attributes:
        waiting: entries that are restored once the database has its name.
        dangling: statements that were left out because they named roles that did not exist.
        failures: entries that the server refused, in mode COLLECT.
        omitted: objects that were left out, in mode KEEP_GOING.
    """

    waiting: Bound
    dangling: dangling.Dangling
    failures: list[TocFailure] = field(default_factory=list)
    omitted: list[Omitted] = field(default_factory=list)


def jobs(config: BackupConfig) -> int:
    """Return the number of connections that restore at the same time: as declared, by default one for each processor."""
    return config.restore_jobs or len(os.sched_getaffinity(0))


def clear(plan: RestorePlan, scratch: Scratch) -> None:
    """Drop from a new database the objects of template0 that the dumped database did not have: schema public and plpgsql.

    Before version 15, a dump does not contain the owner of schema public, which is set here.

    Raises:
        PgsopError: the server refuses.
    """
    with scratch.session() as session:
        if "public" not in plan.objects.get("schema", {}):
            session.execute("DROP SCHEMA IF EXISTS public")
        elif plan.dumped_major < _PUBLIC_OWNER_SINCE and plan.dump.properties["public_owner"]:
            session.execute(f"ALTER SCHEMA public OWNER TO {quote_identifier(plan.dump.properties['public_owner'])}")
        if "plpgsql" not in plan.objects.get("extension", {}):
            session.execute("DROP EXTENSION IF EXISTS plpgsql")


def load(
    config: BackupConfig, plan: RestorePlan, scratch: Scratch, path: str, progress: Progress, *, mode: Mode
) -> Loaded:
    """Restore a dump into an empty database.

    Args:
        config: with the major version of pg_restore, and the number of jobs.
        plan: of the restore; gets warnings.
        scratch: the database.
        path: file or folder of the dump.
        progress: gets the size of the database about every 3 s.
        mode: what happens if something cannot be restored.

    Raises:
        PgsopError: at the first entry that cannot be restored, unless the mode allows it.
    """
    target = _target(config, plan, scratch, path, progress)
    waiting = bound(plan)
    found = dangling.Dangling()
    # Later forms leave out roles that do not exist, and the backup lists them as obstacles.
    if plan.dump.description_form == _OLD_FORM or plan.dump.obstacles:
        found = dangling.examine(config, path, (role["name"] for role in plan.roles.get("roles", ())))
    plan.warnings.extend(found.skipped)
    needed = mode == Mode.KEEP_GOING or plan.dump.rows_of_extensions or waiting.extensions or found.entries
    every = passes_of_dump.read(config, plan, path) if needed else passes_of_dump.NONE
    waiting.entries.extend(waiting.part(every.every))
    changed = [entry for entry in every.every if entry.identifier in found.entries]
    passes = every.without([*waiting.entries, *changed])
    if mode == Mode.KEEP_GOING:
        omitted = keep_going.load(target, plan, scratch, passes, waiting, jobs=jobs(config))
        return Loaded(waiting, found, omitted=[*omitted, *_privileges(target, plan, scratch, changed, found)])
    all_at_once = not waiting.extensions and not changed
    failures = _run(target, _strict(passes, jobs(config), all_at_once=all_at_once), plan, waiting, mode)
    for each in _privileges(target, plan, scratch, changed, found):
        failures.append(TocFailure(0, each.kind, each.name, "", each.message))
        if mode == Mode.STRICT:
            raise _refused(target, plan, failures[0])
    return Loaded(waiting, found, failures=failures)


def _privileges(
    target: RestoreTarget, plan: RestorePlan, scratch: Scratch, changed: Sequence[TocEntry], found: dangling.Dangling
) -> Iterator[Omitted]:
    """Restore privileges that the dump names without their roles, or does not have; those that the server rejects are returned."""
    answer = replay(target, changed, edit=lambda _script: found.script) if changed else ""
    if answer:
        yield Omitted("privileges", ", ".join(toc.kind_and_name(entry)[1] for entry in changed), "", answer)
    if not plan.dump.extension_grants:
        return
    with scratch.session() as session:
        for statement in plan.dump.extension_grants:
            try:
                session.execute(statement)
            except ServerError as error:
                yield Omitted("privileges", statement, statement, error.answer)


def _run(
    target: RestoreTarget, parts: Sequence[_Part], plan: RestorePlan, waiting: Bound, mode: Mode
) -> list[TocFailure]:
    """Restore one part after the other."""
    # What uses an extension that is not there yet fails, and is restored later.
    stops = mode == Mode.STRICT and not waiting.extensions
    failures: list[TocFailure] = []
    for entries, parallel in parts:
        found = run_pass(target, entries, jobs=parallel, exit_on_error=stops)
        failed = {failure.entry_id for failure in found}
        users = waiting.users(target, [entry for entry in entries or () if entry.identifier in failed])
        waiting.entries.extend(users)
        failures += [failure for failure in found if failure.entry_id not in {user.identifier for user in users}]
        if failures and mode == Mode.STRICT:
            raise _refused(target, plan, failures[0])
    return failures


def _strict(passes: Passes, parallel: int, *, all_at_once: bool) -> Sequence[_Part]:
    """Return the parts that are restored one after the other, each with its number of jobs."""
    if passes.needed and parallel > 1:
        return [(passes.definitions, 1), (passes.configuration, 1), ((*passes.data, *passes.rest), parallel)]
    return [(None if all_at_once else passes.every, parallel)]


def _target(config: BackupConfig, plan: RestorePlan, scratch: Scratch, path: str, progress: Progress) -> RestoreTarget:
    return RestoreTarget(
        config,
        scratch.cluster,
        scratch.name,
        path,
        encoding=plan.encoding,
        options=" ".join([_tuned(config), scratch.options, *_options_of_extensions(plan)]),
        arguments=() if plan.tablespaces else ("--no-tablespaces",),
        watch=_watch(plan, scratch, progress),
    )


def _refused(target: RestoreTarget, plan: RestorePlan, failure: TocFailure) -> PgsopError:
    return PgsopError(
        attempted="restore an object of the dump",
        target=f"{failure.description} {failure.object}, database {plan.dump.name}, {target.path}",
        answer=failure.shown,
        next_step=f"to restore everything else, with a list of what is left out: {plan.keep_going}; the full message is in"
        f" {target.cluster.log_file}",
    )


def analyze(config: BackupConfig, plan: RestorePlan, scratch: Scratch, progress: Progress, mode: Mode) -> list[str]:
    """Collect statistics for the planner, so that the first queries have good plans.

    Returns:
        What failed, as sentences; empty in mode STRICT.

    Raises:
        PgsopError: vacuumdb fails in mode STRICT.
    """
    answer = run_long(
        [
            program(config, "vacuumdb"),
            "--analyze-only",
            "--quiet",
            f"--jobs={jobs(config)}",
            f"--dbname={conninfo(dbname=scratch.name)}",
        ],
        environment=environment(scratch.cluster, scratch.options),
        watch=lambda: progress.tick(f"{plan.dump.name}: collecting statistics"),
    )
    if answer.status == 0:
        return []
    failed = PgsopError(
        attempted="collect statistics",
        target=f"database {plan.dump.name}",
        answer=program_error(answer.errors, scratch.cluster.log_file) or f"vacuumdb ended with status {answer.status}",
        next_step=f"to restore it all the same, and collect statistics later with ANALYZE: {plan.keep_going}",
    )
    if mode == Mode.STRICT:
        raise failed
    return [failed.problem]


def left_out(config: BackupConfig, path: str) -> list[str]:
    """Return warnings about entries that are not restored: subscriptions.

    A restored subscription would begin to take rows away from the original database.

    Args:
        config: with the major version of pg_restore.
        path: file or folder of the dump.

    Raises:
        PgsopError: pg_restore cannot read the dump.
    """
    names = toc.subscriptions(toc.read(config, path))
    return [f"subscriptions are not restored: {', '.join(names)}; they are in the dump"] if names else []


def _options_of_extensions(plan: RestorePlan) -> list[str]:
    return [option for extension, option in _OPTIONS.items() if extension in plan.dump.extensions]


def _tuned(config: BackupConfig) -> str:
    return f"{_TUNED} {_ONE_EACH}" if jobs(config) > 1 else _TUNED


def _watch(plan: RestorePlan, scratch: Scratch, progress: Progress) -> Callable[[], None]:
    last = [0.0]

    def watch() -> None:
        if time.monotonic() - last[0] > _LOOK_S:
            size = scratch.guard.value("SELECT pg_database_size(%s)", [scratch.name])
            progress.tick(
                f"{plan.dump.name}: restoring, {size / 1e6:,.0f} MB of about {plan.dump.size_bytes / 1e6:,.0f} MB"
            )
            last[0] = time.monotonic()

    return watch
