# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters of the server for each database, as far as they grew since an earlier run."""

from __future__ import annotations

from collections.abc import Iterator

from ...text import age, size
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext
from ..history import Window

#: How sessions end otherwise than by their own wish, by the column that counts it; since 14.
_ENDS = {
    "sessions_fatal": "by an error",
    "sessions_killed": "by an administrator",
    "sessions_abandoned": "because the client vanished",
}
_COUNTED_SINCE = 14


def _grown(here: ServerContext, topic: str, *columns: str) -> Window:
    """Return the growth of columns of pg_stat_database; counters are named DATABASE COLUMN.

    Raises:
        HiddenError: track_counts is off.
    """
    if not here.setting("track_counts").on:
        raise HiddenError("track_counts is off, so the server does not count")
    counters = {f"{row['datname']} {column}": row[column] for row in here.database_statistics for column in columns}
    return here.window(topic, counters, "")


def _each(window: Window, column: str) -> Iterator[tuple[str, float]]:
    """Yield each database with the growth of one column."""
    for counter, grown in window.grown.items():
        database, _blank, counted = counter.rpartition(" ")
        if counted == column:
            yield database, grown


def _sum(window: Window, column: str) -> float:
    return sum(grown for _database, grown in _each(window, column))


@check(
    "counters.deadlocks",
    sop="7",
    title="deadlocks per hour",
    scope=SERVER,
    warn=0,
    ok_message="no deadlock in the last hour, as far as it was looked at",
    hint="the server's log has the statements behind 'deadlock detected'; let transactions lock in the same order",
)
def deadlocks(here: ServerContext) -> Iterator[Measured]:
    """Yield deadlocks per hour of each database; each has aborted a transaction."""
    window = _grown(here, "counters.deadlocks", "deadlocks")
    for database, grown in _each(window, "deadlocks"):
        message = f"{grown:.0f} deadlocks in database {database} within {age(window.seconds)}"
        yield Measured(database, window.per_hour(f"{database} deadlocks"), message)


@check(
    "counters.temp_files",
    sop="6",
    title="temporary files per hour",
    scope=SERVER,
    unit="B",
    warn=1e9,
    ok_message="few temporary files in the last hour, as far as it was looked at",
    hint="find the statements with log_temp_files; index what they sort by, or raise work_mem for the role that runs them",
)
def temp_files(here: ServerContext) -> Iterator[Measured]:
    """Yield bytes of temporary files per hour of each database: sorts and hashes for which work_mem was too small."""
    window = _grown(here, "counters.temp_files", "temp_bytes")
    for database, grown in _each(window, "temp_bytes"):
        message = f"{size(grown)} of temporary files in database {database} within {age(window.seconds)}"
        yield Measured(database, window.per_hour(f"{database} temp_bytes"), message)


@check(
    "counters.rollbacks",
    sop="4",
    title="transactions rolled back",
    scope=SERVER,
    unit="%",
    hint="the server's log has the errors; look for the first one after a release of the application",
)
def rollbacks(here: ServerContext) -> Iterator[Measured]:
    """Yield the share of transactions that were rolled back, in percent.

    By default it has no thresholds: the usual share depends on the application. Set warn and crit if it is known.
    """
    window = _grown(here, "counters.rollbacks", "xact_commit", "xact_rollback")
    back = _sum(window, "xact_rollback")
    total = back + _sum(window, "xact_commit")
    share = 100.0 * back / total if total else 0.0
    yield Measured(
        "server", share, f"{back:,.0f} of {total:,.0f} transactions were rolled back within {age(window.seconds)}"
    )


@check(
    "counters.session_ends",
    sop="4",
    title="sessions that ended badly, per hour",
    scope=SERVER,
    warn=1,
    hint="the server's log has the reason: a refused login ('permission denied for database'), a timeout ('terminating connection'), or a lost"
    " client ('connection to client lost')",
)
def session_ends(here: ServerContext) -> Iterator[Measured]:
    """Yield sessions per hour of each database that an error, an administrator or the loss of the client ended; since 14.

    A login that the database refuses after the password was checked (no CONNECT, too many connections) counts as ended by an error, so a
    single one is no fault of the server.
    """
    if here.version < _COUNTED_SINCE:
        yield Measured("server", None, f"PostgreSQL {here.version} does not count how sessions end")
        return
    window = _grown(here, "counters.session_ends", *_ENDS)
    ends: dict[str, list[str]] = {}
    for column, how in _ENDS.items():
        for database, grown in _each(window, column):
            ends.setdefault(database, []).extend([f"{grown:.0f} {how}"] if grown else [])
    for database, told in ends.items():
        badly = ", ".join(told) or "none badly"
        message = f"of the sessions in database {database} ended within {age(window.seconds)}: {badly}"
        yield Measured(database, sum(window.per_hour(f"{database} {column}") for column in _ENDS), message)


@check(
    "counters.cache_hit",
    sop="6",
    title="pages found in shared buffers",
    scope=SERVER,
    unit="%",
    lower_is_worse=True,
    extra_limits={"least_reads": 10_000},
    hint="see which tables are read from disk in pg_statio_user_tables; raise pg_tuning_settings.shared_buffers where there is memory",
)
def cache_hit(here: ServerContext) -> Iterator[Measured]:
    """Yield the share of pages found in shared buffers, in percent; not for fewer pages than least_reads.

    By default it has no thresholds: the system's cache may have the other pages. If it has not, warn 95 and crit 90 are usual.
    """
    window = _grown(here, "counters.cache_hit", "blks_hit", "blks_read")
    total = _sum(window, "blks_hit") + _sum(window, "blks_read")
    if total <= (here.limits["counters.cache_hit"]["least_reads"] or 0.0):
        yield Measured(
            "server", None, f"only {total:,.0f} pages were read within {age(window.seconds)}, too few for a share"
        )
        return
    share = 100.0 * _sum(window, "blks_hit") / total
    message = f"{share:.1f} % of {total:,.0f} pages were found in shared buffers within {age(window.seconds)}"
    yield Measured("server", share, message)
