# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the SOP's commands are not run as they stand, and what the restored database has that theirs would not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: These tests do not depend on the platform.
PLATFORM = "first"

#: The SOP's commands, by name, and what comes of them.
LITERAL = {
    "a file in /var/backups": (
        "pg_dump -h /var/run/postgresql -F c -d ledger -f /var/backups/ledger.dump",
        "Permission denied",
    ),
    "a password nobody types": ("pg_dump -w -h localhost -p 5432 -F c -d ledger -f /dev/null", "no password supplied"),
}
#: The hash of an enum's value is another one in each database.
SPREAD = """
CREATE TYPE state AS ENUM ('new', 'paid', 'sent', 'back', 'lost', 'done');
CREATE TABLE parcel (state state NOT NULL, n int) PARTITION BY HASH (state);
CREATE TABLE parcel_0 PARTITION OF parcel FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parcel_1 PARTITION OF parcel FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parcel SELECT (enum_range(NULL::state))[1 + i % 6], i FROM generate_series(1, 600) AS i;
"""


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Iterator[Vault]:
    """A set, and a template in which somebody left a table that the database has, too."""
    made = vault("procedure")
    made.backup()
    made.server.sql("CREATE TABLE entry (left_behind int)", "template1")
    yield made
    made.server.sql("DROP TABLE entry", "template1")


@pytest.mark.parametrize("command", LITERAL)
def test_command_of_the_sop_fails_as_it_stands(there: Vault, command: str) -> None:
    typed, said = LITERAL[command]
    answer = there.postgres(typed)
    assert answer.rc != 0
    assert said in answer.stderr


def test_restored_database_has_statistics_and_nothing_of_template1(there: Vault) -> None:
    there.report("restore", "--database", "ledger", "--target", "ledger_statistics")
    try:
        known = "SELECT count(DISTINCT attname) FROM pg_stats WHERE tablename = 'entry'"
        assert there.server.sql(known, "ledger_statistics") == "3"
        column = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'left_behind'"
        assert there.server.sql(column, "ledger_statistics") == "0"
    finally:
        there.server.sql("DROP DATABASE ledger_statistics")


def test_database_that_is_made_later_is_in_the_next_set(there: Vault) -> None:
    there.server.sql('CREATE DATABASE "later/one"')
    try:
        there.backup()
        assert there.look().newest["databases"] == ["later/one", "ledger"]
    finally:
        there.server.sql('DROP DATABASE "later/one"')


def test_database_left_by_an_interrupted_drop_is_left_out_and_named(there: Vault) -> None:
    there.server.sql('CREATE DATABASE "half gone"')
    there.server.sql("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half gone'")
    remedy = 'DROP DATABASE "half gone"'
    try:
        assert any(remedy in warning for warning in there.report("backup")["warnings"])
        assert there.look().newest["databases"] == ["ledger"]
        assert there.look().finding("missing_databases")[0] == "OK"
        for arguments in (("backup", "--database"), ("restore", "--database", "ledger", "--target")):
            answer = there.run(*arguments, "half gone")
            assert answer.rc == 1
            assert remedy in answer.stderr.splitlines()[-1]
        assert there.report("drill")["databases"]
    finally:
        there.server.sql(remedy)


def test_rows_that_come_back_into_other_partitions_are_counted_together(vault: Vaults) -> None:
    made = vault("spread", databases=("spread",))
    made.server.sql("CREATE DATABASE spread")
    try:
        made.server.sql(SPREAD, "spread")
        made.backup()
        made.report("restore", "--database", "spread")
        assert made.server.sql("SELECT count(*), sum(n) FROM parcel", "spread_restore") == "600|180300"
    finally:
        for database in ("spread", "spread_restore"):
            made.server.sql(f"DROP DATABASE IF EXISTS {database}")
