# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles in the initial privileges of extensions (pg_init_privs): DROP ROLE leaves them there before version 17.

A dump compares the privileges of an extension's objects with the initial ones. A dropped role in there becomes a
REVOKE or GRANT for a role named by its OID, and no server can restore that. From 17 on the server tracks these roles.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..cluster import Cluster
from ..connection import connect
from ..sql import quote_identifier, quote_literal

#: Since when the server tracks these roles in pg_shdepend: REASSIGN OWNED, DROP OWNED and DROP ROLE then take care of them.
TRACKED_SINCE = 17
#: Catalog of initial privileges, and its column.
INITIAL = ("pg_init_privs", "initprivs")
#: Role -> database -> statement.
Needed = dict[str, dict[str, str]]

#: Simple is a list in which the role granted nothing, and which keeps another entry.
_HOLDING = """
SELECT role, bool_and(simple) AS simple FROM (
    SELECT r.rolname::text AS role, bool_or(r.oid IN (a.grantor, a.grantee)) AS mentioned,
           NOT bool_or(a.grantor = r.oid) AND NOT bool_and(a.grantee = r.oid) AS simple
      FROM pg_init_privs i, aclexplode(i.initprivs) a, pg_authid r
     WHERE r.rolname = ANY (%s) GROUP BY i.classoid, i.objoid, i.objsubid, r.rolname
) lists WHERE mentioned GROUP BY role
"""
_SIMPLE = """
UPDATE pg_catalog.{table} SET {acl} = nullif(ARRAY(SELECT entry FROM unnest({acl}) entry
WHERE NOT EXISTS (SELECT FROM aclexplode(ARRAY[entry]) WHERE grantee IN ({gone}))), '{{}}')
WHERE EXISTS (SELECT FROM aclexplode({acl}) WHERE grantee IN ({gone}))
"""
#: An entry that a dropped role granted becomes one of the administrator, as REASSIGN OWNED of version 17 does: its object's owner was dropped.
#: An entry for a dropped role goes. All others stay as they are. A list is never emptied, for that would mean the default privileges.
_CLEANING = """
UPDATE pg_catalog.{table} SET {acl} = ARRAY(
SELECT CASE WHEN grantor IN (TABLE there) THEN entry
WHEN grantee = grantor THEN ({heir} || substr(left(entry::text, -size), size + 1) || {heir})::aclitem
ELSE (left(entry::text, -size) || {heir})::aclitem END
FROM unnest({acl}) entry, LATERAL (SELECT DISTINCT grantor, grantee,
length(makeaclitem(0, grantor, 'SELECT', false)::text) - length('=r/') AS size FROM aclexplode(ARRAY[entry])) one
WHERE grantee = grantor OR grantee IN (TABLE there))
WHERE EXISTS (SELECT FROM aclexplode({acl}) WHERE {mentioned})
AND EXISTS (SELECT FROM aclexplode({acl}) WHERE grantee = grantor OR grantee IN (TABLE there))
"""
_THERE = "there AS (SELECT oid FROM pg_catalog.pg_authid{but} UNION ALL SELECT 0::oid)"
#: A row of initial privileges without any entry is deleted, as by DROP OWNED of version 17.
_EMPTIED = """
emptied AS (DELETE FROM pg_catalog.pg_init_privs WHERE EXISTS (SELECT FROM aclexplode(initprivs) WHERE {mentioned})
AND NOT EXISTS (SELECT FROM aclexplode(initprivs) WHERE grantee = grantor OR grantee IN (TABLE there)))
"""
_MISSING = "grantor NOT IN (TABLE there) OR grantee NOT IN (TABLE there)"


def without_grantees(gone: str, *, table: str = INITIAL[0], acl: str = INITIAL[1]) -> str:
    """Return the statement that removes roles from the privileges in a catalog.

    It is right only if the roles granted nothing in these lists and are not their only entries.

    Args:
        gone: the roles, as an SQL list of their OIDs.
        table: the catalog.
        acl: its column of privileges.
    """
    return _one_line(_SIMPLE.format(table=table, acl=acl, gone=gone))


def without_roles(administrator: str, role: str = "", *, table: str = INITIAL[0], acl: str = INITIAL[1]) -> str:
    """Return the statement that removes one role, or all roles that do not exist, from the privileges in a catalog.

    It also covers what the roles granted. For ``pg_init_privs``, rows without any entry left are deleted.

    Args:
        administrator: becomes the grantor of what they granted.
        role: the role that is to be dropped; empty for all roles that do not exist.
        table: the catalog.
        acl: its column of privileges.
    """
    statement = f"WITH {_THERE}{',' + _EMPTIED if table == INITIAL[0] else ''}{_CLEANING}".format(
        but=f" WHERE rolname <> {quote_literal(role)}" if role else "",
        heir=quote_literal(quote_identifier(administrator)),
        mentioned=f"{_oid(role)} IN (grantor, grantee)" if role else _MISSING,
        table=table,
        acl=acl,
    )
    return _one_line(statement)


def cleaning(cluster: Cluster, databases: Sequence[str], roles: Sequence[str], administrator: str) -> Needed:
    """Return the statements that remove roles from the initial privileges of each database.

    Args:
        cluster: the cluster.
        databases: those that accept connections.
        roles: names of existing roles.
        administrator: becomes the grantor of what they granted.

    Returns:
        role -> database -> statement; empty from version 17 on, which tracks these roles itself.

    Raises:
        PgsopError: a database cannot be read.
    """
    found: Needed = {}
    if cluster.version < TRACKED_SINCE and roles:
        for database in databases:
            with connect(cluster, database) as session:
                for row in session.rows(_HOLDING, [list(roles)]):
                    role = row["role"]
                    text = without_grantees(_oid(role)) if row["simple"] else without_roles(administrator, role)
                    found.setdefault(role, {})[database] = text
    return found


def _oid(role: str) -> str:
    return f"{quote_literal(quote_identifier(role))}::regrole"


def _one_line(statement: str) -> str:
    return " ".join(line.strip() for line in statement.strip().split("\n"))
