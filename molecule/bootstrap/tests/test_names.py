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

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

CANARY = "canary-Names-1f4b \"quoted' ünï%s {} \\ $$"
LOGIN = {"password": CANARY}
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
    return {"name": name, "roles": {"app": {"name": "plain_app", **LOGIN}}, **entry}


#: What is wrong is all told at once: names of databases and schemas, then names of roles. What is declared, and what is said.
REFUSED: dict[str, list[tuple[str, dict[str, Any], list[str]]]] = {
    "databases": [
        ("64 bytes", with_app(TOO_LONG), [f"database name '{TOO_LONG}' has 64 bytes", "cut it after 63"]),
        ("schema of 64 bytes", with_app("plain", schema=TOO_LONG), [f"schema name '{TOO_LONG}' has 64 bytes"]),
        ("schema of the server", with_app("simple", schema="pg_mine"), ["schema name 'pg_mine' is reserved"]),
        ("line break", with_app("two\nlines"), ["has a control character"]),
        ("empty", with_app(""), ["a database is empty"]),
        ("the cluster's own", with_app("template1"), ["template1 belongs to the cluster itself"]),
    ],
    "roles": [
        ("64 bytes", {"name": TOO_LONG}, [f"role name '{TOO_LONG}' has 64 bytes"]),
        ("reserved", {"name": "pg_mine"}, ["role name 'pg_mine' is reserved"]),
        ("everybody", {"name": "public"}, ["role name 'public' is reserved"]),
        ("twice", {"name": "again", "state": "absent"}, ["role again is declared more than once"]),
        ("twice, differently", {"name": "again", "state": "absent"}, []),
    ],
}  # fmt: skip
SAID = [(what, name, words) for what, cases in REFUSED.items() for name, _entry, words in cases]


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
    databases = server.sql('SELECT datname FROM pg_database ORDER BY datname COLLATE "C"').splitlines()
    assert {entry["name"] for entry in ODD} <= set(databases)
    schemas = (
        "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace WHERE oid > 16383 AND nspname !~ '^pg_' ORDER BY 1"
    )
    assert server.sql(schemas, "数据库").splitlines() == [
        f"{name}|Владелец; --" for name in ("100%", "Second one", "user")
    ]


def test_odd_password_and_search_path_work(server: Server, runs: list[dict[str, Any]]) -> None:
    assert runs
    script = "PGPASSWORD=%s PGDATABASE=%s PGUSER=%s psql -XAtqw -h localhost -c %s"
    work = "CREATE TABLE mine (); SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'mine'"
    made = server.host.run(script, CANARY, 'Crème "brûlée" 1', "Zoë o'neil", work)
    assert made.stdout == "O'Neil's Schema|Zoë o'neil\n", made.stderr
    made = server.host.run(script, CANARY, "数据库", "a" * 61 + "é", work)
    assert made.stdout == "user|Владелец; --\n", made.stderr


@pytest.fixture(scope="module")
def refusals(site: Site) -> dict[str, str]:
    """What was said to bad names; nothing was changed."""
    before = site.existing()
    cases = [{what: [entry for _name, entry, _words in cases]} for what, cases in REFUSED.items()]
    results = site.run(*cases, {"databases": [{"name": "d" * 60, "roles": {"app": LOGIN}}]})
    assert site.existing() == before
    assert [result["failed"] for result in results] == [True, True, True]
    return dict(zip([*REFUSED, "default"], (result["msg"] for result in results), strict=True))


@pytest.mark.parametrize(
    ("what", "words"), [pytest.param(what, words, id=f"{what}: {name}") for what, name, words in SAID]
)
def test_bad_name_is_refused_before_anything_is_changed(refusals: dict[str, str], what: str, words: list[str]) -> None:
    assert [word for word in words if word not in refusals[what]] == [], refusals[what]
    assert CANARY not in refusals[what]


def test_default_name_that_gets_too_long_is_refused(refusals: dict[str, str]) -> None:
    assert "d" * 60 + "_app" in refusals["default"]
    assert "64 bytes" in refusals["default"]
