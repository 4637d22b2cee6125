# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small world in which privileges drift: seven roles, one database, two managed schemas, one that is somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

DATABASE = "Fuzz db"
APP, ODD, THEIRS = "app", 'Odd "Schema"', "theirs"
SCHEMAS = (APP, ODD)
QUOTED = 'Quoted "Röle"'
STRANGERS = ("s_one", "s_two", "s_three")
PASSWORD = "a long enough pass phrase"


def quote(name: str) -> str:
    """A name as SQL needs it; PUBLIC is no name."""
    return name if name == "PUBLIC" else '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class PrivilegeSetup:
    """A declaration, and who is who in it.

    Attributes:
        owner: who owns the managed schemas and everything in them.
        managed: the four declared roles.
        joined: the one declared membership, as group and member.
    """

    name: str
    databases: list[dict[str, Any]]
    roles: list[dict[str, Any]]
    owner: str
    managed: tuple[str, ...]
    joined: tuple[str, str]


#: What both worlds declare of the database besides its model.
COMMON: dict[str, Any] = {
    "name": DATABASE,
    "schema": APP,
    "schemas": [ODD],
    "search_path": [APP, ODD, "public"],
    "settings": {"statement_timeout": "60s"},
    "connection_limit": 50,
}

SOP = PrivilegeSetup(
    name="sop",
    databases=[
        {
            **COMMON,
            "model": "sop",
            "roles": {
                "app": {"name": "m_app", "password": PASSWORD, "connection_limit": 20, "settings": {"work_mem": "8MB"}},
                "readonly": {"name": QUOTED},
            },
            "grants": [
                {
                    "to": ["m_extra"],
                    "privileges": ["SELECT", "INSERT"],
                    "schema": APP,
                    "objects": ["t_plain"],
                    "grant_option": True,
                },
                {
                    "to": ["m_extra", "PUBLIC"],
                    "privileges": ["SELECT", "UPDATE"],
                    "schema": APP,
                    "objects": ["t_identity"],
                    "columns": ["Odd col"],
                },
                {"to": ["m_extra", "m_group"], "privileges": ["CONNECT"], "type": "database"},
                {"to": ["m_extra", "m_group"], "privileges": ["USAGE"], "type": "schema", "schema": APP},
                {"to": ["m_group"], "privileges": ["ALL"], "type": "sequences", "schema": ODD},
                {"to": ["m_group"], "privileges": ["EXECUTE"], "type": "routines", "schema": APP},
            ],
            "default_privileges": [
                {"for_role": "m_extra", "to": ["m_group"], "privileges": ["SELECT"], "type": "tables", "schema": APP},
            ],
        }
    ],
    roles=[
        {"name": "m_extra", "member_of": ["m_group"], "settings": {"lock_timeout": "3s"}},
        {"name": "m_group", "login": False},
    ],
    owner="m_app",
    managed=("m_app", QUOTED, "m_extra", "m_group"),
    joined=("m_group", "m_extra"),
)

SEPARATED = PrivilegeSetup(
    name="separated",
    databases=[
        {
            **COMMON,
            "model": "separated",
            "roles": {
                "owner": {"name": "m_owner"},
                "migrator": {"name": "m_migrator", "password": PASSWORD},
                "app": {"name": QUOTED},
                "readonly": {"name": "m_reader"},
            },
        }
    ],
    roles=[],
    owner="m_owner",
    managed=("m_owner", "m_migrator", QUOTED, "m_reader"),
    joined=("m_owner", "m_migrator"),
)

WORLDS = (SOP, SEPARATED)

#: One of every kind in the first schema, namesakes and odd names in the second. Formatted with the schema's name.
OBJECTS = (
    'CREATE TABLE {app}.t_plain (id serial PRIMARY KEY, gone int, "Odd col" text, a int)',
    "ALTER TABLE {app}.t_plain DROP COLUMN gone",
    'CREATE TABLE {app}.t_identity (id int GENERATED ALWAYS AS IDENTITY, "Odd col" text)',
    "CREATE TABLE {app}.t_parted (id int, a int) PARTITION BY RANGE (id)",
    "CREATE TABLE {app}.t_part PARTITION OF {app}.t_parted FOR VALUES FROM (0) TO (10)",
    "CREATE VIEW {app}.v_plain AS SELECT 1 AS a",
    "CREATE MATERIALIZED VIEW {app}.m_plain AS SELECT 1 AS a",
    "CREATE SEQUENCE {app}.s_free",
    "CREATE FUNCTION {app}.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION {app}.f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE {app}.p() LANGUAGE sql AS 'SELECT 1'",
    "CREATE AGGREGATE {app}.g(int) (SFUNC = int4pl, STYPE = int)",
    "CREATE TYPE {app}.e AS ENUM ('x')",
    "CREATE DOMAIN {app}.d AS int",
    "CREATE TYPE {app}.r AS RANGE (SUBTYPE = int)",
    "CREATE TYPE {app}.c AS (a int)",
    'CREATE TABLE {odd}."select" (a int, "$1; --" int)',
    "CREATE TABLE {odd}.t_plain (id int, a int)",
    'CREATE SEQUENCE {odd}."It\'s"',
    "CREATE FUNCTION {odd}.\"F ö\"(int, VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TYPE {odd}.\"E é\" AS ENUM ('x')",
    "CREATE FOREIGN TABLE {odd}.t_foreign (a int) SERVER s_nowhere",
)

