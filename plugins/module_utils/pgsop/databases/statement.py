# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of a plan, and how steps become the statements that a DBA would read and write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby

from ..sql import quote_identifier, quote_literal
from .actual import PUBLIC

#: Names per statement; and the number from which "ALL TABLES IN SCHEMA" is written instead, where that is the same.
CHUNK = 500
SPELL_OUT = 200

_KINDS = {"r": "TABLE", "s": "SEQUENCE", "f": "ROUTINE", "T": "TYPE", "n": "SCHEMA", "d": "DATABASE", "p": "PARAMETER"}
_ALL_OF = {"r": "ALL TABLES", "s": "ALL SEQUENCES", "f": "ALL ROUTINES"}
_ORDER = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN",
    "CONNECT", "CREATE", "TEMPORARY", "USAGE", "EXECUTE", "SET", "ALTER SYSTEM",
)  # fmt: skip


class Phase(IntEnum):
    """Order of changes in a transaction; other sessions never see the states between: these only have to be valid."""

    ANCHOR_SCHEMA = 1
    ANCHOR = 2
    CUT_COLUMN = 3
    CUT = 4
    CUT_CONTAINER = 5
    RELEASE_SCHEMA = 6
    REVOKE_OPTION = 7
    REVOKE = 8
    REVOKE_COLUMN = 9
    GRANT = 10
    GRANT_COLUMN = 11


@dataclass(frozen=True)
class Statement:
    """One SQL statement.

    Attributes:
        sql: as it is sent.
        shown: as it is shown if it has a secret; empty for the same as ``sql``.
        as_role: role that runs it by SET LOCAL ROLE; empty for the session's own.
    """

    sql: str
    shown: str = ""
    as_role: str = ""

    @property
    def text(self) -> str:
        """Return the statement for diffs, results and errors, without secrets."""
        shown = self.shown or self.sql
        return f"SET LOCAL ROLE {quote_identifier(self.as_role)}; {shown}; RESET ROLE" if self.as_role else shown


@dataclass(frozen=True)
class PlannedChange:
    """GRANT, REVOKE or REVOKE GRANT OPTION FOR on one object, or many of a kind.

    Attributes:
        phase: its order in the transaction.
        verb: one of the three.
        kind: letter as in ``acldefault()``.
        schema: unquoted; empty for objects without schema.
        names: qualified and quoted.
        privileges: in capitals.
        grantee: role, or empty for PUBLIC.
        columns: quoted; empty for the object itself.
        grant_option: whether GRANT adds WITH GRANT OPTION.
        as_role: role that runs it; empty for the session's own.
    """

    phase: Phase
    verb: str
    kind: str
    schema: str
    names: tuple[str, ...]
    privileges: frozenset[str]
    grantee: str
    columns: tuple[str, ...] = ()
    grant_option: bool = False
    as_role: str = ""

    @property
    def head(self) -> tuple[object, ...]:
        """Return all fields but the names (or, for columns, all but the columns); equal ones are merged."""
        rest = (self.kind, self.schema, self.verb, self.grantee, in_order(self.privileges), self.grant_option)
        return (int(self.phase), self.as_role, *rest, self.names if self.columns else ())


def in_order(privileges: Iterable[str]) -> tuple[str, ...]:
    """Return the privileges in the order of the manual's table of privileges, unknown ones last."""
    known = {privilege: number for number, privilege in enumerate(_ORDER)}
    return tuple(sorted(privileges, key=lambda privilege: (known.get(privilege, len(known)), privilege)))


def quote_role(name: str) -> str:
    """Return a grantee as SQL writes it: quoted, or PUBLIC for the empty name."""
    return "PUBLIC" if name == PUBLIC else quote_identifier(name)


def merge(changes: Iterable[PlannedChange]) -> list[PlannedChange]:
    """Return the changes in order of phase, those that differ only in names (or columns) as one."""
    merged = []
    for _head, group in groupby(sorted(changes, key=lambda change: (change.head, change.names)), key=lambda c: c.head):
        members = list(group)
        if members[0].columns:
            columns = tuple(sorted({column for member in members for column in member.columns}))
            merged.append(replace(members[0], columns=columns))
        else:
            names = tuple(sorted({name for member in members for name in member.names}))
            merged.append(replace(members[0], names=names))
    return merged


def statements(changes: Iterable[PlannedChange], counts: Mapping[tuple[str, str], int]) -> Iterator[Statement]:
    """Yield the SQL statements of changes, with at most ``CHUNK`` names each.

    Args:
        changes: merged ones.
        counts: number of objects by (schema, kind), members of extensions included, which
            "ALL TABLES IN SCHEMA" would reach as well.
    """
    for change in changes:
        for target in _targets(change, counts):
            yield Statement(_sql(change, target), as_role=change.as_role)


def locks(changes: Iterable[PlannedChange], counts: Mapping[tuple[str, str], int]) -> int:
    """Return the number of objects that GRANT and REVOKE name one by one; since 18 each takes a lock.

    Args:
        changes: merged ones.
        counts: as for :func:`statements`.
    """
    named = {(change.kind, name) for change in changes if not _is_whole(change, counts) for name in change.names}
    return len(named)


def _is_whole(change: PlannedChange, counts: Mapping[tuple[str, str], int]) -> bool:
    whole = counts.get((change.schema, change.kind)) == len(change.names)
    return whole and len(change.names) > SPELL_OUT and change.kind in _ALL_OF and not change.columns


def _targets(change: PlannedChange, counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    if _is_whole(change, counts):
        yield f"{_ALL_OF[change.kind]} IN SCHEMA {quote_identifier(change.schema)}"
        return
    for start in range(0, len(change.names), CHUNK):
        yield f"{_KINDS[change.kind]} {', '.join(change.names[start : start + CHUNK])}"


def _sql(change: PlannedChange, target: str) -> str:
    columns = f" ({', '.join(change.columns)})" if change.columns else ""
    privileges = ", ".join(privilege + columns for privilege in in_order(change.privileges))
    preposition = "TO" if change.verb == "GRANT" else "FROM"
    option = " WITH GRANT OPTION" if change.grant_option else ""
    return f"{change.verb} {privileges} ON {target} {preposition} {quote_role(change.grantee)}{option}"


def set_to(value: object) -> str:
    """Return a value of SET as written after TO: a list of identifiers for a list, else one literal."""
    if isinstance(value, (list, tuple)):
        # An empty name is stored as such and cannot be written as an identifier.
        return ", ".join(quote_identifier(str(item)) if item else "''" for item in value) or "''"
    return quote_literal(str(value))
