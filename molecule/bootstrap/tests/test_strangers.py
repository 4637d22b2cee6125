# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that are not declared keep exactly what they have; that, and access beyond the declaration, is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

CANARY = "canary-Strangers-c3a8d1"
YARD = {"name": "yard", "roles": {"app": {"password": CANARY}}}
ROLES = [{"name": "mute"}, {"name": "relic"}, {"name": "keeper"}]
#: As an administrator does it who does not know the declaration.
NEWCOMER = f"CREATE ROLE visitor LOGIN CREATEDB PASSWORD '{CANARY}'"
VISITOR = """
CREATE ROLE guest; GRANT pg_monitor TO visitor;
GRANT CONNECT, TEMPORARY ON DATABASE yard TO visitor; GRANT USAGE, CREATE ON SCHEMA app TO visitor; GRANT USAGE ON SCHEMA app TO guest;
GRANT SELECT ON app.cart TO visitor WITH GRANT OPTION; GRANT UPDATE (note) ON app.cart TO visitor;
GRANT USAGE ON SEQUENCE app.ticket TO visitor, guest; GRANT EXECUTE ON FUNCTION app.answer() TO visitor;
ALTER DEFAULT PRIVILEGES FOR ROLE yard_app IN SCHEMA app GRANT SELECT ON TABLES TO visitor;
ALTER DEFAULT PRIVILEGES FOR ROLE yard_app GRANT USAGE ON SEQUENCES TO visitor;
ALTER ROLE visitor SET work_mem TO '8MB'; ALTER ROLE visitor IN DATABASE yard SET search_path TO app;
CREATE SCHEMA hut AUTHORIZATION visitor; CREATE TABLE hut.bed (); ALTER TABLE hut.bed OWNER TO visitor;
GRANT CREATE ON SCHEMA public TO guest; GRANT SET ON PARAMETER log_statement TO guest;
SET ROLE visitor; GRANT SELECT ON app.cart TO guest
"""
OBJECTS = """
CREATE TABLE app.cart (note text); CREATE SEQUENCE app.ticket; CREATE FUNCTION app.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'
"""
#: What the declared role should not have, and the run has to put right beside the visitor.
DRIFT = (
    "GRANT ALL ON SCHEMA app TO PUBLIC; GRANT TRUNCATE ON app.cart TO PUBLIC; REVOKE ALL ON app.ticket FROM yard_app"
)
VISITS = {
    "read": "SELECT note FROM app.cart",
    "write a column": "UPDATE app.cart SET note = 'seen'",
    "count": "SELECT nextval('app.ticket')",
    "call": "SELECT app.answer()",
    "create": "CREATE TABLE app.tent ()",
    "clean up": "DROP TABLE app.tent",
    "own": "INSERT INTO hut.bed DEFAULT VALUES",
    "work for a while": "CREATE TEMPORARY TABLE mine ()",
}
BEYOND = """
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO yard_app; GRANT SELECT ON pg_authid TO yard_app;
SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO yard_app; SELECT lo_create(4712); ALTER LARGE OBJECT 4712 OWNER TO yard_app;
CREATE TABLE public.aside (); GRANT SELECT ON public.aside TO yard_app; GRANT pg_monitor TO yard_app;
CREATE ROLE relic LOGIN PASSWORD 'md50123456789abcdef0123456789abcdef'; CREATE ROLE keeper LOGIN PASSWORD 'kept-by-its-owner'
"""
ELSEWHERE = "CREATE TABLE trunk (); GRANT SELECT ON trunk TO yard_app; GRANT CREATE ON DATABASE attic TO yard_app"


def told(result: dict[str, Any]) -> list[str]:
    return [finding["message"] for finding in result["reported"]]


def of_strangers(site: Site) -> list[str]:
    return [line for line in site.state("yard")["yard"] if "visitor" in line or "guest" in line]


@pytest.fixture(scope="module")
def before(site: Site, server: Server) -> list[str]:
    """What the strangers have; the declared roles have too much and too little."""
    site.declare([YARD])
    site.passwords["visitor"] = CANARY
    assert site.login("yard_app", OBJECTS, "yard").rc == 0
    server.sql(NEWCOMER)
    server.sql(VISITOR, "yard")
    server.sql(DRIFT, "yard")
    return of_strangers(site)


