# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to roles that do not exist any more: a dump names them by number, or not at all, and a restore fails on them.

Memberships are left out: the grantor of one may be gone (before version 16), but a restore then grants it as another role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...connection import Session
from ...databases.init_privileges import INITIAL, without_grantees, without_roles
from ...sql import quote_identifier
from .obstacle import Obstacle

#: Catalog, class of its objects, privileges, owner.
_CATALOGUES: Sequence[tuple[str, str, str, str]] = (
    ("pg_class", "pg_class", "relacl", "relowner"),
    ("pg_proc", "pg_proc", "proacl", "proowner"),
    ("pg_namespace", "pg_namespace", "nspacl", "nspowner"),
    ("pg_type", "pg_type", "typacl", "typowner"),
    ("pg_language", "pg_language", "lanacl", "lanowner"),
    ("pg_foreign_data_wrapper", "pg_foreign_data_wrapper", "fdwacl", "fdwowner"),
    ("pg_foreign_server", "pg_foreign_server", "srvacl", "srvowner"),
    ("pg_largeobject_metadata", "pg_largeobject", "lomacl", "lomowner"),
    ("pg_database", "pg_database", "datacl", "datdba"),
    ("pg_operator", "pg_operator", "", "oprowner"),
    ("pg_opclass", "pg_opclass", "", "opcowner"),
    ("pg_opfamily", "pg_opfamily", "", "opfowner"),
    ("pg_collation", "pg_collation", "", "collowner"),
    ("pg_conversion", "pg_conversion", "", "conowner"),
    ("pg_ts_config", "pg_ts_config", "", "cfgowner"),
    ("pg_ts_dict", "pg_ts_dict", "", "dictowner"),
    ("pg_statistic_ext", "pg_statistic_ext", "", "stxowner"),
    ("pg_event_trigger", "pg_event_trigger", "", "evtowner"),
    ("pg_publication", "pg_publication", "", "pubowner"),
    ("pg_subscription", "pg_subscription", "", "subowner"),
)
#: Objects with an owner of their own, not that of another one.
_OWN = {
    "pg_class": " AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')",
    "pg_type": " AND typtype <> 'c' AND NOT (typelem <> 0 AND typcategory = 'A')",
}
#: Catalogs of the cluster: the rows of this database only.
_HERE = {
    "pg_database": " AND datname = current_database()",
    "pg_subscription": " AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
}
_ACL_OF = """
SELECT '{table}' AS source, '{kind}'::regclass::oid AS class, oid, 0 AS subid, {acl} AS acl FROM {table} WHERE {acl} IS NOT NULL{here}
"""
_OTHER_ACLS = """
SELECT 'pg_attribute', 'pg_class'::regclass, attrelid, attnum, attacl FROM pg_attribute WHERE attacl IS NOT NULL
UNION ALL SELECT 'pg_init_privs', classoid, objoid, objsubid, initprivs FROM pg_init_privs
"""
_OWNER_OF = """
SELECT '{kind}'::regclass::oid AS class, oid, {owner} AS owner FROM {table} WHERE {owner} NOT IN (TABLE there){here}{own}
"""
#: Many objects have the same privileges, so each list is read once: whether the roles granted nothing, and whether others are in it.
_PRIVILEGES = """
acls AS MATERIALIZED ({acls}), dangling AS (
    SELECT lists.acl, ARRAY(
        SELECT DISTINCT named.oid::bigint FROM aclexplode(lists.acl) one, unnest(ARRAY[one.grantor, one.grantee]) named (oid)
         WHERE named.oid NOT IN (TABLE there)) AS missing,
        (SELECT bool_and(grantor IN (TABLE there)) FROM aclexplode(lists.acl)) AS granted,
        (SELECT bool_or(grantee IN (TABLE there)) FROM aclexplode(lists.acl)) AS others
      FROM (SELECT DISTINCT acl FROM acls) lists
)
SELECT acls.source, object.type || ' ' || object.identity AS name, dangling.missing, dangling.granted, dangling.others
  FROM dangling JOIN acls ON acls.acl = dangling.acl, pg_identify_object(acls.class, acls.oid, acls.subid) object
 WHERE dangling.missing <> '{{}}' ORDER BY 1, 2
"""
_OWNERS = """
owned AS ({owned})
SELECT object.type, object.identity AS name, ARRAY[owned.owner::bigint] AS missing
  FROM owned, pg_identify_object(owned.class, owned.oid, 0) object ORDER BY 1, 2
"""
#: Their names are made here, for the server does not name objects of a role that does not exist.
_DEFAULTS = """
named AS (
    SELECT d.*, ARRAY(
        SELECT DISTINCT named.oid::bigint FROM aclexplode(d.defaclacl) one, unnest(ARRAY[one.grantor, one.grantee, d.defaclrole]) named (oid)
         WHERE named.oid NOT IN (TABLE there)) AS missing,
        (SELECT bool_and(grantor IN (TABLE there)) FROM aclexplode(d.defaclacl)) AS granted,
        (SELECT bool_or(grantee IN (TABLE there)) FROM aclexplode(d.defaclacl)) AS others
      FROM pg_default_acl d
)
SELECT format('%s %s %s', defaclrole::regrole, coalesce(nullif(defaclnamespace, 0)::regnamespace::text, '-'), defaclobjtype) AS name,
       'pg_default_acl' AS source, oid::bigint AS oid, missing, granted, others, defaclrole IN (TABLE there) AND others AS stays
  FROM named WHERE missing <> '{}' ORDER BY 1
"""
_MAPPINGS = """
mappings AS (SELECT m.oid, m.umuser, s.srvname FROM pg_user_mapping m JOIN pg_foreign_server s ON s.oid = m.umserver)
SELECT format('%s on %I', umuser, srvname) AS name, oid::bigint AS oid, ARRAY[umuser::bigint] AS missing
  FROM mappings WHERE umuser NOT IN (TABLE there) ORDER BY 1
"""
_POLICIES = """
named AS (SELECT p.oid, p.polname, p.polrelid, unnest(p.polroles) AS role FROM pg_policy p)
SELECT quote_ident(polname) AS policy, polrelid::regclass::text AS relation,
       array_agg(role::bigint) FILTER (WHERE role NOT IN (TABLE there)) AS missing,
       string_agg(role::regrole::text, ', ') FILTER (WHERE role IN (TABLE there)) AS left
  FROM named GROUP BY oid, polname, polrelid HAVING bool_or(role NOT IN (TABLE there)) ORDER BY 2, 1
"""
_SETTINGS = """
stored AS (SELECT s.setrole FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database())
SELECT setrole::bigint AS role, ARRAY[setrole::bigint] AS missing FROM stored WHERE setrole NOT IN (TABLE there) ORDER BY 1
"""
_THERE = "WITH there AS MATERIALIZED (SELECT oid FROM pg_authid UNION ALL SELECT 0::oid), "
_ADMINISTRATOR = "SELECT rolname::text FROM pg_authid WHERE oid = 10"
_FORGET = """
DELETE FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.{table}'::regclass AND objid = {oid};
DELETE FROM pg_catalog.pg_shdepend WHERE classid = 'pg_catalog.{table}'::regclass AND objid = {oid} AND dbid =
(SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database());
DELETE FROM pg_catalog.{table} WHERE oid = {oid}
"""
_UNSET = "DELETE FROM pg_catalog.pg_db_role_setting WHERE setrole = {role}"

