# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles and memberships of the cluster, which no dump of a database has, as a set keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..connection import Session

Roles = Mapping[str, Any]

#: All but the predefined ones, which every server has.
_ROLES = """
SELECT r.rolname AS name, r.oid = 10 AS bootstrap, r.rolsuper AS superuser, r.rolinherit AS inherit, r.rolcreaterole AS createrole,
       r.rolcreatedb AS createdb, r.rolcanlogin AS login, r.rolreplication AS replication, r.rolbypassrls AS bypassrls,
       r.rolconnlimit AS connection_limit, r.rolpassword AS verifier,
       CASE WHEN isfinite(r.rolvaliduntil) THEN to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'
            ELSE r.rolvaliduntil::text END AS valid_until,
       s.setconfig AS settings, shobj_description(r.oid, 'pg_authid') AS comment
  FROM pg_authid r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0
 WHERE r.rolname !~ '^pg_' ORDER BY r.rolname
"""
_MEMBERSHIPS = """
SELECT pg_get_userbyid(m.roleid) AS role, pg_get_userbyid(m.member) AS member, g.rolname AS grantor, m.admin_option AS admin,
       (to_jsonb(m) ->> 'inherit_option')::boolean AS inherit, (to_jsonb(m) ->> 'set_option')::boolean AS set
  FROM pg_auth_members m LEFT JOIN pg_authid g ON g.oid = m.grantor
 WHERE pg_get_userbyid(m.member) !~ '^pg_' ORDER BY 1, 2, 3
"""
#: Owners and grantees in the database and of it, roles with a setting in it; and, over memberships, the roles above and below these.
_NEEDED = """
WITH RECURSIVE named AS (
    SELECT refobjid AS oid FROM pg_shdepend
     WHERE refclassid = 'pg_authid'::regclass AND (dbid = %(oid)s OR dbid = 0 AND classid = 'pg_database'::regclass AND objid = %(oid)s)
    UNION SELECT datdba FROM pg_database WHERE oid = %(oid)s
    UNION SELECT setrole FROM pg_db_role_setting WHERE setdatabase = %(oid)s AND setrole <> 0
), above AS (
    SELECT oid FROM named UNION SELECT m.roleid FROM pg_auth_members m JOIN above a ON a.oid = m.member
), below AS (
    SELECT oid FROM named UNION
    SELECT m.member FROM pg_auth_members m JOIN below b ON b.oid = m.roleid JOIN pg_authid r ON r.oid = m.roleid WHERE r.rolname !~ '^pg_'
)
SELECT rolname FROM pg_authid WHERE rolname !~ '^pg_' AND oid IN (SELECT oid FROM above UNION SELECT oid FROM below) ORDER BY 1
"""


def read_roles(session: Session) -> dict[str, Any]:
    """Return all roles and memberships, in types that JSON has. The result contains password verifiers.

    Returns:
        Lists of rows by "roles" and "memberships", sorted by name, without predefined roles (`pg_...`) and memberships that these have.
    """
    return {"roles": session.rows(_ROLES), "memberships": session.rows(_MEMBERSHIPS)}


def required_roles(session: Session, database_oid: int) -> tuple[str, ...]:
    """Return the names of the roles that a database needs, sorted, without predefined roles (`pg_...`).

    These are owners, grantees, roles with settings in it, and the roles that are connected to them by memberships.
    """
    return tuple(row["rolname"] for row in session.rows(_NEEDED, {"oid": database_oid}))
