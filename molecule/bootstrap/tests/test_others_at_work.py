# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else holds a lock, changes the same things, or runs the same declaration at the same time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "first"

CANARY = "canary-Others-3d95c7"
DESK: dict[str, Any] = {"name": "desk", "roles": {"app": {"password": CANARY}}}
#: What a run holds from its first change to its last.
LOCK = f"pg_advisory_lock({0x7067736F70})"


@pytest.fixture(scope="module")
def desk(site: Site) -> Site:
    site.declare([DESK])
    assert site.login("desk_app", "CREATE TABLE drawer (); CREATE TABLE lamp ()", "desk").rc == 0
    return site


class TestLockedTable:
    """A table's owner has to be put right, and somebody keeps the table locked."""

    @pytest.fixture(scope="class")
    @staticmethod
    def run(desk: Site, server: Server) -> dict[str, Any]:
        server.sql("ALTER TABLE app.lamp OWNER TO postgres; GRANT TRUNCATE ON app.drawer TO PUBLIC", "desk")
        before = desk.state("desk")
        with desk.busy("desk", "LOCK TABLE app.lamp") as process:
            message = desk.refuse([DESK], lock_timeout_s=1, attempts=2)
        return {"message": message, "process": process, "unchanged": desk.state("desk") == before}

    def test_error_names_statement_and_process(self, run: dict[str, Any]) -> None:
        assert "ALTER TABLE app.lamp OWNER TO desk_app" in run["message"]
        assert "lock timeout" in run["message"]
        assert f"process {run['process']} of postgres (night-shift)" in run["message"]
        assert "pg_terminate_backend" in run["message"]

    def test_nothing_was_changed_in_that_database(self, run: dict[str, Any]) -> None:
        assert run["unchanged"]
        assert "nothing was changed in this database" in run["message"]

    def test_next_run_after_the_lock_repairs_both(self, desk: Site, server: Server, run: dict[str, Any]) -> None:
        assert run
        assert len(desk.declare([DESK])["statements"]) == 2
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'app'"
        assert server.sql(owners, "desk") == "desk_app"


class TestTwoRunsAtTheSameTime:
    """Both read before either writes, then one waits for the other."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(desk: Site, server: Server) -> list[dict[str, Any]]:
        server.sql("GRANT TRUNCATE ON app.drawer TO PUBLIC", "desk")
        databases = [DESK, *({"name": f"pair_{number}", "roles": {"app": {"password": CANARY}}} for number in (1, 2))]
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgsop' AND wait_event = 'advisory'"
        with ThreadPoolExecutor(2) as pool:
            with desk.busy("postgres", f"SELECT {LOCK}"):
                both = [pool.submit(desk.run, {"databases": databases, "lock_timeout_s": 30}) for _run in (1, 2)]
                for _try in range(300):
                    if server.sql(waiting) == "2":
                        break
                    time.sleep(0.1)
                waited = server.sql(waiting)
            runs = [future.result()[0] for future in both]
        assert waited == "2", [run.get("msg") for run in runs]
        return [*runs, *desk.run({"databases": databases})]

    def test_both_end_well(self, runs: list[dict[str, Any]]) -> None:
        assert [run["msg"] for run in runs[:2] if run["failed"]] == []

    def test_the_declaration_is_in_force(self, desk: Site, runs: list[dict[str, Any]]) -> None:
        assert not runs[2]["changed"], runs[2]["statements"]
        for number in (1, 2):
            assert desk.login(f"pair_{number}_app", "CREATE TABLE mine ()", f"pair_{number}").rc == 0


def test_run_that_waits_too_long_for_another_says_so(desk: Site, server: Server) -> None:
    server.sql("GRANT TRUNCATE ON app.drawer TO PUBLIC", "desk")
    before = desk.state("desk")
    with desk.busy("postgres", f"SELECT {LOCK}"):
        message = desk.refuse([DESK], lock_timeout_s=1, attempts=1)
    assert "another run is at work on this cluster" in message
    assert desk.state("desk") == before


def test_run_that_has_nothing_to_change_waits_for_nobody(desk: Site) -> None:
    desk.declare([DESK])
    with desk.busy("postgres", f"SELECT {LOCK}"), desk.busy("desk", "LOCK TABLE app.lamp", "day-shift"):
        assert not desk.declare([DESK], lock_timeout_s=1, attempts=1)["changed"]


HOSTILE = {
    "role of the database": "ALTER DATABASE desk SET role TO desk_app",
    "read only": "ALTER DATABASE desk SET default_transaction_read_only TO on",
    "short time": "ALTER DATABASE desk SET statement_timeout TO '1ms'",
    "search path of the administrator": "ALTER ROLE postgres IN DATABASE desk SET search_path TO app",
    "role of the administrator": "ALTER ROLE postgres IN DATABASE desk SET role TO desk_app",
}


def test_settings_by_hand_do_not_lead_the_run_astray(desk: Site, server: Server) -> None:
    desk.declare([DESK])
    for statement in HOSTILE.values():
        server.sql(statement)
    try:
        runs = desk.run({"databases": [DESK]}, {"databases": [DESK]})
    finally:
        server.sql("ALTER ROLE postgres IN DATABASE desk RESET ALL")
    assert [run["changed"] for run in runs] == [True, False], [run.get("msg") for run in runs]
    stored = "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = 'desk')"
    assert server.sql(stored) == '{"search_path=app, public"}'
