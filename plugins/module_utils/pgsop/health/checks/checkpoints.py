# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether checkpoints come in time, and whether sessions have to do the work of the checkpointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...text import age
from ..check import SERVER, Measured, check
from ..context import ServerContext

#: Since when there are views of their own for them.
_IO_SINCE, _CHECKPOINTER_SINCE = 16, 17

# All columns, whatever this major version has.
_BGWRITER = "SELECT to_jsonb(s) FROM pg_catalog.pg_stat_bgwriter s"
_CHECKPOINTER = "SELECT to_jsonb(s) FROM pg_catalog.pg_stat_checkpointer s"
_WAL = "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::float8"
# Other objects do not count: since 18 there is WAL, too, which every session has to write for good itself. Neither do the writes of large scans and
# loads, which have a few pages of their own and write them by design.
_FSYNCS = """
SELECT coalesce(sum(fsyncs) FILTER (WHERE backend_type = 'client backend'), 0)::float8 AS fsyncs,
       coalesce(sum(writes) FILTER (WHERE backend_type = 'client backend' AND context = 'normal'), 0)::float8 AS own,
       coalesce(sum(writes) FILTER (WHERE context = 'normal'), 0)::float8 AS written, max(stats_reset) AS stats_reset
  FROM pg_catalog.pg_stat_io
 WHERE object = 'relation'
"""


@check(
    "checkpoints.requested",
    sop="6",
    title="checkpoints before their time",
    scope=SERVER,
    unit="%",
    warn=30,
    crit=60,
    extra_limits={"least_checkpoints": 3},
    hint="the log says why ('checkpoint starting: wal'); raise pg_tuning_settings.max_wal_size if it is wal",
)
def requested(here: ServerContext) -> Iterator[Measured]:
    """Yield the share of checkpoints, in percent, that did not wait for checkpoint_timeout because max_wal_size was reached.

    CHECKPOINT, CREATE DATABASE and DROP DATABASE request some as well, restore drills among them; so not more are blamed on WAL than the
    WAL that was written can have forced. One is forced each time that max_wal_size / (1 + checkpoint_completion_target) was written
    (CalculateCheckpointSegments() in xlog.c). Up to 17 those count, too, which came when there was nothing to do; 18 counts those
    that were done.
    """
    counters, since = _checkpoints(here)
    window = here.window("checkpoints.requested", {**counters, "wal": here.session.value(_WAL)}, since)
    each = here.setting("max_wal_size").number / (1 + here.setting("checkpoint_completion_target").number)
    hurried, total = min(window.grown["requested"], round(window.grown["wal"] / each)), window.grown["total"]
    if total < (here.limits["checkpoints.requested"]["least_checkpoints"] or 0.0):
        yield Measured("server", None, f"{total:.0f} checkpoints within {age(window.seconds)}, too few for a share")
        return
    share = min(100.0, 100.0 * hurried / total) if total else 0.0
    message = f"{hurried:.0f} of {total:.0f} checkpoints within {age(window.seconds)} came before their time, for WAL"
    yield Measured("server", share, message)


def _checkpoints(here: ServerContext) -> tuple[dict[str, float], object]:
    """Return the counters requested and total, and the time of their last reset."""
    if here.version >= _CHECKPOINTER_SINCE:
        row: dict[str, Any] = here.session.value(_CHECKPOINTER)
        requests, timed = row["num_requested"], row["num_timed"]
    else:
        row = here.session.value(_BGWRITER)
        requests, timed = row["checkpoints_req"], row["checkpoints_timed"]
    return {"requested": requests, "total": row.get("num_done", requests + timed)}, row["stats_reset"]


@check(
    "checkpoints.backend_fsync",
    sop="6",
    title="fsync calls of sessions",
    scope=SERVER,
    warn=0,
    hint="the checkpointer does not keep up: look at the disk with 'iostat -x 1 3'; raise pg_tuning_settings.shared_buffers if it is tiny",
)
def backend_fsync(here: ServerContext) -> Iterator[Measured]:
    """Yield the number of fsync calls of sessions since an earlier run.

    A session calls fsync for a table only if the checkpointer's queue is full; then it waits for the disk, and so does its client.
    Since 16 the message has the pages, too, that sessions had to write because there was no clean one (pg_stat_io).
    """
    if here.version >= _IO_SINCE:
        row = here.session.rows(_FSYNCS)[0]
        counters = {name: row[name] for name in ("fsyncs", "own", "written")}
    else:
        row = here.session.value(_BGWRITER)
        counters = {"fsyncs": row["buffers_backend_fsync"]}
    window = here.window("checkpoints.backend_fsync", counters, row["stats_reset"])
    grown = window.grown["fsyncs"]
    message = f"sessions had to call fsync {grown:.0f} times within {age(window.seconds)}"
    if "own" in counters:
        message += f", and wrote {window.grown['own']:,.0f} of {window.grown['written']:,.0f} changed pages themselves"
    yield Measured("server", grown, message)
