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

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

CANARY = "canary-Refusals-b7e20d"
OLD: dict[str, Any] = {"name": "standing", "roles": {"app": {"password": CANARY}}}


def new(name: str = "planned", **entry: Any) -> dict[str, Any]:
    return {"name": name, "roles": {"app": {"password": CANARY}}, **entry}


#: What is wrong is all told at once: first what needs no server, then what the server or the host says. Each with the answer.
REFUSED: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "declaration": {
        "owner": (new("a", owner="nobody_here"), "its owner nobody_here is neither a declared role nor the administrator"),
        "grantee": (new("b", grants=[{"to": ["nobody_there"], "privileges": ["SELECT"]}]), "nobody_there is granted something and is no declared role"),
    },
    "host": {
        "locale": (new("a", locale="xx_YY.UTF-8"), "database a: the host has no locale 'xx_YY.UTF-8'; 'locale -a'"),
        "extension": (new("b", extensions=[{"name": "nowhere"}]), "database b: extension nowhere is not installed on the host"),
        "encoding of what is there": ({**OLD, "encoding": "LATIN1"}, "standing has encoding UTF8, not LATIN1"),
        "value": (new("c", settings={"work_mem": "plenty"}), "work_mem"),
        "server's setting": (new("d", settings={"shared_buffers": "1GB"}), "shared_buffers is a setting of the server as a whole"),
    },
    "server": {"encoding that the locale has not": (new("a", encoding="LATIN1"), 'encoding "LATIN1" does not match locale')},
}  # fmt: skip
SAID = [(part, name, said) for part, cases in REFUSED.items() for name, (_entry, said) in cases.items()]


@pytest.fixture(scope="module")
def standing(site: Site) -> Site:
    site.declare([OLD])
    return site


@pytest.fixture(scope="module")
def refusals(standing: Site, server: Server) -> dict[str, str]:
    """What was said; no database came or changed of it."""
    before = standing.state("standing"), server.sql("SELECT datname FROM pg_database ORDER BY 1")
    results = standing.run(*({"databases": [entry for entry, _said in cases.values()]} for cases in REFUSED.values()))
    assert [result["failed"] for result in results] == [True] * len(REFUSED)
    assert before == (standing.state("standing"), server.sql("SELECT datname FROM pg_database ORDER BY 1"))
    return dict(zip(REFUSED, (result["msg"] for result in results), strict=True))


@pytest.mark.parametrize(("part", "said"), [pytest.param(part, said, id=name) for part, name, said in SAID])
def test_what_is_not_there_is_named_and_nothing_is_changed(refusals: dict[str, str], part: str, said: str) -> None:
    assert said in refusals[part]


@pytest.mark.parametrize("part", ["declaration", "host"])
def test_refusal_says_that_nothing_was_changed(refusals: dict[str, str], part: str) -> None:
    assert "nothing was changed" in refusals[part]


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

    def test_error_names_statement_place_and_what_became_of_it(
        self, runs: tuple[list[dict[str, Any]], Any, Any]
    ) -> None:
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
    server.sql("CREATE DATABASE estate")
    server.sql("CREATE ROLE landlord; CREATE TABLE house (); ALTER TABLE house OWNER TO landlord", "estate")
    manor = {"name": "manor", "roles": {"app": {"name": "landlord", "password": CANARY}}}
    runs = standing.run({"databases": [manor]}, {"databases": [manor]})
    assert [run["changed"] for run in runs] == [True, False], [run.get("msg") for run in runs]
    assert server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'house'", "estate") == "landlord"
    told = [finding["message"] for finding in runs[1]["reported"]]
    assert [message for message in told if "estate" in message and "landlord owns" in message], told
