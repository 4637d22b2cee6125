# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the state of the whole cluster: from any one connection, once per run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..connection import Session
from ..errors import PgsopError
from ..sql import quote_identifier
from .actual import (
    MAINTAIN,
    MEMBERSHIP_OPTIONS,
    MONITORING_MARK,
    PARAMETER_ACLS,
    Acl,
    ClusterState,
    DatabaseInfo,
    Dependency,
    Membership,
    Objects,
    Right,
    RoleState,
)
from .plan_settings import stored_settings

#: An exploded ACL as JSON; PUBLIC is the empty name.
_ENTRIES = """(SELECT coalesce(json_agg(json_build_array(
    pg_get_userbyid(a.grantor)::text, CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END,
    a.privilege_type, a.is_grantable)), '[]') FROM aclexplode(<acl>) a)"""


def with_entries(query: str, acl: str) -> str:
    """Return a query with ``<entries>`` replaced by the entries of an ACL as JSON, see :func:`acl_from`.

    Args:
        query: constant text.
        acl: the expression of the ACL.
    """
    return query.replace("<entries>", _ENTRIES.replace("<acl>", acl))


_SERVER = """
SELECT current_setting('server_version_num')::int / 10000 AS version, pg_get_userbyid(10)::text AS administrator,
       (SELECT rolsuper FROM pg_authid WHERE rolname = current_user) AS superuser, pg_is_in_recovery() AS recovery,
       coalesce(current_setting('scram_iterations', true), '4096')::int AS iterations,
       current_setting('max_locks_per_transaction')::int
         * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int) AS locks
"""
_EVERY = """
SELECT kind, array_agg(privilege_type) AS privileges
  FROM unnest(%s::text[]) kind, aclexplode(acldefault(kind::"char", 10))
 WHERE grantee = 10 GROUP BY kind
"""
_ROLES = """
SELECT rolname::text AS name, rolsuper AS superuser, rolinherit AS inherit, rolcreaterole AS createrole,
       rolcreatedb AS createdb, rolcanlogin AS login, rolreplication AS replication, rolbypassrls AS bypassrls,
       rolconnlimit AS connection_limit, nullif(rolvaliduntil, 'infinity')::text AS valid_until, rolpassword AS verifier,
       coalesce(shobj_description(oid, 'pg_authid') = %s, false) AS monitoring
  FROM pg_authid
"""
#: Names of roles with the mark, on a server that is perhaps a standby.
_MARKED = "SELECT rolname::text AS name FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = %s ORDER BY 1"
_MEMBERSHIPS = """
SELECT pg_get_userbyid(roleid)::text AS group, pg_get_userbyid(member)::text AS member,
       coalesce(pg_get_userbyid(grantor)::text, '') AS grantor, admin_option AS admin{}
  FROM pg_auth_members
"""
_DATABASES = with_entries(
    """
SELECT datname::text AS name, pg_get_userbyid(datdba)::text AS owner, datconnlimit AS connection_limit,
       datistemplate AS is_template, datallowconn AS allows_connections, pg_encoding_to_char(encoding)::text AS encoding,
       datcollate::text AS locale, <entries> AS acl
  FROM pg_database
""",
    "coalesce(datacl, acldefault('d', datdba))",
)
_SETTINGS = """
SELECT pg_get_userbyid(setrole)::text AS role, setconfig AS settings
  FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole <> 0
"""
_PARAMETERS = with_entries("SELECT parname AS name, <entries> AS acl FROM pg_parameter_acl", "paracl")
_DEPENDENCIES = """
SELECT pg_get_userbyid(s.refobjid)::text AS role, coalesce(d.datname::text, '') AS database,
       s.classid::regclass::text AS catalogue, s.deptype = 'o' AS owns, count(*) AS count
  FROM pg_shdepend s
  LEFT JOIN pg_database d ON d.oid = s.dbid
 WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('o', 'a', 'r')
   AND s.refobjid = ANY (ARRAY (
       SELECT oid FROM pg_authid WHERE rolname = ANY (%s) OR shobj_description(oid, 'pg_authid') = %s))
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


_EXTENSIONS = """
SELECT e.name::text AS name, coalesce(v.schema::text, '') AS schema
  FROM pg_available_extensions e
  LEFT JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version
