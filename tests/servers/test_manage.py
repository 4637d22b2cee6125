# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from end to end: what is declared is there, can be used, and the next run has nothing to do."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
    ask,
    on,
    refused,
    run,
    texts,
    told,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop", "roles": {"app": {"password": PASSWORD}}}


@on(13, 16, 17, 18)
@pytest.mark.parametrize("model", ["sop", "separated"])
def test_second_run_has_nothing_to_do(host: Server, model: str) -> None:
    entry = {
        **SHOP,
        "model": model,
        "schemas": ["audit"],
        "settings": {"work_mem": "8MB"},
        "extensions": [{"name": "citext"}],
    }
    first = run(host, entry, public_connect=["postgres", "template1"])
    assert first["changed"]
    assert (first["databases"], first["validated"]) == (["shop"], True)
    again = run(host, entry, public_connect=["postgres", "template1"])
    assert (again["changed"], again["statements"], again["diff"], again["proof"]) == (False, [], [], [])


@on(13, 16, 17, 18)
def test_check_mode_tells_it_all_and_does_nothing(host: Server) -> None:
    entry = {**SHOP, "model": "separated"}
    checked = run(host, entry, check=True)
    assert host.rows("SELECT FROM pg_database WHERE datname = 'shop'") == []
    assert host.rows("SELECT FROM pg_roles WHERE rolname ~ 'shop'") == []
    assert checked["proof"] == []
    assert checked["changed"]
    assert checked["statements"] == run(host, entry)["statements"]


def test_diff_is_what_is_run(host: Server) -> None:
    outcome = run(host, SHOP)
    assert "".join(part["after"] for part in outcome["diff"]) == "".join(f"{text};\n" for text in texts(outcome))
    assert [part["after_header"] for part in outcome["diff"]] == ["roles and databases of the cluster", "database shop"]
    assert PASSWORD not in str(outcome)
    assert "SCRAM" not in str(outcome)