#: Privileges of columns have no default, and no entry of the owner: an empty list is like no list.
_OF_COLUMNS = "pg_attribute"
_COLUMNS = {
    **{table: acl for table, _kind, acl, _owner in _CATALOGUES if acl},
    _OF_COLUMNS: "attacl",
    INITIAL[0]: INITIAL[1],
    "pg_default_acl": "defaclacl",
}
#: What ALTER ... OWNER TO calls a kind of object, where that is not its name.
_WORDS = {"foreign-data wrapper": "FOREIGN DATA WRAPPER", "statistics object": "STATISTICS", "composite type": "TYPE"}


def search(session: Session) -> tuple[Obstacle, ...]:
    """Return every reference to a missing role in the dump of the connected database, or in statements that a restore adds.

    Args:
        session: of a superuser in the database.
    """
    administrator = str(session.value(_ADMINISTRATOR))

    def rows(query: str) -> list[dict[str, Any]]:
        return session.rows(_THERE + query)

    privileges, defaults = rows(_PRIVILEGES.format(acls=_acls())), rows(_DEFAULTS)
    hints = _cleanings([*privileges, *(row for row in defaults if row["stays"])], administrator)
    return (
        *(_privileges(row, hints) for row in privileges),
        *(_owner(row, administrator) for row in rows(_OWNERS.format(owned=_owned()))),
        *(_default(row, hints) for row in defaults),
        *map(_mapping, rows(_MAPPINGS)),
        *map(_policy, rows(_POLICIES)),
        *map(_setting, rows(_SETTINGS)),
    )


