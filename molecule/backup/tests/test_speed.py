# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside the SOP's own commands: no larger than promised, and in the same order of time; how much faster, `make bench` measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

DUMP = "/var/backups/test_speed/sop.dump"
#: Words, numbers and moments, none of them twice, in two tables of about 20 MB with two indexes each.
TABLE = """
CREATE TABLE %s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, total numeric(12, 2), at timestamptz, remark text);
INSERT INTO %s (customer, total, at, remark)
SELECT 'customer ' || hashtext(i::text) %% 5000, abs(hashtext('t' || i)) %% 1000000 / 100.0,
       timestamptz '2026-01-01' + i * interval '37 seconds', md5(i::text) || ' ' || repeat(chr(97 + i %% 26), i %% 40)
  FROM generate_series(1, 120000) AS i;
CREATE INDEX ON %s (customer, at);
"""
#: Under the load of other tests a time can only be too long; this is far from what is promised.
SLACK = 3.0


@pytest.fixture(scope="module")
def there(vault: Vaults, ledger: Server) -> Iterator[Vault]:
    ledger.sql("CREATE DATABASE speed")
    for table in ("orders", "archive"):
        ledger.sql(TABLE % ((table,) * 3), "speed")
    yield vault("speed", databases=("speed",))
    for database in ("speed", "speed_sop", "speed_restore"):
        ledger.sql(f"DROP DATABASE IF EXISTS {database}")


def test_backup_and_restore_beside_those_of_the_sop(
    there: Vault, record_property: Callable[[str, object], None]
) -> None:
    socket = "-h /var/run/postgresql -p 5432"
    their_backup = timed(lambda: there.postgres(f"pg_dump {socket} -F c -d speed -f {DUMP}"))
    our_backup = timed(there.backup)
    there.server.sql("CREATE DATABASE speed_sop TEMPLATE template0")
    their_restore = timed(lambda: there.postgres(f"pg_restore {socket} -d speed_sop -c -F c {DUMP}"))
    our_restore = timed(lambda: there.report("restore", "--database", "speed"))
    theirs, ours = int(there.host.check_output(f"stat -c %s {DUMP}")), there.look().newest["bytes"]
    record_property("backup, SOP and pgsop [s]", (their_backup, our_backup))
    record_property("restore, SOP and pgsop [s]", (their_restore, our_restore))
    record_property("size, SOP and pgsop [bytes]", (theirs, ours))
    assert ours < (theirs if int(there.server.version) >= 16 else 1.15 * theirs)
    assert our_backup < SLACK * their_backup
    assert our_restore < SLACK * their_restore


def timed(act: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begun = time.monotonic()
    act()
    return time.monotonic() - begun
