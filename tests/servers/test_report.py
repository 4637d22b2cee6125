# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access that no list of grants shows is found by asking the server, and told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
    on,
    run,
    texts,
    told,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop", "roles": {"app": {"password": PASSWORD}}}


@pytest.fixture(name="shop")
def _shop(host: Server) -> Server:
    run(host, SHOP)
    host.execute("CREATE ROLE stranger")
    return host


def outside(server: Server) -> list[str]:
    return told(run(server, SHOP, public_connect=["postgres", "template1"]), "access.outside")


def test_nothing_is_told_of_what_is_as_declared(host: Server) -> None:
    run(host, SHOP, public_connect=["postgres", "template1"])
    host.execute(
        "CREATE EXTENSION citext SCHEMA public", "SET ROLE shop_app; CREATE TABLE app.t (a serial)", database="shop"
    )
    run(host, SHOP, public_connect=["postgres", "template1"])
    assert run(host, SHOP, public_connect=["postgres", "template1"])["reported"] == []


@on(13, 17)
@pytest.mark.parametrize(
    ("statement", "verb", "thing"),
    [
        (
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO shop_app",
            "has privileges on",
            "function pg_catalog.pg_read_file(pg_catalog.text)",
        ),
        ("GRANT SELECT ON pg_authid TO shop_app", "has privileges on", "table pg_catalog.pg_authid"),
        (
            "SELECT lo_create(77); GRANT SELECT ON LARGE OBJECT 77 TO shop_app",
            "has privileges on",
            "large object 77",
        ),
        ("CREATE TABLE public.t (a int); ALTER TABLE public.t OWNER TO shop_app", "owns", "table public.t"),
        (
            "CREATE TABLE public.t (a int); GRANT SELECT (a) ON public.t TO shop_app",
            "has privileges on",
            "table public.t",
        ),
        (
            "CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO shop_app",
            "has privileges on",
            "schema theirs",
        ),
        (
            "CREATE EXTENSION pg_stat_statements SCHEMA app; GRANT SELECT ON app.pg_stat_statements TO shop_app WITH GRANT OPTION",
            "has privileges on",
            "view app.pg_stat_statements",
        ),
        ("GRANT USAGE ON LANGUAGE plpgsql TO shop_app", "has privileges on", "language plpgsql"),
    ],
)
def test_access_outside_the_declared_schemas_is_told(shop: Server, statement: str, verb: str, thing: str) -> None:
    shop.execute(statement, database="shop")
    (found,) = outside(shop)
    assert found.startswith(f"in database shop, shop_app {verb} ")
    assert found.endswith(", outside the declared schemas")
    assert thing in found


@on(13, 17)
def test_extension_is_told_only_where_somebody_altered_it(host: Server) -> None:
    entry = {
        **SHOP,
        "extensions": [{"name": "citext", "schema": "app"}, {"name": "pg_stat_statements", "schema": "app"}],
    }
    # made before the default privileges, or with them
    run(host, {**entry, "extensions": entry["extensions"][:1]})
    run(host, entry)
    assert told(run(host, entry), "access.outside") == []
    host.execute(
        "GRANT EXECUTE ON FUNCTION app.pg_stat_statements(bool) TO shop_app WITH GRANT OPTION", database="shop"
    )
    assert told(run(host, entry), "access.outside") == [
        "in database shop, shop_app has privileges on function app.pg_stat_statements(boolean), outside the declared schemas"
    ]


def test_long_lists_are_shortened(shop: Server) -> None:
    shop.execute(
        *(f"SELECT lo_create({number}); GRANT SELECT ON LARGE OBJECT {number} TO shop_app" for number in range(1, 9)),
        database="shop",
    )
    (message,) = outside(shop)
    assert message.count("large object") == 5
    assert "and 3 more" in message


@on(13, 17)
def test_who_else_can_create_is_told(shop: Server) -> None:
    shop.execute(
        "GRANT CREATE ON SCHEMA app TO stranger",
        "CREATE ROLE member IN ROLE stranger",
        "GRANT CREATE ON SCHEMA public TO member",
        database="shop",
    )
    assert told(run(shop, SHOP), "access.creator") == [
        "in database shop, roles member, stranger, which are not declared, can create objects in schema app",
        "in database shop, role member, which is not declared, can create objects in schema public",
    ]


