# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access that is left alone and therefore reported: outside the declaration, or not visible in a list of grants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..connection import Session
from ..finding import WARNING, Finding
from .actual import OWNER_ONLY, PUBLIC, ClusterState, DatabaseState, Objects, rights_of
from .desired import Declaration, DesiredDatabase
from .read_owned import CATALOGUES
from .statement import in_order

SOP = "2"
#: Role, catalogue, and whether the role owns.
Held = tuple[str, str, bool]
_CATALOGUES = {"r": "pg_class", "s": "pg_class", "f": "pg_proc", "T": "pg_type", "n": "pg_namespace"}
#: Names shown of a long list.
_SHOWN = 5
#: What to do about the access of a role that is not declared.
ABSENT = "declare the role, with state: absent to end its access"

#: Objects of this database, outside the managed schemas, that declared roles own or are granted something on: also
#: catalogue functions, large objects, and members of extensions with more than the default privileges give. pg_shdepend
#: has them all, without a search through every ACL. Partitions and children of a declared table are left out if they have its
#: owner and grant nothing that it does not: extensions create them in schemas of their own.
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
       AND NOT EXISTS (
           SELECT FROM pg_inherits i JOIN pg_class u ON u.oid = i.inhparent JOIN pg_namespace un ON un.oid = u.relnamespace
            WHERE i.inhrelid = c.oid AND un.nspname = ANY (%(schemas)s) AND s.objsubid = 0
              AND u.relowner = c.relowner AND NOT EXISTS (
                  SELECT grantee, privilege_type, is_grantable FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))
                  EXCEPT
                  SELECT grantee, privilege_type, is_grantable FROM aclexplode(coalesce(u.relacl, acldefault('r', u.relowner)))))
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
        declared: declared roles, absent ones, monitoring logins, and PUBLIC.
        held: what declared roles own (True) or are named in the ACL of, by database: role, catalogue, owns -> objects.
        others: roles that are neither declared nor superusers.
    """

    declared: frozenset[str]
    held: Mapping[str, Mapping[Held, int]]
    others: tuple[str, ...]


def bystanders(declaration: Declaration, state: ClusterState) -> UnmanagedRoles:
    """Return the roles to check in each database: declared ones, and others that are not superusers."""
    # Access of absent roles ends, so it is not reported.
    marked = (name for name, role in state.roles.items() if role.monitoring)
    known = frozenset({*declaration.roles, *(item.name for item in declaration.absent_roles), *marked, PUBLIC})
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


def finding(topic: str, message: str, hint: str) -> Finding:
    """Return a finding about access that is left as it is."""
    return Finding(topic, SOP, WARNING, message, hint=hint)


def listed(things: Sequence[str]) -> str:
    """Return the first things of a list, and how many more there are."""
    rest = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    return ", ".join(things[:_SHOWN]) + rest


def plain_passwords(places: Sequence[str]) -> list[Finding]:
    """Return the finding about passwords that are in plain text on the controller; no finding if there are no places.

    Args:
        places: role and place of each, without the password.
    """
    if not places:
        return []
    message = f"a password is in plain text on the controller: {listed(places)}"
    return [
        finding(
            "role.plain_password", message, "move it into a vault: ansible-vault encrypt_string --stdin-name password"
        )
    ]


def in_database(name: str) -> str:
    """Return how sentences about one database begin, so that equal ones of several databases can be found."""
    return f"in database {name}, "


def undeclared(what: str, names: Sequence[str]) -> str:
    """Return names of databases or roles as the beginning of a sentence, such as "roles a, b, which are not declared"."""
    if len(names) == 1:
        return f"{what} {names[0]}, which is not declared"
    return f"{what}s {listed(names)}, which are not declared"


def merge(found: Sequence[tuple[str, Finding]]) -> list[Finding]:
    """Return findings by database as one list, with one finding where several databases have the same sentence.

    Args:
        found: name of the database, and a finding about it.
    """
    databases: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Finding] = {}
    for database, each in found:
        key = each.id, each.message.removeprefix(in_database(database))
        databases.setdefault(key, []).append(database)
        first.setdefault(key, each)
    return [
        replace(each, message=f"in databases {listed(databases[key])}: {key[1]}") if len(databases[key]) > 1 else each
        for key, each in first.items()
    ]


def _access(rows: Sequence[Mapping[str, Any]], desired: DesiredDatabase) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for row in rows:
        verb = "owns" if row["owns"] else "has privileges on"
        found.setdefault(f"{row['role']} {verb}", []).append(f"{row['kind']} {row['identity']}")
    for head, things in found.items():
        message = f"{in_database(desired.name)}{head} {listed(things)}, outside the declared schemas"
        yield finding(
            "access.outside",
            message,
            "declare the schema, or take the access away by hand with REVOKE or ALTER ... OWNER",
        )


def _creators(rows: Sequence[Mapping[str, Any]], desired: DesiredDatabase) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["schema"], []).append(row["role"])
    for schema, roles in found.items():
        message = f"{in_database(desired.name)}{undeclared('role', roles)}, can create objects in schema {schema}"
        yield finding("access.creator", message, ABSENT)


def _strangers(desired: DesiredDatabase, state: DatabaseState, known: frozenset[str]) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for group in state.objects:
        for layer, acl in (("", group.acl), *group.columns.items()):
            for grantee, rights in rights_of(acl).items():
                if grantee not in known and grantee != group.owner:
                    found.setdefault(grantee, []).append(_granted(group, layer, rights))
    same: dict[str, list[str]] = {}
    for grantee, things in sorted(found.items()):
        same.setdefault(listed(sorted(set(things))), []).append(grantee)
    for things_text, grantees in same.items():
        have = "has" if len(grantees) == 1 else "have"
        message = f"{in_database(desired.name)}{undeclared('role', grantees)}, {have} {things_text}"
        yield finding("access.stranger", message, ABSENT)


def _granted(group: Objects, layer: str, rights: Mapping[str, bool]) -> str:
    many = f" and {len(group.names) - 1} more" if len(group.names) > 1 else ""
    column = f" ({layer})" if layer else ""
    return f"{'/'.join(in_order(rights))}{column} on {group.word.lower()} {group.names[0]}{many}"


def _others_objects(desired: DesiredDatabase, state: DatabaseState) -> Iterator[Finding]:
    if desired.own_objects:
        return
    for group in state.objects:
        if group.kind in f"rsfT{OWNER_ONLY}" and not group.follows and group.owner != desired.schemas[group.schema]:
            names = listed([f"{group.word.lower()} {name}" for name in group.names])
            owner = desired.schemas[group.schema]
            message = f"{in_database(desired.name)}{group.owner} owns {names}, and not {owner}"
            yield finding("access.owner", message, f"set own_objects: true to make {owner} the owner")
