# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The amount of WAL, and whether it is archived."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import WARNING
from ...text import age, size
from ..check import SERVER, Measured, check
from ..context import ServerContext

_SIZE = "SELECT coalesce(sum(size), 0)::float8 FROM pg_catalog.pg_ls_waldir()"
_READY = "SELECT count(*) FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
_ARCHIVER = """
SELECT failed_count, last_failed_wal, coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL) AS failing,
       extract(epoch FROM clock_timestamp() - last_failed_time)::float8 AS failed_ago_s,
       extract(epoch FROM clock_timestamp() - last_archived_time)::float8 AS archived_ago_s
  FROM pg_catalog.pg_stat_archiver
"""
_WAL = "SELECT wal_buffers_full::float8 AS times, stats_reset FROM pg_catalog.pg_stat_wal"
_COUNTED_SINCE = 14


@check(
    "wal.size",
    sop="4",
    title="WAL on disk",
    scope=SERVER,
    unit="%",
    warn=120,
    crit=200,
    hint="find what holds it: replication slots, a failing archive_command, a checkpointer that does not keep up; remove nothing in pg_wal by hand",
)
def wal_size(here: ServerContext) -> Iterator[Measured]:
    """Yield the size of pg_wal in percent of its intended maximum: max_wal_size plus wal_keep_size."""
    meant = here.setting("max_wal_size").number + here.setting("wal_keep_size").number
    there = here.session.value(_SIZE)
    yield Measured(
        "pg_wal", 100.0 * there / meant, f"pg_wal has {size(there)}, and is meant to have {size(meant)} at most"
    )


@check(
    "wal.archiver",
    sop="4",
    title="WAL that waits for the archive",
    scope=SERVER,
    warn=10,
    crit=50,
    hint="the server's log says what archive_command answered; until it works, pg_wal grows",
)
def archiver(here: ServerContext) -> Iterator[Measured]:
    """Yield the number of WAL files that wait for the archive; WARNING if the last attempt failed.

    If archive_mode is off, that is reported without a value.
    """
    if here.setting("archive_mode").value == "off":
        yield Measured("archive", None, "archive_mode is off")
        return
    ready = here.session.value(_READY)
    yield Measured("archive", ready, f"{ready} files of WAL wait for the archive")
    row = here.session.rows(_ARCHIVER)[0]
    if row["failing"]:
        last = (
            f"the last success was {age(row['archived_ago_s'])} ago"
            if row["archived_ago_s"] is not None
            else "it never worked"
        )
        failed = f"archiving {row['last_failed_wal']} failed {age(row['failed_ago_s'])} ago"
        yield Measured("archive", None, f"{failed}, {row['failed_count']} failures in all; {last}", WARNING)


@check(
    "wal.buffers_full",
    sop="6",
    title="times that WAL buffers were full, per hour",
    scope=SERVER,
    hint="raise pg_tuning_settings.wal_buffers",
)
def buffers_full(here: ServerContext) -> Iterator[Measured]:
    """Yield how often per hour WAL buffers were full (wal_buffers_full), since 14; without thresholds.

    A session that finds them full writes WAL itself. Large loads do that on any server; set warn if it should not happen.
    """
    if here.version < _COUNTED_SINCE:
        yield Measured("server", None, f"PostgreSQL {here.version} does not count how often WAL buffers are full")
        return
    row = here.session.rows(_WAL)[0]
    window = here.window("wal.buffers_full", {"times": row["times"]}, row["stats_reset"])
    message = f"WAL buffers were full {window.grown['times']:,.0f} times within {age(window.seconds)}"
    yield Measured("server", window.per_hour("times"), message)
