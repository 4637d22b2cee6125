# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memberships of roles.

Since 16 there is one row per grantor, with three options, and a row may rest on the admin option of another. The server
records grants of a superuser under the bootstrap superuser. Before 16 there is one row per pair, and no row depends on
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..sql import quote_identifier
from .actual import Membership, RoleState
from .statement import Statement

Pair = tuple[str, str]


@dataclass(frozen=True)
class Members:
    """Declared memberships, and the facts of the server that they are compared with.

    Attributes:
        wanted: (group, member).
        managed: declared roles; rows in which one of them is group or member are exact.
        administrator: the bootstrap superuser.
        options: whether rows have grantor, inherit and set (16 and newer).
        roles: of the server, by name.
    """

    wanted: frozenset[Pair]
    managed: frozenset[str]
    administrator: str
    options: bool
    roles: Mapping[str, RoleState]


def plan_memberships(rows: tuple[Membership, ...], members: Members) -> list[Statement]:
    """Return the statements that bring memberships to the declaration.

    Args:
        rows: all rows of ``pg_auth_members``.
        members: the declaration.
    """
    left: set[Membership] = set(rows)
    statements: list[Statement] = []
    for row in sorted(rows, key=lambda row: (row.group, row.member, row.grantor)):
        if not _in_scope(row, members) or row not in left:
            continue
        if not _is_wanted(row, members):
            statements.append(_revoke(row, members, admin_only=False))
            left = _without(left, row, members, admin_only=False)
        elif row.admin:
            statements.append(_revoke(row, members, admin_only=True))
            left = _without(left, row, members, admin_only=True)
    statements += _restore(rows, left, members)
    statements += _grant(left, members)
    return statements


def is_creator_row(row: Membership, members: Members) -> bool:
    """Return whether the server wrote the row for a CREATEROLE role over a role that it created.

    Such a row (16 and newer: admin option, without inherit and set) is reported, not revoked.

    Args:
        row: of ``pg_auth_members``.
        members: the declaration, and the roles of the server.
    """
    creator = members.roles.get(row.member)
    own = row.grantor == members.administrator and row.admin and not row.inherit and not row.set
    return members.options and own and row.member not in members.managed and bool(creator and creator.createrole)


def _in_scope(row: Membership, members: Members) -> bool:
    ours = row.group in members.managed or row.member in members.managed
    return ours and not is_creator_row(row, members)


def _is_wanted(row: Membership, members: Members) -> bool:
    by_us = not members.options or row.grantor == members.administrator
    return by_us and (row.group, row.member) in members.wanted


def _without(rows: set[Membership], row: Membership, members: Members, *, admin_only: bool) -> set[Membership]:
    """Rows after one REVOKE ... CASCADE: those that rested on its admin option go, too."""
    rows = rows - {row}
    if admin_only:
        rows = rows | {replace(row, admin=False)}
    if not members.options or not row.admin:
        return rows
    if any(other.group == row.group and other.member == row.member and other.admin for other in rows):
        return rows
    for other in sorted(rows, key=lambda other: (other.group, other.member, other.grantor)):
        if other in rows and other.group == row.group and other.grantor == row.member:
            rows = _without(rows, other, members, admin_only=False)
    return rows


def _restore(rows: tuple[Membership, ...], left: set[Membership], members: Members) -> Iterator[Statement]:
    """Memberships of others that a CASCADE took along are granted again, as they were."""
    lost = [row for row in rows if row not in left and not _in_scope(row, members)]
    for pair in sorted({(row.group, row.member) for row in lost}):
        mine = [row for row in rows if (row.group, row.member) == pair]
        options = tuple(any(getattr(row, name) for row in mine) for name in ("admin", "inherit", "set"))
        yield _grant_statement(pair, options)


def _grant(left: set[Membership], members: Members) -> Iterator[Statement]:
    for pair in sorted(members.wanted):
        row = _row(left, pair, members)
        if row is None or (members.options and (row.inherit, row.set) != (True, True)):
            yield _grant_statement(pair, (False, True, True) if members.options else None)


def _row(left: set[Membership], pair: Pair, members: Members) -> Membership | None:
    for row in left:
        if (row.group, row.member) == pair and _is_wanted(row, members):
            return row
    return None


def _grant_statement(pair: Pair, options: tuple[bool, ...] | None) -> Statement:
    group, member = pair
    words = ""
    if options is not None:
        values = ("TRUE" if value else "FALSE" for value in options)
        words = " WITH " + ", ".join(
            f"{name} {value}" for name, value in zip(("ADMIN", "INHERIT", "SET"), values, strict=False)
        )
    return Statement(f"GRANT {quote_identifier(group)} TO {quote_identifier(member)}{words}")


def _revoke(row: Membership, members: Members, *, admin_only: bool) -> Statement:
    what = "ADMIN OPTION FOR " if admin_only else ""
    by = f" GRANTED BY {quote_identifier(row.grantor)} CASCADE" if members.options else ""
    return Statement(f"REVOKE {what}{quote_identifier(row.group)} FROM {quote_identifier(row.member)}{by}")
