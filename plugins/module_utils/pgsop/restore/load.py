# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump brought into an empty database, by the server's own programs."""

from __future__ import annotations

import os
import re
import time
from typing import Callable, List

from .. import command
from ..backup.config import Config
from ..backup.progress import Progress
from ..backup.tools import conninfo, environment, program, run_long
from ..databases.names import quote_identifier
from ..errors import PgsopError
from ..server_message import program_error
from .plan import Plan
from .scratch import Scratch

#: For sessions that do nothing else and are proved afterwards; nothing is lost when they end with a commit that is flushed.
_TUNED = "-c synchronous_commit=off -c maintenance_work_mem=256MB"
#: With several indexes built at the same time, each by one process is quicker than each by several (measured: docs/backup.md).
_ONE_EACH = "-c max_parallel_maintenance_workers=0"
_SUBSCRIPTION = re.compile(r"\d+; \d+ \d+ SUBSCRIPTION - (?P<name>.+) \S+")
#: Seconds between two looks at how large the database has become: with many files it is a slow question.
_LOOK_S = 3.0
#: Since when pg_dump dumps who owns schema public.
_PUBLIC_OWNER_SINCE = 15


def jobs(config: Config) -> int:
    """Connections that restore at the same time."""
    return config.restore_jobs or len(os.sched_getaffinity(0))


def clear(plan: Plan, scratch: Scratch) -> None:
    """Make a new database as empty as the dump expects: what was dropped there is in no dump, and was not dropped here.

    Raises:
        PgsopError: where the server refuses.
    """
    with scratch.session() as session:
        if "public" not in plan.objects.get("schema", {}):
            session.execute("DROP SCHEMA IF EXISTS public")
        elif plan.dumped_major < _PUBLIC_OWNER_SINCE and plan.dump.properties["public_owner"]:
            session.execute(f"ALTER SCHEMA public OWNER TO {quote_identifier(plan.dump.properties['public_owner'])}")
        if "plpgsql" not in plan.objects.get("extension", {}):
            session.execute("DROP EXTENSION IF EXISTS plpgsql")


def load(config: Config, plan: Plan, scratch: Scratch, path: str, progress: Progress) -> None:
    """Restore a dump.

    Args:
        config: which pg_restore, and by how many jobs.
        plan: what is restored.
        scratch: into which database.
        path: file or folder of the dump.
        progress: who is told.

    Raises:
        PgsopError: at the first thing that cannot be restored.
    """
    arguments = [
        program(config, "pg_restore"),
        "--exit-on-error",
        "--no-password",
        "--no-subscriptions",
        # Without it no error names its entry.
        "--verbose",
        f"--jobs={jobs(config)}",
    ]
    arguments += [] if plan.tablespaces else ["--no-tablespaces"]
    answer = run_long(
        [*arguments, f"--dbname={conninfo(scratch.name)}", path],
        environment=environment(scratch.cluster, f"{_tuned(config)} {scratch.options}"),
        watch=_watch(plan, scratch, progress),
    )
    if answer.status != 0:
        raise PgsopError(
            attempted="restore the dump",
            target=f"database {plan.dump.name}, {path}",
            answer=program_error(answer.errors, scratch.cluster.log_file, _listing(config, path))
            or f"pg_restore ended with status {answer.status}",
            next_step=f"correct that, or choose another set; more is at the end of {scratch.cluster.log_file}",
        )


def analyze(config: Config, plan: Plan, scratch: Scratch, progress: Progress) -> None:
    """Let the planner know the new tables, so that the first users do not pay for it.

    Raises:
        PgsopError: where it fails.
    """
    answer = run_long(
        [
            program(config, "vacuumdb"),
            "--analyze-only",
            "--quiet",
            f"--jobs={jobs(config)}",
            f"--dbname={conninfo(scratch.name)}",
        ],
        environment=environment(scratch.cluster, scratch.options),
        watch=lambda: progress.tick(f"{plan.dump.name}: collecting statistics"),
    )
    if answer.status != 0:
        raise PgsopError(
            attempted="collect statistics",
            target=f"database {plan.dump.name}",
            answer=program_error(answer.errors, scratch.cluster.log_file)
            or f"vacuumdb ended with status {answer.status}",
            next_step=f"look at the end of {scratch.cluster.log_file}",
        )


def left_out(config: Config, path: str) -> List[str]:
    """What of a dump is not restored, as warnings: a subscription would begin to take rows from somewhere, and away from the one that does."""
    lines = _listing(config, path).split("\n")
    names = [found["name"] for found in map(_SUBSCRIPTION.fullmatch, lines) if found]
    return [f"subscriptions are not restored: {', '.join(names)}; they are in the dump"] if names else []


def _listing(config: Config, path: str) -> str:
    return command.run([program(config, "pg_restore"), "--list", path], timeout=3600).output


def _tuned(config: Config) -> str:
    return f"{_TUNED} {_ONE_EACH}" if jobs(config) > 1 else _TUNED


def _watch(plan: Plan, scratch: Scratch, progress: Progress) -> Callable[[], None]:
    last = [0.0]

    def watch() -> None:
        if time.monotonic() - last[0] > _LOOK_S:
            size = scratch.guard.value("SELECT pg_database_size(%s)", [scratch.name])
            progress.tick(
                f"{plan.dump.name}: restoring, {size / 1e6:,.0f} MB of about {plan.dump.size_bytes / 1e6:,.0f} MB"
            )
            last[0] = time.monotonic()

    return watch
