# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases under names of nobody's concern: nothing of them stays, whatever happens."""

from __future__ import annotations

import time

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import scratch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.compare import count, each
from ansible_collections.aerovista.postgresql.tests.servers.restores import ALL, databases, restored
from ansible_collections.aerovista.postgresql.tests.servers.scene import exists, on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


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
        # Without a comment, and open: a user's database, whatever its name.
        "CREATE DATABASE pgsop_restore_00000004",
    )
    with restored(host, "theirs") as (made, _plan):
        assert scratch.sweep(host.cluster) == ["pgsop_drill_00000002", "pgsop_restore_00000001"]
        assert made.name in databases(host)
    assert databases(host) == ["pgsop_drill_00000003", "pgsop_restore_00000004", "pgsop_restore_xyz", "theirs"]
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
