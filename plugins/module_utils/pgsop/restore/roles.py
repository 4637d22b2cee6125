# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles, which no dump of a database has: those that are missing are created, existing ones are never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..backup.globals import Roles
from ..connection import Session
from ..errors import PgsopError
from ..session_options import not_logged
from ..sql import LIST_SETTINGS, join_identifiers, quote_identifier, quote_literal, setting_name, split_identifiers

_THERE = "SELECT rolname, oid = 10 AS bootstrap FROM pg_authid"

_ATTRIBUTES = {
    "superuser": "SUPERUSER",
    "inherit": "INHERIT",
    "createrole": "CREATEROLE",
    "createdb": "CREATEDB",
    "login": "LOGIN",
    "replication": "REPLICATION",
    "bypassrls": "BYPASSRLS",
}
#: Since when a membership has options of its own.
_OPTIONS_SINCE = 16


def missing(session: Session, stored: Roles, wanted: Iterable[str], *, all_roles: bool = False) -> list[str]:
    """Return the needed roles that the server does not have, sorted.

    Args:
        session: of a superuser.
        stored: all roles of the set.
        wanted: names of those that are needed.
        all_roles: whether the others of the set are needed, too.

    Raises:
        PgsopError: a role is not in the set either.
    """
    there = {row["rolname"] for row in session.rows(_THERE)}
    known = {role["name"] for role in stored["roles"]}
    names = sorted({*wanted, *(known if all_roles else ())} - there)
    lost = [name for name in names if name not in known]
    if lost:
        raise PgsopError(
            attempted="find the roles that the database needs",
            target=", ".join(lost),
            answer="they are neither on the server nor in the set",
            next_step="make them by hand (CREATE ROLE), then run it again",
        )
    return names


def create_missing(
    session: Session,
    stored: Roles,
    wanted: Iterable[str],
    *,
    all_roles: bool = False,
    noted: Callable[[list[str]], None] = lambda _names: None,
) -> list[str]:
    """Create the roles that the server does not have, as they were, in one transaction; existing roles stay as they are.

    Args:
        session: of a superuser.
        stored: all roles of the set.
        wanted: names of those that are needed.
        all_roles: whether the others of the set are created, too.
        noted: called with their names before the transaction ends.

    Returns:
        The names of the new roles.

    Raises:
        PgsopError: the server refuses one; then no role is created.
    """
    names = missing(session, stored, wanted, all_roles=all_roles)
    if not names:
        return []
    major = session.value("SELECT current_setting('server_version_num')::int") // 10000
    there = {row["rolname"]: row["bootstrap"] for row in session.rows(_THERE)}
    new = [role for role in stored["roles"] if role["name"] in names]
    grants = [
        entry
        for entry in stored["memberships"]
        if {entry["role"], entry["member"]} & set(names) and {entry["role"], entry["member"]} <= {*names, *there}
    ]
    trusted = {name for name, bootstrap in there.items() if bootstrap}
    statements = [text for role in new for text in creation(role)]
    statements += memberships(grants, {*names, *there}, trusted, major)
    _run(session, statements, lambda: noted(names))
    return names


def _run(session: Session, statements: Sequence[str], noted: Callable[[], None]) -> None:
    session.execute("BEGIN")
    try:
        # The statements contain verifiers: they must not appear in the log, not even if they fail.
        session.execute(not_logged())
        for statement in statements:
            session.execute(statement)
        noted()
        session.execute("COMMIT")
    except BaseException:
        session.execute("ROLLBACK")
        raise


def creation(role: Mapping[str, Any]) -> Iterator[str]:
    """Yield the statements that create a role with its attributes, password verifier, settings and comment."""
    name = quote_identifier(role["name"])
    words = [word if role[key] else f"NO{word}" for key, word in _ATTRIBUTES.items()]
    words.append(f"CONNECTION LIMIT {int(role['connection_limit'])}")
    if role["verifier"] is not None:
        words.append(f"PASSWORD {quote_literal(role['verifier'])}")
    if role["valid_until"] is not None:
        words.append(f"VALID UNTIL {quote_literal(role['valid_until'])}")
    yield f"CREATE ROLE {name} {' '.join(words)}"
    for line in role["settings"] or ():
        setting, value = line.split("=", maxsplit=1)
        items = split_identifiers(value) if setting in LIST_SETTINGS else []
        listed = bool(items) and join_identifiers(items) == value
        text = ", ".join(quote_literal(item) for item in items) if listed else quote_literal(value)
        yield f"ALTER ROLE {name} SET {setting_name(setting)} TO {text}"
    if role["comment"] is not None:
        yield f"COMMENT ON ROLE {name} IS {quote_literal(role['comment'])}"


def memberships(grants: Sequence[Mapping[str, Any]], there: set[str], trusted: set[str], major: int) -> Iterator[str]:
    """Yield the statements that grant memberships, each after those that allow its grantor to grant it.

    Args:
        grants: as they were read.
        there: roles that exist.
        trusted: roles that may grant everything.
        major: version of the server; before 16, memberships do not have options other than ADMIN.
    """
    left, able = list(grants), set()
    while left:
        ready = [entry for entry in left if entry["grantor"] in trusted or (entry["grantor"], entry["role"]) in able]
        # Who may not grant it any more, or is gone, is replaced by who restores it.
        for entry in ready or left:
            yield _membership(entry, major, by_grantor=bool(ready) and entry["grantor"] in there)
            if entry["admin"]:
                able.add((entry["member"], entry["role"]))
        left = [entry for entry in left if entry not in ready] if ready else []


def _membership(entry: Mapping[str, Any], major: int, *, by_grantor: bool) -> str:
    text = f"GRANT {quote_identifier(entry['role'])} TO {quote_identifier(entry['member'])}"
    options = [f"ADMIN {bool(entry['admin'])}"]
    if major < _OPTIONS_SINCE:
        text += " WITH ADMIN OPTION" if entry["admin"] else ""
    else:
        options += [f"{key.upper()} {bool(entry[key])}" for key in ("inherit", "set") if entry[key] is not None]
        text += f" WITH {', '.join(options)}"
    return text + (f" GRANTED BY {quote_identifier(entry['grantor'])}" if by_grantor else "")
