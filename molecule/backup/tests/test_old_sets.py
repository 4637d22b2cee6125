# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that earlier releases made: listed, drilled and restored by this one. One of each release that changed their form is kept."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: Named RELEASE-postgresql-MAJOR.tar.gz.
SETS = Path(__file__).resolve().parent.parent / "sets"
UNPACK = "rm -rf %s/2* && tar -C %s -xf %s && chown -R postgres:postgres %s"


def test_old_set_is_listed_drilled_and_restored(vault: Vaults, shop: Server) -> None:
    there = vault("old", databases=("shop",))
    fitting = [path for path in SETS.iterdir() if int(path.name.split("-")[2].split(".")[0]) <= int(shop.version)]
    assert fitting
    for path in fitting:
        host = shop.host.check_output("hostname")
        subprocess.run(["docker", "cp", "-q", path, f"{host}:/opt/"], check=True)
        shop.host.check_output(UNPACK, *[there.directory] * 2, f"/opt/{path.name}", there.directory)
        _tried(there)


def _tried(there: Vault) -> None:
    (listed,) = there.look("--verify").report["sets"]
    assert (listed["verified"], listed["problems"], listed["databases"]) == (True, [], ["shop"])
    drilled = there.report("drill", "--set", str(listed["name"]))
    assert [database["name"] for database in drilled["databases"]] == ["shop"]
    restored = there.report("restore", "--database", "shop", "--target", "shop_old")
    try:
        assert (restored["set"], restored["omitted"]) == (listed["name"], [])
        assert restored["compared"]["rows"] == 5646
        assert there.server.sql("SELECT count(*) FROM app.customer", "shop_old") == "3500"
    finally:
        there.server.sql("DROP DATABASE shop_old")
    # What this release noted in the manifest can be read again.
    (again,) = there.look().report["sets"]
    assert again["verified"]
    assert again["drilled"] is not None
