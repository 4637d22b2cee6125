# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server is killed while a run is at work: every database is as before, as declared, or closed until the next run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

CANARY = "canary-Killed-6a2f8e"
COUNT = 8
#: Kills the whole cluster as soon as a question is answered with t; in the host, for a run is faster than looks from outside.
ASSASSIN = """
until [ "$(runuser -u postgres -- psql -XAtqc "$1" 2>/dev/null)" = t ]; do :; done
systemctl kill --signal=KILL "$2"
"""
#: By name: what the run has reached when the server is killed.
MOMENTS = {
    "making databases": "SELECT count(*) > 2 FROM pg_database WHERE datname ~ '^{0}_'",
    "filling them": "SELECT count(*) > 2 FROM pg_database WHERE datname ~ '^{0}_' AND datconnlimit = -1",
}
#: What a database of these has to show where others may connect: its schema, no CONNECT of PUBLIC, its search path.
WHOLE = """
SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'app'), count(*) FILTER (WHERE grantee = 0),
       (SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0)
  FROM pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE datname = current_database() GROUP BY d.oid
"""


def databases(name: str) -> list[dict[str, Any]]:
    return [{"name": f"{name}_{number}", "roles": {"app": {"password": CANARY}}} for number in range(COUNT)]


@pytest.fixture(scope="module", params=MOMENTS)
def killed(request: pytest.FixtureRequest, site: Site, server: Server) -> dict[str, Any]:
    """A run in which the server was killed; what was found after its start; and the next two runs."""
    name = str(request.param).split()[0]
    before = site.state("appdb")["appdb"]
    question = MOMENTS[request.param].format(name)
    server.host.check_output(
        "timeout 60 bash -c %s assassin %s %s >/dev/null 2>&1 </dev/null &", ASSASSIN, question, server.unit
    )
    run = site.run({"databases": databases(name)})[0]
    # Whatever the run had time for, the service is to be up again before anything else looks at it.
    server.host.check_output(f"systemctl reset-failed {server.unit}; systemctl start {server.unit}")
    there = server.sql("SELECT datname, datconnlimit FROM pg_database ORDER BY 1").splitlines()
    limits = dict(line.split("|") for line in there if line.startswith(f"{name}_"))
    whole = {database: server.sql(WHOLE, database) for database, limit in limits.items() if limit == "-1"}
    again = site.run({"databases": databases(name)}, {"databases": databases(name)})
    kept = [line for line in before if "appdb" in line or "appuser" in line]
    same = set(kept) <= set(site.state("appdb")["appdb"])
    return {"run": run, "limits": limits, "whole": whole, "again": again, "same": same, "name": name}


def test_run_fails_and_says_what_to_look_at(killed: dict[str, Any], server: Server) -> None:
    assert killed["run"]["failed"], "the run was faster than the kill"
    message = killed["run"]["msg"]
    assert "server" in message
    assert server.unit in message, message


def test_no_database_is_open_and_unfinished(killed: dict[str, Any]) -> None:
    assert killed["limits"], "nothing was made before the kill"
    assert set(killed["limits"].values()) <= {"0", "-1"}
    assert set(killed["whole"].values()) <= {'1|0|{"search_path=app, public"}'}


def test_something_was_left_to_do(killed: dict[str, Any]) -> None:
    assert len(killed["whole"]) < COUNT


def test_what_was_there_before_is_as_it_was(killed: dict[str, Any]) -> None:
    assert killed["same"]


def test_next_run_completes_everything_and_the_one_after_changes_nothing(site: Site, killed: dict[str, Any]) -> None:
    first, second = killed["again"]
    assert not first["failed"], first["msg"]
    assert first["changed"]
    assert second["statements"] == []
    for name in (f"{killed['name']}_0", f"{killed['name']}_{COUNT - 1}"):
        assert site.login(f"{name}_app", "CREATE TABLE mine ()", name).rc == 0
