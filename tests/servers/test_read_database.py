# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a database: every kind of object with its ACL, and nothing that belongs to others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    DatabaseState,
    Objects,
    Right,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import declare
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_database import blank_database
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_cluster import read_cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_database import read_database
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.statement import SPELL_OUT
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


def read(server: Server, **entry: Any) -> DatabaseState:
    (want,) = declare([{"name": "d", **entry}], [{"name": "x"}], [], ADMINISTRATOR).databases.values()
    with connect(server.cluster, "d") as session:
        session.execute("BEGIN READ ONLY")
        return read_database(session, want)


def objects(state: DatabaseState) -> dict[str, Objects]:
    return {name: group for group in state.objects for name in group.names}


@on(13, 14, 15, 16, 17, 18)
def test_new_database_is_what_a_forecast_takes_it_for(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0 CONNECTION LIMIT 0")
    with connect(host.cluster) as session:
        blank = blank_database("d", read_cluster(session, [], extensions=False))
    found = read(host)
    assert [group for group in found.objects if group not in blank.objects] == []
    assert len(found.objects) == len(blank.objects)
    assert replace(found, objects=()) == replace(blank, objects=())


EVERYTHING = (
    "CREATE SCHEMA app",
    "CREATE SCHEMA other",
    "CREATE TABLE app.t (a serial, b int GENERATED ALWAYS AS IDENTITY, c text)",
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a)",
    "CREATE VIEW app.v AS SELECT 1 AS a",
    "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a",
    "CREATE SEQUENCE app.s",
    "CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE app.p(text) LANGUAGE sql AS 'SELECT 1'",
    "CREATE TYPE app.e AS ENUM ()",
    "CREATE DOMAIN app.d AS int",
    "CREATE TYPE app.c AS (a int)",
    "CREATE TYPE app.r AS RANGE (SUBTYPE = int)",
    'CREATE TABLE app."Odd t" ("Odd col" int)',
    "CREATE EXTENSION citext SCHEMA app",
    # a member of an extension, and a sequence that follows it
    "CREATE TABLE app.of_citext (a int)",
    "CREATE SEQUENCE app.of_extension OWNED BY app.of_citext.a",
    "ALTER EXTENSION citext ADD TABLE app.of_citext",
)


@on(13, 17, 18)
def test_every_kind_of_object_is_there_under_its_name(host: Server) -> None:
    host.execute("CREATE DATABASE d")
    host.execute(*EVERYTHING, database="d")
    found = {(group.kind, name): group for group in read(host).objects for name in group.names}
    told = {
        (kind, name): (group.word, group.follows)
        for (kind, name), group in found.items()
        if kind not in "rnd" and not name.startswith(("app.r(", "app.r_multirange"))
    }
    rows = {("T", f"app.{name}"): ("TYPE", "inside") for name in ("t", "p", "v", "m", '"Odd t"')}
    sequence_types = {("T", f"app.{name}"): ("TYPE", "inside") for name in ("s", "t_a_seq", "t_b_seq", "of_extension")}
    sequences = {("s", f"app.t_{column}_seq"): ("SEQUENCE", "inside") for column in "ab"}
    assert told == {
        **rows,
        **sequences,
        **(sequence_types if host.major == 13 else {}),
        ("s", "app.s"): ("SEQUENCE", ""),
        ("s", "app.of_extension"): ("SEQUENCE", "outside"),
        ("f", "app.f(integer)"): ("ROUTINE", ""),
        ("f", "app.p(text)"): ("ROUTINE", ""),
        ("T", "app.e"): ("TYPE", ""),
        ("T", "app.d"): ("DOMAIN", ""),
        ("T", "app.c"): ("TYPE", ""),
        ("T", "app.r"): ("TYPE", ""),
    }
    relations = {name: group.word for (kind, name), group in found.items() if kind == "r"}
    assert relations == {
        "app.t": "TABLE",
        "app.p": "TABLE",
        "app.v": "VIEW",
        "app.m": "MATERIALIZED VIEW",
        'app."Odd t"': "TABLE",
    }