#: Members of extensions in managed schemas, and a schema that is not managed: none of the engine's business.
OTHERS = (
    "CREATE EXTENSION pg_buffercache SCHEMA {app}",
    "CREATE EXTENSION lo SCHEMA {odd}",
    "CREATE TABLE {app}.x_member (a int)",
    "ALTER EXTENSION lo ADD TABLE {app}.x_member",
    "CREATE TABLE {theirs}.t_theirs (id serial, a int)",
    "CREATE FUNCTION {theirs}.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TYPE {theirs}.e AS ENUM ('x')",
)

TABLES = (
    (APP, "t_plain"),
    (APP, "t_identity"),
    (APP, "t_parted"),
    (APP, "t_part"),
    (APP, "v_plain"),
    (APP, "m_plain"),
    (ODD, "select"),
    (ODD, "t_plain"),
    (ODD, "t_foreign"),
)
SEQUENCES = ((APP, "t_plain_id_seq"), (APP, "t_identity_id_seq"), (APP, "s_free"), (ODD, "It's"))
ROUTINES = (
    (APP, "f", "integer"),
    (APP, "f", "text"),
    (APP, "p", ""),
    (APP, "g", "integer"),
    (ODD, "F ö", "integer, VARIADIC text[]"),
)
TYPES = ((APP, "e"), (APP, "d"), (APP, "r"), (APP, "c"), (ODD, "E é"))


def reset(server: Server, world: PrivilegeSetup) -> None:
    """The world as somebody might have left it: everything belongs to the administrator, the strangers own their schema."""
    server.execute(f"DROP DATABASE IF EXISTS {quote(DATABASE)}")
    leftovers = ", ".join(
        quote(name) for (name,) in server.rows("SELECT rolname FROM pg_roles WHERE rolname ~ '^(m_|s_|Q)'")
    )
    if leftovers:
        _forget_parameters(server, leftovers)
        server.execute(f"DROP OWNED BY {leftovers} CASCADE", f"DROP ROLE {leftovers}")
    server.execute(*(f"CREATE ROLE {quote(role)} LOGIN" for role in (*world.managed, *STRANGERS)))
    server.execute(f"CREATE DATABASE {quote(DATABASE)} TEMPLATE template0")
    names = {"app": quote(APP), "odd": quote(ODD), "theirs": quote(THEIRS)}
    furniture = [
        f"CREATE SCHEMA {names['app']}",
        f"CREATE SCHEMA {names['odd']}",
        f"CREATE SCHEMA {names['theirs']} AUTHORIZATION s_one",
        "CREATE FOREIGN DATA WRAPPER w_nowhere",
        "CREATE SERVER s_nowhere FOREIGN DATA WRAPPER w_nowhere",
        *(statement.format(**names) for statement in (*OBJECTS, *OTHERS)),
    ]
    server.execute(*furniture, database=DATABASE)


def _forget_parameters(server: Server, roles: str) -> None:
    """DROP OWNED leaves what was granted by anybody but the owner, so each takes its own back."""
    if server.major >= 15:
        # One privilege at a time: nobody who holds only one of two may take back both in its own name.
        granted = "SELECT DISTINCT a.grantor::regrole::text, parname, privilege_type FROM pg_parameter_acl, aclexplode(paracl) a"
        for grantor, parameter, privilege in server.rows(granted):
            if grantor != ADMINISTRATOR:
                mine = f"REVOKE {privilege} ON PARAMETER {parameter} FROM {roles} CASCADE"
                server.execute(f"ALTER ROLE {grantor} NOSUPERUSER; SET ROLE {grantor}; {mine}")
