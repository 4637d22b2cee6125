# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside the SOP's own dump: no larger than promised. Times are for `make bench`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

DUMP = "/var/backups/test_size/sop.dump"
#: Words, numbers and moments, none of them twice, in two tables of about 20 MB with two indexes each.
TABLE = """
CREATE TABLE %s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, total numeric(12, 2), at timestamptz, remark text);
INSERT INTO %s (customer, total, at, remark)
SELECT 'customer ' || hashtext(i::text) %% 5000, abs(hashtext('t' || i)) %% 1000000 / 100.0,
       timestamptz '2026-01-01' + i * interval '37 seconds', md5(i::text) || ' ' || repeat(chr(97 + i %% 26), i %% 40)
  FROM generate_series(1, 120000) AS i;
CREATE INDEX ON %s (customer, at);
"""


@pytest.fixture(scope="module")
def there(vault: Vaults, ledger: Server) -> Iterator[Vault]:
    ledger.sql("CREATE DATABASE size")
    for table in ("orders", "archive"):
        ledger.sql(TABLE % ((table,) * 3), "size")
    yield vault("size", databases=("size",))
    ledger.sql("DROP DATABASE size")


def test_a_set_is_no_larger_than_the_dump_of_the_sop(there: Vault) -> None:
    there.postgres(f"pg_dump -h /var/run/postgresql -p 5432 -F c -d size -f {DUMP}")
    there.backup()
    theirs, ours = int(there.host.check_output(f"stat -c %s {DUMP}")), there.look().newest["bytes"]
    assert ours < (theirs if int(there.server.version) >= 16 else 1.15 * theirs)
