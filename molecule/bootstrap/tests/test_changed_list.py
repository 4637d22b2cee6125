# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list grows and shrinks: only what is new is changed, nothing is dropped unless that is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

CANARY = "canary-List-48e6f2"
FARM: dict[str, Any] = {"name": "farm", "roles": {"app": {"password": CANARY}}}
MILL: dict[str, Any] = {
    "name": "mill",
    "model": "separated",
    "roles": {"app": {"password": CANARY}, "migrator": {"password": CANARY}},
}
VET = {"name": "vet", "password": CANARY, "connection_limit": 2}
GROWN = {
    **FARM,
    "grants": [
        {"to": ["vet"], "privileges": ["CONNECT"], "type": "database"},
        {"to": ["vet"], "privileges": ["USAGE"], "type": "schema"},
        {"to": ["vet"], "privileges": ["SELECT"], "objects": ["herd"]},
        {"to": ["vet"], "privileges": ["UPDATE"], "objects": ["herd"], "columns": ["weight"]},
    ],
}
NEW = [
    "CREATE ROLE vet WITH NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT LOGIN CONNECTION LIMIT 2",
    "ALTER ROLE vet PASSWORD '********'",
    "GRANT SELECT ON TABLE app.herd TO vet",
    "GRANT USAGE ON SCHEMA app TO vet",
    "GRANT CONNECT ON DATABASE farm TO vet",
    "GRANT UPDATE (weight) ON TABLE app.herd TO vet",
]


def texts(result: dict[str, Any]) -> list[str]:
    assert not result["failed"], result["msg"]
    return [item["statement"] for item in result["statements"]]


@pytest.fixture(scope="module")
def declared(site: Site) -> Site:
    site.declare([FARM, MILL])
    for role, database in (("farm_app", "farm"), ("mill_migrator", "mill")):
        assert site.login(role, "CREATE TABLE app.herd (weight int); CREATE TABLE app.barn ()", database).rc == 0
    return site


class TestGrown:
    """One new role with some privileges on one table."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(declared: Site) -> list[dict[str, Any]]:
        whole = {"databases": [GROWN, MILL], "roles": [VET]}
        mixed = {"databases": [MILL, GROWN], "roles": [VET]}
        return declared.run({"databases": [FARM, MILL]}, {**whole, "check": True}, whole, mixed)

    def test_the_list_as_it_was_changes_nothing(self, runs: list[dict[str, Any]]) -> None:
        assert texts(runs[0]) == []

    def test_check_and_converge_name_only_what_is_new(self, runs: list[dict[str, Any]]) -> None:
        assert sorted(texts(runs[1])) == sorted(NEW)
        assert texts(runs[2]) == texts(runs[1])

    def test_diff_says_where(self, runs: list[dict[str, Any]]) -> None:
        heads = [part["after_header"] for part in runs[1]["diff"]]
        assert heads == ["roles and databases of the cluster", "database farm"]

    def test_order_of_the_list_does_not_matter(self, runs: list[dict[str, Any]]) -> None:
        assert texts(runs[3]) == []

    def test_only_the_new_role_logs_in_for_proof(self, runs: list[dict[str, Any]]) -> None:
        assert ("vet", "farm") in {(entry["role"], entry["database"]) for entry in runs[2]["proof"]}
        assert {entry["database"] for entry in runs[2]["proof"]} == {"farm"}

    def test_new_role_may_do_that_and_no_more(self, declared: Site, runs: list[dict[str, Any]]) -> None:
        assert runs
        tried = {
            "read": "SELECT weight FROM app.herd",
            "weigh": "UPDATE app.herd SET weight = 1",
            "barn": "SELECT FROM app.barn",
            "drop": "DROP TABLE app.herd",
            "insert": "INSERT INTO app.herd VALUES (1)",
        }
        answers = declared.attempts("vet", tried, "farm")
        assert answers == {"read": "00000", "weigh": "00000", "barn": "42501", "drop": "42501", "insert": "42501"}


class TestShrunk:
    """What leaves the list is not dropped; a privilege that leaves it is taken away."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(declared: Site) -> list[dict[str, Any]]:
        less = {"databases": [FARM], "roles": [VET]}
        return declared.run({"databases": [GROWN, MILL], "roles": [VET]}, less, {"databases": [FARM]}, {})

    def test_privilege_that_leaves_the_list_is_revoked(self, runs: list[dict[str, Any]]) -> None:
        revoked = {text.removeprefix("REVOKE ").removesuffix(" FROM vet") for text in texts(runs[1])}
        assert len(texts(runs[1])) == len(revoked) == 4
        assert revoked == {
            "SELECT ON TABLE app.herd",
            "USAGE ON SCHEMA app",
            "CONNECT ON DATABASE farm",
            "UPDATE (weight) ON TABLE app.herd",
        }

    def test_databases_and_roles_that_leave_the_list_stay(
        self, declared: Site, server: Server, runs: list[dict[str, Any]]
    ) -> None:
        assert texts(runs[2]) == texts(runs[3]) == []
        wanted = {
            ("database", "farm"),
            ("database", "mill"),
            ("role", "vet"),
            ("role", "mill_owner"),
            ("role", "farm_app"),
        }
        assert wanted <= set(declared.existing())
        assert server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'app'", "mill") == "2"
