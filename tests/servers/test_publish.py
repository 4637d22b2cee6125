# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restored database under its name: with all that is in no dump, in one step, or not at all."""

from __future__ import annotations

import threading

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import database_properties
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import properties
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.publish import publish
from ansible_collections.aerovista.postgresql.tests.servers.restores import ALL, databases, restored
from ansible_collections.aerovista.postgresql.tests.servers.scene import on, transaction
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

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


@on(*ALL)
def test_database_gets_every_property_back(host: Server) -> None:
    host.execute(*(statement.format(name=quote(NAME)) for statement in PROPERTIES))
    with restored(host, NAME) as (made, plan):
        assert publish(made, plan, "copy", replace=False) is None
    with connect(host.cluster) as session:
        wanted, found = database_properties.read(session, NAME), database_properties.read(session, "copy")
    assert properties.differences(wanted, found) == []
    assert len(found["acl"]) > 5
    assert [entry["value"] for entry in found["settings"] if entry["role"] == "a_user"] == ['Foo, "bar"']
    assert databases(host) == sorted(["copy", NAME])


@on(*ALL)
def test_every_difference_of_properties_is_told(host: Server) -> None:
    host.execute("CREATE DATABASE d", "CREATE DATABASE other CONNECTION LIMIT 3")
    host.execute("REVOKE CONNECT ON DATABASE other FROM PUBLIC", "ALTER DATABASE other SET work_mem = '1MB'")
    with connect(host.cluster) as session:
        found = properties.differences(
            database_properties.read(session, "d"), database_properties.read(session, "other")
        )
    assert [sentence.split()[1] for sentence in found] == ["connection_limit", "acl", "settings"]


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
