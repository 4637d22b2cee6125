# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases under names of nobody's concern: how they get their properties, their roles and their real name, on all majors."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import StoredSet
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import properties, roles, scratch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.compare import count, each
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import Plan
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.publish import publish
from ansible_collections.aerovista.postgresql.tests.servers.scene import exists, on, transaction
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

ALL = (13, 14, 15, 16, 17, 18)
NAME = 'Ödd "DB" \'x\\ =y'

PROPERTIES = (
    "CREATE ROLE a_owner",
    "CREATE ROLE a_user",
    'CREATE ROLE "B ""role"""',
    "CREATE ROLE grp",
    "CREATE DATABASE {name} TEMPLATE template0 OWNER a_owner CONNECTION LIMIT 17 IS_TEMPLATE true",
    "COMMENT ON DATABASE {name} IS E'it''s \\\\ a \"db\"\\nline'",
    "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
    "GRANT CONNECT, CREATE ON DATABASE {name} TO a_user WITH GRANT OPTION",
    'SET ROLE a_user; GRANT CONNECT ON DATABASE {name} TO "B ""role""" WITH GRANT OPTION; RESET ROLE',
    'SET ROLE "B ""role"""; GRANT CONNECT ON DATABASE {name} TO grp; RESET ROLE',
    'ALTER DATABASE {name} SET search_path = "Schä ""Q"" x", "$user", s, \'Upper Case\'',
    "ALTER DATABASE {name} SET datestyle = 'German'",
    "ALTER DATABASE {name} SET temp_tablespaces = ''",
    "ALTER DATABASE {name} SET myapp.setting = 'a, \"b\", c'",
    "ALTER DATABASE {name} SET default_transaction_read_only = on",
    "ALTER DATABASE {name} SET role = 'grp'",
    "SELECT set_config('search_path', 'Foo, \"bar\"', false)",
    "ALTER ROLE a_user IN DATABASE {name} SET search_path FROM CURRENT; RESET search_path",
    "ALTER ROLE grp IN DATABASE {name} SET work_mem = '9MB'",
)


def plan_of(found: properties.Properties, major: int) -> Plan:
    dump: dict[str, Any] = dict.fromkeys(DatabaseDump.__dataclass_fields__, 0)
    made = DatabaseDump(**{**dump, "name": "d", "properties": found})
    return Plan(StoredSet("set", "/set", None, ()), made, {}, {}, (), major, major)


@contextmanager
def restored(host: Server, database: str) -> Iterator[tuple[scratch.Scratch, Plan]]:
    """A scratch database with everything but the objects of another one."""
    with connect(host.cluster) as session:
        plan = plan_of(properties.read(session, database), host.major)
    with scratch.opened(host.cluster, "restore", database=database) as made:
        made.create(properties.creation(plan.dump.properties, made.name, major=host.major))
        owner = quote(plan.dump.properties["owner"])
        made.guard.execute(f"ALTER DATABASE {made.name} OWNER TO {owner}")
        yield made, plan


def databases(host: Server) -> list[str]:
    return [
        name
        for (name,) in host.rows("SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template)' ORDER BY 1")
    ]


@on(*ALL)
def test_database_gets_every_property_back(host: Server) -> None:
    host.execute(*(statement.format(name=quote(NAME)) for statement in PROPERTIES))
    with restored(host, NAME) as (made, plan):
        assert publish(made, plan, "copy", replace=False) is None
    with connect(host.cluster) as session:
        wanted, found = properties.read(session, NAME), properties.read(session, "copy")
    assert properties.differences(wanted, found) == []
    assert len(found["acl"]) > 5
    assert [entry["value"] for entry in found["settings"] if entry["role"] == "a_user"] == ['Foo, "bar"']
    assert databases(host) == sorted(["copy", NAME])


