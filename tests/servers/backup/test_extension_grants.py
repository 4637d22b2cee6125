# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileges that the script of an extension granted on what belongs to no extension."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.extension_grants import extension_grants
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.restores import ALL
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

#: As pgl_ddl_deploy's script does with the schema of pglogical: what is granted while an extension is created counts as initial.
SETUP = (
    'CREATE SCHEMA "Other one"; GRANT USAGE ON SCHEMA "Other one" TO PUBLIC, reader',
    "CREATE SCHEMA own; GRANT USAGE ON SCHEMA own TO reader",
    "CREATE FUNCTION own.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION own.f TO reader",
    "SET allow_system_table_mods = on",
    "INSERT INTO pg_init_privs SELECT oid, 'pg_namespace'::regclass, 0, 'e', nspacl FROM pg_namespace WHERE nspname IN ('Other one', 'own')",
    "INSERT INTO pg_init_privs SELECT oid, 'pg_proc'::regclass, 0, 'e', proacl FROM pg_proc WHERE proname = 'f'",
    """INSERT INTO pg_depend SELECT 'pg_namespace'::regclass, oid, 0, 'pg_extension'::regclass, (SELECT oid FROM pg_extension), 0, 'e'
    FROM pg_namespace WHERE nspname = 'own'""",
    'REVOKE USAGE ON SCHEMA "Other one" FROM PUBLIC',
)


@on(*ALL)
def test_grants_of_a_script_on_objects_of_no_extension(host: Server) -> None:
    host.execute("CREATE ROLE reader", "CREATE DATABASE d TEMPLATE template0")
    host.execute(*SETUP, database="d")
    with connect(host.cluster, "d") as session:
        assert extension_grants(session) == (
            "GRANT EXECUTE ON ROUTINE own.f(integer) TO PUBLIC",
            "GRANT EXECUTE ON ROUTINE own.f(integer) TO reader",
            'GRANT USAGE ON SCHEMA "Other one" TO reader',
        )
        for statement in extension_grants(session):
            session.execute(statement)


@on(17)
def test_database_without_such_grants(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    with connect(host.cluster, "d") as session:
        assert extension_grants(session) == ()
