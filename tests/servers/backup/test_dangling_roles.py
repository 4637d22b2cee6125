# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that do not exist any more, in every place that can name a role: found by object, and gone after the statements of the hints."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import database_properties, objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.dangling_roles import search
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.obstacle import Obstacle
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

ALL = (13, 14, 15, 16, 17, 18)
#: No role is dropped with what it has: a crash, a bug of the server or a hand in the catalog leaves it behind.
GONE = "DELETE FROM pg_authid WHERE rolname IN ('gone', 'lost')"
TABLE = "CREATE TABLE s.t (a int, b int)"
WRAPPER = "CREATE FOREIGN DATA WRAPPER w"
SERVER = "CREATE SERVER v FOREIGN DATA WRAPPER w"


def found(host: Server) -> list[Obstacle]:
    with connect(host.cluster, "d") as session:
        return list(search(session))


def make(host: Server, *statements: str) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE gone", "CREATE ROLE lost", "CREATE ROLE kept")
    host.execute("CREATE SCHEMA s", *statements, database="d")


@on(*ALL)
@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        pytest.param(["GRANT SELECT ON s.t TO gone, kept"], ["privileges table s.t"], id="table"),
        pytest.param(["GRANT SELECT (b) ON s.t TO gone, kept"], ["privileges table column s.t.b"], id="column"),
        pytest.param(["GRANT SELECT (b) ON s.t TO gone"], ["privileges table column s.t.b"], id="column, nothing else"),
        pytest.param(
            ["CREATE SEQUENCE s.q", "GRANT USAGE ON SEQUENCE s.q TO gone"], ["privileges sequence s.q"], id="sequence"
        ),
        pytest.param(
            ["CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "GRANT EXECUTE ON FUNCTION s.f() TO gone"],
            ["privileges function s.f()"],
            id="function",
        ),
        pytest.param(
            ["CREATE TYPE s.e AS ENUM ()", "GRANT USAGE ON TYPE s.e TO gone"], ["privileges type s.e"], id="type"
        ),
        pytest.param(["GRANT USAGE ON SCHEMA s TO gone"], ["privileges schema s"], id="schema"),
        pytest.param(["GRANT USAGE ON LANGUAGE plpgsql TO gone"], ["privileges language plpgsql"], id="language"),
        pytest.param(
            [
                WRAPPER,
                SERVER,
                "GRANT USAGE ON FOREIGN DATA WRAPPER w TO gone",
                "GRANT USAGE ON FOREIGN SERVER v TO gone",
            ],
            ["privileges foreign-data wrapper w", "privileges server v"],
            id="foreign",
        ),
        pytest.param(
            ["SELECT lo_create(7)", "GRANT SELECT ON LARGE OBJECT 7 TO gone"], ["privileges large object 7"], id="large"
        ),
        pytest.param(["GRANT CREATE ON DATABASE d TO gone"], ["privileges database d"], id="database"),
        pytest.param(
            [
                "GRANT SELECT ON s.t TO gone WITH GRANT OPTION",
                "GRANT USAGE ON SCHEMA s TO gone; SET ROLE gone; GRANT SELECT ON s.t TO kept; RESET ROLE",
                "REVOKE USAGE ON SCHEMA s FROM gone",
            ],
            ["privileges table s.t"],
            id="grantor",
        ),
        pytest.param(
            ["GRANT SELECT ON s.t TO gone", "GRANT INSERT ON s.t TO lost"], ["privileges table s.t"], id="two roles"
        ),
        pytest.param(
            ["ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO gone, kept"],
            [f"default privileges {ADMINISTRATOR} s r"],
            id="default privileges",
        ),
        pytest.param(
            ["ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO gone"],
            [f"default privileges {ADMINISTRATOR} s r"],
            id="default privileges, nothing else",
        ),
        pytest.param(
            ["ALTER DEFAULT PRIVILEGES FOR ROLE gone IN SCHEMA s GRANT SELECT ON TABLES TO kept"],
            ["default privileges OID s r"],
            id="default privileges of",
        ),
        pytest.param(
            [
                "CREATE EXTENSION pg_stat_statements SCHEMA s",
                "UPDATE pg_init_privs SET initprivs = initprivs || 'gone=r/nobody'::aclitem WHERE objoid = 's.pg_stat_statements'::regclass",
            ],
            ["privileges view s.pg_stat_statements"],
            id="initial privileges",
        ),
        pytest.param(["CREATE POLICY p ON s.t TO gone, kept"], ["policy s.t.p"], id="policy"),
        pytest.param(["CREATE POLICY p ON s.t TO gone"], ["policy s.t.p"], id="policy for nobody else"),
        pytest.param(
            [WRAPPER, SERVER, "CREATE USER MAPPING FOR gone SERVER v"], ["user mapping OID on v"], id="mapping"
        ),
        pytest.param(["ALTER ROLE gone IN DATABASE d SET work_mem = '8MB'"], ["settings OID"], id="settings"),
        pytest.param(["ALTER DATABASE d OWNER TO gone"], ["database d"], id="owner of the database"),
        pytest.param(["ALTER SCHEMA s OWNER TO gone"], ["schema s", "privileges schema s"], id="owner with privileges"),
        pytest.param(["GRANT SELECT ON s.t TO kept"], [], id="role that exists"),
        pytest.param(["GRANT gone TO kept"], [], id="membership"),
    ],
)
def test_role_that_is_gone_is_found_and_the_hint_removes_it(
    host: Server, statements: list[str], kinds: list[str]
) -> None:
    make(host, TABLE, *statements, "GRANT USAGE ON SCHEMA s TO kept")
    assert found(host) == []
    oids = [str(oid) for (oid,) in host.rows("SELECT oid::bigint FROM pg_authid WHERE rolname IN ('gone', 'lost')")]
    host.execute(GONE)
    obstacles = found(host)
    names = [f"{each.kind} {each.name}" for each in obstacles]
    for oid in oids:
        names = [name.replace(oid, "OID") for name in names]
    assert sorted(names) == sorted(kinds)
    assert all(any(oid in each.message for oid in oids) for each in obstacles)
    host.execute(*dict.fromkeys(each.hint for each in obstacles), database="d")
    assert found(host) == []
    host.execute("DROP OWNED BY kept", "DROP SCHEMA s CASCADE", database="d")


