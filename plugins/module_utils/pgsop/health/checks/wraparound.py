# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The age of the oldest rows that still carry the number of their transaction: the numbers are limited."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import CRITICAL
from ..check import SERVER, Measured, check
from ..context import ServerContext

_AGES = """
SELECT datname::text AS name, age(datfrozenxid)::float8 AS transactions, mxid_age(datminmxid)::float8 AS multixacts
  FROM pg_catalog.pg_database
 WHERE datconnlimit <> -2
 ORDER BY 1
"""

#: So far apart two numbers may be; after that the older one would be in the future.
WRAP = 2**31 - 1
#: So many before that the server refuses to give numbers out: SetTransactionIdLimit and SetMultiXactIdLimit, since 14, and before. This is also so on
#: 19: only the places of the members of multixacts have 64 bits there.
OLDEST = 13
RESERVE, RESERVE_13 = 3_000_000, {"transactions": 1_000_000, "multixacts": 100}

_HINT = (
    "see what holds it back (vacuum.horizon), and whether autovacuum keeps up (vacuum.overdue); then run"
    " 'vacuumdb --all --freeze --jobs=2' outside of business hours"
)


@check(
    "wraparound.xid",
    sop="4",
    title="age of the oldest transaction",
    scope=SERVER,
    unit="%",
    warn=110,
    extra_limits={"crit_age": 1e9},
    hint=_HINT,
)
def xid(here: ServerContext) -> Iterator[Measured]:
    """Yield the age of each database's oldest transaction, in percent of autovacuum_freeze_max_age; CRITICAL above crit_age.

    At 100 % autovacuum is forced: a little above means that it cannot keep up.
    """
    yield from _measured(here, "transactions", "wraparound.xid", "autovacuum_freeze_max_age")


@check(
    "wraparound.multixact",
    sop="4",
    title="age of the oldest multixact",
    scope=SERVER,
    unit="%",
    warn=110,
    extra_limits={"crit_age": 1e9},
    hint=_HINT,
)
def multixact(here: ServerContext) -> Iterator[Measured]:
    """Yield the age of each database's oldest multixact, in percent of autovacuum_multixact_freeze_max_age.

    A multixact is the number of a group of transactions that lock one row together; CRITICAL above crit_age multixacts.
    """
    yield from _measured(here, "multixacts", "wraparound.multixact", "autovacuum_multixact_freeze_max_age")


def _measured(here: ServerContext, kind: str, name: str, forced_at: str) -> Iterator[Measured]:
    forced = here.setting(forced_at).number
    for row in here.session.rows(_AGES):
        age = row[kind]
        left = WRAP - (RESERVE_13[kind] if here.version == OLDEST else RESERVE) - age
        yield Measured(
            row["name"],
            100.0 * age / forced,
            f"the oldest of the {kind} in database {row['name']} is {age:.0f} {kind} old, {100.0 * age / forced:.0f} % of {forced_at};"
            f" after {max(left, 0):.0f} more the server refuses writes",
            CRITICAL if age > (here.limits[name]["crit_age"] or 0.0) else "",
        )
