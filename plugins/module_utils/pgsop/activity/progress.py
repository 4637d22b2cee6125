# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of the commands that the server reports on (pg_stat_progress_*)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..connection import Session
from .report_types import ProgressRow

_EVERY = """
SELECT pid, 'VACUUM' AS command, phase, heap_blks_scanned AS done, heap_blks_total AS whole FROM pg_catalog.pg_stat_progress_vacuum
UNION ALL
SELECT pid, 'ANALYZE', phase, sample_blks_scanned, sample_blks_total FROM pg_catalog.pg_stat_progress_analyze
UNION ALL
SELECT pid, command, phase, CASE WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END,
       CASE WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END
  FROM pg_catalog.pg_stat_progress_create_index
"""
_COPY = "SELECT pid, command, '', bytes_processed, bytes_total FROM pg_catalog.pg_stat_progress_copy"
_CLUSTER = "SELECT pid, command, phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_cluster"
# Only the worker that reads WAL shows that it is (CONCURRENTLY).
_REPACK = """
SELECT p.pid,
       p.command || CASE WHEN EXISTS (
         SELECT FROM pg_catalog.pg_stat_activity w WHERE w.leader_pid = p.pid AND w.backend_type = 'REPACK decoding worker'
       ) THEN ' (CONCURRENTLY)' ELSE '' END,
       p.phase, p.heap_blks_scanned, p.heap_blks_total
  FROM pg_catalog.pg_stat_progress_repack p
"""
_COPY_SINCE, _REPACK_SINCE = 14, 19


def progress(session: Session, major: int) -> dict[int, ProgressRow]:
    """Return the progress of commands by process ID; without those that the role must not see.

    Args:
        session: of any role.
        major: version of the server.
    """
    views = [_EVERY, _REPACK if major >= _REPACK_SINCE else _CLUSTER, *([_COPY] if major >= _COPY_SINCE else [])]
    found = session.rows("\nUNION ALL\n".join(views))
    return {row["pid"]: _row(row) for row in found if row["command"] and row["phase"] is not None}


def _row(row: Mapping[str, Any]) -> ProgressRow:
    """Return one row; the share is unknown if the size is, as of COPY FROM STDIN."""
    percent = round(min(100.0, 100.0 * row["done"] / row["whole"]), 1) if row["whole"] else None
    return {"command": row["command"], "phase": row["phase"], "percent": percent}
