# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the ACL of an object to the declared one.

The server keeps who granted what. A REVOKE by the owner, or by a superuser, reaches only what the owner granted and
passes over the rest without a word, and CASCADE neither ends a circle of grants nor goes past a member of the owner. So
entries by others are taken out in three steps without CASCADE: *anchor* (the owner grants every foreign grantor what it
passed on, so that nothing depends on other grantors), *cut* (each foreign grantor revokes its own grants), *release*
(the owner's entries are brought to the declaration). Rights of roles outside the declaration end as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ..errors import PgsopError
from ..sql import quote_identifier
from .actual import Acl, Objects, Right, Rights, reowned, rights_of
from .statement import Phase, PlannedChange

#: The table itself, among the layers of ACLs a relation has; the others are its columns.
TABLE = ""


@dataclass(frozen=True)
class Scope:
    """Roles with exact rights, and the privileges that the server knows.

    Attributes:
        managed: the declared roles, and PUBLIC.
        every: the privileges of ALL, by kind as in ``acldefault()``.
        superusers: those that are left when the declared roles are as declared.
    """

    managed: frozenset[str]
    every: Mapping[str, frozenset[str]]
    superusers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PrivilegeTarget:
    """Desired state of one object: its owner and its rights.

    Attributes:
        owner: after the change.
        table: rights on the object itself.
        columns: rights by quoted column name.
        usage: roles with USAGE on the object's schema by its ACL; None for all roles.
    """

    owner: str
    table: Rights = field(default_factory=dict)
    columns: Mapping[str, Rights] = field(default_factory=dict)
    usage: frozenset[str] | None = frozenset()
    """Roles that can name objects of the schema, as far as its own ACL says; None for all."""

    def of(self, layer: str) -> Rights:
        """Return the rights wanted on a layer.

        Args:
            layer: a quoted column name, or ``TABLE`` for the object itself.
        """
        return self.table if layer == TABLE else self.columns.get(layer, {})


def plan_object(current: Objects, target: PrivilegeTarget, scope: Scope) -> list[PlannedChange]:
    """Return the changes that bring an object, or many alike, to its target; the change of owner is not among them.

    Args:
        current: the object as it is.
        target: the object as it is to be.
        scope: roles with exact rights.

    Raises:
        PgsopError: an entry to revoke was granted by a role that is now a superuser, which acts as the owner.
    """
    layers = {TABLE: current.acl, **current.columns}
    layers = {layer: reowned(acl, current.owner, target.owner) for layer, acl in layers.items()}
    uprooted = _to_uproot(layers, target, scope)
    changes = list(_uproot(current, layers, target, uprooted, scope))
    held = {layer: _from_owner(acl, target.owner, uprooted) for layer, acl in layers.items()}
    for layer in sorted({TABLE, *layers, *target.columns}):
        acl = layers.get(layer, frozenset())
        every = scope.every[current.kind] if layer == TABLE else frozenset()
        wanted = _wanted(acl, target.owner, target.of(layer), uprooted, scope.managed)
        # Without its own entry the owner loses its table like any other role; foreign keys, too, are checked as the owner.
        wanted[target.owner] = dict.fromkeys(every, False)
        for change in _difference(current, layer, held.get(layer, {}), wanted):
            changes.append(change)
            if layer == TABLE:
                _reach_columns(change, held)
    return changes


def _to_uproot(layers: Mapping[str, Acl], target: PrivilegeTarget, scope: Scope) -> frozenset[str]:
    """Return the privileges with entries of a grantor that must not grant them, or not any longer."""
    found = set()
    for layer, acl in layers.items():
        for right in acl:
            if right.grantor == target.owner:
                continue
            passed_on = target.of(layer).get(right.grantor, {}).get(right.privilege, False)
            if (
                right.grantee in scope.managed
                or right.grantee == target.owner
                or (right.grantor in scope.managed and not passed_on)
            ):
                found.add(right.privilege)
    return frozenset(found)


def _foreign(acl: Acl, owner: str, privileges: frozenset[str]) -> list[Right]:
    return sorted(right for right in acl if right.grantor != owner and right.privilege in privileges)


def _anchors(acl: Acl, owner: str, privileges: frozenset[str]) -> list[tuple[str, str]]:
    """Foreign grantors and what they passed on, without a grant option from the owner itself."""
    needed = {(right.grantor, right.privilege) for right in _foreign(acl, owner, privileges)}
    return sorted((who, what) for who, what in needed if Right(owner, who, what, True) not in acl)


def _uproot(
    current: Objects, layers: Mapping[str, Acl], target: PrivilegeTarget, privileges: frozenset[str], scope: Scope
) -> Iterator[PlannedChange]:
    grantors = set()
    for layer, acl in layers.items():
        for who, group in groupby(_anchors(acl, target.owner, privileges), key=lambda anchor: anchor[0]):
            passed_on = {what for _who, what in group}
            yield _change(current, Phase.ANCHOR, "GRANT", who, passed_on, layer=layer, grant_option=True)
        foreign = _foreign(acl, target.owner, privileges)
        for right in foreign:
            if right.grantor in scope.superusers:
                raise _uncuttable(current, target.owner, right)
        phase = Phase.CUT_CONTAINER if current.kind in "ndp" else Phase.CUT
        phase = phase if layer == TABLE else Phase.CUT_COLUMN
        for (grantor, grantee), rights in groupby(foreign, key=lambda right: (right.grantor, right.grantee)):
            cut = {right.privilege for right in rights}
            yield _change(current, phase, "REVOKE", grantee, cut, layer=layer, as_role=grantor)
            grantors.add(grantor)
    if current.kind in "rsfT":
        yield from _lend_usage(current.schema, grantors, target.usage)


def _lend_usage(schema: str, grantors: set[str], usage: frozenset[str] | None) -> Iterator[PlannedChange]:
    """Lend a grantor USAGE to name the objects while it revokes its grants; take it back after that."""
    for who in sorted(grantors - usage if usage is not None else ()):
        for phase, verb in ((Phase.ANCHOR_SCHEMA, "GRANT"), (Phase.RELEASE_SCHEMA, "REVOKE")):
            yield PlannedChange(phase, verb, "n", "", (quote_identifier(schema),), frozenset({"USAGE"}), who)


def _uncuttable(current: Objects, owner: str, right: Right) -> PgsopError:
    name, who = current.names[0], quote_identifier(right.grantor)
    alter = f"ALTER {current.word} {name} OWNER TO"
    return PgsopError(
        attempted=f"revoke {right.privilege} on {name} from {right.grantee or 'PUBLIC'}",
        target=f"granted by {right.grantor}, which is a superuser",
        answer="a superuser acts as the owner, so what it granted before it was one cannot be revoked in its name",
        next_step=f"as administrator run: {alter} {who}; then revoke it; then {alter} {quote_identifier(owner)}",
    )


def _wanted(
    acl: Acl, owner: str, declared: Rights, uprooted: frozenset[str], managed: frozenset[str]
) -> dict[str, dict[str, bool]]:
    """Rights of every grantee from the owner: declared ones, and those of others as they were."""
    direct = rights_of(acl, grantor=owner)
    wanted: dict[str, dict[str, bool]] = {who: {} for who, _what in _anchors(acl, owner, uprooted)}
    for grantee, rights in rights_of(acl).items():
        kept = {what: option for what, option in direct.get(grantee, {}).items() if what not in uprooted}
        wanted[grantee] = {**kept, **{what: option for what, option in rights.items() if what in uprooted}}
    wanted.update({grantee: dict(declared.get(grantee, {})) for grantee in {*wanted, *declared} & managed})
    return wanted


def _from_owner(acl: Acl, owner: str, uprooted: frozenset[str]) -> dict[str, dict[str, bool]]:
    """Return the rights held from the owner when anchors are set and foreign entries are cut."""
    held = rights_of(acl, grantor=owner)
    for who, what in _anchors(acl, owner, uprooted):
        held.setdefault(who, {})[what] = True
    return held


def _difference(current: Objects, layer: str, held: Rights, wanted: Rights) -> Iterator[PlannedChange]:
    revoke, grant = (Phase.REVOKE, Phase.GRANT) if layer == TABLE else (Phase.REVOKE_COLUMN, Phase.GRANT_COLUMN)
    revoke_option = Phase.REVOKE_OPTION if layer == TABLE else Phase.REVOKE_COLUMN
    for grantee in sorted(wanted):
        have, desired = held.get(grantee, {}), wanted[grantee]
        gone = {what for what in have if what not in desired}
        lowered = {what for what, option in have.items() if option and desired.get(what) is False}
        for verb, phase, privileges in (("REVOKE", revoke, gone), ("REVOKE GRANT OPTION FOR", revoke_option, lowered)):
            if privileges:
                yield _change(current, phase, verb, grantee, privileges, layer=layer)
        for option in (False, True):
            new = {
                what for what, passed in desired.items() if passed is option and have.get(what) not in (True, option)
            }
            if new:
                yield _change(current, grant, "GRANT", grantee, new, layer=layer, grant_option=option)


def _reach_columns(change: PlannedChange, held: Mapping[str, dict[str, dict[str, bool]]]) -> None:
    """Remove from each column the privileges, or their grant options, that a REVOKE on the table also takes there."""
    for layer, grantees in held.items():
        rights = grantees.get(change.grantee, {})
        for what in set(change.privileges) & set(rights):
            if layer != TABLE and change.verb == "REVOKE":
                del rights[what]
            elif layer != TABLE and change.verb == "REVOKE GRANT OPTION FOR":
                rights[what] = False


def _change(
    current: Objects,
    phase: Phase,
    verb: str,
    grantee: str,
    privileges: set[str],
    *,
    layer: str,
    grant_option: bool = False,
    as_role: str = "",
) -> PlannedChange:
    columns = () if layer == TABLE else (layer,)
    kept = frozenset(privileges)
    schema = "" if current.kind == "n" else current.schema
    return PlannedChange(
        phase, verb, current.kind, schema, current.names, kept, grantee, columns, grant_option, as_role
    )
