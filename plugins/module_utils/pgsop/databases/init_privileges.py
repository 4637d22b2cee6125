# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles in the initial privileges of extensions (pg_init_privs): before version 17 the server does not track them, and DROP ROLE leaves them.

A dump compares the privileges of an extension's objects with the initial ones. A dropped role in there becomes a REVOKE or GRANT for a role
whose name is a number, and no server can restore that.
"""

from __future__ import annotations

from typing import Dict, List, Sequence

from ..cluster import Cluster
from ..connection import connect
from .names import quote_identifier, quote_literal

#: Since when the server tracks these roles in pg_shdepend: REASSIGN OWNED, DROP OWNED and DROP ROLE then take care of them.
TRACKED_SINCE = 17

_HOLDING = """
SELECT DISTINCT r.rolname::text AS role FROM pg_init_privs i, aclexplode(i.initprivs) a, pg_authid r
 WHERE r.oid IN (a.grantor, a.grantee) AND r.rolname = ANY (%s)
"""
#: An entry that a dropped role granted becomes one of the administrator, as REASSIGN OWNED of version 17 does: its object's owner was dropped.
#: An entry for a dropped role goes, and the row with it if it was the only one, as DROP OWNED does there. All others stay as they are.
_CLEANING = """
WITH there AS (SELECT oid FROM pg_catalog.pg_authid{but} UNION ALL SELECT 0::oid),
emptied AS (DELETE FROM pg_catalog.pg_init_privs WHERE EXISTS (SELECT FROM aclexplode(initprivs) WHERE {mentioned})
AND NOT EXISTS (SELECT FROM aclexplode(initprivs) WHERE grantee = grantor OR grantee IN (TABLE there)))
UPDATE pg_catalog.pg_init_privs SET initprivs = ARRAY(
SELECT CASE WHEN grantor IN (TABLE there) THEN entry
WHEN grantee = grantor THEN ({heir} || substr(left(entry::text, -size), size + 1) || {heir})::aclitem
ELSE (left(entry::text, -size) || {heir})::aclitem END
FROM unnest(initprivs) entry, LATERAL (SELECT DISTINCT grantor, grantee,
length(makeaclitem(0, grantor, 'SELECT', false)::text) - length('=r/') AS size FROM aclexplode(ARRAY[entry])) one
WHERE grantee = grantor OR grantee IN (TABLE there))
WHERE EXISTS (SELECT FROM aclexplode(initprivs) WHERE {mentioned})
AND EXISTS (SELECT FROM aclexplode(initprivs) WHERE grantee = grantor OR grantee IN (TABLE there))
"""
_MISSING = "grantor NOT IN (TABLE there) OR grantee NOT IN (TABLE there)"


def cleaning(administrator: str, role: str = "") -> str:
    """The statement that takes a role out of the initial privileges of the connected database.

    Args:
        administrator: gets what the role granted.
        role: the role, before it is dropped; all that do not exist any more where it is empty.
    """
    name = quote_literal(quote_identifier(role))
    statement = _CLEANING.format(
        but=f" WHERE rolname <> {quote_literal(role)}" if role else "",
        heir=quote_literal(quote_identifier(administrator)),
        mentioned=f"{name}::regrole IN (grantor, grantee)" if role else _MISSING,
    )
    return " ".join(statement.split("\n")).strip()


def holding(cluster: Cluster, databases: Sequence[str], roles: Sequence[str]) -> Dict[str, List[str]]:
    """By role: the databases whose initial privileges mention it; nothing where the server tracks them.

    Args:
        cluster: where.
        databases: those that accept connections.
        roles: names of existing roles.

    Raises:
        PgsopError: where a database cannot be read.
    """
    found: Dict[str, List[str]] = {}
    if cluster.version < TRACKED_SINCE and roles:
        for database in databases:
            with connect(cluster, database) as session:
                for row in session.rows(_HOLDING, [list(roles)]):
                    found.setdefault(row["role"], []).append(database)
    return found
