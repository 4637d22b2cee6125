# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of a database that no dump of it has: options of CREATE DATABASE, privileges, settings, labels, comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..connection import Session

Properties = Mapping[str, Any]

_DATABASE = """
SELECT pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, d.datctype AS ctype,
       coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale, to_jsonb(d) ->> 'daticurules' AS icu_rules,
       to_jsonb(d) ->> 'datcollversion' AS collation_version, s.spcname AS tablespace, d.datconnlimit AS connection_limit,
       d.datallowconn AS allow_connections, d.datistemplate AS is_template, shobj_description(d.oid, 'pg_database') AS comment
  FROM pg_database d JOIN pg_tablespace s ON s.oid = d.dattablespace WHERE d.oid = %s
"""
#: A superuser's grants are the owner's, and so are those of a role that does not exist. A grant to such a role cannot be restored.
ACL = """
SELECT DISTINCT CASE p.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(p.grantee) END AS grantee,
       pg_get_userbyid(CASE WHEN r.rolsuper OR r.oid IS NULL THEN d.datdba ELSE p.grantor END) AS grantor,
       p.privilege_type AS privilege, p.is_grantable AS grantable
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) p LEFT JOIN pg_roles r ON r.oid = p.grantor
 WHERE d.oid = %s AND (p.grantee = 0 OR p.grantee IN (SELECT oid FROM pg_roles))
"""
_SETTINGS = """
SELECT CASE s.setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(s.setrole) END AS role, unnest(s.setconfig) AS line
  FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
 WHERE d.oid = %s AND (s.setrole = 0 OR s.setrole IN (SELECT oid FROM pg_roles))
"""
_LABELS = """
SELECT l.provider, l.label FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid
 WHERE l.classoid = 'pg_database'::regclass AND d.oid = %s
"""
_OID = "SELECT oid FROM pg_database WHERE datname = %s"
_PUBLIC_OWNER = "SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'public'"


def read(session: Session, database: str) -> dict[str, Any]:
    """Return all properties of a database, in types that JSON has.

    `public_owner` is None unless the session is connected to this database: the owner is in a catalog of the database.

    Args:
        session: in any database of the cluster.
        database: its name.
    """
    found = read_shared(session, database_oid(session, database))
    found["public_owner"] = public_owner(session) if session.value("SELECT current_database()") == database else None
    return found


def read_shared(session: Session, oid: int) -> dict[str, Any]:
    """Return the properties of a database that a session in any database can read, in types that JSON has.

    Args:
        session: in any database of the cluster.
        oid: of the database. Not its name: the session's database may not accept the bytes of the name.

    Returns:
        The columns of pg_database, and lists by acl, settings and labels.
    """
    (found,) = session.rows(_DATABASE, [oid])
    found["acl"] = sorted(session.rows(ACL, [oid]), key=_order)
    settings = [(row["role"], *row["line"].split("=", maxsplit=1)) for row in session.rows(_SETTINGS, [oid])]
    found["settings"] = sorted(
        ({"role": role, "name": name, "value": value} for role, name, value in settings), key=_order
    )
    found["labels"] = sorted(session.rows(_LABELS, [oid]), key=_order)
    return found


def public_owner(session: Session) -> str | None:
    """Return the owner of schema public in the connected database; None if it has no such schema.

    Dumps of versions before 15 do not contain this owner.
    """
    owners = session.rows(_PUBLIC_OWNER)
    return owners[0]["owner"] if owners else None


def database_oid(session: Session, database: str) -> int:
    """Return the OID of a database."""
    return int(session.value(_OID, [database]))


def _order(entry: Mapping[str, Any]) -> list[str]:
    return [str(entry[key] or "") for key in sorted(entry)]
