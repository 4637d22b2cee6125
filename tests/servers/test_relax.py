# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions that rows are rejected by: dropped where they were defined, and added again unless a row violates them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session, connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import ServerError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.relax import Relaxed
from ansible_collections.aerovista.postgresql.tests.servers.restores import ALL
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SETUP = (
    "CREATE SCHEMA s",
    "CREATE FUNCTION s.even(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'",
    "CREATE FUNCTION s.bad(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE EXCEPTION 'never'; END $$",
    'CREATE DOMAIN s."Even" AS int CONSTRAINT "is even" CHECK (s.even(VALUE))',
    "CREATE TABLE s.plain (a int CONSTRAINT first CHECK (s.even(a)), b int CONSTRAINT second CHECK (b > 0))",
    'CREATE TABLE s.domains (one s."Even")',
    'CREATE DOMAIN s.small AS int CONSTRAINT "is small" CHECK (VALUE < 9)',
    "CREATE TYPE s.pair AS (a int, b s.small)",
    "CREATE TABLE s.nested (many s.small[], inside s.pair)",
    "CREATE TABLE s.top (a int CONSTRAINT inherited CHECK (s.even(a)))",
    "CREATE TABLE s.below (b int CONSTRAINT own CHECK (b <> 3)) INHERITS (s.top)",
    "CREATE TABLE s.whole (a int CONSTRAINT parts CHECK (s.even(a))) PARTITION BY RANGE (a)",
    "CREATE TABLE s.part PARTITION OF s.whole FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE s.above (a int NOT NULL)",
    "CREATE TABLE s.child () INHERITS (s.above)",
    "CREATE TABLE s.computed (a int, g int NOT NULL GENERATED ALWAYS AS (s.bad(a)) STORED)",
)


def attempt(session: Session, statement: str) -> Callable[[], str]:
    def load() -> str:
        try:
            session.execute(statement)
        except ServerError as error:
            return str(error.code)
        return ""

    return load


@on(*ALL)
@pytest.mark.parametrize(
    ("table", "statement", "omitted", "checks"),
    [
        # Rows that violate one condition: only that one is omitted.
        ("s.plain", "INSERT INTO s.plain VALUES (1, 1)", {("constraint", "s.plain.first")}, 1),
        # Rows that violate nothing once they are all there: everything comes back.
        ("s.plain", "INSERT INTO s.plain VALUES (2, 1)", set(), 2),
        ("s.domains", "INSERT INTO s.domains VALUES (1)", {("domain constraint", 's."Even"."is even"')}, 0),
        ("s.domains", "INSERT INTO s.domains VALUES (2)", set(), 0),
        # No server checks rows of arrays or composite types when a domain gets a constraint: it refuses (0A000).
        ("s.nested", "INSERT INTO s.nested VALUES ('{2}', '(1,2)')", {("domain constraint", 's.small."is small"')}, 0),
        ("s.below", "INSERT INTO s.below VALUES (1, 2)", {("constraint", "s.top.inherited")}, 1),
        ("s.below", "INSERT INTO s.below VALUES (2, 3)", {("constraint", "s.below.own")}, 1),
        ("s.part", "INSERT INTO s.part VALUES (1)", {("constraint", "s.whole.parts")}, 0),
        ("s.computed", "INSERT INTO s.computed (a) VALUES (1)", {("generated column", "s.computed.g")}, 0),
    ],
)
def test_only_what_rows_violate_is_omitted(
    host: Server, table: str, statement: str, omitted: set[tuple[str, str]], checks: int
) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(*SETUP, database="d")
    with connect(host.cluster, "d") as session:
        relaxed = Relaxed(session)
        assert relaxed.load(table, attempt(session, statement), "refused before") == ""
        relaxed.add_again('"$user", public')
        assert {(each.kind, each.name) for each in relaxed.omitted} == omitted
        left = "SELECT count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c' AND convalidated"
        assert session.value(left, [table]) == checks
        assert session.rows(f"TABLE {table}") != []


@on(13, 15, 17)
@pytest.mark.parametrize(("value", "omitted"), [("NULL", [("not null", "s.child.a")]), ("1", [])])
def test_child_has_the_null_values_it_had(host: Server, value: str, omitted: list[tuple[str, str]]) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(*SETUP, database="d")
    with connect(host.cluster, "d") as session:
        relaxed = Relaxed(session)
        assert (
            relaxed.load("s.child", attempt(session, f"INSERT INTO s.child VALUES ({value})"), "refused before") == ""
        )
        relaxed.add_again("")
        assert [(each.kind, each.name) for each in relaxed.omitted] == omitted


@on(*ALL)
def test_condition_of_several_tables_is_dropped_once(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(*SETUP, 'CREATE TABLE s.more (one s."Even")', database="d")
    with connect(host.cluster, "d") as session:
        relaxed = Relaxed(session)
        for table in ("s.domains", "s.more"):
            assert relaxed.load(table, attempt(session, f"INSERT INTO {table} VALUES (1)"), "refused before") == ""
        relaxed.add_again("")
        assert [(each.kind, each.name) for each in relaxed.omitted] == [("domain constraint", 's."Even"."is even"')]


@on(17)
def test_rows_that_are_rejected_for_another_reason_stay_rejected(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(*SETUP, database="d")
    with connect(host.cluster, "d") as session:
        relaxed = Relaxed(session)
        wrong = attempt(session, "INSERT INTO s.plain VALUES ('x', 1)")
        assert relaxed.load("s.plain", wrong, "refused before") == "22P02"
        relaxed.add_again("")
        assert relaxed.omitted == []
