# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input of the inventory: refused as a whole if anything is wrong with it, else read into the desired state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..cluster import POSTGRES
from ..errors import PgsopError
from .desired import Absent, Declaration, DesiredRole
from .entry_problems import TARGETS, grant_problems, limit_problems, role_problems, setting_problems
from .models import PARTS, expand, parts_of, privileges_of, schemas_of
from .monitoring_logins import GROUP, desired_login, login_problems, login_rules, name_clashes
from .names import name_problem
from .schema import DATABASE, DEFAULT_PRIVILEGES, GRANT, OPTIONS, ROLE
from .shape import shape_problems, value_problems

Entries = Sequence[Mapping[str, Any]]
#: Databases of the cluster itself, which are not declared.
MAINTENANCE = ("postgres", "template0", "template1")
#: Fields of a role that may be declared in one place only, or the same in all.
_ONCE = ("password", "password_state", "connection_limit", "valid_until", "login")


def declare(
    databases: Entries,
    roles: Entries,
    public_connect: Sequence[str],
    administrator: str = POSTGRES,
    monitoring_logins: Entries | None = None,
) -> Declaration:
    """Return the desired state of a cluster from the entries of the inventory.

    Args:
        databases: entries of ``databases``, as module pg_databases documents them.
        roles: entries of ``roles``.
        public_connect: databases from which PUBLIC loses CONNECT.
        administrator: the bootstrap superuser.
        monitoring_logins: entries of ``monitoring_logins``; None leaves those of the server as they are.

    Raises:
        PgsopError: the declaration is wrong; the answer names every fault.
    """
    logins = monitoring_logins or ()
    wrong = problems(databases, roles, public_connect, administrator, logins)
    if wrong:
        raise PgsopError(
            attempted="declare databases, roles and privileges",
            target=f"{len(databases)} databases, {len(roles)} roles besides theirs",
            answer="; ".join(wrong),
            next_step="correct the declaration; nothing was changed",
        )
    memberships = _memberships(_present(databases), roles)
    expanded = [expand(entry, memberships, administrator) for entry in _present(databases)]
    return Declaration(
        administrator=administrator,
        roles={role.name: role for role in (*_roles(databases, roles), *map(desired_login, logins))},
        memberships=memberships | {(GROUP, entry["name"]) for entry in logins},
        databases={each.name: replace(each, rules=(*each.rules, *login_rules(logins))) for each in expanded},
        absent_databases=_absent(databases),
        absent_roles=_absent(roles),
        public_connect=tuple(public_connect),
        exact_logins=monitoring_logins is not None,
    )


def problems(
    databases: Entries,
    roles: Entries,
    public_connect: Sequence[str],
    administrator: str = POSTGRES,
    monitoring_logins: Any = (),
) -> list[str]:
    """Return the faults of a declaration that can be found without a server, as sentences; empty for no fault.

    Faults of shape hide those of content. The arguments are those of :func:`declare`.
    """
    found = [*_shapeless(databases, roles, public_connect), *login_problems(monitoring_logins)]
    if found:
        return found
    found = [problem for entry in databases for problem in _database_problems(entry)]
    if found:
        return found
    found += [*_repeated("database", _names(databases)), *_repeated("role", _names(roles))]
    occurrences = _occurrences(databases, roles)
    for name in sorted(occurrences):
        merged, conflicts = _merge(occurrences[name])
        found += [f"role {name}: {field} is declared more than once, and differently" for field in conflicts]
        found += role_problems(merged, administrator)
    found += _reference_problems(databases, roles, administrator)
    found += name_clashes(monitoring_logins, {*occurrences, *_names(roles)})
    found += [f"public_connect: {name} is a declared database" for name in public_connect if name in _names(databases)]
    return found


def _shapeless(databases: Entries, roles: Entries, public_connect: Sequence[str]) -> Iterator[str]:
    for what, entries, options in (("databases", databases, DATABASE), ("roles", roles, ROLE)):
        if entries is None:
            yield f"{what} must be a list, empty where there are none"
        yield from value_problems(entries, {"type": "list", "elements": "dict"}, what)
        for number, entry in enumerate(entries if isinstance(entries, (list, tuple)) else (), start=1):
            if isinstance(entry, Mapping):
                named = isinstance(entry.get("name"), str)
                yield from shape_problems(
                    entry, options, f"{what[:-1]} {entry['name']}" if named else f"{what}, entry {number}"
                )
                if not named:
                    yield f"{what}, entry {number} needs a name"
    yield from value_problems(public_connect, OPTIONS["public_connect"], "public_connect")


def _present(entries: Entries) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if not _is_absent(entry)]


def _absent(entries: Entries) -> tuple[Absent, ...]:
    return tuple(Absent(entry["name"], bool(entry.get("force"))) for entry in entries if _is_absent(entry))


def _is_absent(entry: Mapping[str, Any]) -> bool:
    return entry.get("state") == "absent"


def _names(entries: Entries) -> list[str]:
    return [entry["name"] for entry in entries]


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"{what} {name} is declared more than once" for name in sorted(set(names)) if names.count(name) > 1)


