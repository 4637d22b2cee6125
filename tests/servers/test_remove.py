# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be gone goes without losing anything, or is refused, or is forced."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    exists,
    on,
    refused,
    run,
    soon,
    texts,
    transaction,
    waiting,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop"}
GONE: dict[str, Any] = {"name": "shop", "state": "absent"}
X: list[dict[str, Any]] = [{"name": "x"}]
X_GONE: list[dict[str, Any]] = [{"name": "x", "state": "absent"}]


@pytest.fixture(name="shop")
def _shop(host: Server) -> Server:
    run(host, SHOP, roles=X)
    return host


def test_what_is_not_there_is_gone(host: Server) -> None:
    assert texts(run(host, GONE, roles=X_GONE)) == []


@on(13, 17)
def test_database_without_content_is_dropped(shop: Server) -> None:
    shop.execute("CREATE EXTENSION citext", database="shop")
    assert texts(run(shop, GONE, check=True)) == ["DROP DATABASE shop"]
    assert exists(shop, "shop")
    assert texts(run(shop, GONE)) == ["DROP DATABASE shop"]
    assert not exists(shop, "shop")
    assert texts(run(shop, GONE)) == []


@pytest.mark.parametrize(
    ("statement", "content"),
    [
        ("CREATE TABLE app.t (a int)", "1 tables"),
        ("CREATE TABLE public.t (a serial)", "1 other relations, 1 tables"),
        ("CREATE VIEW app.v AS SELECT 1 AS a", "1 other relations"),
        ("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "1 routines"),
        ("CREATE TYPE app.e AS ENUM ()", "1 types"),
        ("SELECT lo_create(0)", "1 large objects"),
    ],
)
def test_database_with_content_is_dropped_only_by_force(shop: Server, statement: str, content: str) -> None:
    shop.execute(statement, database="shop")
    error = refused(shop, GONE)
    assert error.answer == f"it holds {content}"
    assert "force: true" in error.next_step
    assert exists(shop, "shop")
    assert texts(run(shop, {**GONE, "force": True})) == ["DROP DATABASE shop WITH (FORCE)"]
    assert not exists(shop, "shop")


def test_database_in_use_is_dropped_only_by_force(shop: Server) -> None:
    with transaction(shop, "shop", "SELECT 1") as other:
        error = refused(shop, GONE)
        assert error.answer == f"it is in use by process {other.get_backend_pid()} of {ADMINISTRATOR} (busy app)"
        run(shop, {**GONE, "force": True})
    assert not exists(shop, "shop")


def test_database_that_takes_no_connections_is_dropped_only_by_force(shop: Server) -> None:
    shop.execute("ALTER DATABASE shop ALLOW_CONNECTIONS false")
    assert refused(shop, GONE).answer == "it holds what cannot be looked at, for it takes no connections"
    run(shop, {**GONE, "force": True})
    assert not exists(shop, "shop")


@on(13, 17)
def test_database_whose_drop_was_interrupted_is_dropped(shop: Server) -> None:
    shop.execute("CREATE TABLE app.t (a int)", database="shop")
    shop.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'shop'")
    run(shop, GONE)
    assert not exists(shop, "shop")


def test_role_that_has_nothing_is_dropped(shop: Server) -> None:
    assert texts(run(shop, SHOP, roles=X_GONE)) == ["DROP ROLE x"]
    assert not exists(shop, "x", "role")


def test_role_that_others_passed_something_on_to_is_dropped(shop: Server) -> None:
    """DROP OWNED takes back what the owner granted, and DROP ROLE fails on the rest."""
    shop.execute(
        "CREATE ROLE between",
        "GRANT USAGE ON SCHEMA public TO between WITH GRANT OPTION",
        "SET ROLE between; GRANT USAGE ON SCHEMA public TO x; RESET ROLE",
        database="shop",
    )
    run(shop, SHOP, roles=X_GONE)
    assert not exists(shop, "x", "role")


def test_role_that_is_granted_something_loses_it_first(shop: Server) -> None:
    shop.execute(
        "GRANT USAGE ON SCHEMA public TO x",
        "ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT SELECT ON TABLES TO PUBLIC",
        database="shop",
    )
    shop.execute("GRANT CONNECT ON DATABASE template1 TO x")
    assert set(texts(run(shop, SHOP, roles=X_GONE))) == {
        "REVOKE USAGE ON SCHEMA public FROM x",
        "ALTER DEFAULT PRIVILEGES FOR ROLE x REVOKE SELECT ON TABLES FROM PUBLIC",
        "REASSIGN OWNED BY x TO nobody",
        "DROP OWNED BY x",
        "DROP ROLE x",
    }
    assert not exists(shop, "x", "role")


@on(13, 17)
def test_role_that_owns_something_gives_it_to_the_administrator_only_by_force(shop: Server) -> None:
    shop.execute("CREATE TABLE public.t (a int)", "ALTER TABLE public.t OWNER TO x", database="shop")
    error = refused(shop, SHOP, roles=X_GONE)
    assert error.answer == "it still owns objects: 1 in pg_class of shop"
    assert "force: true" in error.next_step
    run(shop, SHOP, roles=[{**X_GONE[0], "force": True}])
    assert shop.rows("SELECT tableowner FROM pg_tables WHERE tablename = 't'", "shop") == [(ADMINISTRATOR,)]
    assert not exists(shop, "x", "role")


def test_role_that_owns_a_database_gives_it_away_too(shop: Server) -> None:
    shop.execute("CREATE DATABASE theirs OWNER x")
    assert "pg_database" in refused(shop, SHOP, roles=X_GONE).answer
    run(shop, SHOP, roles=[{**X_GONE[0], "force": True}])
    assert shop.rows("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'theirs'") == [(ADMINISTRATOR,)]


def test_roles_go_with_their_database(shop: Server) -> None:
    outcome = run(shop, {**GONE, "force": True}, roles=[{"name": "shop_app", "state": "absent"}])
    assert texts(outcome)[0] == "DROP DATABASE shop WITH (FORCE)"
    assert texts(outcome)[-1] == "DROP ROLE shop_app"
    assert not exists(shop, "shop_app", "role")


def test_owner_goes_with_its_database(shop: Server) -> None:
    shop.execute("ALTER DATABASE shop OWNER TO x")
    assert texts(run(shop, GONE, roles=X_GONE)) == ["DROP DATABASE shop", "DROP ROLE x"]


def test_template_is_dropped_only_by_force(shop: Server) -> None:
    shop.execute("ALTER DATABASE shop IS_TEMPLATE true")
    assert refused(shop, GONE).answer == "it is a template for other databases"
    run(shop, {**GONE, "force": True})
    assert not exists(shop, "shop")


def test_superuser_is_never_dropped(shop: Server) -> None:
    shop.execute("ALTER ROLE x SUPERUSER")
    assert refused(shop, SHOP, roles=[{**X_GONE[0], "force": True}]).answer == "it is a superuser"
    assert exists(shop, "x", "role")


def test_others_in_the_way_are_waited_for(shop: Server) -> None:
    shop.execute("CREATE TABLE public.t (a int)", "ALTER TABLE public.t OWNER TO x", database="shop")
    position = shop.log_size()

    def given_up_once() -> bool:
        return "canceling statement" in shop.log_from(position)

    with transaction(shop, "shop", "LOCK TABLE public.t") as other, soon(other.rollback, given_up_once):
        run(shop, SHOP, roles=[{**X_GONE[0], "force": True}], attempts=5)
    assert not exists(shop, "x", "role")


def test_role_that_others_are_granted_something_by_is_not_forgotten(shop: Server) -> None:
    """A role that is used elsewhere at that moment is told by the server itself."""
    with (
        transaction(shop, "shop", "GRANT USAGE ON SCHEMA public TO x") as other,
        soon(other.commit, lambda: waiting(shop)),
    ):
        error = refused(shop, SHOP, roles=X_GONE, lock_timeout_s=5)
    assert "cannot be dropped because some objects depend on it" in error.answer


#: Default privileges of a schema reach the objects of an extension, and become its initial privileges.
EXTENSION = (
    "CREATE SCHEMA app2",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA app2 GRANT SELECT ON TABLES TO x, shop_app",
    "CREATE EXTENSION pg_stat_statements SCHEMA app2",
)
INITIAL = """
SELECT objoid::regclass::text, initprivs::text FROM pg_init_privs WHERE classoid = 'pg_class'::regclass AND objoid >= 16384 ORDER BY 1
"""
UNTRACKED = (13, 14, 15, 16)


def dangling(server: Server, database: str) -> list[tuple[object, ...]]:
    """Entries of initial privileges whose role does not exist."""
    return server.rows(
        "SELECT i.objoid FROM pg_init_privs i, aclexplode(i.initprivs) a"
        " WHERE NOT EXISTS (SELECT FROM pg_authid WHERE oid = a.grantor)"
        " OR a.grantee <> 0 AND NOT EXISTS (SELECT FROM pg_authid WHERE oid = a.grantee)",
        database,
    )


@on(13, 14, 15, 16, 17, 18)
def test_role_leaves_the_initial_privileges_of_extensions(shop: Server) -> None:
    shop.execute(*EXTENSION, database="shop")
    shop.execute("CREATE ROLE y")
    # Customised privileges are current ones; they stay as they are.
    shop.execute("GRANT SELECT ON app2.pg_stat_statements TO y", database="shop")
    shop.execute("CREATE DATABASE other")
    shop.execute("CREATE EXTENSION pg_stat_statements", database="other")
    current = "SELECT relacl::text FROM pg_class WHERE relname = 'pg_stat_statements'"
    shop.execute("REVOKE SELECT ON app2.pg_stat_statements FROM x", database="shop")
    before, untouched = shop.rows(current, "shop"), shop.rows(INITIAL, "other")
    planned = run(shop, SHOP, roles=X_GONE, check=True)
    done = run(shop, SHOP, roles=X_GONE)
    assert texts(planned) == texts(done)
    cleaned = [item["database"] for item in done["statements"] if "pg_init_privs" in item["statement"]]
    assert cleaned == (["shop"] if shop.major in UNTRACKED else [])
    assert dangling(shop, "shop") == []
    assert (shop.rows(current, "shop"), shop.rows(INITIAL, "other")) == (before, untouched)
    for _name, initial in shop.rows(INITIAL, "shop"):
        assert "shop_app=r/nobody" in str(initial)
        assert "=r/nobody}" in str(initial)
    assert texts(run(shop, SHOP, roles=X_GONE)) == []


@on(*UNTRACKED)
def test_role_that_only_initial_privileges_mention_leaves_them(shop: Server) -> None:
    shop.execute(*EXTENSION, "DROP OWNED BY x", database="shop")
    assert len(shop.rows(INITIAL, "shop")) > 0
    outcome = run(shop, SHOP, roles=X_GONE)
    assert ["pg_init_privs" in text for text in texts(outcome)] == [True, False]
    assert dangling(shop, "shop") == []


@on(13, 14, 15, 16, 17, 18)
def test_role_that_owned_an_extension_leaves_its_initial_privileges(shop: Server) -> None:
    """What it granted becomes the administrator's, as the extension's objects do."""
    shop.execute('CREATE ROLE "a ""b""=r/c" SUPERUSER')
    shop.execute(
        'SET ROLE "a ""b""=r/c"; CREATE EXTENSION pg_stat_statements SCHEMA public; RESET ROLE', database="shop"
    )
    shop.execute('ALTER ROLE "a ""b""=r/c" NOSUPERUSER')
    shop.execute("CREATE DATABASE other")
    shop.execute("CREATE EXTENSION pg_stat_statements", database="other")
    run(shop, SHOP, roles=[{"name": 'a "b"=r/c', "state": "absent", "force": True}])
    assert dangling(shop, "shop") == []
    assert shop.rows(INITIAL, "shop") == shop.rows(INITIAL, "other")


@on(13, 16, 17)
def test_extension_that_the_same_run_creates_does_not_keep_the_role(shop: Server) -> None:
    shop.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO x", database="shop")
    extended = {**SHOP, "extensions": [{"name": "pg_stat_statements", "schema": "app"}]}
    run(shop, extended, roles=X_GONE)
    assert not exists(shop, "x", "role")
    assert dangling(shop, "shop") == []
