# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitoring logins: they may monitor all declared databases and nothing else, and go when they leave the list."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import MONITORING_MARK
from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
    ask,
    exists,
    on,
    refused,
    run,
    texts,
    told,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop", "roles": {"app": {"password": PASSWORD}}}
STORE: dict[str, Any] = {"name": "store", "roles": {"app": {"password": PASSWORD}}}
PUBLIC = ["postgres", "template1"]
BY_PASSWORD = {"name": "watch", "password": PASSWORD}
BY_SOCKET = {"name": "look", "os_user": "nagios"}
LOGINS = (BY_PASSWORD, BY_SOCKET)


def converge(server: Server, *databases: dict[str, Any], logins: Any = LOGINS, **more: Any) -> dict[str, Any]:
    return run(server, *databases, monitoring_logins=[*logins], public_connect=PUBLIC, **more)


def connects(server: Server, name: str) -> list[str]:
    """The databases on which a role itself has CONNECT."""
    query = (
        "SELECT datname FROM pg_database, aclexplode(datacl) WHERE grantee = %(name)s::regrole"
        " AND privilege_type = 'CONNECT' ORDER BY 1"
    )
    return [database for (database,) in server.rows(query, parameters={"name": name})]


@on(13, 16, 18)
def test_login_may_monitor_and_nothing_else(host: Server) -> None:
    assert converge(host, SHOP)["changed"]
    host.execute("CREATE TABLE app.secret AS SELECT 1 AS number", database="shop")
    assert [connects(host, name) for name in ("watch", "look")] == [["postgres", "shop"]] * 2
    rows = host.rows(
        "SELECT rolname, rolpassword IS NOT NULL AS password, rolconnlimit, rolsuper OR rolcreatedb OR rolcreaterole"
        " OR rolreplication OR rolbypassrls AS more, pg_has_role(oid, 'pg_monitor', 'USAGE') AS monitors"
        " FROM pg_authid WHERE rolname IN ('watch', 'look') ORDER BY 1"
    )
    assert rows == [("look", False, 10, False, True), ("watch", True, 10, False, True)]
    assert ask(host, "watch", "SHOW default_transaction_read_only", "postgres") == "on"
    assert ask(host, "watch", "SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>'") == 0
    for denied in (
        "SELECT number FROM app.secret",
        "SET TRANSACTION READ WRITE; INSERT INTO app.secret VALUES (2)",
        "SET TRANSACTION READ WRITE; CREATE TABLE app.mine (a int)",
        "SET TRANSACTION READ WRITE; CREATE TEMP TABLE mine (a int)",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(host, "watch", denied)


@on(13, 16, 18)
def test_second_run_has_nothing_to_do_and_nothing_to_report(host: Server) -> None:
    converge(host, SHOP)
    again = converge(host, SHOP)
    assert (again["changed"], again["statements"], again["reported"]) == (False, [], [])


def test_check_mode_shows_what_the_run_does(host: Server) -> None:
    planned = converge(host, SHOP, check=True)
    assert not exists(host, "watch", "role")
    # A verifier has a new salt each time, and is not shown.
    assert texts(planned) == texts(converge(host, SHOP))
    assert PASSWORD not in str(planned)


def test_database_that_is_declared_later_has_them_too(host: Server) -> None:
    converge(host, SHOP)
    converge(host, SHOP, STORE)
    assert connects(host, "watch") == ["postgres", "shop", "store"]
    assert ask(host, "watch", "SELECT current_database()", "store") == "store"


def test_database_that_is_not_declared_is_closed(host: Server) -> None:
    host.execute("CREATE DATABASE other")
    host.execute("REVOKE CONNECT ON DATABASE other FROM PUBLIC")
    converge(host, SHOP)
    with pytest.raises(psycopg2.OperationalError, match="other"):
        ask(host, "watch", "SELECT 1", "other")


@on(13, 16, 18)
@pytest.mark.parametrize("left", [[BY_SOCKET], []], ids=["one of two", "empty list"])
def test_login_that_left_the_list_is_dropped(host: Server, left: list[dict[str, str]]) -> None:
    converge(host, SHOP)
    assert connects(host, "watch") == ["postgres", "shop"]
    converge(host, SHOP, logins=left)
    assert (exists(host, "watch", "role"), exists(host, "look", "role")) == (False, bool(left))
    assert host.rows("SELECT FROM pg_database WHERE datacl::text ~ 'watch'") == []
    again = converge(host, SHOP, logins=left)
    assert (again["changed"], again["reported"]) == (False, [])


def test_without_any_declaration_they_are_dropped_and_nothing_else_happens(host: Server) -> None:
    host.execute("CREATE DATABASE other")
    idle = run(host, monitoring_logins=[])
    assert (idle["changed"], idle["reported"]) == (False, [])
    converge(host)
    assert exists(host, "watch", "role")
    assert run(host, monitoring_logins=[])["changed"]
    assert not exists(host, "watch", "role")
    assert not run(host, monitoring_logins=[])["changed"]


def test_without_the_list_they_are_left_alone(host: Server) -> None:
    converge(host, SHOP)
    outcome = run(host, SHOP, public_connect=PUBLIC)
    assert (outcome["changed"], outcome["reported"]) == (False, [])
    assert connects(host, "watch") == ["postgres", "shop"]


def test_login_that_owns_something_is_not_dropped(host: Server) -> None:
    converge(host, SHOP)
    host.execute("CREATE SCHEMA stray AUTHORIZATION watch", database="shop")
    error = refused(host, SHOP, monitoring_logins=[], public_connect=PUBLIC)
    assert "watch" in error.target
    assert "REASSIGN OWNED" in error.next_step
    assert connects(host, "watch") == ["postgres", "shop"]


def test_role_that_owns_something_does_not_become_a_login(host: Server) -> None:
    host.execute("CREATE ROLE watch")
    host.execute("CREATE DATABASE other OWNER watch")
    error = refused(host, SHOP, monitoring_logins=[*LOGINS])
    assert "watch owns objects" in error.answer
    assert not exists(host, "shop")


@on(13, 16, 18)
def test_what_somebody_granted_is_taken_away(host: Server) -> None:
    converge(host, SHOP)
    host.execute("CREATE TABLE app.secret AS SELECT 1 AS number", database="shop")
    host.execute("GRANT SELECT ON app.secret TO watch; GRANT USAGE ON SCHEMA app TO watch", database="shop")
    host.execute(
        "GRANT CREATE ON DATABASE postgres TO watch; GRANT pg_signal_backend TO watch; ALTER ROLE watch CREATEDB"
    )
    assert converge(host, SHOP)["changed"]
    rows = host.rows("SELECT FROM pg_database WHERE datname = 'postgres' AND datacl::text ~ 'watch=[^/]*C'")
    assert rows == []
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(host, "watch", "SELECT number FROM app.secret")
    assert not ask(host, "watch", "SELECT pg_has_role('pg_signal_backend', 'USAGE')")
    assert not converge(host, SHOP)["changed"]


def test_password_that_is_not_declared_any_more_is_removed(host: Server) -> None:
    converge(host, SHOP)
    converge(host, SHOP, logins=[{"name": "watch", "os_user": "nagios"}])
    assert host.rows("SELECT FROM pg_authid WHERE rolname = 'watch' AND rolpassword IS NOT NULL") == []


def test_login_that_becomes_an_ordinary_role_stays(host: Server) -> None:
    converge(host, SHOP)
    role = {"name": "watch", "password": PASSWORD, "member_of": ["pg_monitor"]}
    converge(host, SHOP, logins=[], roles=[role])
    marks = host.rows(
        "SELECT rolname, shobj_description(oid, 'pg_authid') AS mark FROM pg_authid WHERE rolname ~ 'watch|look'"
    )
    assert marks == [("watch", None)]
    # It is a declared role now, whose access to postgres was not declared.
    assert told(run(host, SHOP, roles=[role], monitoring_logins=[], public_connect=PUBLIC), "access.elsewhere")


def test_mark_is_renewed(host: Server) -> None:
    converge(host, SHOP)
    host.execute("COMMENT ON ROLE watch IS 'a friend'")
    assert texts(converge(host, SHOP)) == [f"COMMENT ON ROLE watch IS '{MONITORING_MARK}'"]
