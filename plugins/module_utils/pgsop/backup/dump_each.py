# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One database after the other: what is wrong with one does not cost the others their backup."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import Any, List, Sequence, Tuple

from ..connection import connect
from ..errors import PgsopError
from ..files import free_bytes
from . import names
from .dump import Job, dump_database
from .manifest import DatabaseDump

#: A server that crashed has a new checkpointer, even where its postmaster went on.
_SINCE = """
SELECT pg_postmaster_start_time()::text, (SELECT backend_start::text FROM pg_stat_activity WHERE backend_type = 'checkpointer') AS child
"""
#: With less than this the disk is what is wrong, not the database, in bytes.
_FULL = 1 << 20


def dump_each(job: Job, databases: Sequence[str]) -> Tuple[Tuple[DatabaseDump, ...], List[PgsopError]]:
    """The dumps, and why some databases have none, such as a migration that keeps a table locked.

    Raises:
        PgsopError: where nothing could be dumped, or the server or the disk failed: then the next database would not fare better.
    """
    dumps, failures = [], []
    since = _since(job)
    for database in databases:
        try:
            dumps.append(dump_database(job, database))
        except PgsopError as error:
            full = free_bytes(job.folder) < _FULL
            _forget(job, database)
            if full or _since(job) != since:
                raise
            failures.append(error)
    if not dumps:
        raise failures[0]
    return tuple(dumps), failures


def _since(job: Job) -> Any:
    """Since when the server runs without a crash; nothing where it does not answer."""
    with contextlib.suppress(PgsopError), connect(job.cluster) as session:
        return session.rows(_SINCE)
    return None


def _forget(job: Job, database: str) -> None:
    path = os.path.join(job.folder, names.dump_name(database))
    if os.path.isdir(path):
        shutil.rmtree(path)
    for file in (path, os.path.join(job.folder, names.objects_name(database))):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)
