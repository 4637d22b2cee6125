# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a cluster is what is there; what is taken for granted of a new one is what initdb makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session, connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    ClusterState,
    Dependency,
    Membership,
    Objects,
    Right,
    RoleState,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_cluster import (
    blank_cluster,
    read_cluster,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


def read(server: Server, *roles: str, extensions: bool = False) -> ClusterState:
    with connect(server.cluster) as session:
        return read_cluster(session, roles, extensions=extensions)


@on(13, 14, 15, 16, 17, 18)
def test_new_cluster_is_what_a_forecast_takes_it_for(host: Server) -> None:
    found, blank = read(host), blank_cluster(host.major, ADMINISTRATOR)
    assert found.every == {kind: rights for kind, rights in blank.every.items() if kind != "p" or host.major >= 15}
    assert {name: replace(info, locale="") for name, info in found.databases.items()} == {
        name: replace(info, is_template=name != "postgres") for name, info in blank.databases.items()
    }
    assert (found.version, found.administrator) == (host.major, ADMINISTRATOR)
    assert found.roles[ADMINISTRATOR].superuser
    assert {name for name in found.roles if not name.startswith("pg_")} == set(blank.roles)
    assert (found.settings, found.parameters, found.dependencies, found.extensions) == ({}, (), (), None)
    assert {row.member for row in found.memberships} <= {"pg_monitor"}


@on(13, 17)
def test_roles_are_read_whole(host: Server) -> None:
    host.execute(
        "CREATE ROLE \"Odd role\" NOINHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT 3 VALID UNTIL '2040-01-01 00:00Z'",
        "CREATE ROLE plain VALID UNTIL 'infinity'",
        "ALTER ROLE \"Odd role\" SET work_mem TO '8MB'",
        "ALTER ROLE \"Odd role\" IN DATABASE postgres SET work_mem TO '9MB'",
    )
    found = read(host)
    odd = found.roles["Odd role"]
    assert odd.valid_until is not None
    assert odd == RoleState(
        "Odd role", inherit=False, createrole=True, createdb=True, login=True, replication=True, bypassrls=True,
        connection_limit=3, valid_until=odd.valid_until,
    )  # fmt: skip
    assert found.roles["plain"] == RoleState("plain")
    assert found.settings == {"Odd role": {"work_mem": "8MB"}}


@on(13, 16, 17, 18)
def test_memberships_are_read_as_the_version_has_them(host: Server) -> None:
    host.execute(
        "CREATE ROLE g", "CREATE ROLE m", "CREATE ROLE n", "GRANT g TO m WITH ADMIN OPTION", "SET ROLE m; GRANT g TO n"
    )
    rows = {row for row in read(host).memberships if row.group == "g"}
    assert rows == {Membership("g", "m", ADMINISTRATOR, admin=True), Membership("g", "n", "m")}
    if host.major >= 16:
        host.execute("GRANT g TO n WITH INHERIT FALSE, SET FALSE")
        assert Membership("g", "n", ADMINISTRATOR, inherit=False, set=False) in read(host).memberships


def test_databases_are_read_without_connecting(host: Server) -> None:
    host.execute(
        "CREATE ROLE own",
        "CREATE DATABASE d OWNER own ENCODING 'LATIN1' TEMPLATE template0 CONNECTION LIMIT 4",
        "GRANT CREATE ON DATABASE d TO PUBLIC",
    )
    host.execute("ALTER DATABASE d ALLOW_CONNECTIONS false IS_TEMPLATE true")
    info = read(host).databases["d"]
    assert (info.owner, info.connection_limit, info.encoding, info.locale) == ("own", 4, "LATIN1", "C")
    assert (info.allows_connections, info.is_template) == (False, True)
    assert Right("own", "", "CREATE", False) in info.acl
    # an ACL that was never written is the built-in one
    host.execute("CREATE DATABASE e")
    assert Right(ADMINISTRATOR, "", "CONNECT", False) in read(host).databases["e"].acl


@on(15, 18)
def test_rights_on_parameters_are_read(host: Server) -> None:
    host.execute("CREATE ROLE x", "GRANT SET ON PARAMETER work_mem, my.odd TO x WITH GRANT OPTION")
    try:
        found = {group.names: group for group in read(host).parameters}
    finally:
        host.execute("REVOKE ALL ON PARAMETER work_mem, my.odd FROM x")
    assert set(found) == {("work_mem",), ("my.odd",)}
    group = found["work_mem",]
    assert group == Objects("p", "PARAMETER", "", ADMINISTRATOR, group.acl, ("work_mem",))
    assert Right(ADMINISTRATOR, "x", "SET", True) in group.acl


def test_dependencies_are_those_of_the_named_roles_everywhere(host: Server) -> None:
    host.execute("CREATE ROLE x", "CREATE ROLE y", "CREATE DATABASE d", "GRANT CONNECT ON DATABASE d TO x")
    host.execute(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t OWNER TO x",
        "GRANT SELECT ON t TO y",
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO x",
        database="d",
    )
    assert read(host).dependencies == ()
    assert read(host, "x").dependencies == (
        Dependency("x", "", "pg_database", owns=False, count=1),
        Dependency("x", "d", "pg_class", owns=True, count=1),
        Dependency("x", "d", "pg_proc", owns=False, count=1),
    )


def test_extensions_are_asked_for_only_where_one_is_declared(host: Server) -> None:
    assert "plpgsql" in (read(host, extensions=True).extensions or ())


@on(13, 16)
def test_cost_of_a_guess_is_the_servers(host: Server) -> None:
    if host.major >= 16:
        host.execute(f"ALTER ROLE {ADMINISTRATOR} SET scram_iterations = 5000")
    try:
        assert read(host).scram_iterations == (5000 if host.major >= 16 else 4096)
    finally:
        host.execute(f"ALTER ROLE {ADMINISTRATOR} RESET ALL")


@contextmanager
def session_of(server: Server, role: str) -> Iterator[Session]:
    raw = psycopg2.connect(**{**server.address("postgres"), "user": role})
    try:
        yield Session(raw)
    finally:
        raw.close()


def test_who_is_no_superuser_is_refused(host: Server) -> None:
    host.execute("CREATE ROLE x LOGIN", "GRANT pg_read_all_data TO x", "GRANT SELECT ON pg_authid TO x")
    with session_of(host, "x") as session, pytest.raises(PgsopError, match="no superuser's"):
        read_cluster(session, [], extensions=False)
