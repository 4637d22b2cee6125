# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: absent drops what is empty and free, refuses what holds or owns something or is in use, and takes all by force."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

CANARY = "canary-Absent-90d7b4"
Runs = dict[str, dict[str, Any]]


def database(name: str) -> dict[str, Any]:
    return {"name": name, "roles": {"app": {"name": f"{name}_app", "password": CANARY}}}


def absent(name: str, *, force: bool = False) -> dict[str, Any]:
    return {"name": name, "state": "absent", "force": force}


def run(site: Site, cases: dict[str, dict[str, Any]]) -> Runs:
    return dict(zip(cases, site.run(*cases.values()), strict=True))


def texts(result: dict[str, Any]) -> list[str]:
    assert not result["failed"], result["msg"]
    return [item["statement"] for item in result["statements"]]


@pytest.fixture(scope="module")
def made(site: Site, server: Server) -> Site:
    """An empty database, a full one, one in use; a role that owns things in a database that is not declared."""
    site.declare([database("hollow"), database("loaded"), database("crowded")])
    assert site.login("loaded_app", "CREATE TABLE kept AS SELECT 42 AS number", "loaded").rc == 0
    server.sql("CREATE DATABASE shelf")
    server.sql(
        "CREATE ROLE author; CREATE TABLE book AS SELECT 'text' AS page; ALTER TABLE book OWNER TO author;"
        " GRANT CREATE ON SCHEMA public TO author; CREATE ROLE reader; GRANT SELECT ON book TO reader",
        "shelf",
    )
    # What the role may do with an extension's objects is kept apart, as their initial privileges.
    server.sql(
        "CREATE SCHEMA stats; ALTER DEFAULT PRIVILEGES IN SCHEMA stats GRANT SELECT ON TABLES TO reader;"
        " CREATE EXTENSION pg_stat_statements SCHEMA stats",
        "shelf",
    )
    return site


#: What is refused without force, and what no force is for; with the answer.
REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "full database": ({"databases": [absent("loaded")]}, ["drop a database", "it holds 1 tables", "pg_dump"]),
    "full one beside an empty one": (
        {"databases": [absent("hollow"), absent("loaded"), database("fresh")]},
        ["database loaded", "nothing was changed"],
    ),
    "owner of a table": (
        {"roles": [absent("author")]},
        ["it still owns objects: 1 in pg_class of shelf", "REASSIGN OWNED BY", "nothing was changed"],
    ),
    "owner of a declared schema": ({"roles": [absent("loaded_app")]}, ["it still owns objects", "of loaded"]),
    "postgres": ({"databases": [absent("postgres", force=True)]}, ["belongs to the cluster itself"]),
    "template1": ({"databases": [absent("template1", force=True)]}, ["belongs to the cluster itself"]),
    "administrator": ({"roles": [absent("postgres", force=True)]}, ["administrator"]),
    "declared and absent": (
        {"databases": [database("loaded")], "roles": [absent("loaded_app", force=True)]},
        ["role loaded_app is declared and also absent"],
    ),
}


class TestRefused:
    """Without force, and what no force is for."""

    @pytest.fixture(scope="class")
    @staticmethod
    def refused(made: Site) -> tuple[Runs, bool]:
        before = made.existing(), made.state("loaded", "shelf")
        runs = run(made, {name: case for name, (case, _words) in REFUSED.items()})
        return runs, before == (made.existing(), made.state("loaded", "shelf"))

    @pytest.mark.parametrize("name", REFUSED)
    def test_it_says_why(self, refused: tuple[Runs, bool], name: str) -> None:
        assert refused[0][name]["failed"], refused[0][name]
        message = refused[0][name]["msg"]
        assert [word for word in REFUSED[name][1] if word not in message] == [], message

    def test_nothing_was_changed(self, refused: tuple[Runs, bool]) -> None:
        assert refused[1]


class TestInUse:
    """Somebody is connected to the database."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(made: Site) -> Runs:
        with made.busy("crowded") as process:
            case = {"databases": [absent("crowded")]}
            runs = run(made, {"plain": case, "forced": {"databases": [absent("crowded", force=True)]}})
        return {**runs, "session": {"process": process}}

    def test_it_is_refused_with_the_session_named(self, runs: Runs) -> None:
        assert f"it is in use by process {runs['session']['process']} of postgres (night-shift)" in runs["plain"]["msg"]

    def test_it_goes_by_force(self, made: Site, runs: Runs) -> None:
        assert texts(runs["forced"]) == ["DROP DATABASE crowded WITH (FORCE)"]
        assert ("database", "crowded") not in made.existing()


class TestGone:
    """What is empty, or forced, goes; check mode says the same and does nothing."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(made: Site) -> Runs:
        author = {"roles": [absent("author", force=True)]}
        hollow = {"databases": [absent("hollow")], "roles": [absent("hollow_app")]}
        loaded = {"databases": [absent("loaded", force=True)], "roles": [absent("loaded_app"), absent("reader")]}
        cases: dict[str, dict[str, Any]] = {
            "author, checked": {**author, "check": True},
            "author": author,
            "hollow, checked": {**hollow, "check": True},
            "hollow": hollow,
            "loaded": loaded,
            "again": {
                "databases": [*hollow["databases"], *loaded["databases"], absent("never")],
                "roles": [*author["roles"], *hollow["roles"], *loaded["roles"], absent("never")],
            },
        }
        return run(made, cases)

    def test_role_that_owned_something_is_gone_and_the_table_stays(self, server: Server, runs: Runs) -> None:
        assert {"database": "shelf", "statement": "REASSIGN OWNED BY author TO postgres"} in runs["author"][
            "statements"
        ]
        assert (
            server.sql("SELECT page, tableowner FROM book, pg_tables WHERE tablename = 'book'", "shelf")
            == "text|postgres"
        )

    def test_empty_database_and_its_role_go_in_one_run(self, runs: Runs) -> None:
        assert texts(runs["hollow"])[0] == "DROP DATABASE hollow"
        assert texts(runs["hollow"])[-1] == "DROP ROLE hollow_app"

    def test_check_shows_the_same_statements(self, runs: Runs) -> None:
        assert texts(runs["author, checked"]) == texts(runs["author"])
        assert texts(runs["hollow, checked"]) == texts(runs["hollow"])

    def test_all_are_gone_with_their_privileges(self, made: Site, server: Server, runs: Runs) -> None:
        gone = {("database", name) for name in ("hollow", "loaded")}
        gone |= {("role", name) for name in ("author", "reader", "hollow_app", "loaded_app")}
        assert texts(runs["loaded"])
        assert not gone & set(made.existing())
        assert "reader" not in server.sql("SELECT relacl FROM pg_class WHERE relname = 'book'", "shelf")

    def test_dump_does_not_name_a_role_that_is_gone(self, server: Server, runs: Runs) -> None:
        """By its number, which no server can restore."""
        assert texts(runs["loaded"])[-1] == "DROP ROLE reader"
        dump = server.host.check_output("runuser -u postgres -- pg_dump --schema-only shelf")
        assert "CREATE EXTENSION IF NOT EXISTS pg_stat_statements" in dump
        assert re.findall(r'(?:TO|FROM) "\d+"', dump) == []

    def test_what_is_gone_already_is_no_change(self, runs: Runs) -> None:
        assert texts(runs["again"]) == []
        assert not runs["again"]["changed"]