def test_rights_of_strangers_are_kept_and_told(shop: Server) -> None:
    shop.execute(
        "CREATE TABLE app.t (a int, b int)",
        "GRANT SELECT (b) ON app.t TO stranger",
        "GRANT USAGE ON SCHEMA app TO stranger",
        database="shop",
    )
    run(shop, SHOP)
    (message,) = told(run(shop, SHOP), "access.stranger")
    assert (
        message
        == "in database shop, role stranger, which is not declared, has SELECT (b) on table app.t, USAGE on schema app"
    )


def test_what_a_role_has_in_other_databases_is_told(shop: Server) -> None:
    shop.execute("CREATE DATABASE other", "GRANT CREATE ON DATABASE other TO shop_app")
    shop.execute("CREATE TABLE t (a int)", "ALTER TABLE t OWNER TO shop_app", database="other")
    outcome = run(shop, SHOP)
    assert told(outcome, "access.elsewhere") == [
        "database other, which is not declared: role shop_app has CREATE and owns objects",
    ]
    assert told(outcome, "access.public") == [
        "databases other, postgres, template1, which are not declared: every role may connect"
    ]
    assert texts(outcome) == []


def test_memberships_that_lead_out_are_told_and_end(shop: Server) -> None:
    shop.execute("GRANT pg_read_server_files TO shop_app")
    outcome = run(shop, SHOP)
    assert told(outcome, "role.membership") == [
        "shop_app was found to be a member of pg_read_server_files, which is not declared; it is revoked"
    ]
    assert len(texts(outcome)) == 1
    assert run(shop, SHOP)["changed"] is False


@on(16, 17)
def test_row_of_a_creator_is_told_and_stays(host: Server) -> None:
    host.execute("CREATE ROLE maker CREATEROLE", "SET ROLE maker; CREATE ROLE shop_app")
    run(host, SHOP)
    outcome = run(host, SHOP)
    assert told(outcome, "role.creator") == ["maker has CREATEROLE and made shop_app, so it may give itself that role"]
    assert texts(outcome) == []


def test_passwords_that_are_not_declared_are_told(host: Server) -> None:
    host.execute(
        "CREATE ROLE shop_app LOGIN",
        "CREATE ROLE x LOGIN",
        "SET password_encryption = 'md5'; ALTER ROLE shop_app PASSWORD 'x'",
    )
    outcome = run(host, {"name": "shop"}, roles=[{"name": "x"}])
    assert told(outcome, "role.password") == [
        "role shop_app has an md5 verifier, which is kept because no password is declared",
        "role x has no password and none is declared, so it cannot log in over TCP",
    ]


@on(13, 17)
def test_partitions_in_another_schema_are_told_only_if_their_access_differs(shop: Server) -> None:
    """An extension such as TimescaleDB makes a table for each day in a schema of its own."""
    shop.execute(
        "CREATE SCHEMA inside",
        "CREATE TABLE app.days (day int) PARTITION BY RANGE (day)",
        "ALTER TABLE app.days OWNER TO shop_app",
        *(f"CREATE TABLE inside.d{n} PARTITION OF app.days FOR VALUES FROM ({n}) TO ({n + 1})" for n in range(3)),
        *(f"ALTER TABLE inside.d{n} OWNER TO shop_app" for n in range(3)),
        database="shop",
    )
    run(shop, SHOP)
    assert outside(shop) == []
    shop.execute("ALTER TABLE inside.d1 OWNER TO stranger", "GRANT SELECT ON inside.d1 TO shop_app", database="shop")
    assert [message for message in outside(shop) if "inside.d1" in message] == outside(shop) != []


def test_a_role_of_a_dropped_database_and_a_restored_copy_are_one_line_each(shop: Server) -> None:
    shop.execute("CREATE ROLE old_app LOGIN", "CREATE DATABASE shop_restore TEMPLATE shop OWNER shop_app")
    found = run(shop, SHOP, public_connect=["postgres", "template1"])["reported"]
    assert [(finding["id"], bool(finding["hint"])) for finding in found] == [
        ("database.copy", True),
        ("role.undeclared", True),
    ]
    assert "dropdb shop_restore" in found[0]["hint"]
    assert "old_app" in found[1]["message"]