"""


def marked_logins(session: Session) -> list[str]:
    """Return the names of the roles that are marked as monitoring logins."""
    return [row["name"] for row in session.rows(_MARKED, (MONITORING_MARK,))]


def read_cluster(session: Session, roles: Sequence[str], *, extensions: bool) -> ClusterState:
    """Read the state of the cluster.

    Args:
        session: any database, as superuser.
        roles: declared names, to read their dependencies; those of monitoring logins are read in any case.
        extensions: whether to read which extensions can be installed.

    Raises:
        PgsopError: the session's role is not a superuser, or the server is a standby.
    """
    server = session.rows(_SERVER)[0]
    _refuse_unfit(server)
    version = server["version"]
    kinds = [*"rsfTndL", *("p" if version >= PARAMETER_ACLS else "")]
    options = ', inherit_option AS inherit, set_option AS "set"' if version >= MEMBERSHIP_OPTIONS else ""
    return ClusterState(
        version=version,
        administrator=server["administrator"],
        every={row["kind"]: frozenset(row["privileges"]) for row in session.rows(_EVERY, (kinds,))},
        roles={row["name"]: RoleState(**row) for row in session.rows(_ROLES, (MONITORING_MARK,))},
        memberships=tuple(Membership(**row) for row in session.rows(_MEMBERSHIPS.format(options))),
        databases={row["name"]: _database(row) for row in session.rows(_DATABASES)},
        settings={row["role"]: stored_settings(row["settings"]) for row in session.rows(_SETTINGS)},
        parameters=_parameters(session, server["administrator"]) if version >= PARAMETER_ACLS else (),
        dependencies=tuple(Dependency(**row) for row in session.rows(_DEPENDENCIES, (list(roles), MONITORING_MARK))),
        scram_iterations=server["iterations"],
        lock_slots=server["locks"],
        extensions=_extensions(session) if extensions else None,
    )


def blank_cluster(version: int, administrator: str) -> ClusterState:
    """Return the state of a new cluster, for a forecast without a server.

    Args:
        version: major version; 17 and newer know MAINTAIN.
        administrator: the bootstrap superuser.
    """
    tables = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
    every: dict[str, frozenset[str]] = {
        "r": frozenset(tables | ({"MAINTAIN"} if version >= MAINTAIN else set())),
        "s": frozenset({"SELECT", "UPDATE", "USAGE"}),
        "f": frozenset({"EXECUTE"}),
        "T": frozenset({"USAGE"}),
        "n": frozenset({"CREATE", "USAGE"}),
        "d": frozenset({"CREATE", "CONNECT", "TEMPORARY"}),
        "L": frozenset({"SELECT", "UPDATE"}),
        "p": frozenset({"SET", "ALTER SYSTEM"}),
    }
    mine = {Right(administrator, administrator, privilege, False) for privilege in every["d"]}
    databases = {}
    for name, public in (
        ("postgres", ("CONNECT", "TEMPORARY")),
        ("template1", ("CONNECT",)),
        ("template0", ("CONNECT",)),
    ):
        acl = frozenset(mine | {Right(administrator, "", privilege, False) for privilege in public})
        databases[name] = DatabaseInfo(name, administrator, acl, allows_connections=name != "template0")
    role = RoleState(administrator, superuser=True, login=True)
    return ClusterState(version, administrator, every, roles={administrator: role}, databases=databases)


def acl_from(entries: list[tuple[str, str, str, bool]]) -> Acl:
    """Return an ACL from entries of grantor, grantee, privilege and grant option, see :func:`with_entries`."""
    return frozenset(Right(*entry) for entry in entries)


def _refuse_unfit(server: dict[str, Any]) -> None:
    answer = "the server is a standby and takes no changes" if server["recovery"] else ""
    if not server["superuser"]:
        answer = "the session is no superuser's, so it could neither read all ACLs nor change them"
    if answer:
        raise PgsopError(
            attempted="read databases, roles and privileges",
            target="the cluster",
            answer=answer,
            next_step="run against the primary, as the owner of the cluster",
        )


def _database(row: dict[str, Any]) -> DatabaseInfo:
    return DatabaseInfo(**{**row, "acl": acl_from(row["acl"])})


def _parameters(session: Session, administrator: str) -> tuple[Objects, ...]:
    groups = []
    for row in session.rows(_PARAMETERS):
        name = ".".join(quote_identifier(part) for part in row["name"].split("."))
        groups.append(Objects("p", "PARAMETER", "", administrator, acl_from(row["acl"]), (name,)))
    return tuple(groups)


def _extensions(session: Session) -> dict[str, str]:
    return {row["name"]: row["schema"] for row in session.rows(_EXTENSIONS)}
