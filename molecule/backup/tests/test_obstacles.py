# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump that cannot be restored as a whole is reported by the backup that made it, until the obstacle is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

DATABASE = "readers"
OBJECTS = """
CREATE SCHEMA app; CREATE TABLE app.entry (id int); INSERT INTO app.entry VALUES (1), (2);
CREATE ROLE reader_gone; CREATE ROLE reader_kept;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader_gone, reader_kept;
CREATE EXTENSION pg_stat_statements SCHEMA app;
GRANT SELECT ON app.entry TO reader_kept;
"""
#: Before 17 the role stays in the initial privileges of the extension. A later server forgets them, so its catalog is damaged instead.
DROP = "DROP OWNED BY reader_gone; DROP ROLE reader_gone"
DAMAGE = "GRANT SELECT ON app.entry TO reader_gone; DELETE FROM pg_authid WHERE rolname = 'reader_gone'"


@pytest.fixture(scope="module", name="there")
def _there(vault: Vaults, server: Server) -> Iterator[Vault]:
    """A set without obstacles, and then a role that is gone, but not from everywhere."""
    server.sql(f"CREATE DATABASE {DATABASE}")
    try:
        server.sql(OBJECTS, DATABASE)
        there = vault("obstacles", databases=(DATABASE,), keep_days=0, keep_sets=1)
        there.backup()
        server.sql(DROP if int(server.version) < 17 else DAMAGE, DATABASE)
        yield there
    finally:
        server.sql(f"DROP DATABASE {DATABASE}")
        server.sql("DROP ROLE IF EXISTS reader_gone, reader_kept")


def obstacles(there: Vault) -> list[dict[str, str]]:
    """As the manifest of the newest set has them."""
    manifest = json.loads(there.server.read(f"{there.directory}/latest/manifest.json"))
    return [obstacle for dump in manifest["databases"] for obstacle in dump["obstacles"]]


def test_obstacle_is_reported_the_same_night(there: Vault) -> None:
    (before,) = there.look().verified
    for _night in range(2):
        problem = there.fails()
        assert f"Cannot verify that database {DATABASE} can be restored" in problem
    look = there.look()
    assert look.verified == [before], "the newest set without obstacles stays, however many newer ones there are"
    assert (look.newest["latest"], look.newest["verified"], look.newest["problems"]) == (True, False, [])
    assert len(look.newest["obstacles"]) == len(obstacles(there)) > 0
    assert len(look.report["sets"]) == 2
    assert there.newest() == look.newest["name"]
    status, message = look.finding("restorable")
    assert status == "CRITICAL"
    assert DATABASE in message
    assert (look.finding("age")[0], look.finding("damage")[0]) == ("OK", "OK")


def test_set_with_an_obstacle_can_be_restored(there: Vault) -> None:
    """Only the grants for the role that does not exist are left out."""
    report = there.report("restore", "--database", DATABASE, "--target", f"{DATABASE}_proof")
    try:
        granted = "SELECT relacl FROM pg_class WHERE oid = 'app.entry'::regclass"
        assert "reader_kept=r" in there.server.sql(granted, f"{DATABASE}_proof")
        assert there.server.sql("SELECT count(*) FROM app.entry", f"{DATABASE}_proof") == "2"
        assert report["set"] == there.newest()
        assert any("is left out" in warning for warning in report["warnings"])
    finally:
        there.server.sql(f"DROP DATABASE {DATABASE}_proof")


def test_next_backup_is_verified_once_the_hints_were_followed(there: Vault) -> None:
    for statement in dict.fromkeys(obstacle["hint"] for obstacle in obstacles(there)):
        there.server.sql(statement, DATABASE)
    made = there.backup()
    look = there.look()
    assert look.verified == [made]
    assert len(look.report["sets"]) == 1
    assert look.finding("restorable")[0] == "OK"
    there.report("drill")
    assert there.scratch() == ""
