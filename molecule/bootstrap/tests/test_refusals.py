# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host or the server does not have is named, and no database is left half made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.tests.conftest import Site
    from conftest import Server

PASSWORD = "canary-Refusals-b7e20d"
OLD: dict[str, Any] = {"name": "standing", "roles": {"app": {"password": PASSWORD}}}


def new(name: str = "planned", **entry: Any) -> dict[str, Any]:
    return {"name": name, "roles": {"app": {"password": PASSWORD}}, **entry}


#: By name: what is declared, and what the answer names.
CASES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "locale": ([OLD, new(locale="xx_YY.UTF-8")], ["planned", "no locale 'xx_YY.UTF-8'", "locale -a", "nothing was changed"]),
    "extension": ([OLD, new(extensions=[{"name": "nowhere"}])], ["planned", "extension nowhere is not installed", "nothing was changed"]),
    "encoding": ([{**OLD, "encoding": "LATIN1"}], ["standing has encoding UTF8, not LATIN1", "nothing was changed"]),
    "other encoding than the locale's": ([OLD, new(encoding="LATIN1")], ["planned", "LATIN1"]),
    "setting": ([OLD, new(settings={"work_mem": "plenty"})], ["planned", "work_mem", "nothing was changed"]),
    "setting of the server": ([OLD, new(settings={"shared_buffers": "1GB"})], ["shared_buffers", "server as a whole"]),
    "owner": ([OLD, new(owner="nobody_declared")], ["planned", "nobody_declared"]),
    "privilege": ([OLD, new(grants=[{"to": ["planned_app"], "privileges": ["EXECUTE"]}])], ["EXECUTE is no privilege of tables"]),
    "role": ([OLD, new(grants=[{"to": ["nobody_declared"], "privileges": ["SELECT"]}])], ["nobody_declared", "no declared role"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def standing(site: Site) -> Site:
    site.declare([OLD])
    return site


@pytest.fixture(scope="module")
def refused(standing: Site) -> tuple[dict[str, dict[str, Any]], bool]:
    before = standing.existing(), standing.state("standing")
    results = standing.run(*({"databases": databases} for databases, _words in CASES.values()))
    databases = [item for item in standing.existing() if item[0] == "database"]
    unchanged = databases == [item for item in before[0] if item[0] == "database"]
    return dict(zip(CASES, results, strict=True)), unchanged


@pytest.mark.parametrize("name", CASES)
def test_it_is_named(refused: tuple[dict[str, dict[str, Any]], bool], name: str) -> None:
    assert refused[0][name]["failed"], refused[0][name]
    message = refused[0][name]["msg"]
    assert [word for word in CASES[name][1] if word not in message] == [], message


def test_no_database_is_left(refused: tuple[dict[str, dict[str, Any]], bool]) -> None:
    assert refused[1]


class TestTemplateInUse:
    """template1 is copied only while nobody is connected to it."""

    def test_it_is_named_and_nothing_is_left(self, standing: Site) -> None:
        with standing.busy("template1"):
            message = standing.refuse([OLD, new(template="template1")])
        assert "CREATE DATABASE planned TEMPLATE template1" in message
        assert 'source database "template1" is being accessed by other users' in message
        assert ("database", "planned") not in standing.existing()

    def test_it_works_once_they_are_gone(self, standing: Site, server: Server) -> None:
        server.sql("CREATE TABLE public.of_the_site ()", "template1")
        try:
            standing.declare([OLD, new("copied", template="template1")])
        finally:
            server.sql("DROP TABLE public.of_the_site", "template1")
        assert server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'of_the_site'", "copied") == "postgres"


class TestBrokenExtension:
    """An extension that is there and fails: the database made for it goes again, what was there stays as it was."""

    @pytest.fixture(scope="class")
    @staticmethod
    def broken(server: Server) -> Iterator[None]:
        folder = f"/usr/share/postgresql/{server.version}/extension"
        server.host.check_output(f"echo \"default_version = '1'\" >{folder}/broken_here.control")
        server.host.check_output(f"echo 'SELECT 1 / 0;' >{folder}/broken_here--1.sql")
        yield
        server.host.check_output(f"rm {folder}/broken_here.control {folder}/broken_here--1.sql")

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(standing: Site, server: Server, broken: None) -> tuple[list[dict[str, Any]], list[str], list[str]]:
        assert broken is None
        server.sql("GRANT CONNECT ON DATABASE standing TO PUBLIC")
        before = server.sql("SELECT datname FROM pg_database ORDER BY 1").splitlines()
        faulty = {"extensions": [{"name": "broken_here"}]}
        databases = [new("alpha"), {**OLD, **faulty}, new("omega", **faulty)]
        runs = standing.run({"databases": databases}, {"databases": [new("alpha"), OLD, new("omega")]})
        return runs, before, server.sql("SELECT datname FROM pg_database ORDER BY 1").splitlines()

    def test_error_names_statement_place_and_what_became_of_it(self, runs: tuple[list[dict[str, Any]], Any, Any]) -> None:
        message = runs[0][0]["msg"]
        assert "CREATE EXTENSION broken_here" in message
        assert "division by zero" in message
        assert "what was new and not complete was dropped again" in message

    def test_next_run_without_it_completes_the_rest(
        self, standing: Site, server: Server, runs: tuple[list[dict[str, Any]], list[str], list[str]]
    ) -> None:
        results, before, after = runs
        assert not results[1]["failed"], results[1]["msg"]
        assert set(after) - set(before) == {"alpha", "omega"}
        ran = {item["statement"] for item in results[1]["statements"]}
        assert {"REVOKE CONNECT ON DATABASE standing FROM PUBLIC"} <= ran
        assert any(text.startswith("CREATE DATABASE omega ") for text in ran), "omega was left behind"
        assert standing.login("omega_app", "SELECT 1", "omega").rc == 0
        assert server.sql("SELECT count(*) FROM pg_database WHERE datconnlimit = 0") == "0"


def test_role_that_owns_things_elsewhere_keeps_them_and_that_is_reported(standing: Site, server: Server) -> None:
    server.sql("CREATE ROLE landlord; CREATE DATABASE estate")
    server.sql("CREATE TABLE house (); ALTER TABLE house OWNER TO landlord", "estate")
    manor = {"name": "manor", "roles": {"app": {"name": "landlord", "password": PASSWORD}}}
    runs = standing.run({"databases": [manor]}, {"databases": [manor]})
    assert [run["changed"] for run in runs] == [True, False], [run.get("msg") for run in runs]
    assert server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'house'", "estate") == "landlord"
    told = [finding["message"] for finding in runs[1]["reported"]]
    assert [message for message in told if "estate" in message and "landlord owns" in message], told