@pytest.fixture(scope="module")
def run(site: Site, before: list[str]) -> dict[str, Any]:
    assert len(before) > 20
    return site.declare([YARD])


def test_strangers_keep_exactly_what_they_have(site: Site, before: list[str], run: dict[str, Any]) -> None:
    assert run["changed"]
    assert of_strangers(site) == before


@pytest.mark.usefixtures("run")
def test_stranger_works_as_before(site: Site) -> None:
    assert set(site.attempts("visitor", VISITS, "yard").values()) == {"00000"}


@pytest.mark.parametrize(
    "words",
    [
        ["visitor, which is not declared, has", "CONNECT/TEMPORARY on database yard"],
        ["visitor, which is not declared, has", "CREATE/USAGE on schema app"],
        ["visitor, which is not declared, has", "SELECT on table app.cart"],
        ["visitor, which is not declared, has", "UPDATE (note) on table app.cart"],
        ["guest, which is not declared, has", "USAGE on sequence app.ticket"],
        ["visitor", "can create objects in schema app"],
        ["guest, which is not declared, has", "SELECT on table app.cart"],
        ["guest, which is not declared, can create objects in schema public"],
    ],
    ids=" ".join,
)
def test_what_strangers_have_is_reported(run: dict[str, Any], words: list[str]) -> None:
    assert [message for message in told(run) if all(word in message for word in words)], told(run)


class TestBeyondTheDeclaration:
    """What a declared role has outside the declared schemas is left, and reported; a membership is exact, and goes."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(site: Site, server: Server, before: list[str]) -> list[dict[str, Any]]:
        assert before
        server.sql(BEYOND, "yard")
        server.sql("CREATE DATABASE attic")
        server.sql(ELSEWHERE, "attic")
        declared = {"databases": [YARD], "roles": ROLES}
        return site.run({**declared, "check": True}, declared, declared)

    @pytest.mark.parametrize("number", [0, 1], ids=["check", "converge"])
    @pytest.mark.parametrize(
        "words",
        [
            ["yard_app", "member of pg_monitor"],
            ["yard_app has privileges on", "pg_catalog.pg_read_file("],
            ["yard_app has privileges on", "pg_catalog.pg_authid"],
            ["yard_app has privileges on", "large object 4711"],
            ["yard_app owns", "large object 4712"],
            ["yard_app has privileges on", "public.aside"],
            ["database attic, which is not declared: role yard_app has CREATE", "has privileges on objects"],
            ["attic", "every role may connect"],
            ["role mute has no password"],
            ["role relic has an md5 verifier"],
            ["role keeper has a password that is kept"],
        ],
        ids=" ".join,
    )
    def test_it_is_reported(self, runs: list[dict[str, Any]], number: int, words: list[str]) -> None:
        messages = told(runs[number])
        assert [message for message in messages if all(word in message for word in words)], messages

    def test_reports_have_the_next_command(self, runs: list[dict[str, Any]]) -> None:
        assert all(finding["hint"] and finding["sop"] == "2" for finding in runs[1]["reported"])

    def test_only_the_membership_and_the_new_role_are_changed(self, runs: list[dict[str, Any]]) -> None:
        statements = [item["statement"] for item in runs[1]["statements"]]
        assert [text for text in statements if "pg_monitor" in text], statements
        assert [text for text in statements if "pg_monitor" not in text and "CREATE ROLE mute" not in text] == []

    def test_next_run_changes_nothing_and_still_reports(self, runs: list[dict[str, Any]]) -> None:
        assert not runs[2]["changed"], runs[2]["statements"]
        assert [message for message in told(runs[2]) if "pg_read_file" in message]
        assert not [message for message in told(runs[2]) if "pg_monitor" in message]

    def test_verifiers_of_roles_without_a_declared_password_are_kept(
        self, server: Server, runs: list[dict[str, Any]]
    ) -> None:
        assert runs
        query = "SELECT rolname, left(rolpassword, 3) FROM pg_authid WHERE rolname IN ('keeper', 'mute', 'relic') ORDER BY 1"
        assert server.sql(query) == "keeper|SCR\nmute|\nrelic|md5"
