# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server's catalogues say of privileges, read without the engine's help and as plain sets, so that states compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import DATABASE


class Entry(NamedTuple):
    """One privilege of one grantee on one object or column."""

    kind: str
    schema: str
    name: str
    column: str
    grantee: str
    privilege: str
    grantable: bool
    grantor: str


class Thing(NamedTuple):
    """Something with an owner; `acl` is the text as it is stored."""

    kind: str
    schema: str
    name: str
    owner: str
    acl: str | None
    member: bool


@dataclass(frozen=True)
class Snapshot:
    """Everything that privileges depend on. Equal snapshots are equal states, however they came about."""

    things: frozenset[Thing]
    entries: frozenset[Entry]
    defaults: frozenset[tuple[Any, ...]]
    memberships: frozenset[tuple[Any, ...]]
    roles: frozenset[tuple[Any, ...]]
    settings: frozenset[tuple[Any, ...]]

    def state(self) -> tuple[Any, ...]:
        """The same without stored texts, of which several mean one state."""
        owners = frozenset(thing._replace(acl=None) for thing in self.things)
        return (owners, self.entries, self.defaults, self.memberships, self.roles, self.settings)


#: Schemas that are nobody's system.
_SCHEMAS = "(SELECT * FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_' OR nspname = 'public')"

_OBJECTS = f"""
SELECT CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS kind, n.nspname::text AS schema, c.relname::text AS name, c.relowner AS owner,
       c.relacl AS acl, 'pg_class'::regclass AS class, c.oid AS oid, 0::oid AS relation
  FROM pg_class c JOIN {_SCHEMAS} n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
UNION ALL
SELECT 'f', n.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner, p.proacl,
       'pg_proc'::regclass, p.oid, 0
  FROM pg_proc p JOIN {_SCHEMAS} n ON n.oid = p.pronamespace
UNION ALL
SELECT 'T', n.nspname, t.typname, t.typowner, t.typacl, 'pg_type'::regclass, t.oid, t.typrelid
  FROM pg_type t JOIN {_SCHEMAS} n ON n.oid = t.typnamespace WHERE NOT (t.typelem <> 0 AND t.typlen = -1)
UNION ALL
SELECT 'n', '', n.nspname, n.nspowner, n.nspacl, 'pg_namespace'::regclass, n.oid, 0 FROM {_SCHEMAS} n
UNION ALL
SELECT 'd', '', d.datname, d.datdba, d.datacl, 'pg_database'::regclass, d.oid, 0 FROM pg_database d WHERE d.datname = current_database()
"""

_NAME = "CASE WHEN {0} = 0 THEN 'PUBLIC' ELSE pg_get_userbyid({0})::text END"

#: The row type of an extension's table is no member by itself.
_THINGS = f"""
SELECT kind, schema, name, pg_get_userbyid(owner)::text, acl::text,
       EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN ((class, o.oid), ('pg_class'::regclass, relation)))
  FROM ({_OBJECTS}) o
"""

_ENTRIES = f"""
SELECT kind, schema, name, '', {_NAME.format("a.grantee")}, a.privilege_type, bool_or(a.is_grantable), {_NAME.format("a.grantor")}
  FROM ({_OBJECTS}) o, LATERAL aclexplode(coalesce(acl, acldefault(kind::"char", owner))) a GROUP BY 1, 2, 3, 5, 6, 8
UNION ALL
SELECT 'r', n.nspname, c.relname, t.attname, {_NAME.format("a.grantee")}, a.privilege_type, a.is_grantable, {_NAME.format("a.grantor")}
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(t.attacl) a
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
"""

#: What is built in where a creator has no row without schema counts as if it were written there.
_DEFAULTS = f"""
SELECT pg_get_userbyid(d.defaclrole)::text, coalesce(n.nspname::text, ''), d.defaclobjtype::text,
       coalesce({_NAME.format("a.grantee")}, ''), a.privilege_type, a.is_grantable
  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace LEFT JOIN LATERAL aclexplode(d.defaclacl) a ON true
UNION ALL
SELECT r.rolname::text, '', k.kind, {_NAME.format("a.grantee")}, a.privilege_type, a.is_grantable
  FROM pg_roles r, (VALUES ('r', 'r'), ('S', 's'), ('f', 'f'), ('T', 'T')) AS k (kind, letter), LATERAL aclexplode(acldefault(letter::"char", r.oid)) a
 WHERE r.rolname !~ '^pg_' AND NOT EXISTS (
           SELECT FROM pg_default_acl d WHERE d.defaclrole = r.oid AND d.defaclnamespace = 0 AND d.defaclobjtype = kind::"char")
"""

_ROLES = """
SELECT rolname::text, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit,
       nullif(rolvaliduntil, 'infinity')::text, rolpassword
  FROM pg_authid WHERE rolname !~ '^pg_'
"""

_SETTINGS = """
SELECT coalesce(d.datname::text, ''), coalesce(r.rolname::text, ''), s.setting
  FROM pg_db_role_setting x LEFT JOIN pg_database d ON d.oid = x.setdatabase LEFT JOIN pg_roles r ON r.oid = x.setrole,
       unnest(x.setconfig) AS s (setting)
UNION ALL
SELECT datname, '', 'connection limit ' || datconnlimit FROM pg_database
"""

_PARAMETERS = f"""
SELECT 'p', '', p.parname, '', {_NAME.format("a.grantee")}, a.privilege_type, a.is_grantable, {_NAME.format("a.grantor")}
  FROM pg_parameter_acl p, LATERAL aclexplode(p.paracl) a
"""


def _memberships(major: int) -> str:
    # Before 16 there is one row per pair, whoever granted it, and the grantor means nothing.
    options = "m.inherit_option, m.set_option, pg_get_userbyid(m.grantor)::text" if major >= 16 else "true, true, ''"
    return f"""
    SELECT pg_get_userbyid(m.roleid)::text, pg_get_userbyid(m.member)::text, m.admin_option, {options}
      FROM pg_auth_members m WHERE pg_get_userbyid(m.member) !~ '^pg_'
    """


def read(server: Server, database: str = DATABASE, cursor: Any = None) -> Snapshot:
    """The state now; seen from inside a transaction where one is given by its cursor."""
    if cursor is None:
        with server.connect(database) as connection, connection.cursor() as own:
            return read(server, database, own)

    def rows(statement: str) -> frozenset[tuple[Any, ...]]:
        cursor.execute(statement, ())
        return frozenset(cursor.fetchall())

    # Names of types in signatures are qualified or not by the path.
    cursor.execute("SELECT set_config('search_path', '', false)")
    entries = rows(_ENTRIES) | (rows(_PARAMETERS) if server.major >= 15 else frozenset())
    return Snapshot(
        things=frozenset(Thing(*row) for row in rows(_THINGS)),
        entries=frozenset(Entry(*row) for row in entries),
        defaults=rows(_DEFAULTS),
        memberships=rows(_memberships(server.major)),
        roles=rows(_ROLES),
        settings=rows(_SETTINGS),
    )
