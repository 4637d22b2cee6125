# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What --dry-run of a backup and of a drill plans is what the run then does, whatever happened to databases and sets before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

SET = re.compile(r"\d{8}T\d{6}Z(?:-\d+)?")


@pytest.fixture
def there(vault: Vaults) -> Iterator[Vault]:
    """An empty folder of sets for databases `ledger` and `second`; all sets are old, and two of each database are kept."""
    made = vault("plan", databases=("ledger", "second"))
    made.server.sql("CREATE DATABASE second")
    made.configure(keep_days=0, keep_sets=2)
    yield made
    made.server.sql("DROP DATABASE IF EXISTS second")
    made.host.check_output("rm -rf %s/* %s/.notes.lock", made.directory, made.directory)


def sets(there: Vault) -> list[str]:
    """Names of the sets, oldest first."""
    return [each["name"] for each in reversed(there.look().report["sets"])]


def backup(there: Vault, *arguments: str) -> tuple[list[str], list[str]]:
    """Databases and removed sets of a backup, which are those of its dry run; the dry run changes nothing."""
    before, files = sets(there), there.files()
    planned = there.report("backup", "--dry-run", *arguments)
    assert there.files() == files
    made = there.report("backup", *arguments)
    databases = [each["name"] for each in made["databases"]]
    assert (planned["databases"], planned["warnings"]) == (databases, made["warnings"])
    assert SET.findall(planned["planned_actions"][-1]) == made["removed"]
    assert sets(there) == [name for name in [*before, made["set"]] if name not in made["removed"]]
    return databases, made["removed"]


def drill(there: Vault, *arguments: str) -> tuple[str, list[str]]:
    """Set and databases of a drill, which are those of its dry run."""
    files = there.files()
    planned: dict[str, Any] = there.report("drill", "--dry-run", *arguments)
    assert there.files() == files
    made = there.report("drill", *arguments)
    databases = [each["name"] for each in made["databases"]]
    assert [each["name"] for each in planned["databases"]] == databases
    assert (planned["set"], planned["warnings"]) == (made["set"], made["warnings"])
    return made["set"], databases


def test_retention_removes_what_was_planned(there: Vault) -> None:
    there.configure(keep_days=0, keep_sets=1)
    assert backup(there) == (["ledger", "second"], [])
    (first,) = sets(there)
    assert backup(there) == (["ledger", "second"], [first])
    there.configure(keep_days=1, keep_sets=1)
    assert backup(there)[1] == []


def test_database_that_was_dropped_between_sets(there: Vault) -> None:
    backup(there)
    backup(there)
    first, second = sets(there)
    there.server.sql("DROP DATABASE second")
    assert backup(there) == (["ledger"], [first])
    _second, third = sets(there)
    assert backup(there) == (["ledger"], [])
    assert backup(there) == (["ledger"], [third])
    assert sets(there)[0] == second


def test_database_that_accepts_no_connections(there: Vault) -> None:
    backup(there)
    there.server.sql("ALTER DATABASE second ALLOW_CONNECTIONS false")
    assert backup(there)[0] == ["ledger"]
    assert [each for each in there.report("backup", "--dry-run")["warnings"] if "second" in each]
    there.server.sql("ALTER DATABASE second ALLOW_CONNECTIONS true")


def test_one_database_only(there: Vault) -> None:
    backup(there)
    for _number in range(3):
        databases, removed = backup(there, "--database", "second")
    whole, *parts = sets(there)
    assert (databases, len(removed), len(parts)) == (["second"], 1, 2)
    assert drill(there) == (whole, ["ledger", "second"])
    assert drill(there, "--database", "second") == (parts[-1], ["second"])
    assert drill(there, "--set", parts[0]) == (parts[0], ["second"])


def test_drill_passes_over_a_damaged_set(there: Vault) -> None:
    backup(there)
    backup(there)
    older, newer = sets(there)
    there.damage(f"{there.directory}/{newer}", 'truncate -s 1 "$FILE"')
    assert drill(there) == (older, ["ledger", "second"])
    assert newer in there.report("drill", "--dry-run")["warnings"][0]


def test_dry_run_fails_for_what_the_run_fails_for(there: Vault) -> None:
    backup(there)
    largest = there.corrupt(f"{there.directory}/{sets(there)[0]}")
    planned, made = (there.run("drill", *more) for more in (["--dry-run"], []))
    assert planned.rc == made.rc == 1
    assert largest in planned.stderr


def test_dry_run_names_the_database_that_cannot_be_restored(there: Vault) -> None:
    there.server.sql("CREATE EXTENSION bloom", "second")
    backup(there)
    control = f"/usr/share/postgresql/{there.server.version}/extension/bloom.control"
    there.host.check_output("mv %s /root/bloom.control", control)
    try:
        planned, made = (there.run("drill", *more) for more in (["--dry-run"], []))
    finally:
        there.host.check_output("mv /root/bloom.control %s", control)
    assert (planned.rc, planned.stderr) == (made.rc, made.stderr)
    assert made.rc == 1
    assert "database second" in made.stderr
    assert "bloom" in made.stderr
    assert drill(there)[1] == ["ledger", "second"]