def _acls() -> str:
    parts = [
        _ACL_OF.format(table=table, kind=kind, acl=acl, here=_HERE.get(table, ""))
        for table, kind, acl, _owner_column in _CATALOGUES
        if acl
    ]
    return "UNION ALL".join([*parts, _OTHER_ACLS])


def _owned() -> str:
    return "UNION ALL".join(
        _OWNER_OF.format(table=table, kind=kind, owner=owner, here=_HERE.get(table, ""), own=_OWN.get(table, ""))
        for table, kind, _acl, owner in _CATALOGUES
    )


def _cleanings(rows: Sequence[Mapping[str, Any]], administrator: str) -> dict[str, str]:
    """By catalog: one statement for all of its rows."""
    hints = {}
    for table in {row["source"] for row in rows}:
        of_table = [row for row in rows if row["source"] == table]
        if all(row["granted"] and (row["others"] or table == _OF_COLUMNS) for row in of_table):
            gone = sorted({oid for row in of_table for oid in row["missing"]})
            hints[table] = without_grantees(", ".join(map(str, gone)), table=table, acl=_COLUMNS[table])
        else:
            hints[table] = without_roles(administrator, table=table, acl=_COLUMNS[table])
    return hints


def _privileges(row: Mapping[str, Any], hints: Mapping[str, str]) -> Obstacle:
    initial = "initial privileges (pg_init_privs) name" if row["source"] == INITIAL[0] else "privileges name"
    return Obstacle("privileges", row["name"], f"its {initial} {_roles(row)}", hints[row["source"]])


def _owner(row: Mapping[str, Any], administrator: str) -> Obstacle:
    word = _WORDS.get(row["type"], row["type"].upper())
    hint = f"ALTER {word} {row['name']} OWNER TO {quote_identifier(administrator)}"
    return Obstacle(row["type"], row["name"], f"its owner is {_roles(row)}", hint)


def _default(row: Mapping[str, Any], hints: Mapping[str, str]) -> Obstacle:
    hint = hints[row["source"]] if row["stays"] else _forget(row["source"], row["oid"])
    return Obstacle("default privileges", row["name"], f"they name {_roles(row)}", hint)


def _mapping(row: Mapping[str, Any]) -> Obstacle:
    return Obstacle("user mapping", row["name"], f"it is for {_roles(row)}", _forget("pg_user_mapping", row["oid"]))


def _policy(row: Mapping[str, Any]) -> Obstacle:
    place = f"{row['policy']} ON {row['relation']}"
    # A policy for no role applies to no session.
    hint = f"ALTER POLICY {place} TO {row['left']}" if row["left"] else f"DROP POLICY {place}"
    return Obstacle("policy", f"{row['relation']}.{row['policy']}", f"it is for {_roles(row)}", hint)


def _setting(row: Mapping[str, Any]) -> Obstacle:
    return Obstacle("settings", str(row["role"]), f"they are for {_roles(row)}", _UNSET.format(role=row["role"]))


def _forget(table: str, oid: int) -> str:
    """Statements that remove what no other statement can name."""
    return " ".join(_FORGET.format(table=table, oid=oid).split())


def _roles(row: Mapping[str, Any]) -> str:
    missing: list[int] = sorted(row["missing"])
    named = ", ".join(map(str, missing))
    return f"{'roles that do' if len(missing) > 1 else 'a role that does'} not exist (OID {named})"
