# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else goes on on a host: another backup, a migration, a clock that is set back, folders and programs that somebody changed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import PlayRunner

#: These tests do not depend on the platform.
PLATFORM = "first"

FAKETIME = "faketime -f %s pgsop"
#: An older pg_dump in the place of the one there is, for as long as it is mounted there.
OLD = """#!/bin/sh
[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 12.22 (Debian 12.22-1)" && exit
exec "$0.real" "$@"
"""


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Vault:
    """A folder with a set of two databases."""
    made = vault("neighbours", databases=("appdb", "ledger"), lock_wait_timeout_s=1, keep_days=0, keep_sets=2)
    made.backup("first")
    return made


def test_second_backup_is_refused_at_once_and_the_first_is_unharmed(there: Vault) -> None:
    before, done = there.newest(), f"{there.state}/first"
    there.configure(lock_wait_timeout_s=60)
    with there.locked():
        first = "(pgsop backup --config %s; echo $? >%s) >/dev/null 2>&1 &"
        there.host.check_output(first, there.config, done)
        there.wait(lambda: there.server.sql("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1") == "1")
        began = time.monotonic()
        second = there.run("backup")
        assert time.monotonic() - began < 8
        assert second.rc == 1
        assert "another backup runs at the moment" in second.stderr
        look = there.look()
        assert "a backup runs since" in look.finding("last_run")[1]
        assert look.verified[0] == before
    there.wait(lambda: there.host.run("cat %s", done).stdout == "0\n")
    assert there.newest() > before
    assert there.look().finding("last_run")[0] == "OK"
    assert there.restored(before) == ["first"]
    there.configure(lock_wait_timeout_s=1)


def test_migration_that_locks_a_table_costs_that_database_its_dump_and_no_other(there: Vault) -> None:
    before = there.newest()
    with there.locked():
        told = there.fails()
    assert "database ledger" in told
    assert "canceling statement due to lock timeout" in told or "lock" in told
    look = there.look()
    assert look.verified[0] != before
    assert look.newest["databases"] == ["appdb"]
    assert not look.newest["complete"]
    assert look.verified[0] in told
    status, message = look.finding("missing_databases")
    assert (status, "ledger" in message) in (("WARNING", True), ("OK", False))
    there.sound()
    there.backup()


def test_two_backups_within_the_same_second_are_two_sets(there: Vault) -> None:
    """The clock stands still."""
    moment = there.host.check_output("date -u -d '-1 hour' '+%F %T'")
    program = FAKETIME % f"'{moment}'"
    for _run in range(2):
        answer = there.host.run(f"{program} backup --format json --config {there.config}")
        assert answer.rc == 0, answer.stderr
    first, second = there.look().verified[1::-1]
    assert second == f"{first}-2"
    assert there.newest() == second
    there.sound()


def test_clock_that_goes_back_neither_reorders_nor_removes(there: Vault) -> None:
    before = there.look().verified
    there.server.sql("INSERT INTO mark VALUES ('a week ago')", "ledger")
    answer = there.host.run(f"{FAKETIME % '-7d'} backup --format json --config {there.config}")
    assert answer.rc == 0, answer.stderr
    late = json.loads(answer.stdout)
    look = there.look()
    assert late["set"] < before[0], "by its name it is older"
    assert look.verified[:2] == [late["set"], before[0]]
    assert there.newest() == late["set"]
    assert there.restored()[-1] == "a week ago"
    there.backup("now")
    assert there.restored()[-1] == "now"
    assert late["set"] in there.look().verified, "of two that are kept, it is one"


def test_clock_that_was_ahead_is_a_finding_and_the_next_set_is_the_newest(there: Vault) -> None:
    answer = there.host.run(f"{FAKETIME % '+30d'} backup --format json --config {there.config}")
    assert answer.rc == 0, answer.stderr
    ahead = json.loads(answer.stdout)["set"]
    look = there.look()
    assert look.verified[0] == ahead
    assert look.finding("clock")[0] == "WARNING"
    last = there.backup("after")
    assert there.look().verified[:2] == [last, ahead]
    assert there.restored()[-1] == "after"


@pytest.fixture
def old_pg_dump(there: Vault) -> Iterator[str]:
    """The server's own pg_dump says that it is older than the server."""
    path = f"/usr/lib/postgresql/{there.server.version}/bin/pg_dump"
    there.host.check_output("printf %%s %s >/root/pg_dump && chmod 0755 /root/pg_dump", OLD)
    there.host.check_output("mount --bind /root/pg_dump %s", path)
    yield path
    there.host.check_output("umount %s; rm /root/pg_dump", path)


def test_pg_dump_that_is_older_than_the_server_is_refused(there: Vault, old_pg_dump: str) -> None:
    before = there.files()
    told = there.fails()
    assert old_pg_dump in told
    assert "of version 12, older than the server" in told
    assert there.files() == before
    there.sound()


BROKEN = {
    "of somebody else": ("chown root:root %s; chmod 0755 %s", "postgres:postgres may not write to it"),
    "gone": ("mv %s %s.away", "there is no such folder"),
}
REPAIRED = "[ ! -d %s.away ] || mv %s.away %s; chown postgres:postgres %s; chmod 0700 %s"


@pytest.mark.parametrize("broken", BROKEN)
def test_folder_that_cannot_be_written_is_told_and_repaired_by_the_role(there: Vault, broken: str) -> None:
    command, expected = BROKEN[broken]
    there.host.check_output(command, *[there.directory] * 2)
    try:
        answer = there.run("backup", "--scheduled")
        assert answer.rc == 1
        assert there.directory in answer.stderr
        assert expected in answer.stderr
        assert "Next step: run role pg_backup" in answer.stderr
        assert expected in there.look().finding("last_run")[1]
    finally:
        there.host.check_output(REPAIRED, *[there.directory] * 5)
    there.sound()
    there.backup()


def test_failed_backup_fails_the_module_that_looks(there: Vault, play: PlayRunner) -> None:
    with there.locked():
        there.fails()
    look = {"config": there.config}
    modules = [
        {"aerovista.postgresql.pg_backup_info": look | {"fail_on": fail_on}, "ignore_errors": True}
        for fail_on in ("never", "critical")
    ]
    result = play(modules, on=there.host)
    assert [task.status for task in result.tasks] == ["ok", "ignored"], result.output
    assert "lock" in result.tasks[1].result["msg"]
    assert result.tasks[0].result["status"] == "CRITICAL"
    assert result.tasks[0].result["sets"][0]["verified"]
    there.backup()
