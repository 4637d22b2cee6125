# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the state of one database, as far as it is managed; objects that differ only in their names come as one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..connection import Session
from ..sql import quote_identifier
from .actual import Acl, DatabaseState, DefaultKey, Objects, Rights, rights_of
from .desired import DesiredDatabase
from .plan_settings import stored_settings
from .read_cluster import acl_from, with_entries
from .read_owned import read_owned
from .statement import SPELL_OUT

#: Everything in the managed schemas that has an owner and an ACL, without members of extensions. An ACL that was never
#: written stands for the built-in one; a letter of the wrong kind would silently give that of something else. The multirange of
#: a range has both of its own before 17; since then it shares those of the range.
_OBJECTS = with_entries(
    """
WITH schemas AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = ANY (%(schemas)s)
), special AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(places)s::text[], %(names)s::text[]) AS s (kind, schema, bare)
), member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), owned AS (
    SELECT DISTINCT ON (d.objid) d.objid,
           CASE WHEN c.relnamespace IN (SELECT oid FROM schemas) AND m.objid IS NULL THEN 'inside' ELSE 'outside' END AS place
      FROM pg_depend d
      JOIN pg_class c ON c.oid = d.refobjid
      LEFT JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
), relation AS (
    SELECT c.oid, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS kind,
           CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                          WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word,
           n.nspname::text AS schema, c.relname::text AS bare, c.relowner AS owner,
           CASE c.relkind WHEN 'S' THEN coalesce(o.place, '') ELSE '' END AS follows, c.relacl AS acl,
           quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
      FROM pg_class c
      JOIN schemas n ON n.oid = c.relnamespace
      LEFT JOIN owned o ON o.objid = c.oid AND c.relkind = 'S'
      LEFT JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND m.objid IS NULL
), object AS (
    SELECT oid, kind, word, schema, bare, owner, follows, name, coalesce(acl, acldefault(kind::"char", owner)) AS acl
      FROM relation
    UNION ALL
    SELECT p.oid, 'f', 'ROUTINE', n.nspname::text, p.proname::text, p.proowner, '', p.oid::regprocedure::text,
           coalesce(p.proacl, acldefault('f', p.proowner))
      FROM pg_proc p
      JOIN schemas n ON n.oid = p.pronamespace
      LEFT JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
     WHERE m.objid IS NULL
    UNION ALL
    SELECT t.oid, 'T', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, n.nspname::text, t.typname::text, t.typowner,
           CASE WHEN c.relkind <> 'c' THEN 'inside' ELSE '' END, quote_ident(n.nspname) || '.' || quote_ident(t.typname),
           coalesce(t.typacl, acldefault('T', t.typowner))
      FROM pg_type t
      JOIN schemas n ON n.oid = t.typnamespace
      LEFT JOIN pg_class c ON c.oid = t.typrelid
      LEFT JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
      LEFT JOIN member r ON r.classid = 'pg_class'::regclass AND r.objid = t.typrelid
     WHERE (t.typtype IN ('b', 'c', 'd', 'e', 'r') OR t.typtype = 'm' AND current_setting('server_version_num')::int < 170000)
       AND m.objid IS NULL AND r.objid IS NULL
       AND t.oid NOT IN (SELECT typarray FROM pg_type)
       AND NOT EXISTS (SELECT FROM pg_depend i JOIN member e ON (e.classid, e.objid) = (i.refclassid, i.refobjid)
                        WHERE t.typtype = 'm' AND i.deptype = 'i' AND (i.classid, i.objid) = ('pg_type'::regclass, t.oid))
    UNION ALL
    SELECT oid, 'n', 'SCHEMA', nspname::text, '', nspowner, '', quote_ident(nspname),
           coalesce(nspacl, acldefault('n', nspowner))
      FROM pg_namespace WHERE nspname = ANY (%(schemas)s) OR nspname = 'public'
    UNION ALL
    SELECT oid, 'd', 'DATABASE', '', '', datdba, '', quote_ident(datname), coalesce(datacl, acldefault('d', datdba))
      FROM pg_database WHERE datname = current_database()
), alike AS (
    SELECT o.kind, o.word, o.schema, o.owner, o.follows, coalesce(s.bare, '') AS special,
           CASE o.kind WHEN 'r' THEN columned.attrelid END AS relation, o.acl, array_agg(o.name) AS names
      FROM object o
      LEFT JOIN special s ON (s.kind, s.schema, s.bare) = (o.kind, o.schema, o.bare)
      LEFT JOIN (SELECT DISTINCT attrelid FROM pg_attribute WHERE attacl IS NOT NULL AND NOT attisdropped) columned
        ON columned.attrelid = o.oid
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
SELECT kind, word, schema, pg_get_userbyid(owner)::text AS owner, follows, special, relation::bigint, names,
       <entries> AS acl
  FROM alike
""",
    "acl",
)
_COLUMNS = with_entries(
    """
SELECT c.oid::bigint AS relation, a.attname::text AS column, <entries> AS acl
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY (%s)
 WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
""",
    "a.attacl",
)
_DEFAULTS = with_entries(
    """
SELECT pg_get_userbyid(d.defaclrole)::text AS creator, coalesce(n.nspname::text, '') AS schema,
       d.defaclobjtype::text AS kind, <entries> AS acl
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
 WHERE d.defaclnamespace = 0 OR n.nspname = ANY (%s)
""",
    "d.defaclacl",
)
_COUNTS = """
SELECT n.nspname::text AS schema, 'f' AS kind, count(*) AS count
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (%(schemas)s) GROUP BY 1
UNION ALL
SELECT n.nspname::text, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END, count(*)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') GROUP BY 1, 2
"""
_EXTENSIONS = "SELECT extname::text AS name, extnamespace::regnamespace::text AS schema FROM pg_extension"
_ITSELF = """
SELECT d.datconnlimit AS connection_limit, d.datistemplate AS is_template,
       CASE s.setrole WHEN 0 THEN '' ELSE pg_get_userbyid(s.setrole)::text END AS role, coalesce(s.setconfig, '{}') AS settings
  FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid
 WHERE d.datname = current_database()
"""


