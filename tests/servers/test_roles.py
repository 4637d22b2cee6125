# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that are missing where a database is restored."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.globals import (
    read_roles,
    required_roles,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import roles
from ansible_collections.aerovista.postgresql.tests.servers.restores import ALL
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


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
        stored, needed = read_roles(session), required_roles(session, oid)
        assert set(needed) == {"grp", "app", 'B "x"'} | {host.cluster.owner} & set(needed)
        host.execute("DROP DATABASE d", 'DROP ROLE "B ""x"""', "DROP ROLE app", "DROP ROLE boss", "DROP ROLE grp")
        start = host.log_size()
        told: list[list[str]] = []
        wanted = {*needed, "boss"} - {host.cluster.owner}
        assert roles.create_missing(session, stored, wanted, noted=told.append) == sorted(wanted)
        assert told == [sorted(wanted)]
        assert read_roles(session) == stored
        assert roles.create_missing(session, stored, wanted) == []
    assert "SCRAM-SHA-256" not in host.log_from(start)


@on(17)
def test_role_that_is_there_stays_as_it_is(host: Server) -> None:
    host.execute("CREATE ROLE app PASSWORD 'one' LOGIN", "CREATE ROLE grp", "GRANT grp TO app")
    with connect(host.cluster) as session:
        stored = read_roles(session)
        host.execute("DROP ROLE grp", "ALTER ROLE app PASSWORD 'two' CONNECTION LIMIT 1")
        before = host.rows("SELECT * FROM pg_authid WHERE rolname = 'app'")
        assert roles.create_missing(session, stored, ["app", "grp"]) == ["grp"]
    assert host.rows("SELECT * FROM pg_authid WHERE rolname = 'app'") == before


@on(17)
def test_role_that_is_nowhere_is_told(host: Server) -> None:
    with connect(host.cluster) as session, pytest.raises(PgsopError, match="neither on the server nor in the set"):
        roles.create_missing(session, {"roles": [], "memberships": []}, ["gone"])
