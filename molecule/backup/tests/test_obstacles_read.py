# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup finds what a restore would meet, by reading: it is in the set, and the restore fails for exactly this."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

DATABASE = "pathless"
FUNCTIONS = """
CREATE FUNCTION doubled(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION four(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT doubled(doubled(i))';
CREATE FUNCTION eight(i int) RETURNS int IMMUTABLE LANGUAGE sql SET search_path = public AS 'SELECT doubled(doubled(doubled(i)))';
"""
TABLES = """
CREATE TABLE fine (a int CHECK (eight(a) > 0)); INSERT INTO fine VALUES (1);
CREATE TABLE wrong (a int CONSTRAINT positive CHECK (four(a) > 0)); INSERT INTO wrong VALUES (1);
"""
#: PostgreSQL 17 creates no such index.
INDEX = "CREATE INDEX by_four ON wrong (four(a))"
INDEX_UNTIL = 16
FOUND = ["constraint public.wrong.positive", "index public.by_four"]


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Iterator[Vault]:
    made = vault("pathless", databases=(DATABASE,))
    made.server.sql(f"CREATE DATABASE {DATABASE}")
    made.configure()
    made.server.sql(FUNCTIONS, DATABASE)
    made.server.sql(TABLES, DATABASE)
    if int(made.server.version) <= INDEX_UNTIL:
        made.server.sql(INDEX, DATABASE)
    yield made
    made.server.sql(f"DROP DATABASE {DATABASE}")


def newest(there: Vault) -> str:
    """The newest set, verified or not."""
    return str(there.host.check_output("cd %s && ls -d 2*", there.directory)).split()[-1]


def obstacles(there: Vault) -> list[dict[str, Any]]:
    """What the manifest of a new set has."""
    there.run("backup")
    name = newest(there)
    manifest = json.loads(there.host.check_output("cat %s", f"{there.directory}/{name}/manifest.json"))
    (database,) = manifest["databases"]
    found: list[dict[str, Any]] = database["obstacles"]
    return found


def test_found_by_the_backup_and_gone_after_its_hint(there: Vault) -> None:
    found = obstacles(there)
    expected = FOUND if int(there.server.version) <= INDEX_UNTIL else FOUND[:1]
    assert [f"{each['kind']} {each['name']}" for each in found] == expected
    name = newest(there)
    failed = there.run("restore", "--database", DATABASE, "--target", "proof", "--set", name)
    assert failed.rc == 1, failed
    (statement,) = {each["hint"] for each in found}
    there.server.sql(statement, DATABASE)
    assert obstacles(there) == []
    name = newest(there)
    done = there.run("restore", "--database", DATABASE, "--target", "proof", "--set", name)
    assert done.rc == 0, done.stderr
    assert there.server.sql("SELECT a FROM wrong", "proof") == "1"
    there.server.sql("DROP DATABASE proof")
