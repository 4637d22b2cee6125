# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One database after the other: a failure in one database does not cost the others their backup."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence

from ..errors import PgsopError, combine_errors
from ..files import free_bytes
from . import names
from .dump import Job, dump_database
from .manifest import DatabaseDump
from .recovery import Start, wait_for_start

#: Where less is free than this, whatever is written next would fail too.
_FULL = 1 << 20
#: Restarts of the server after which no further database is tried: each of them ends the sessions of all clients.
_RESTARTS = 2


def dump_each(job: Job, databases: Sequence[str]) -> tuple[tuple[DatabaseDump, ...], list[PgsopError]]:
    """Dump the databases one after the other, in the given order.

    A database may fail, such as one with a table that a migration keeps locked, or one that crashes the server. After the second crash
    no further database is tried.

    Returns:
        The dumps, and one error for each database without one.

    Raises:
        PgsopError: no database was dumped, the server stays down, or less than 1 MiB is free: then the next database would fail too.
    """
    dumps: list[DatabaseDump] = []
    failures: list[PgsopError] = []
    restarts, last = 0, wait_for_start(job.cluster)
    for number, database in enumerate(databases):
        try:
            dumps.append(dump_database(job, database))
            continue
        except PgsopError as error:
            start = _after(job, database)
            if start is None:
                raise combine_errors([error, *failures]) from error
            restarts += start != last
            failures.append(error if start == last else _restarted(job, error))
        last = start
        if restarts == _RESTARTS:
            failures += [_not_tried(job, left) for left in databases[number + 1 :]]
            break
    if not dumps:
        raise combine_errors(failures)
    return tuple(dumps), failures


def _after(job: Job, database: str) -> Start | None:
    """Wait for the server after a failure, and return its last start; None if the next database would fail too."""
    full = free_bytes(job.folder) < _FULL
    _forget(job, database)
    if full:
        return None
    job.progress.step(f"{database}: failed; waiting for the server")
    return wait_for_start(job.cluster)


def _restarted(job: Job, error: PgsopError) -> PgsopError:
    return PgsopError(
        attempted=error.attempted,
        target=error.target,
        answer=f"{error.answer.rstrip('. ')}; the server crashed or restarted meanwhile",
        next_step=f"read the end of {job.cluster.log_file} for the process that crashed, then run it again",
    )


def _not_tried(job: Job, database: str) -> PgsopError:
    return PgsopError(
        attempted="dump the database",
        target=f"database {database}, cluster {job.cluster.label}",
        answer=f"it was not tried, because the server crashed or restarted {_RESTARTS} times during this backup",
        next_step=f"read the end of {job.cluster.log_file}, then run it again",
    )


def _forget(job: Job, database: str) -> None:
    path = os.path.join(job.folder, names.dump_name(database))
    if os.path.isdir(path):
        shutil.rmtree(path)
    for file in (path, os.path.join(job.folder, names.objects_name(database))):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)