def read_database(session: Session, desired: DesiredDatabase) -> DatabaseState:
    """Read the state of the database that the session is connected to.

    Args:
        session: in a transaction; search_path and jit are set for its length.
        desired: the declaration; gives the schemas, and the objects with rules of their own.
    """
    # With an empty path every name is qualified; compiling queries would take longer than running them.
    session.execute("SET LOCAL search_path = ''; SET LOCAL jit = off")
    schemas = list(desired.schemas)
    itself = session.rows(_ITSELF)
    objects = (*_objects(session, desired, schemas), *read_owned(session, schemas))
    # For few objects, the plan does not need to know whether they are all of them.
    many = any(len(group.names) > SPELL_OUT for group in objects)
    return DatabaseState(
        objects=objects,
        defaults=_defaults(session, schemas),
        counts=_counts(session, schemas) if many else {},
        extensions=_extensions(session) if desired.extensions else {},
        settings={row["role"]: stored_settings(row["settings"]) for row in itself if row["role"] is not None},
        connection_limit=itself[0]["connection_limit"],
        is_template=itself[0]["is_template"],
    )


def _objects(session: Session, desired: DesiredDatabase, schemas: Sequence[str]) -> tuple[Objects, ...]:
    special = sorted({(rule.kind, rule.schema, rule.object) for rule in desired.rules if rule.object})
    parameters = {
        "schemas": schemas,
        "kinds": [kind for kind, _schema, _name in special],
        "places": [schema for _kind, schema, _name in special],
        "names": [name for _kind, _schema, name in special],
    }
    rows = session.rows(_OBJECTS, parameters)
    columns: dict[int, dict[str, Acl]] = {}
    if any(row["relation"] for row in rows):
        for row in session.rows(_COLUMNS, (schemas,)):
            columns.setdefault(row["relation"], {})[quote_identifier(row["column"])] = acl_from(row["acl"])
    return tuple(_group(row, columns) for row in rows)


def _group(row: Mapping[str, Any], columns: Mapping[int, Mapping[str, Acl]]) -> Objects:
    return Objects(
        kind=row["kind"],
        word=row["word"],
        schema=row["schema"],
        owner=row["owner"],
        acl=acl_from(row["acl"]),
        names=tuple(sorted(row["names"])),
        special=row["special"],
        follows=row["follows"],
        columns=columns.get(row["relation"], {}),
    )


def _defaults(session: Session, schemas: list[str]) -> dict[DefaultKey, Rights]:
    rows = session.rows(_DEFAULTS, (schemas,))
    return {(row["creator"], row["schema"], row["kind"]): rights_of(acl_from(row["acl"])) for row in rows}


def _counts(session: Session, schemas: list[str]) -> dict[tuple[str, str], int]:
    rows = session.rows(_COUNTS, {"schemas": schemas})
    return {(row["schema"], row["kind"]): row["count"] for row in rows}


def _extensions(session: Session) -> dict[str, str]:
    return {row["name"]: row["schema"] for row in session.rows(_EXTENSIONS)}