def test_application_can_work_at_once(host: Server) -> None:
    outcome = run(host, SHOP)
    ask(host, "shop_app", "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    assert ask(host, "shop_app", "SELECT schemaname FROM pg_tables WHERE tablename = 't'") == "app"
    (proof,) = outcome["proof"]
    assert (proof["role"], proof["database"], proof["login"]) == ("shop_app", "shop", True)
    assert "CREATE in schema app" in proof["may"]
    assert "CREATE in schema public" in proof["may_not"]


@on(13, 17)
def test_names_may_be_anything(host: Server) -> None:
    name, schema = 'My "db" ü; --', 'It\'s "odd"'
    roles = {
        "owner": {"name": 'Öwner "x"'},
        "migrator": {"name": "SELECT", "password": PASSWORD},
        "app": {"name": "app 1", "password": PASSWORD},
    }
    entry: dict[str, Any] = {
        "name": name,
        "model": "separated",
        "schema": schema,
        "roles": roles,
        "settings": {"search_path": [schema]},
    }
    outcome = run(host, entry)
    assert {proof["role"] for proof in outcome["proof"]} == {"SELECT", "app 1"}
    ask(host, "SELECT", 'CREATE TABLE "t 1" (a int); INSERT INTO "t 1" VALUES (5)', name)
    assert ask(host, "app 1", 'SELECT a FROM "t 1"', name) == 5
    assert host.rows("SELECT tableowner, schemaname FROM pg_tables WHERE tablename = 't 1'", name) == [
        ('Öwner "x"', schema)
    ]
    assert texts(run(host, entry)) == []


def granted(**more: Any) -> dict[str, Any]:
    return {**SHOP, "grants": [{"to": ["x"], "privileges": ["SELECT"], "schema": "app", **more}]}


X: list[dict[str, Any]] = [{"name": "x", "password": PASSWORD}]
USE = [
    {"to": ["x"], "privileges": ["CONNECT"], "type": "database"},
    {"to": ["x"], "privileges": ["USAGE"], "type": "schema", "schema": "app"},
]


def test_named_objects_are_granted_as_soon_as_they_exist(host: Server) -> None:
    named = [
        {"to": ["x"], "privileges": ["SELECT"], "schema": "app", "objects": ["Whole t"]},
        {"to": ["x"], "privileges": ["SELECT"], "schema": "app", "objects": ["part"], "columns": ["Odd col"]},
    ]
    entry = {**SHOP, "grants": [*USE, *named]}
    outcome = run(host, entry, roles=X)
    assert [
        message.split(" does not exist yet")[0] for message in told(run(host, entry, roles=X), "access.missing")
    ] == [
        'in database shop, app."Whole t"',
        "in database shop, app.part",
    ]
    assert outcome["changed"]
    ask(host, "shop_app", 'CREATE TABLE "Whole t" AS SELECT 1 AS a; CREATE TABLE part AS SELECT 2 AS "Odd col", 3 AS b')
    assert texts(run(host, entry, roles=X)) == [
        'GRANT SELECT ON TABLE app."Whole t" TO x',
        'GRANT SELECT ("Odd col") ON TABLE app.part TO x',
    ]
    assert ask(host, "x", 'SELECT a FROM "Whole t"') == 1
    assert ask(host, "x", 'SELECT "Odd col" FROM part') == 2
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(host, "x", "SELECT b FROM part")
    assert texts(run(host, entry, roles=X)) == []


def test_column_that_does_not_exist_changes_nothing(host: Server) -> None:
    run(host, SHOP, roles=X)
    ask(host, "shop_app", "CREATE TABLE t (a int)")
    error = refused(host, granted(objects=["t"], columns=["b"]), roles=X)
    assert 'column "b" of relation "t" does not exist' in error.answer
    assert "nothing was changed in this database" in error.answer


def test_default_privileges_are_for_what_their_role_creates(host: Server) -> None:
    later = {"for_role": "shop_app", "to": ["x"], "privileges": ["SELECT"], "type": "tables"}
    entry = {**SHOP, "grants": USE, "default_privileges": [later]}
    run(host, entry, roles=X)
    ask(host, "shop_app", "CREATE TABLE t AS SELECT 7 AS a")
    assert ask(host, "x", "SELECT a FROM t") == 7
    host.execute("CREATE TABLE app.u (a int)", database="shop")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(host, "x", "SELECT a FROM u")


def test_objects_of_others_are_handed_over_or_told(host: Server) -> None:
    run(host, SHOP)
    host.execute(
        "CREATE TABLE app.t (a int)", "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", database="shop"
    )
    kept = run(host, {**SHOP, "own_objects": False})
    assert sorted(told(kept, "access.owner")) == [
        f"in database shop, {ADMINISTRATOR} owns routine app.f(), and not shop_app",
        f"in database shop, {ADMINISTRATOR} owns table app.t, and not shop_app",
    ]
    assert not any("OWNER TO" in text for text in texts(kept))
    assert {text for text in texts(run(host, SHOP)) if "OWNER TO" in text} == {
        "ALTER TABLE app.t OWNER TO shop_app",
        "ALTER ROUTINE app.f() OWNER TO shop_app",
    }


@pytest.mark.parametrize(
    ("declared", "again"),
    [
        ("2040-01-01", "2040-01-01 00:00:00+00"),
        ("2040-01-01 12:00:00+02", "2040-01-01 10:00:00Z"),
        ("infinity", None),
    ],
)
def test_end_of_a_password_is_compared_as_a_time(host: Server, declared: str, again: str | None) -> None:
    roles = [{"name": "x", "valid_until": declared}]
    run(host, roles=roles)
    assert texts(run(host, roles=roles)) == []
    assert texts(run(host, roles=[{"name": "x", "valid_until": again}])) == []
    assert len(texts(run(host, roles=[{"name": "x", "valid_until": "2041-01-01"}]))) == 1


def test_password_is_changed_kept_or_removed(host: Server) -> None:
    run(host, SHOP)
    other = {"name": "shop", "roles": {"app": {"password": "another long pass phrase"}}}
    outcome = run(host, other)
    assert texts(outcome) == ["ALTER ROLE shop_app PASSWORD '********'"]
    assert [proof["login"] for proof in outcome["proof"]] == [True]
    assert ask(host, "shop_app", "SELECT 1", password="another long pass phrase") == 1
    assert texts(run(host, {"name": "shop"})) == []
    absent = {"name": "shop", "roles": {"app": {"password_state": "absent"}}}
    assert texts(run(host, absent)) == ["ALTER ROLE shop_app PASSWORD NULL"]


@pytest.mark.parametrize(
    "settings",
    [
        {"search_path": "", "temp_tablespaces": []},
        {"search_path": ["$user", "Odd, one", ""]},
        {"DateStyle": "ISO, DMY", "jit": False, "statement_timeout": 5000, "work_mem": "8 MB"},
        {"my.own": "it's", "session_preload_libraries": ["auto_explain"]},
    ],
)
def test_settings_are_compared_as_they_are_stored(host: Server, settings: dict[str, Any]) -> None:
    entry = {"name": "shop", "settings": settings, "roles": {"app": {"settings": settings}}}
    run(host, entry, roles=[{"name": "shop_app", "settings": settings}])
    assert texts(run(host, entry, roles=[{"name": "shop_app", "settings": settings}])) == []


def test_what_a_superuser_granted_is_told_with_the_way_out(host: Server) -> None:
    run(host, SHOP, roles=X)
    host.execute("CREATE ROLE boss", "GRANT USAGE ON SCHEMA app TO boss", "CREATE TABLE app.t (a int)", database="shop")
    host.execute(
        "GRANT SELECT ON app.t TO boss WITH GRANT OPTION", "SET ROLE boss; GRANT SELECT ON app.t TO x", database="shop"
    )
    host.execute("ALTER ROLE boss SUPERUSER")
    error = refused(host, SHOP, roles=X)
    assert error.attempted == "revoke SELECT on app.t from x"
    assert error.next_step == (
        "as administrator run: ALTER TABLE app.t OWNER TO boss; then revoke it; then ALTER TABLE app.t OWNER TO shop_app"
    )
    to_boss, _revoke, back = error.next_step.removeprefix("as administrator run: ").split("; ")
    host.execute(to_boss, "REVOKE SELECT ON app.t FROM x", back.removeprefix("then "), database="shop")
    run(host, SHOP, roles=X)
    assert texts(run(host, SHOP, roles=X)) == []


def test_many_databases_are_each_their_own(host: Server) -> None:
    entries = [{"name": f"db {number}", "roles": {"app": {"name": f"app {number % 2}"}}} for number in range(4)]
    run(host, *entries)
    found = host.rows(
        "SELECT d.datname, r.rolname FROM pg_database d, pg_roles r WHERE r.rolname ~ '^app' AND d.datname ~ '^db'"
        " AND has_database_privilege(r.oid, d.oid, 'CONNECT') ORDER BY 1"
    )
    assert found == [(f"db {number}", f"app {number % 2}") for number in range(4)]
    host.execute(f"GRANT CREATE ON DATABASE {quote('db 2')} TO PUBLIC")
    assert [item["database"] for item in run(host, *entries)["statements"]] == ["db 2"]