@on(*ALL)
def test_owner_that_is_gone_is_found_for_every_kind_of_object(host: Server) -> None:
    made = {
        "table": "TABLE s.t",
        "view": "VIEW s.v",
        "materialized view": "MATERIALIZED VIEW s.m",
        "sequence": "SEQUENCE s.q",
        "composite type": "TYPE s.c",
        "type": "TYPE s.e",
        "function": "FUNCTION s.f()",
        "procedure": "PROCEDURE s.p()",
        "text search configuration": "TEXT SEARCH CONFIGURATION s.g",
        "text search dictionary": "TEXT SEARCH DICTIONARY s.d",
        "statistics object": "STATISTICS s.x",
        "collation": "COLLATION s.k",
        "operator": "OPERATOR s.===(integer,integer)",
        "operator family": "OPERATOR FAMILY s.y USING btree",
        "publication": "PUBLICATION u",
        "foreign-data wrapper": "FOREIGN DATA WRAPPER w",
        "server": "SERVER v",
        "event trigger": "EVENT TRIGGER z",
        "large object": "LARGE OBJECT 7",
    }
    make(
        host,
        TABLE,
        "CREATE VIEW s.v AS SELECT 1 AS a",
        "CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS a",
        "CREATE SEQUENCE s.q",
        "CREATE TYPE s.c AS (a int)",
        "CREATE TYPE s.e AS ENUM ()",
        "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1'",
        "CREATE TEXT SEARCH CONFIGURATION s.g (COPY = pg_catalog.simple)",
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = pg_catalog.simple)",
        "CREATE STATISTICS s.x ON a, b FROM s.t",
        'CREATE COLLATION s.k FROM "C"',
        "CREATE OPERATOR s.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
        "CREATE OPERATOR FAMILY s.y USING btree",
        "CREATE PUBLICATION u",
        WRAPPER,
        SERVER,
        "CREATE FUNCTION public.n() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE EVENT TRIGGER z ON ddl_command_start EXECUTE FUNCTION public.n()",
        "SELECT lo_create(7)",
        "ALTER ROLE gone SUPERUSER",
        *(f"ALTER {name} OWNER TO gone" for name in made.values()),
    )
    host.execute(GONE)
    obstacles = found(host)
    assert sorted(each.kind for each in obstacles) == sorted(made)
    host.execute(*(each.hint for each in obstacles), database="d")
    assert found(host) == []


def described(host: Server) -> objects.Description:
    with connect(host.cluster, "d") as session:
        return objects.describe(session)


@on(*ALL)
def test_description_has_no_reference_that_a_restore_cannot_bring_back(host: Server) -> None:
    make(
        host,
        TABLE,
        "CREATE EXTENSION pg_stat_statements SCHEMA s",
        WRAPPER,
        SERVER,
        "GRANT SELECT (a), INSERT ON s.t TO kept",
        "CREATE POLICY p ON s.t TO kept",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO kept",
        "CREATE USER MAPPING FOR kept SERVER v",
    )
    before = described(host)
    host.execute(
        "GRANT SELECT (a, b), INSERT, UPDATE ON s.t TO gone",
        "GRANT USAGE ON SCHEMA s TO gone",
        "ALTER POLICY p ON s.t TO kept, gone",
        "CREATE POLICY q ON s.t TO gone",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO gone",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE ON SEQUENCES TO gone",
        "CREATE USER MAPPING FOR gone SERVER v",
        "UPDATE pg_init_privs SET initprivs = initprivs || 'gone=w/nobody'::aclitem WHERE objoid = 's.pg_stat_statements'::regclass",
        "UPDATE pg_init_privs SET initprivs = '{gone=arwdDxt/gone,=r/gone}' WHERE objoid = 's.pg_stat_statements_info'::regclass"
        if host.major in (14, 15, 16)
        else "SELECT 1",
        database="d",
    )
    assert described(host) != before
    host.execute(GONE)
    assert described(host) == before


@on(13, 17)
def test_properties_have_no_role_that_does_not_exist(host: Server) -> None:
    make(host, "GRANT CREATE ON DATABASE d TO kept")
    with connect(host.cluster) as session:
        before = database_properties.read(session, "d")
        host.execute("GRANT CREATE ON DATABASE d TO gone", "ALTER ROLE gone IN DATABASE d SET work_mem = '8MB'")
        assert database_properties.read(session, "d") != before
        host.execute(GONE)
        assert database_properties.read(session, "d") == before
