# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of rules that only the server can make: how it reads the file, and which roles the rules would lock out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..connection import Session
from ..errors import PgsopError
from ..files import FileState, changed_at
from ..hba_rules.rule import HbaRule, from_server
from .policy import md5_lockouts, unusable_without_ssl

_MD5_ROLES = """
WITH RECURSIVE member AS (
    SELECT r.oid AS role, r.oid AS of FROM pg_catalog.pg_authid r
     WHERE r.rolcanlogin AND r.rolpassword LIKE 'md5%'
    UNION
    SELECT member.role, m.roleid FROM member JOIN pg_catalog.pg_auth_members m ON m.member = member.of
)
SELECT r.rolname AS role, array_agg(g.rolname::text) AS groups
  FROM member
  JOIN pg_catalog.pg_authid r ON r.oid = member.role
  JOIN pg_catalog.pg_authid g ON g.oid = member.of
 GROUP BY r.rolname
 ORDER BY r.rolname
"""
_FILE_RULES = """
SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error
  FROM pg_catalog.pg_hba_file_rules
 ORDER BY line_number
"""


def md5_roles(session: Session) -> dict[str, set[str]]:
    """Return the login roles with an md5 verifier, each with itself and all roles it is a member of."""
    return {row["role"]: set(row["groups"]) for row in session.rows(_MD5_ROLES)}


def refuse(path: str, found: Sequence[str]) -> None:
    """Refuse a declaration with faults.

    Args:
        path: of pg_hba.conf.
        found: the faults as sentences; empty for no fault.

    Raises:
        PgsopError: there is a fault.
    """
    if found:
        raise PgsopError(
            attempted="declare HBA rules",
            target=path,
            answer="; ".join(found),
            next_step="correct the rules; nothing was changed",
        )


def refuse_on_server(path: str, rules: Sequence[HbaRule], roles: Mapping[str, set[str]], session: Session) -> None:
    """Refuse rules for TLS on a server without it, and rules that lock out roles with an md5 verifier.

    Args:
        path: of pg_hba.conf.
        rules: the file, in order.
        roles: as :func:`md5_roles` returns them.
        session: of the server.

    Raises:
        PgsopError: such a rule or role exists; the answer names each.
    """
    if session.value("SHOW ssl") == "off":
        refuse(path, unusable_without_ssl(rules))
    locked = md5_lockouts(rules, roles)
    if locked:
        raise PgsopError(
            attempted="require SCRAM",
            target=path,
            answer=f"these roles still have an md5 verifier and could not log in: {', '.join(locked)}",
            next_step="set each password again (in psql: \\password ROLE), or let a role in for a while by a rule of its"
            " own before the others, with method md5 and a key exception that says until when",
        )


def refuse_misread(path: str, rules: Sequence[HbaRule], session: Session) -> None:
    """Have the server read the file, and compare.

    Args:
        path: of pg_hba.conf.
        rules: declared ones, in order.
        session: after the file was written.

    Raises:
        PgsopError: the server finds an error, or reads other rules than declared.
    """
    rows = session.rows(_FILE_RULES)
    broken = [f"line {row['line_number']}: {row['error']}" for row in rows if row["error"]]
    if not broken:
        read = [from_server(row).key() for row in rows]
        if read != [rule.key() for rule in rules]:
            broken = ["the server reads other rules from it than were declared"]
    if broken:
        raise PgsopError(
            attempted="activate the HBA rules",
            target=path,
            answer="the server refuses " + "; ".join(broken),
            next_step="correct the rule",
        )


def is_loaded(path: str, session: Session) -> bool:
    """Return whether the file exists and the server loaded it after its last change (ctime)."""
    return os.path.exists(path) and changed_at(path) <= _loaded_at(session)


def has_read(state: FileState, session: Session) -> bool:
    """Return whether the server loaded a file after its content changed (mtime); owner and mode do not count."""
    return state.modified_ns is None or state.modified_ns / 1e9 <= _loaded_at(session)


def _loaded_at(session: Session) -> float:
    return float(session.value("SELECT extract(epoch FROM pg_conf_load_time())"))
