# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of object in a declared schema gets the schema's owner, whether it has privileges or not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_owned import CATALOGUES
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major, refused, run, texts, told
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop"}
OWNER = "shop_app"
X = [{"name": "x"}]
#: What is made for each kind, and what a statement calls the object.
KINDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "statistics": (
        ("CREATE TABLE app.t (a int, b int)", 'CREATE STATISTICS app."Odd s" ON a, b FROM app.t'),
        "STATISTICS",
        'app."Odd s"',
    ),
    "operator": (
        ("CREATE OPERATOR app.@@@ (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int)",),
        "OPERATOR",
        "app.@@@ (integer, integer)",
    ),
    "operator of one argument": (
        (
            "CREATE TYPE app.e AS ENUM ('a')",
            "CREATE FUNCTION app.f(app.e) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'",
            "CREATE OPERATOR app.! (FUNCTION = app.f, RIGHTARG = app.e)",
        ),
        "OPERATOR",
        "app.! (NONE, app.e)",
    ),
    "operator of a shell": (
        ("CREATE OPERATOR app.<@@ (FUNCTION = int4lt, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(app.@@>))",),
        "OPERATOR",
        "app.@@> (integer, integer)",
    ),
    "operator class": (
        ("CREATE OPERATOR CLASS app.c FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int)",),
        "OPERATOR CLASS",
        "app.c USING hash",
    ),
    "operator family": (("CREATE OPERATOR FAMILY app.fam USING btree",), "OPERATOR FAMILY", "app.fam USING btree"),
    "collation": (("CREATE COLLATION app.l (locale = 'C')",), "COLLATION", "app.l"),
    "conversion": (
        ("CREATE CONVERSION app.v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",),
        "CONVERSION",
        "app.v",
    ),
    "text search configuration": (
        ("CREATE TEXT SEARCH CONFIGURATION app.g (COPY = simple)",),
        "TEXT SEARCH CONFIGURATION",
        "app.g",
    ),
    "text search dictionary": (
        ("CREATE TEXT SEARCH DICTIONARY app.y (TEMPLATE = simple)",),
        "TEXT SEARCH DICTIONARY",
        "app.y",
    ),
    "range": (("CREATE TYPE app.r AS RANGE (SUBTYPE = int)",), "TYPE", "app.r"),
    "aggregate": (("CREATE AGGREGATE app.a (int) (SFUNC = int4pl, STYPE = int)",), "ROUTINE", "app.a(integer)"),
}
#: Each object with an owner in schema app, whatever catalogue it is in, as the server itself lists it. The row types of tables,
#: arrays and indexes are not listed: they have the owner of what they belong to.
OWNERS = """
SELECT i.type, i.identity, pg_get_userbyid(s.refobjid)::text
  FROM pg_shdepend s, pg_identify_object(s.classid, s.objid, 0) i
 WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.deptype = 'o' AND i.schema = 'app'
 ORDER BY 1, 2
"""
TYPES = "SELECT typname::text, pg_get_userbyid(typowner)::text FROM pg_type WHERE typnamespace = 'app'::regnamespace ORDER BY 1"


@pytest.fixture(name="shop")
def _shop(host: Server) -> Server:
    """A database, and a role in whose name other things get into its schema: pg_shdepend does not list the administrator."""
    run(host, SHOP)
    host.execute("CREATE ROLE stranger SUPERUSER")
    return host


@every_major
def test_each_kind_gets_the_owner_of_its_schema(shop: Server) -> None:
    made = [statement for statements, _word, _name in KINDS.values() for statement in statements]
    shop.execute("SET ROLE stranger", *made, database="shop")
    before = [row[:2] for row in shop.rows(OWNERS, "shop")]
    assert len(before) >= len(KINDS)
    planned = texts(run(shop, SHOP, check=True))
    expected = {kind: f"ALTER {word} {name} OWNER TO {OWNER}" for kind, (_made, word, name) in KINDS.items()}
    assert [kind for kind, statement in expected.items() if statement not in planned] == []
    assert texts(run(shop, SHOP)) == planned
    after = shop.rows(OWNERS, "shop")
    # More than before: the functions of a range belong to the administrator at first.
    assert {(*row, OWNER) for row in before} <= set(after)
    assert [row for row in after if row[2] != OWNER] == []
    assert {owner for _name, owner in shop.rows(TYPES, "shop")} == {OWNER}
    assert texts(run(shop, SHOP)) == []


