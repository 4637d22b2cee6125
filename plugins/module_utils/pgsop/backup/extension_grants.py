# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileges that the script of an extension granted on objects that belong to no extension, such as the schema of another one.

The server takes them for the initial privileges of the object (pg_init_privs), and pg_dump writes only what differs from these. A restore
runs the script again, but in another order: the object may not exist yet, and nothing grants the privileges later.
"""

from __future__ import annotations

from ..connection import Session

_GRANTS = """
SELECT format('GRANT %s ON %s %s TO %s%s', given.privilege_type, object.word, named.identity,
              CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(taker.rolname) END,
              CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' END) AS statement
  FROM pg_init_privs first
  JOIN (
    SELECT 'pg_namespace'::regclass AS class, oid, 'SCHEMA' AS word, nspacl AS acl, nspowner AS owner FROM pg_namespace
    UNION ALL
    SELECT 'pg_class'::regclass, oid, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relacl, relowner FROM pg_class
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, 'ROUTINE', proacl, proowner FROM pg_proc
    UNION ALL
    SELECT 'pg_type'::regclass, oid, 'TYPE', typacl, typowner FROM pg_type
  ) object ON object.class = first.classoid AND object.oid = first.objoid
 CROSS JOIN LATERAL aclexplode(object.acl) given
 CROSS JOIN LATERAL pg_identify_object(object.class, object.oid, 0) named
  LEFT JOIN pg_roles taker ON taker.oid = given.grantee
 WHERE first.privtype = 'e' AND first.objsubid = 0 AND given.grantee <> object.owner AND (given.grantee = 0 OR taker.oid IS NOT NULL)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = first.classoid AND d.objid = first.objoid AND d.deptype = 'e')
   AND EXISTS (SELECT FROM aclexplode(first.initprivs) initial
                WHERE (initial.grantee, initial.privilege_type) = (given.grantee, given.privilege_type))
 ORDER BY 1
"""


def extension_grants(session: Session) -> tuple[str, ...]:
    """Return the GRANT statements that restore these privileges, sorted.

    Args:
        session: in the database, with search_path pg_catalog, so that names have their schema.
    """
    return tuple(row["statement"] for row in session.rows(_GRANTS))
