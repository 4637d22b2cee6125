# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is let go of, and what never is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: These tests do not depend on the platform.
PLATFORM = "first"

#: Not ours, whatever it is called like: a shell command makes each.
FOREIGN = {
    "notes.txt": "echo keep >notes.txt",
    "20200101": "mkdir 20200101",
    "20200101T000000Z.old": "mkdir 20200101T000000Z.old",
    "appdb_2020-01-01.dump": "echo PGDMP >appdb_2020-01-01.dump",
    ".20200101T000000Z.partial": "mkdir .20200101T000000Z.partial && echo mine >.20200101T000000Z.partial/file",
    ".restore-notes": "echo keep >.restore-notes",
    "20200101T000000Z": "mkdir 20200101T000000Z && echo mine >20200101T000000Z/file",
    "20200102T000000Z": "echo 'a file' >20200102T000000Z",
    "away": "mkdir /var/lib/test_retention/away && ln -s /var/lib/test_retention/away away",
}
#: As somebody does who restores from it.
READER = "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_SH); time.sleep(300)"


def backup(there: Vault, days_ago: int) -> str:
    answer = there.host.run(f"faketime -f -{days_ago}d pgsop backup --format json --config {there.config}")
    assert answer.rc == 0, answer.stderr
    return str(json.loads(answer.stdout)["set"])


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Vault:
    return vault("retention", keep_days=3, keep_sets=2)


def test_old_sets_go_when_enough_newer_ones_are_there_and_nothing_else(there: Vault) -> None:
    for command in FOREIGN.values():
        there.host.check_output("cd %s && " + command, there.directory)
    before = there.files()
    old = [backup(there, days) for days in (9, 8, 7)]
    assert there.look().verified == old[::-1], "each was young when the next was made"
    report = there.report("backup")
    assert report["removed"] == old[:2]
    assert there.look().verified == [report["set"], old[2]], "two are kept, however old"
    assert set(before) <= set(there.files())
    assert not [file for file in there.files() if file.endswith(".trash")]


def test_set_in_use_stays_until_nobody_reads_it(there: Vault) -> None:
    oldest = there.look().verified[-1]
    reader = "python3 -c %s %s >/dev/null 2>&1 & echo $!"
    process = there.host.check_output(reader, READER, f"{there.directory}/{oldest}")
    there.wait(lambda: there.host.run("flock --nonblock %s true", f"{there.directory}/{oldest}").rc == 1)
    report = there.report("backup")
    assert report["removed"] == []
    assert oldest in report["warnings"][0]
    there.host.check_output("kill %s", process)
    assert there.report("backup")["removed"] == [oldest]


def test_last_set_of_a_dropped_database_stays(vault: Vaults) -> None:
    there = vault("retention_dropped", databases=("ledger", "dropped"), keep_days=3, keep_sets=1)
    there.server.sql("CREATE DATABASE dropped")
    with_it = backup(there, 30)
    there.server.sql("DROP DATABASE dropped")
    without = backup(there, 20)
    there.report("backup")
    last = there.report("backup")["set"]
    assert without not in there.look().verified
    assert with_it in there.look().verified
    assert there.newest() == last
    answer = there.run("restore", "--database", "dropped", "--target", "dropped_restore")
    assert answer.rc == 0, answer.stderr
    there.server.sql("DROP DATABASE dropped_restore")
