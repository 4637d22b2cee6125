# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the shared catalogs show beyond the declaration: passwords, memberships, other databases, other logins."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..finding import Finding
from ..sql import quote_identifier
from .actual import MEMBERSHIP_OPTIONS, PUBLIC, ClusterState, rights_of
from .desired import Declaration
from .monitoring_logins import DATABASE, login_names
from .names import RESTORED, TEMPORARY, copied_from
from .plan_memberships import Members, is_creator_row
from .report import ABSENT, finding, listed, undeclared
from .statement import in_order

#: Shared objects by their catalogue.
_SHARED = {"pg_tablespace": "tablespaces", "pg_subscription": "subscriptions"}


def report_cluster(declaration: Declaration, state: ClusterState) -> list[Finding]:
    """Return the findings from the shared catalogs, one sentence each.

    Args:
        declaration: the desired state.
        state: state of the cluster.
    """
    return [
        *_passwords(declaration, state),
        *_memberships(declaration, state),
        *_shared(declaration, state),
        *_copies(declaration, state),
        *_elsewhere(declaration, state),
        *_open_databases(declaration, state),
        *_logins(declaration, state),
    ]


def _passwords(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    texts = {
        "none": "no password and none is declared, so it cannot log in over TCP",
        "md5": "an md5 verifier, which is kept because no password is declared",
        "kept": "a password that is kept, because none is declared",
    }
    found: dict[str, list[str]] = {}
    for name, role in sorted(declaration.roles.items()):
        if not role.login or role.password is not None or role.password_absent:
            continue
        have = state.roles.get(name)
        stored = have.verifier if have else None
        found.setdefault("none" if stored is None else "md5" if stored.startswith("md5") else "kept", []).append(name)
    for kind, roles in found.items():
        who = f"role {roles[0]} has" if len(roles) == 1 else f"each of the roles {listed(roles)} has"
        yield finding("role.password", f"{who} {texts[kind]}", "declare the password, best in an Ansible vault")


def _memberships(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    managed = frozenset(declaration.roles)
    members = Members(
        declaration.memberships, managed, state.administrator, state.version >= MEMBERSHIP_OPTIONS, state.roles
    )
    for row in state.memberships:
        if row.group in managed and is_creator_row(row, members):
            message = f"{row.member} has CREATEROLE and made {row.group}, so it may give itself that role"
            yield finding("role.creator", message, _psql(f"ALTER ROLE {quote_identifier(row.member)} NOCREATEROLE"))
        elif (
            row.member in managed
            and row.group.startswith("pg_")
            and (row.group, row.member) not in declaration.memberships
        ):
            message = f"{row.member} was found to be a member of {row.group}, which is not declared; it is revoked"
            yield finding("role.membership", message, "declare it with member_of if it is meant")


def _psql(statement: str) -> str:
    return f"sudo -u postgres psql -c {shlex.quote(statement)}"


def _shared(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    """Yield what declared roles have of objects that belong to no database, apart from databases and parameters."""
    for row in state.dependencies:
        if (
            row.role in declaration.roles
            and not row.database
            and row.catalogue not in ("pg_database", "pg_parameter_acl")
        ):
            things = _SHARED.get(row.catalogue, row.catalogue)
            message = f"{row.role} {'owns' if row.owns else 'has privileges on'} {things}, which cannot be declared"
            yield finding("access.elsewhere", message, "check whether it is meant: " + _psql("\\db+"))


def _is_ours(name: str, declaration: Declaration) -> bool:
    """Return whether a database is declared, or temporary: what pgsop left of an interrupted restore, its next run removes."""
    declared = {*declaration.databases, *(item.name for item in declaration.absent_databases)}
    return name in declared or TEMPORARY.fullmatch(name) is not None


def _is_copy(name: str, declaration: Declaration, state: ClusterState) -> bool:
    return not _is_ours(name, declaration) and copied_from(name) in {*declaration.databases, *state.databases}


def _copies(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for name in sorted(state.databases):
        if _is_copy(name, declaration, state):
            what = "a restored copy?" if name.endswith(RESTORED) else "replaced by a restore?"
            found.setdefault(what, []).append(name)
    for what, names in found.items():
        one = len(names) == 1
        message = f"{listed(names)} ({what}) {'is' if one else 'are'} not declared"
        commands = "; ".join(f"sudo -u postgres dropdb {shlex.quote(name)}" for name in names)
        yield finding("database.copy", message, f"drop {'it' if one else 'them'} when you are done: {commands}")


def _elsewhere(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    """Yield the access of declared roles to databases that are not declared; roles and databases with the same in one sentence."""
    access: dict[tuple[str, str], set[str]] = {}
    for row in state.dependencies:
        if row.role in declaration.roles and row.database:
            words = "owns objects" if row.owns else "has privileges on objects"
            access.setdefault((row.role, row.database), set()).add(words)
    logins = login_names(declaration)
    for name, info in state.databases.items():
        for grantee, rights in rights_of(info.acl).items():
            if grantee in declaration.roles and not (name == DATABASE and grantee in logins):
                words = "owns the database" if grantee == info.owner else f"has {', '.join(in_order(rights))}"
                access.setdefault((grantee, name), set()).add(words)
    databases: dict[tuple[str, str], list[str]] = {}
    for (role, name), found in sorted(access.items()):
        if not _is_ours(name, declaration) and not _is_copy(name, declaration, state):
            databases.setdefault((role, " and ".join(sorted(found))), []).append(name)
    for (role, facts), names in databases.items():
        message = f"{undeclared('database', names)}: role {role} {facts}"
        yield finding("access.elsewhere", message, "declare it, or take the access away by hand with REVOKE or DROP")


def _open_databases(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    names = [
        name
        for name, info in sorted(state.databases.items())
        if not _is_ours(name, declaration)
        and not _is_copy(name, declaration, state)
        and name not in declaration.public_connect
        and info.open
        and "CONNECT" in rights_of(info.acl).get(PUBLIC, {})
    ]
    if names:
        message = f"{undeclared('database', names)}: every role may connect"
        yield finding("access.public", message, "declare it, or add it to pg_bootstrap_public_connect")


def _logins(declaration: Declaration, state: ClusterState) -> Iterator[Finding]:
    """Yield the roles that can log in and are not declared: taken off the list, or of a database that was dropped."""
    known = {*declaration.roles, *(item.name for item in declaration.absent_roles), state.administrator}
    names = sorted(
        name for name, role in state.roles.items() if role.login and name not in known and not role.monitoring
    )
    if names:
        yield finding("role.undeclared", f"{undeclared('role', names)}, can log in", ABSENT)