def test_alike_objects_are_one_and_named_ones_stand_alone(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE x")
    host.execute("CREATE SCHEMA app", *(f"CREATE TABLE app.t{number} (a int)" for number in range(5)), database="d")
    host.execute("GRANT SELECT (a) ON app.t1 TO x", "GRANT SELECT ON app.t2 TO x", database="d")
    found = read(host, grants=[{"to": ["x"], "privileges": ["SELECT"], "objects": ["t3", "t9"]}])
    groups = sorted((group.names, group.special, sorted(group.columns)) for group in found.objects if group.kind == "r")
    assert groups == [
        (("app.t0", "app.t4"), "", []),
        (("app.t1",), "", ["a"]),
        (("app.t2",), "", []),
        (("app.t3",), "t3", []),
    ]


@on(13, 17)
def test_columns_that_were_dropped_are_gone(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE x")
    host.execute(
        "CREATE SCHEMA app",
        "CREATE TABLE app.t (a int, b int)",
        "GRANT SELECT (a, b) ON app.t TO x",
        "ALTER TABLE app.t DROP COLUMN b",
        database="d",
    )
    (table,) = (group for group in read(host).objects if group.kind == "r")
    assert set(table.columns) == {"a"}


def test_acl_that_was_never_written_is_the_built_in_one(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE x")
    host.execute(
        "CREATE SCHEMA app AUTHORIZATION x",
        "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        database="d",
    )
    function = objects(read(host))["app.f()"]
    assert function.acl == {
        Right(ADMINISTRATOR, ADMINISTRATOR, "EXECUTE", False),
        Right(ADMINISTRATOR, "", "EXECUTE", False),
    }
    host.execute("GRANT EXECUTE ON FUNCTION app.f() TO PUBLIC", "REVOKE ALL ON SCHEMA app FROM x", database="d")
    assert objects(read(host))["app.f()"] == function
    assert objects(read(host))["app"].acl == frozenset()


def test_default_privileges_are_those_of_managed_schemas_and_of_none(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE x", "CREATE ROLE y")
    rows = (
        "IN SCHEMA app GRANT SELECT ON TABLES TO x",
        "IN SCHEMA other GRANT SELECT ON TABLES TO x",
        "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC, y",
    )
    host.execute(
        "CREATE SCHEMA app",
        "CREATE SCHEMA other",
        *(f"ALTER DEFAULT PRIVILEGES FOR ROLE y {row}" for row in rows),
        database="d",
    )
    assert read(host).defaults == {("y", "app", "r"): {"x": {"SELECT": False}}, ("y", "", "f"): {}}


def test_database_itself_is_read(host: Server) -> None:
    host.execute(
        "CREATE DATABASE d CONNECTION LIMIT 4",
        "CREATE ROLE x",
        "ALTER DATABASE d SET jit TO off",
        "ALTER ROLE x IN DATABASE d SET a.b TO 'c=d'",
    )
    host.execute("ALTER DATABASE d IS_TEMPLATE true")
    host.execute("CREATE EXTENSION citext SCHEMA public", database="d")
    found = read(host, extensions=[{"name": "citext"}])
    assert (found.connection_limit, found.is_template) == (4, True)
    assert found.settings == {"": {"jit": "off"}, "x": {"a.b": "c=d"}}
    assert found.extensions["citext"] == "public"


def test_objects_are_counted_where_there_are_many(host: Server) -> None:
    host.execute("CREATE DATABASE d")
    host.execute("CREATE SCHEMA app", *(f"CREATE SEQUENCE app.s{number}" for number in range(SPELL_OUT)), database="d")
    assert read(host).counts == {}
    host.execute("CREATE SEQUENCE app.more", "CREATE EXTENSION citext SCHEMA app", database="d")
    counts = read(host).counts
    assert counts["app", "s"] == SPELL_OUT + 1
    assert counts["app", "f"] > 0
