# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default privileges: those of objects that are created later.

What a new object gets is the creator's row without schema, or the built-in rights if that row does not exist, plus its
row for the schema. So a built-in right (PUBLIC may execute functions) can only be taken away by the row without schema.
A row without schema that is empty counts as no row, which brings the built-in rights back; therefore the creator's own
entry always stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..sql import quote_identifier
from .actual import PUBLIC, DatabaseState, DefaultKey, Rights
from .desired import ALL, DesiredDatabase
from .statement import Statement, in_order, quote_role

#: Kinds as ``pg_default_acl`` writes them; a sequence is S there and s in ``acldefault()``.
_KINDS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS", "L": "LARGE OBJECTS"}
#: Built-in rights of PUBLIC on new objects.
_BUILT_IN_PUBLIC = {"f": frozenset({"EXECUTE"}), "T": frozenset({"USAGE"})}


@dataclass(frozen=True)
class DefaultScope:
    """Roles with exact default privileges.

    Attributes:
        managed: the declared roles, and PUBLIC.
        creators: declared roles that create objects in this database.
        every: the privileges of ALL, by kind as in ``acldefault()``.
        administrator: the bootstrap superuser; on its objects PUBLIC gets no more than a new server gives. Those rights
            stay, because the extensions that it creates need them.
    """

    managed: frozenset[str]
    creators: frozenset[str]
    every: Mapping[str, frozenset[str]]
    administrator: str

    def all_of(self, kind: str) -> frozenset[str]:
        """Return the privileges of ALL for a kind of ``pg_default_acl``."""
        return self.every["s" if kind == "S" else kind]


def plan_defaults(desired: DesiredDatabase, state: DatabaseState, scope: DefaultScope) -> list[Statement]:
    """Return the statements that bring default privileges to the declaration.

    Args:
        desired: the declaration.
        state: state of the database.
        scope: roles with exact default privileges.
    """
    wanted = _per_schema(desired, scope)
    keys = {key for key in state.defaults if key[1] in desired.schemas} | set(wanted)
    statements: list[Statement] = []
    for key in sorted(keys):
        have = state.defaults.get(key, {})
        want_here = wanted.get(key, {})
        target = {grantee: want_here.get(grantee, {}) for grantee in {*want_here, *have} & scope.managed}
        statements += _difference(key, have, target)
    for key in sorted(set(_global_keys(state, scope))):
        have = _global(key, state, scope)
        statements += _difference(key, have, _global_target(key, have, scope))
    return statements


def _per_schema(desired: DesiredDatabase, scope: DefaultScope) -> dict[DefaultKey, dict[str, dict[str, bool]]]:
    wanted: dict[DefaultKey, dict[str, dict[str, bool]]] = {}
    for rule in desired.defaults:
        privileges = scope.all_of(rule.kind) if ALL in rule.privileges else rule.privileges
        key = (rule.creator, rule.schema, rule.kind)
        rights = wanted.setdefault(key, {}).setdefault(rule.grantee, {})
        for privilege in privileges:
            rights[privilege] = rights.get(privilege, False) or rule.grant_option
    return wanted


def _global_keys(state: DatabaseState, scope: DefaultScope) -> Iterator[DefaultKey]:
    yield from (key for key in state.defaults if key[1] == "")
    yield from ((creator, "", kind) for creator in scope.creators for kind in _BUILT_IN_PUBLIC)


def _global(key: DefaultKey, state: DatabaseState, scope: DefaultScope) -> Rights:
    if key in state.defaults:
        return state.defaults[key]
    creator, _schema, kind = key
    built_in = {creator: dict.fromkeys(scope.all_of(kind), False)}
    if kind in _BUILT_IN_PUBLIC:
        built_in[PUBLIC] = dict.fromkeys(_BUILT_IN_PUBLIC[kind], False)
    return built_in


def _global_target(key: DefaultKey, have: Rights, scope: DefaultScope) -> dict[str, Mapping[str, bool]]:
    creator, _schema, kind = key
    target: dict[str, Mapping[str, bool]] = {
        grantee: {} for grantee in have if grantee in scope.managed and grantee != PUBLIC
    }
    public = _BUILT_IN_PUBLIC.get(kind, frozenset())
    if creator == scope.administrator:
        target[PUBLIC] = dict.fromkeys(public & set(have.get(PUBLIC, ())), False)
    if creator not in scope.managed:
        return target
    if creator in scope.creators:
        public -= {"EXECUTE"}
    target[PUBLIC] = dict.fromkeys(public, False)
    target[creator] = dict.fromkeys(scope.all_of(kind), False)
    return target


def _difference(key: DefaultKey, have: Rights, target: Rights) -> Iterator[Statement]:
    """GRANT before REVOKE, so that a row is never empty in between."""
    for grantee in sorted(target):
        held, desired = have.get(grantee, {}), target[grantee]
        for option in (False, True):
            new = [
                what for what, passed in desired.items() if passed is option and held.get(what) not in (True, option)
            ]
            yield from _statement(key, "GRANT", new, grantee, " WITH GRANT OPTION" if option else "")
    for grantee in sorted(target):
        held, desired = have.get(grantee, {}), target[grantee]
        lowered = [what for what, option in held.items() if option and desired.get(what) is False]
        yield from _statement(key, "REVOKE GRANT OPTION FOR", lowered, grantee)
        yield from _statement(key, "REVOKE", [what for what in held if what not in desired], grantee)


def _statement(
    key: tuple[str, str, str], verb: str, privileges: Sequence[str], grantee: str, option: str = ""
) -> Iterator[Statement]:
    if not privileges:
        return
    creator, schema, kind = key
    place = f" IN SCHEMA {quote_identifier(schema)}" if schema else ""
    preposition = "TO" if verb == "GRANT" else "FROM"
    yield Statement(
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote_identifier(creator)}{place} {verb} {', '.join(in_order(privileges))}"
        f" ON {_KINDS[kind]} {preposition} {quote_role(grantee)}{option}"
    )
