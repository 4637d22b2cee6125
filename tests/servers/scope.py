# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of a state is the declaration's, which is somebody else's, and which nobody may touch."""

from __future__ import annotations

from typing import Any

from ansible_collections.aerovista.postgresql.tests.servers.catalog import Entry, Snapshot, Thing
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR
from ansible_collections.aerovista.postgresql.tests.servers.world import (
    DATABASE,
    SCHEMAS,
    STRANGERS,
    THEIRS,
    PrivilegeSetup,
)


def managed_things(snapshot: Snapshot) -> dict[tuple[str, str, str], Thing]:
    """Database, schemas and objects that are in scope, by kind and name."""
    return {
        (thing.kind, thing.schema, thing.name): thing
        for thing in snapshot.things
        if (thing.schema in SCHEMAS and not thing.member)
        or (thing.kind == "n" and thing.name in (*SCHEMAS, "public"))
        or thing.kind == "d"
    }


def declared_part(snapshot: Snapshot, world: PrivilegeSetup) -> dict[str, frozenset[Any]]:
    """Everything the declaration decides; the same from every start."""
    everybody = {*world.managed, "PUBLIC"}
    things = managed_things(snapshot)
    entries = set()
    for entry in snapshot.entries:
        thing = things.get((entry.kind, entry.schema, entry.name))
        if (thing and (entry.grantee in everybody or entry.grantee == thing.owner)) or (
            entry.kind == "p" and entry.grantee in world.managed
        ):
            entries.add(entry)
    return {
        "owners": frozenset((*key, thing.owner) for key, thing in things.items()),
        "entries": frozenset(entries),
        "defaults": frozenset(row for row in snapshot.defaults if _default_in_scope(row, world)),
        "memberships": frozenset(
            row
            for row in snapshot.memberships
            if {row[0], row[1]} & set(world.managed) and not _creators(row, snapshot)
        ),
        # A verifier has random salt, and that of a role without declared password is kept; test_models logs in.
        "roles": frozenset(row[:-1] for row in snapshot.roles if row[0] in world.managed),
        "settings": frozenset(row for row in snapshot.settings if _setting_in_scope(row, world)),
    }


def _creators(row: tuple[Any, ...], snapshot: Snapshot) -> bool:
    """The row that the server writes for a role that creates another (16 and newer), or one that cannot be told from it."""
    _group, member, admin, inherit, set_role, grantor = row
    may_create = {role[0] for role in snapshot.roles if role[3]}
    return bool(
        grantor == ADMINISTRATOR and (admin, inherit, set_role) == (True, False, False) and member in may_create
    )


def _default_in_scope(row: tuple[Any, ...], world: PrivilegeSetup) -> bool:
    creator, schema, _kind, grantee, _privilege, _grantable = row
    if schema:
        return schema in SCHEMAS and grantee in {*world.managed, "PUBLIC"}
    return grantee in world.managed or (creator in world.managed and grantee in {"", "PUBLIC"})


def _setting_in_scope(row: tuple[Any, ...], world: PrivilegeSetup) -> bool:
    database, role, _setting = row
    return (database in ("", DATABASE) and role in world.managed) or (database == DATABASE and not role)


def strangers_part(snapshot: Snapshot, owned: frozenset[tuple[str, str, str]]) -> dict[str, frozenset[Any]]:
    """What strangers hold, by whomever it was given, apart from what hangs on things they owned (or own)."""
    held: dict[Entry, bool] = {}
    for entry in snapshot.entries:
        if entry.grantee in STRANGERS and (entry.kind, entry.schema, entry.name) not in owned:
            key = entry._replace(grantor="", grantable=False)
            held[key] = held.get(key, False) or entry.grantable
    joined: dict[tuple[str, str], list[bool]] = {}
    for group, member, *options, _grantor in snapshot.memberships:
        if group in STRANGERS and member in STRANGERS:
            so_far = joined.get((group, member), [False] * 3)
            joined[group, member] = [one or other for one, other in zip(so_far, options, strict=True)]
    return {
        "entries": frozenset(held.items()),
        "defaults": frozenset(row for row in snapshot.defaults if row[3] in STRANGERS and row[0] != row[3]),
        "memberships": frozenset((*pair, *options) for pair, options in joined.items()),
        "roles": frozenset(row for row in snapshot.roles if row[0] in STRANGERS),
        "settings": frozenset(row for row in snapshot.settings if row[1] in STRANGERS),
    }


def owned_by_strangers(snapshot: Snapshot) -> frozenset[tuple[str, str, str]]:
    """Things in scope whose owner is a stranger: with the ownership go its rights."""
    return frozenset(key for key, thing in managed_things(snapshot).items() if thing.owner in STRANGERS)


def untouchable_part(snapshot: Snapshot) -> dict[str, frozenset[Any]]:
    """Members of extensions and the other schema, to the byte."""
    things = {
        (thing.kind, thing.schema, thing.name): thing
        for thing in snapshot.things
        if thing.member or thing.schema == THEIRS or (thing.kind == "n" and thing.name == THEIRS)
    }
    columns = {entry for entry in snapshot.entries if entry.column and (entry.kind, entry.schema, entry.name) in things}
    return {"things": frozenset(things.values()), "columns": frozenset(columns)}


def difference(one: dict[str, frozenset[Any]], other: dict[str, frozenset[Any]]) -> list[str]:
    """How two parts differ, for a person to read."""
    lines = []
    for name, items in one.items():
        lines += [f"- {name} {item}" for item in sorted(map(str, items - other[name]))]
        lines += [f"+ {name} {item}" for item in sorted(map(str, other[name] - items))]
    return lines
