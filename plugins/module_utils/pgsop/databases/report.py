# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access that is left alone and therefore reported: outside the declaration, or not visible in a list of grants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..connection import Session
from ..finding import WARNING, Finding
from ..sql import quote_identifier
from .actual import MEMBERSHIP_OPTIONS, OWNER_ONLY, PUBLIC, ClusterState, DatabaseState, Objects, rights_of
from .desired import Declaration, DesiredDatabase
from .plan_memberships import Members, is_creator_row
from .read_owned import CATALOGUES
from .statement import in_order, quote_role

SOP = "2"
#: Role, catalogue, and whether the role owns.
Held = tuple[str, str, bool]
_CATALOGUES = {"r": "pg_class", "s": "pg_class", "f": "pg_proc", "T": "pg_type", "n": "pg_namespace"}
#: Names shown of a long list.
_SHOWN = 5

#: Objects of this database, outside the managed schemas, that declared roles own or are granted something on: also
#: catalogue functions, large objects, and members of extensions with more than the default privileges give. pg_shdepend
#: has them all, without a search through every ACL.
_ACCESS = """
WITH member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), found AS MATERIALIZED (
    SELECT pg_get_userbyid(s.refobjid)::text AS role, s.deptype = 'o' AS owns, s.classid, s.objid
      FROM pg_shdepend s
      JOIN pg_authid r ON r.oid = s.refobjid AND r.rolname = ANY (%(roles)s)
      LEFT JOIN pg_class c ON s.classid = 'pg_class'::regclass AND c.oid = s.objid
      LEFT JOIN pg_proc p ON s.classid = 'pg_proc'::regclass AND p.oid = s.objid
      LEFT JOIN pg_type t ON s.classid = 'pg_type'::regclass AND t.oid = s.objid
      LEFT JOIN pg_namespace n ON n.nspname = ANY (%(schemas)s) AND n.oid = coalesce(
           c.relnamespace, p.pronamespace, t.typnamespace, CASE WHEN s.classid = 'pg_namespace'::regclass THEN s.objid END)
      LEFT JOIN member m ON m.classid = s.classid AND m.objid = s.objid
     WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('o', 'a') AND s.classid <> 'pg_default_acl'::regclass
       AND (n.oid IS NULL OR m.objid IS NOT NULL AND (s.deptype = 'o' OR s.objsubid <> 0 OR EXISTS (
           SELECT privilege_type, is_grantable FROM aclexplode(coalesce(c.relacl, p.proacl, t.typacl)) WHERE grantee = r.oid
           EXCEPT
           SELECT g.privilege_type, g.is_grantable FROM pg_default_acl d, aclexplode(d.defaclacl) g
            WHERE g.grantee = r.oid AND d.defaclnamespace = n.oid AND d.defaclrole = coalesce(c.relowner, p.proowner, t.typowner)
              AND d.defaclobjtype = CASE WHEN c.relkind = 'S' THEN 'S' WHEN c.oid IS NOT NULL THEN 'r' WHEN p.oid IS NOT NULL
                                         THEN 'f' ELSE 'T' END)))
)
SELECT DISTINCT role, owns, i.type AS kind, i.identity
  FROM found CROSS JOIN LATERAL pg_identify_object(classid, objid, 0) i
 WHERE i.schema IS NULL OR i.schema <> ALL (%(schemas)s)
    OR classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
 ORDER BY 1, 2, 3, 4
"""
#: Roles beyond the declared ones that can create in a managed schema, or in public; superusers can everywhere.
_CREATORS = """
SELECT n.nspname::text AS schema, r.rolname::text AS role
  FROM pg_namespace n, pg_authid r
 WHERE n.nspname = ANY (%(schemas)s) AND r.rolname = ANY (%(roles)s) AND has_schema_privilege(r.oid, n.oid, 'CREATE')
 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class UnmanagedRoles:
    """Roles that are checked in each database, found once for all of them.

    Attributes:
        declared: declared roles, absent ones, and PUBLIC.
        held: what declared roles own (True) or are named in the ACL of, by database: role, catalogue, owns -> objects.
        others: roles that are neither declared nor superusers.
    """

    declared: frozenset[str]
    held: Mapping[str, Mapping[Held, int]]
    others: tuple[str, ...]


def bystanders(declaration: Declaration, state: ClusterState) -> UnmanagedRoles:
    """Return the roles to check in each database: declared ones, and others that are not superusers."""
    # Access of absent roles ends, so it is not reported.
    known = frozenset({*declaration.roles, *(item.name for item in declaration.absent_roles), PUBLIC})
    held: dict[str, dict[Held, int]] = {}
    for row in state.dependencies:
        if row.role in declaration.roles and row.catalogue != "pg_default_acl":
            held.setdefault(row.database, {})[row.role, row.catalogue, row.owns] = row.count
    others = (
        name
        for name, role in state.roles.items()
        if name not in known and not role.superuser and not name.startswith("pg_")
    )
    return UnmanagedRoles(known, held, tuple(sorted(others)))


def report_database(
    session: Session, desired: DesiredDatabase, actual: DatabaseState, around: UnmanagedRoles
) -> list[Finding]:
    """Return the findings about one database: access of other roles, and of declared roles outside the managed schemas.

    Args:
        session: connected to it.
        desired: the declaration.
        actual: its state.
        around: the roles to check.
    """
    findings = [*_strangers(desired, actual, around.declared), *_others_objects(desired, actual)]
    held = around.held.get(desired.name, {})
    # On most days all objects are in the managed schemas, and then the query is not needed.
    explained = _explained(desired, actual)
    if any(count > explained.get(key, 0) for key, count in held.items()):
        roles = sorted({role for role, _catalogue, _owns in held})
        findings += _access(session.rows(_ACCESS, {"schemas": list(desired.schemas), "roles": roles}), desired)
    if around.others:
        parameters = {"schemas": [*desired.schemas, "public"], "roles": list(around.others)}
        findings += _creators(session.rows(_CREATORS, parameters), desired)
    return findings


def _explained(desired: DesiredDatabase, actual: DatabaseState) -> dict[Held, int]:
    """Count the entries of pg_shdepend about objects of the managed schemas."""
    found: dict[Held, int] = Counter()
    for group in actual.objects:
        catalogue, many = _CATALOGUES.get(group.kind, CATALOGUES.get(group.word)), len(group.names)
        if catalogue is None or group.schema not in desired.schemas:
            continue
        if not (group.kind == "T" and group.follows):
            found[group.owner, catalogue, True] += many
        for acl in (group.acl, *group.columns.values()):
            for role in {name for right in acl for name in (right.grantor, right.grantee)} - {group.owner}:
                found[role, catalogue, False] += many
    return found


def report_cluster(declaration: Declaration, state: ClusterState) -> list[Finding]:
    """Return the findings from the shared catalogs: passwords, memberships, access in other databases, open databases.

    Args:
        declaration: the desired state.
        state: state of the cluster.
    """
    return [
        *_passwords(declaration, state),
        *_memberships(declaration, state),
        *_elsewhere(declaration, state),
        *_open_databases(declaration, state),
    ]


def _finding(topic: str, message: str, hint: str) -> Finding:
    return Finding(topic, SOP, WARNING, message, hint=hint)


def _listed(things: Sequence[str]) -> str:
    rest = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    return ", ".join(things[:_SHOWN]) + rest


def _access(rows: Sequence[Mapping[str, Any]], desired: DesiredDatabase) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for row in rows:
        verb = "owns" if row["owns"] else "is granted something on"
        found.setdefault(f"{row['role']} {verb}", []).append(f"{row['kind']} {row['identity']}")
    for head, things in found.items():
        message = f"in database {desired.name} {head} {_listed(things)}, outside the declared schemas"
        yield _finding("access.outside", message, f"\\c {desired.name}")


def _creators(rows: Sequence[Mapping[str, Any]], desired: DesiredDatabase) -> Iterator[Finding]:
    for row in rows:
        message = (
            f"in database {desired.name} {row['role']}, which is not declared, can create in schema {row['schema']}"
        )
        yield _finding("access.creator", message, f"\\dn+ {quote_identifier(row['schema'])}")


def _strangers(desired: DesiredDatabase, state: DatabaseState, known: frozenset[str]) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for group in state.objects:
        for layer, acl in (("", group.acl), *group.columns.items()):
            for grantee, rights in rights_of(acl).items():
                if grantee not in known and grantee != group.owner:
                    found.setdefault(grantee, []).append(_granted(group, layer, rights))
    for grantee, things in sorted(found.items()):
        message = f"in database {desired.name} {grantee}, which is not declared, has {_listed(sorted(set(things)))}"
        yield _finding("access.stranger", f"{message}; it keeps that", f"REVOKE ... FROM {quote_role(grantee)}")


def _granted(group: Objects, layer: str, rights: Mapping[str, bool]) -> str:
    many = f" and {len(group.names) - 1} more" if len(group.names) > 1 else ""
    column = f" ({layer})" if layer else ""
    return f"{'/'.join(in_order(rights))}{column} on {group.word.lower()} {group.names[0]}{many}"


def _others_objects(desired: DesiredDatabase, state: DatabaseState) -> Iterator[Finding]:
    if desired.own_objects:
        return
    for group in state.objects:
        if group.kind in f"rsfT{OWNER_ONLY}" and not group.follows and group.owner != desired.schemas[group.schema]:
            names = _listed([f"{group.word.lower()} {name}" for name in group.names])
            message = f"in database {desired.name} {group.owner} owns {names}, and not {desired.schemas[group.schema]}"
            yield _finding("access.owner", message, "own_objects: true hands them over")


def _passwords(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    for name, role in sorted(declaration.roles.items()):
        have = state.roles.get(name)
        stored = have.verifier if have else None
        if not role.login or role.password is not None or role.password_absent:
            continue
        if stored is None:
            message = f"role {name} has no password and none is declared, so nobody can log in as it over TCP"
        elif stored.startswith("md5"):
            message = f"role {name} has an md5 verifier, which is kept because no password is declared"
        else:
            message = f"role {name} keeps the password it has, because none is declared"
        yield _finding(
            "role.password", message, f"declare its password, or \\password {quote_identifier(name)} in psql"
        )


def _memberships(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    managed = frozenset(declaration.roles)
    members = Members(
        declaration.memberships, managed, state.administrator, state.version >= MEMBERSHIP_OPTIONS, state.roles
    )
    for row in state.memberships:
        if row.group in managed and is_creator_row(row, members):
            message = f"{row.member} has CREATEROLE and made {row.group}, so it may give itself that role"
            yield _finding("role.creator", message, f"ALTER ROLE {quote_identifier(row.member)} NOCREATEROLE")
        elif (
            row.member in managed
            and row.group.startswith("pg_")
            and (row.group, row.member) not in declaration.memberships
        ):
            message = f"{row.member} was found to be a member of {row.group}, which is not declared; it is revoked"
            yield _finding("role.membership", message, "declare it with member_of where it is meant")


def _elsewhere(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    """Yield the access of declared roles to databases that are not declared, and to objects of the whole cluster."""
    ours = {*declaration.databases, *(item.name for item in declaration.absent_databases)}
    for row in state.dependencies:
        shared = not row.database and row.catalogue not in ("pg_database", "pg_parameter_acl")
        if row.role in declaration.roles and (shared or row.database not in {*ours, ""}):
            verb = "owns" if row.owns else "is granted something on"
            place = f"in database {row.database}, which is not declared," if row.database else "in the cluster"
            message = f"{place} {row.role} {verb} {row.count} objects of {row.catalogue}"
            yield _finding("access.elsewhere", message, f"\\c {row.database or 'postgres'}")
    for name, info in sorted(state.databases.items()):
        for grantee, rights in sorted(rights_of(info.acl).items()):
            if name not in ours and grantee in declaration.roles:
                what = "owns" if grantee == info.owner else f"has {', '.join(in_order(rights))} on"
                yield _finding(
                    "access.elsewhere", f"{grantee} {what} database {name}, which is not declared", f"\\l {name}"
                )


def _open_databases(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    closed = {*declaration.databases, *declaration.public_connect}
    for name, info in sorted(state.databases.items()):
        open_to = rights_of(info.acl).get(PUBLIC, {})
        if name not in closed and info.open and "CONNECT" in open_to:
            message = f"every role may connect to database {name}, which is not declared"
            yield _finding("access.public", message, f"declare it, or add {name} to public_connect")
