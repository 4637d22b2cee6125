# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names with quotes, spaces, capitals and letters of any language work; what the server would cut or refuse is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server

PASSWORD = "canary-Names-1f4b \"quoted' ünï%s {} \\ $$"
LOGIN = {"password": PASSWORD}
ODD: list[dict[str, Any]] = [
    {
        "name": 'Crème "brûlée" 1',
        "schema": "O'Neil's Schema",
        "roles": {"app": {"name": "Zoë o'neil", **LOGIN}, "readonly": {"name": 'see "only"', **LOGIN}},
        "grants": [{"to": ["select"], "privileges": ["CONNECT"], "type": "database"}],
    },
    {
        "name": "数据库",
        "model": "separated",
        "schema": "user",
        "schemas": ["Second one", "100%"],
        "roles": {
            "app": {"name": "アプリ", **LOGIN},
            "owner": {"name": "Владелец; --"},
            "migrator": {"name": "a" * 61 + "é", **LOGIN},
        },
    },
]
ROLES = [{"name": "select", **LOGIN}]
TOO_LONG = "é" * 32


def with_app(name: str, **entry: Any) -> dict[str, Any]:
    return {"databases": [{"name": name, "roles": {"app": {"name": "plain_app", **LOGIN}}, **entry}]}


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "database of 64 bytes": (with_app(TOO_LONG), [TOO_LONG, "64 bytes", "cut it after 63"]),
    "role of 64 bytes": ({"roles": [{"name": TOO_LONG}]}, [TOO_LONG, "64 bytes"]),
    "schema of 64 bytes": (with_app("plain", schema=TOO_LONG), [TOO_LONG, "64 bytes"]),
    "default name of 64 bytes": ({"databases": [{"name": "d" * 60, "roles": {"app": LOGIN}}]}, ["d" * 60 + "_app", "64 bytes"]),
    "reserved role": ({"roles": [{"name": "pg_mine"}]}, ["pg_mine", "reserved"]),
    "everybody as a role": ({"roles": [{"name": "public"}]}, ["public", "reserved"]),
    "schema of the server": (with_app("plain", schema="pg_mine"), ["pg_mine", "reserved"]),
    "line break": (with_app("two\nlines"), ["control character"]),
    "empty": (with_app(""), ["empty"]),
    "twice": ({"databases": with_app("plain")["databases"] * 2}, ["plain is declared more than once"]),
    "cluster's own": (with_app("template1"), ["template1 belongs to the cluster itself"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(site: Site) -> list[dict[str, Any]]:
    whole = {"databases": ODD, "roles": ROLES}
    return site.run({**whole, "check": True}, whole, whole)


def test_odd_names_are_created_as_check_shows(runs: list[dict[str, Any]]) -> None:
    assert not runs[1]["failed"], runs[1]["msg"]
    assert runs[1]["statements"] == runs[0]["statements"]


def test_next_run_knows_odd_names_again(runs: list[dict[str, Any]]) -> None:
    assert not runs[2]["changed"], runs[2]["statements"]


def test_every_role_proves_its_login(runs: list[dict[str, Any]]) -> None:
    assert {(entry["role"], entry["database"]) for entry in runs[1]["proof"]} == {
        ("Zoë o'neil", 'Crème "brûlée" 1'),
        ('see "only"', 'Crème "brûlée" 1'),
        ("select", 'Crème "brûlée" 1'),
        ("アプリ", "数据库"),
        ("a" * 61 + "é", "数据库"),
    }
    assert all(entry["login"] for entry in runs[1]["proof"])


def test_odd_names_are_what_the_server_has(server: Server, runs: list[dict[str, Any]]) -> None:
    assert runs
    databases = server.sql("SELECT datname FROM pg_database ORDER BY datname COLLATE \"C\"").splitlines()
    assert {entry["name"] for entry in ODD} <= set(databases)
    schemas = "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace WHERE oid > 16383 AND nspname !~ '^pg_' ORDER BY 1"
    assert server.sql(schemas, "数据库").splitlines() == [f"{name}|Владелец; --" for name in ("100%", "Second one", "user")]


def test_odd_password_and_search_path_work(server: Server, runs: list[dict[str, Any]]) -> None:
    assert runs
    script = "PGPASSWORD=%s PGDATABASE=%s PGUSER=%s psql -XAtqw -h localhost -c %s"
    work = "CREATE TABLE mine (); SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'mine'"
    made = server.host.run(script, PASSWORD, 'Crème "brûlée" 1', "Zoë o'neil", work)
    assert made.stdout == "O'Neil's Schema|Zoë o'neil\n", made.stderr
    made = server.host.run(script, PASSWORD, "数据库", "a" * 61 + "é", work)
    assert made.stdout == "user|Владелец; --\n", made.stderr


class TestRefused:
    """Before anything is changed."""

    @pytest.fixture(scope="class")
    @staticmethod
    def refused(site: Site) -> tuple[dict[str, dict[str, Any]], bool]:
        before = site.existing()
        results = site.run(*(case for case, _words in REFUSED.values()))
        return dict(zip(REFUSED, results, strict=True)), site.existing() == before

    @pytest.mark.parametrize("name", REFUSED)
    def test_name_is_refused(self, refused: tuple[dict[str, dict[str, Any]], bool], name: str) -> None:
        assert refused[0][name]["failed"], refused[0][name]
        message = refused[0][name]["msg"]
        assert [word for word in REFUSED[name][1] if word not in message] == [], message
        assert PASSWORD not in message

    def test_nothing_was_changed(self, refused: tuple[dict[str, dict[str, Any]], bool]) -> None:
        assert refused[1]