@every_major
def test_what_belongs_to_an_extension_stays_as_it_is(shop: Server) -> None:
    made = ("CREATE EXTENSION hstore SCHEMA app", "CREATE EXTENSION citext SCHEMA app")
    shop.execute("SET ROLE stranger", *made, database="shop")
    before = shop.rows(OWNERS, "shop")
    assert len(before) > 100
    assert texts(run(shop, SHOP)) == []
    assert shop.rows(OWNERS, "shop") == before


@every_major
def test_the_multirange_of_a_range(shop: Server) -> None:
    """It has an owner and privileges of its own before 17; its range may be a member of an extension."""
    shop.execute(
        "CREATE TYPE app.r AS RANGE (SUBTYPE = int)",
        "CREATE TYPE app.e AS RANGE (SUBTYPE = int)",
        "CREATE EXTENSION citext SCHEMA app",
        "ALTER EXTENSION citext ADD TYPE app.e",
        "ALTER TYPE app.r OWNER TO shop_app",
        database="shop",
    )
    own = shop.major in (14, 15, 16)
    if own:
        run(shop, SHOP, roles=X)
        shop.execute("ALTER TYPE app.r_multirange OWNER TO stranger", database="shop")
        shop.execute("GRANT USAGE ON TYPE app.r_multirange TO x", database="shop")
    statements = texts(run(shop, SHOP, roles=X))
    assert ("REVOKE USAGE ON TYPE app.r_multirange FROM x" in statements) is own
    assert ("ALTER TYPE app.r_multirange OWNER TO shop_app" in statements) is own
    owners = {name: owner for name, owner in shop.rows(TYPES, "shop") if not name.startswith("_")}
    ranges = {"r": OWNER, "e": ADMINISTRATOR}
    ranges |= {"r_multirange": OWNER, "e_multirange": ADMINISTRATOR} if shop.major > 13 else {}
    assert {name: owner for name, owner in owners.items() if name != "citext"} == ranges
    assert texts(run(shop, SHOP, roles=X)) == []


def test_they_are_reported_where_they_are_not_to_be_handed_over(shop: Server) -> None:
    shop.execute(*KINDS["collation"][0], *KINDS["operator"][0], database="shop")
    outcome = run(shop, {**SHOP, "own_objects": False})
    assert texts(outcome) == []
    messages = " ".join(told(outcome, "access.owner"))
    assert "collation app.l" in messages
    assert "operator app.@@@ (integer, integer)" in messages


def test_what_a_declared_role_owns_there_is_not_outside(shop: Server) -> None:
    shop.execute(*KINDS["collation"][0], "CREATE COLLATION public.l (locale = 'C')", database="shop")
    shop.execute("ALTER COLLATION public.l OWNER TO shop_app", database="shop")
    run(shop, SHOP)
    messages = told(run(shop, SHOP), "access.outside")
    assert ["app.l" in message for message in messages] == [False]
    assert "public.l" in messages[0]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("collation", "1 collations"),
        ("conversion", "1 conversions"),
        ("operator", "1 operators"),
        ("operator family", "1 operator families"),
        ("text search configuration", "1 text search configurations"),
        ("text search dictionary", "1 text search dictionaries"),
    ],
)
def test_a_database_that_holds_only_these_is_not_empty(shop: Server, kind: str, content: str) -> None:
    shop.execute(*KINDS[kind][0], database="shop")
    assert refused(shop, {**SHOP, "state": "absent"}).answer == f"it holds {content}"


def test_every_catalogue_with_an_owner_is_known(host: Server) -> None:
    """One that comes with a later version is not forgotten."""
    found = host.rows(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname ~ '^[a-z]+owner$'"
        " JOIN pg_attribute n ON n.attrelid = c.oid AND n.attname ~ '^[a-z]+namespace$'"
        " WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r'"
    )
    elsewhere = {"pg_class", "pg_proc", "pg_type"}
    # An extension is in no schema, although it has the one of its objects.
    assert {name for (name,) in found} == {*CATALOGUES.values(), *elsewhere, "pg_extension"}
