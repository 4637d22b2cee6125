# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore in the place of the database there is: only when it is meant, proved, and with a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

MARKS = "SELECT string_agg(said, ',' ORDER BY ctid) FROM mark"
LIMITS = "SELECT datname, datconnlimit FROM pg_database WHERE datname ~ '^ledger' ORDER BY 1"
EXISTING = "SELECT oid, datname, datconnlimit FROM pg_database ORDER BY 1"


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Vault:
    """A set, and a mark that was made after it."""
    made = vault("replace")
    made.backup("then")
    made.server.sql("INSERT INTO mark VALUES ('later')", "ledger")
    return made


@pytest.mark.parametrize(
    "arguments", [["--replace", "appdb"], ["--replace", "Ledger"], ["--replace", "ledger", "--target", "other"]]
)
def test_wrong_confirmation_is_refused_and_nothing_is_touched(there: Vault, arguments: list[str]) -> None:
    before = there.server.sql(EXISTING)
    answer = there.run("restore", "--database", "ledger", *arguments)
    assert answer.rc == 1
    assert "--replace ledger" in answer.stderr
    assert there.server.sql(EXISTING) == before


def test_target_that_exists_is_refused(there: Vault) -> None:
    before = there.server.sql(EXISTING)
    answer = there.run("restore", "--database", "ledger", "--target", "appdb")
    assert answer.rc == 1
    assert "database appdb exists" in answer.stderr
    assert there.server.sql(EXISTING) == before


def test_replaced_database_is_kept_and_the_way_back_works(there: Vault) -> None:
    server = there.server
    session = "PGAPPNAME=worker runuser -u postgres -- psql -XAtq -d ledger -c 'SELECT pg_sleep(300)' >%s 2>&1 &"
    output = f"{there.state}/worker"
    server.host.check_output(session, output)
    worker = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'worker' AND wait_event = 'PgSleep'"
    there.wait(lambda: server.sql(worker) == "1")
    report = there.report("restore", "--database", "ledger", "--replace", "ledger")
    assert server.sql(worker) == "0"
    assert "terminating connection" in server.read(output)
    assert server.sql(MARKS, "ledger") == "then"
    kept = report["previous_database"]
    assert kept.startswith("ledger_before_")
    assert server.sql(MARKS, kept) == "then,later"
    assert set(server.sql(LIMITS).split()) == {"ledger|-1", f"{kept}|0"}
    back = report["next_steps"][1].split("then: ", maxsplit=1)[1]
    for statement in back.split("; "):
        server.sql(statement.rstrip(";"))
    assert server.sql(MARKS, "ledger") == "then,later"
    assert "ledger|-1" in server.sql(LIMITS).split()
    server.sql("DROP DATABASE ledger_failed")


def test_restore_that_cannot_be_proved_leaves_the_database_in_its_place(there: Vault) -> None:
    before = there.server.sql(EXISTING)
    there.corrupt(f"{there.directory}/{there.newest()}")
    answer = there.run("restore", "--database", "ledger", "--replace", "ledger")
    assert answer.rc == 1
    assert there.server.sql(EXISTING) == before
    assert there.server.sql(MARKS, "ledger") == "then,later"