@on(*ALL)
def test_every_difference_of_properties_is_told(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE DATABASE other CONNECTION LIMIT 3")
    host.execute("REVOKE CONNECT ON DATABASE other FROM PUBLIC", "ALTER DATABASE other SET work_mem = '1MB'")
    with connect(host.cluster) as session:
        found = properties.differences(properties.read(session, "d"), properties.read(session, "other"))
    assert [sentence.split()[1] for sentence in found] == ["connection_limit", "acl", "settings"]


@on(*ALL)
def test_missing_roles_come_back_as_they_were(host: Server) -> None:
    host.execute(
        "CREATE ROLE grp CREATEDB",
        "CREATE ROLE app NOINHERIT LOGIN PASSWORD 'it''s secret' CONNECTION LIMIT 4 VALID UNTIL '2033-01-01'",
        "CREATE ROLE boss CREATEROLE",
        'CREATE ROLE "B ""x"""',
        "COMMENT ON ROLE app IS 'it''s'",
        "ALTER ROLE app SET search_path = 'x y', \"Q\"",
        "ALTER ROLE app SET work_mem = '7MB'",
        "GRANT grp TO boss WITH ADMIN OPTION",
        "SET ROLE boss; GRANT grp TO app; RESET ROLE",
        'GRANT app TO "B ""x"""',
        "GRANT pg_monitor TO grp",
        "CREATE DATABASE d OWNER app",
    )
    oid = host.rows("SELECT oid FROM pg_database WHERE datname = 'd'")[0][0]
    with connect(host.cluster) as session:
        stored, needed = roles.read_roles(session), roles.needed(session, oid)
        assert set(needed) == {"grp", "app", 'B "x"'} | {host.cluster.owner} & set(needed)
        host.execute("DROP DATABASE d", 'DROP ROLE "B ""x"""', "DROP ROLE app", "DROP ROLE boss", "DROP ROLE grp")
        start = host.log_size()
        told: list[list[str]] = []
        wanted = {*needed, "boss"} - {host.cluster.owner}
        assert roles.create_missing(session, stored, wanted, noted=told.append) == sorted(wanted)
        assert told == [sorted(wanted)]
        assert roles.read_roles(session) == stored
        assert roles.create_missing(session, stored, wanted) == []
    assert "SCRAM-SHA-256" not in host.log_from(start)


@on(17)
def test_role_that_is_there_stays_as_it_is(host: Server) -> None:
    host.execute("CREATE ROLE app PASSWORD 'one' LOGIN", "CREATE ROLE grp", "GRANT grp TO app")
    with connect(host.cluster) as session:
        stored = roles.read_roles(session)
        host.execute("DROP ROLE grp", "ALTER ROLE app PASSWORD 'two' CONNECTION LIMIT 1")
        before = host.rows("SELECT * FROM pg_authid WHERE rolname = 'app'")
        assert roles.create_missing(session, stored, ["app", "grp"]) == ["grp"]
    assert host.rows("SELECT * FROM pg_authid WHERE rolname = 'app'") == before


@on(17)
def test_role_that_is_nowhere_is_told(host: Server) -> None:
    with connect(host.cluster) as session, pytest.raises(PgsopError, match="neither on the server nor in the set"):
        roles.create_missing(session, {"roles": [], "memberships": []}, ["gone"])


@on(*ALL)
def test_replaced_database_is_kept_and_everybody_meets_the_new_one(host: Server) -> None:
    host.execute("CREATE DATABASE d CONNECTION LIMIT 5")
    host.execute("CREATE TABLE old (a int)", database="d")
    with restored(host, "d") as (made, plan), transaction(host, "d", "INSERT INTO old VALUES (1)"):
        kept = publish(made, plan, "d", replace=True)
    assert kept is not None
    assert kept.connection_limit == 5
    assert databases(host) == sorted(["d", kept.name])
    assert host.rows("SELECT to_regclass('old')::text", database="d") == [(None,)]
    assert host.rows("SELECT count(*) FROM old", database=kept.name) == [(0,)]
    limits = dict(host.rows("SELECT datname, datconnlimit FROM pg_database WHERE datname ~ '^d'"))
    assert limits == {"d": 5, kept.name: 0}


@on(*ALL)
def test_database_under_fire_is_replaced(host: Server) -> None:
    host.execute("CREATE DATABASE d")
    over = threading.Event()

    def knock() -> None:
        while not over.is_set():
            try:
                host.rows("SELECT 1", database="d")
            except psycopg2.OperationalError as error:
                assert "d" in str(error)

    clients = [threading.Thread(target=knock) for _number in range(4)]
    for client in clients:
        client.start()
    try:
        with restored(host, "d") as (made, plan):
            assert publish(made, plan, "d", replace=True)
    finally:
        over.set()
        for client in clients:
            client.join()


@on(13, 17)
def test_replacement_that_is_not_as_it_was_leaves_everything_alone(
    host: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.execute("CREATE DATABASE d")
    before = host.rows("SELECT oid, datname, datconnlimit, datallowconn FROM pg_database ORDER BY 1")
    monkeypatch.setattr(properties, "differences", lambda *_all, **_more: ["it is green and was blue"])
    with pytest.raises(PgsopError, match="it is green and was blue"), restored(host, "d") as (made, plan):
        publish(made, plan, "d", replace=True)
    assert host.rows("SELECT oid, datname, datconnlimit, datallowconn FROM pg_database ORDER BY 1") == before


@on(17)
def test_failure_leaves_neither_database_nor_roles(host: Server) -> None:
    host.execute("CREATE DATABASE d")
    with pytest.raises(KeyError), restored(host, "d") as (made, _plan):
        made.guard.execute("CREATE ROLE fresh")
        made.note(roles={"fresh": host.rows("SELECT oid FROM pg_roles WHERE rolname = 'fresh'")[0][0]})
        made.guard.execute("BEGIN")
        raise KeyError
    assert databases(host) == ["d"]
    assert not exists(host, "fresh", "role")


@on(*ALL)
def test_what_killed_runs_left_is_swept_and_nothing_else(host: Server) -> None:
    host.execute("CREATE ROLE mine", "CREATE ROLE in_use", "CREATE DATABASE theirs OWNER in_use")
    oids = dict(host.rows("SELECT rolname, oid::bigint FROM pg_roles WHERE rolname IN ('mine', 'in_use')"))
    about = f'{scratch.MARK}{{"roles": {{"mine": {oids["mine"]}, "in_use": {oids["in_use"]}, "postgres": 10}}}}'
    host.execute(
        "CREATE DATABASE pgsop_restore_00000001 IS_TEMPLATE true",
        f"COMMENT ON DATABASE pgsop_restore_00000001 IS '{about}'",
        "CREATE DATABASE pgsop_drill_00000002 CONNECTION LIMIT 0",
        "CREATE DATABASE pgsop_drill_00000003",
        "COMMENT ON DATABASE pgsop_drill_00000003 IS 'somebody''s own'",
        "CREATE DATABASE pgsop_restore_xyz CONNECTION LIMIT 0",
    )
    with restored(host, "theirs") as (made, _plan):
        assert scratch.sweep(host.cluster) == ["pgsop_drill_00000002", "pgsop_restore_00000001"]
        assert made.name in databases(host)
    assert databases(host) == ["pgsop_drill_00000003", "pgsop_restore_xyz", "theirs"]
    assert not exists(host, "mine", "role")
    assert exists(host, "in_use", "role")


@on(13, 17)
def test_rows_are_counted_table_by_table_whoever_forbids_it(host: Server) -> None:
    host.execute("CREATE DATABASE d", "ALTER DATABASE d SET statement_timeout = 1")
    with restored(host, "d") as (made, _plan):
        tables = [f'public."T {number}"' for number in range(20)]
        host.execute(
            *(f"CREATE TABLE {name} AS SELECT generate_series(1, {number}) a" for number, name in enumerate(tables)),
            "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'begin raise exception $$no$$; end'",
            "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()",
            database=made.name,
        )
        assert count(made, tables, 3, lambda _text: None) == {name: number for number, name in enumerate(tables)}
        with made.session() as session:
            session.execute("CREATE TABLE public.more (a int)")


@on(17)
def test_failure_of_one_ends_the_others(host: Server) -> None:
    host.execute("CREATE DATABASE d")
    with restored(host, "d") as (made, _plan):
        started = time.monotonic()
        with pytest.raises(PgsopError, match="division by zero"):
            each(made, ["1/0", "pg_sleep(60)"], lambda session, text: session.value(f"SELECT {text}"), 2)
        assert time.monotonic() - started < 20
