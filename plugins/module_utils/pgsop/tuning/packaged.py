# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a server of a major version, as Debian and Ubuntu build it, that a profile may change.

Read from pg_settings of servers 13 to 18; lz4, zstd and io_uring are options of the distributions' packages. The table
is used if no server can be asked yet; a running server's own values take precedence.
"""

from __future__ import annotations

from typing import NamedTuple

from ..settings.values import Parameter

#: Oldest version the profiles are written for, and the newest one of the table; later ones are taken to be like it.
OLDEST, NEWEST = 13, 18

_INT = "2147483647"
_PAGES = "1073741823"


class _Row(NamedTuple):
    """A row of pg_settings, valid from one major version to another."""

    name: str
    default: str
    vartype: str
    context: str
    low: str | None = None
    high: str | None = None
    unit: str | None = None
    enumvals: tuple[str, ...] | None = None
    since: int = OLDEST
    until: int = NEWEST


_ROWS = (
    _Row("max_connections", "100", "integer", "postmaster", "1", "262143"),
    _Row("shared_buffers", "16384", "integer", "postmaster", "16", _PAGES, "8kB"),
    _Row("work_mem", "4096", "integer", "user", "64", _INT, "kB"),
    _Row("maintenance_work_mem", "65536", "integer", "user", "1024", _INT, "kB", until=16),
    _Row("maintenance_work_mem", "65536", "integer", "user", "64", _INT, "kB", since=17),
    _Row("effective_cache_size", "524288", "integer", "user", "1", _INT, "8kB"),
    _Row("hash_mem_multiplier", "1", "real", "user", "1", "1000", until=14),
    _Row("hash_mem_multiplier", "2", "real", "user", "1", "1000", since=15),
    _Row("autovacuum_work_mem", "-1", "integer", "sighup", "-1", _INT, "kB"),
    _Row("autovacuum_max_workers", "3", "integer", "postmaster", "1", "262143", until=17),
    _Row("autovacuum_max_workers", "3", "integer", "sighup", "1", "262143", since=18),
    _Row("autovacuum_vacuum_cost_limit", "-1", "integer", "sighup", "-1", "10000"),
    _Row("checkpoint_timeout", "300", "integer", "sighup", "30", "86400", "s"),
    _Row("max_wal_size", "1024", "integer", "sighup", "2", _INT, "MB"),
    _Row("min_wal_size", "80", "integer", "sighup", "2", _INT, "MB"),
    _Row("wal_compression", "off", "bool", "superuser", until=14),
    _Row("wal_compression", "off", "enum", "superuser", enumvals=("pglz", "lz4", "zstd", "on", "off"), since=15),
    _Row("random_page_cost", "4", "real", "user", "0", "1.79769e+308"),
    _Row("effective_io_concurrency", "1", "integer", "user", "0", "1000", until=17),
    _Row("effective_io_concurrency", "16", "integer", "user", "0", "1000", since=18),
    _Row("default_statistics_target", "100", "integer", "user", "1", "10000"),
    _Row("jit", "on", "bool", "user"),
    _Row("huge_pages", "try", "enum", "postmaster", enumvals=("off", "on", "try")),
    _Row("max_worker_processes", "8", "integer", "postmaster", "0", "262143"),
    _Row("max_parallel_workers", "8", "integer", "user", "0", "1024"),
    _Row("max_parallel_workers_per_gather", "2", "integer", "user", "0", "1024"),
    _Row("max_parallel_maintenance_workers", "2", "integer", "user", "0", "1024"),
    _Row("io_method", "worker", "enum", "postmaster", enumvals=("sync", "worker", "io_uring"), since=18),
    _Row("io_workers", "3", "integer", "sighup", "1", "32", since=18),
)

#: Every setting the table knows in some version.
NAMES = tuple(sorted({row.name for row in _ROWS}))


def packaged(major: int) -> dict[str, Parameter]:
    """Return the settings of a packaged server of that major version, at their defaults, by name.

    Args:
        major: later versions than ``NEWEST`` are taken to be like it.
    """
    version = min(major, NEWEST)
    return {row.name: _parameter(row) for row in _ROWS if row.since <= version <= row.until}


def _parameter(row: _Row) -> Parameter:
    return Parameter(
        name=row.name,
        setting=row.default,
        vartype=row.vartype,
        context=row.context,
        unit=row.unit,
        min_val=row.low,
        max_val=row.high,
        enumvals=row.enumvals,
    )