def _database_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    name, place = entry["name"], f"database {entry['name']}"
    wrong = name_problem(name, "database")
    if wrong:
        yield wrong
    if name in MAINTENANCE:
        yield f"{place} belongs to the cluster itself and is not declared"
    model = entry.get("model") or DATABASE["model"]["default"]
    if model not in PARTS:
        yield f"{place}: model is one of {', '.join(PARTS)}, not {model!r}"
        return
    given = {part for part, role in (entry.get("roles") or {}).items() if role is not None}
    useless = sorted(given - {part for parts in PARTS[model] for part in parts})
    if useless:
        yield f"{place}: model {model} has no role {', '.join(useless)}; it has {', '.join(sum(PARTS[model], ()))}"
        return
    if "role" in (((entry.get("roles") or {}).get("migrator") or {}).get("settings") or {}):
        yield f"{place}: the migrator becomes the owner, so its setting role is not declared"
    names = list(parts_of(entry).names.values())
    yield from (f"{place}: {problem}" for problem in _repeated("role", names))
    for schema in schemas_of(entry):
        wrong = name_problem(schema, "schema")
        if wrong:
            yield f"{place}: {wrong}"
    yield from (f"{place}: {problem}" for problem in limit_problems(entry.get("connection_limit")))
    yield from (f"{place}: {problem}" for problem in setting_problems(entry.get("settings") or {}))
    for extension in entry.get("extensions") or ():
        wrong = name_problem(str(extension.get("name") or ""), "extension")
        if wrong:
            yield f"{place}: {wrong}"
    yield from (f"{place}: {problem}" for problem in _rights_problems(entry))


def _rights_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    schemas = schemas_of(entry)
    for key, options in (("grants", GRANT), ("default_privileges", DEFAULT_PRIVILEGES)):
        for number, grant in enumerate(entry.get(key) or (), start=1):
            plain = {
                **grant,
                "type": grant.get("type") or options["type"]["default"],
                "privileges": privileges_of(grant),
                "to": grant.get("to") or [],
            }
            for problem in grant_problems(plain, schemas):
                yield f"{key}, entry {number}: {problem}"
            if plain["type"] in TARGETS and plain["type"] not in options["type"]["choices"]:
                yield f"{key}, entry {number}: objects of type {plain['type']} are not created in a schema"


def _occurrences(databases: Entries, roles: Entries) -> dict[str, list[Mapping[str, Any]]]:
    """Every place where a role that is to be there is declared, with what follows from the place."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in databases:
        if _is_absent(entry):
            continue
        for part, name in parts_of(entry).names.items():
            given = {
                key: value for key, value in ((entry.get("roles") or {}).get(part) or {}).items() if key != "settings"
            }
            given.update(name=name, login=part != "owner")
            found.setdefault(name, []).append(given)
    for entry in roles:
        if not _is_absent(entry):
            login = {} if entry.get("login") is None else {"login": entry["login"]}
            found.setdefault(entry["name"], []).append({**{k: v for k, v in entry.items() if k != "login"}, **login})
    return found


def _merge(places: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """One role from the places that name it, and the fields in which they contradict each other."""
    merged: dict[str, Any] = {}
    conflicts = []
    for place in places:
        for key, value in place.items():
            if value is None or (key == "password_state" and value == "present"):
                continue
            if key in _ONCE and key in merged and merged[key] != value:
                conflicts.append(key)
            merged[key] = value
    return merged, sorted(set(conflicts))


def _roles(databases: Entries, roles: Entries) -> Iterator[DesiredRole]:
    for name, places in _occurrences(databases, roles).items():
        merged, _conflicts = _merge(places)
        yield DesiredRole(
            name=name,
            login=merged.get("login", True),
            password=merged.get("password"),
            password_absent=merged.get("password_state") == "absent",
            connection_limit=merged.get("connection_limit", -1),
            valid_until=merged.get("valid_until"),
            attributes=frozenset(merged.get("attributes") or ()),
            settings=merged.get("settings") or {},
        )


def _memberships(databases: Entries, roles: Entries) -> frozenset[tuple[str, str]]:
    pairs = {
        (group, entry["name"]) for entry in roles if not _is_absent(entry) for group in entry.get("member_of") or ()
    }
    for entry in databases:
        pairs |= parts_of(entry).memberships
    return frozenset(pairs)


def _reference_problems(databases: Entries, roles: Entries, administrator: str) -> Iterator[str]:
    declared = set(_occurrences(databases, roles))
    gone = {entry["name"] for entry in roles if _is_absent(entry)}
    yield from (f"role {name} is declared and also absent" for name in sorted(declared & gone))
    groups = {group for group, _member in _memberships([], roles)}
    yield from (f"role {name} is absent and also has members" for name in sorted(groups & gone))
    if administrator in gone:
        yield f"role {administrator} is the administrator of the cluster and is not dropped"
    present = _present(databases)
    for entry in present:
        place = f"database {entry['name']}"
        owner = entry.get("owner")
        if owner and owner not in declared | {administrator}:
            yield f"{place}: its owner {owner} is neither a declared role nor the administrator"
        grants = [*(entry.get("grants") or ()), *(entry.get("default_privileges") or ())]
        unknown = {name for grant in grants for name in grant.get("to") or ()} - declared - {"PUBLIC"}
        for name in sorted(unknown & {"public", "Public"}):
            yield f"{place}: everybody is PUBLIC, in capitals, not {name}"
        for name in sorted(unknown - {"public", "Public"}):
            yield f"{place}: {name} is granted something and is no declared role; add it to the roles"
        for item in entry.get("default_privileges") or ():
            if item.get("for_role") is None:
                yield f"{place}: default_privileges need for_role, the role that creates the objects"
            elif item["for_role"] not in declared | {administrator}:
                yield f"{place}: default_privileges for {item['for_role']}, which is no declared role"
    yield from _membership_problems(_memberships(present, roles), administrator)


def _membership_problems(pairs: frozenset[tuple[str, str]], administrator: str) -> Iterator[str]:
    for group, member in sorted(pairs):
        if group in ("pg_database_owner", administrator):
            yield f"role {member}: nobody becomes a member of {group}"
        reached, more = {group}, True
        while more:
            wider = {upper for upper, lower in pairs if lower in reached} | reached
            more, reached = wider != reached, wider
        if member in reached:
            yield f"role {member} would be a member of itself, through {group}"
