# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether pages on disk are as written, and whether the server would notice if not."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import WARNING
from ..check import SERVER, Measured, check
from ..context import ServerContext

# The row without a name is that of the tables all databases share.
_FAILURES = """
SELECT coalesce(datname::text, 'the tables that all databases share') AS place, checksum_failures AS failures,
       to_char(checksum_last_failure AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS latest
  FROM pg_catalog.pg_stat_database
 WHERE checksum_failures > 0
 ORDER BY 1
"""


@check(
    "data.checksums",
    sop="4",
    title="pages with a wrong checksum",
    scope=SERVER,
    crit=0,
    hint="copy the data directory before anything else, look for failing hardware with 'journalctl -k', restore a verified backup;"
    " then run SELECT pg_stat_reset() in the database",
)
def checksums(here: ServerContext) -> Iterator[Measured]:
    """Yield the number of pages with a wrong checksum in each database; WARNING if data checksums are off.

    Only pages that were read count; pg_amcheck and backups read all.
    """
    if not here.setting("data_checksums").on:
        yield Measured(
            "server",
            None,
            "checksums of data pages are off: damage on disk would go unnoticed",
            WARNING,
            hint="stop the server and run pg_checksums --enable, which reads and writes every page",
        )
        return
    damaged = here.session.rows(_FAILURES)
    for row in damaged:
        message = f"{row['failures']} pages read in {row['place']} had a wrong checksum, the latest at {row['latest']}"
        yield Measured(row["place"], float(row["failures"]), message)
    if not damaged:
        yield Measured("server", 0.0, "checksums are on, and no page that was read had a wrong one")
