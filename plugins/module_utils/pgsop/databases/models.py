# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ready models: from a few names to every role, rule and default privilege of a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .actual import PUBLIC
from .desired import ALL, DefaultPrivilegeRule, DefaultRule, DesiredDatabase
from .entry_problems import TARGETS
from .schema import DATABASE, DEFAULT_PRIVILEGES, EXTENSION, GRANT

#: Parts a database may have roles for, by model: those that are always there, and those that may be.
PARTS = {"sop": (("app",), ("readonly",)), "separated": (("owner", "migrator", "app"), ("readonly",))}
#: What ``pg_default_acl`` calls the kinds that objects can be created of.
_LATER = {"r": "r", "s": "S", "f": "f", "T": "T"}
_WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Parts:
    """The roles of a database by the part they play, and what follows from that for the whole cluster."""

    names: Mapping[str, str]
    memberships: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def owner(self) -> str:
        """Who owns the schemas: the application itself, or a role that nobody logs in as."""
        return self.names.get("owner", self.names["app"])


def parts_of(entry: Mapping[str, Any]) -> Parts:
    """Names of the roles of a database.

    Args:
        entry: a database with a known model.
    """
    given = entry.get("roles") or {}
    always, optional = PARTS[entry.get("model") or DATABASE["model"]["default"]]
    names = {}
    for part in (*always, *optional):
        if part in always or given.get(part) is not None:
            names[part] = (given.get(part) or {}).get("name") or f"{entry['name']}_{part}"
    pairs = {(names["owner"], names["migrator"])} if "migrator" in names else set()
    return Parts(names, frozenset(pairs))


def expand(entry: Mapping[str, Any], memberships: frozenset[tuple[str, str]], administrator: str) -> DesiredDatabase:
    """Everything that is wanted of a database.

    Args:
        entry: the declaration, free of problems.
        memberships: all declared (group, member), for who else can create in a schema.
        administrator: the bootstrap superuser.
    """
    parts = parts_of(entry)
    schemas = schemas_of(entry)
    rules = [*_model_rules(parts, schemas), *_grants(entry, schemas)]
    creators = {schema: _creators(schema, parts.owner, rules, memberships) for schema in schemas}
    defaults = [*_later(rules, creators, administrator), *_declared_later(entry, schemas)]
    return DesiredDatabase(
        name=entry["name"],
        owner=entry.get("owner") or administrator,
        schemas=dict.fromkeys(schemas, parts.owner),
        own_objects=entry.get("own_objects") is not False,
        rules=tuple(rules),
        defaults=tuple(defaults),
        creators=creators,
        settings={"search_path": search_path(entry, schemas), **(entry.get("settings") or {})},
        role_settings=_role_settings(entry, parts),
        connection_limit=DATABASE["connection_limit"]["default"]
        if entry.get("connection_limit") is None
        else entry["connection_limit"],
        encoding=entry.get("encoding"),
        locale=entry.get("locale"),
        template=entry.get("template") or DATABASE["template"]["default"],
        extensions={
            item["name"]: item.get("schema") or EXTENSION["schema"]["default"] for item in entry.get("extensions") or ()
        },
    )


def schemas_of(entry: Mapping[str, Any]) -> list[str]:
    """The managed schemas, in the order they are declared."""
    return list(dict.fromkeys([entry.get("schema") or DATABASE["schema"]["default"], *(entry.get("schemas") or ())]))


def search_path(entry: Mapping[str, Any], schemas: list[str]) -> list[str]:
    """Where names without a schema are looked up."""
    return list(entry.get("search_path") or dict.fromkeys([*schemas, "public"]))


def _model_rules(parts: Parts, schemas: list[str]) -> Iterator[DefaultPrivilegeRule]:
    logins = [name for part, name in parts.names.items() if part != "owner"]
    yield from (DefaultPrivilegeRule("d", "", name, ("CONNECT",)) for name in logins)
    for schema in schemas:
        app, readonly = parts.names["app"], parts.names.get("readonly")
        yield DefaultPrivilegeRule("n", schema, app, ("USAGE",))
        yield DefaultPrivilegeRule("r", schema, app, _WRITE)
        yield DefaultPrivilegeRule("s", schema, app, ("SELECT", "USAGE"))
        yield DefaultPrivilegeRule("f", schema, app, ("EXECUTE",))
        if readonly:
            yield DefaultPrivilegeRule("n", schema, readonly, ("USAGE",))
            yield DefaultPrivilegeRule("r", schema, readonly, ("SELECT",))
            yield DefaultPrivilegeRule("s", schema, readonly, ("SELECT",))


def _grants(entry: Mapping[str, Any], schemas: list[str]) -> Iterator[DefaultPrivilegeRule]:
    for grant in entry.get("grants") or ():
        kind = TARGETS[grant.get("type") or GRANT["type"]["default"]]
        places = [""] if kind == "d" else [grant["schema"]] if grant.get("schema") else schemas
        objects = [""] if kind in "dn" else list(grant.get("objects") or [""])
        if kind == "n":
            objects = [""]
        for place in places:
            for name in objects:
                for grantee in grant["to"]:
                    yield DefaultPrivilegeRule(
                        kind=kind,
                        schema=place,
                        grantee=grantee_of(grantee),
                        privileges=privileges_of(grant),
                        object=name,
                        columns=tuple(grant.get("columns") or ()),
                        grant_option=bool(grant.get("grant_option")),
                    )


def grantee_of(name: str) -> str:
    """A grantee; PUBLIC, in capitals, is everybody."""
    return PUBLIC if name == "PUBLIC" else name


def privileges_of(grant: Mapping[str, Any]) -> tuple[str, ...]:
    """Privileges in capitals and without synonyms."""
    synonyms = {"TEMP": "TEMPORARY", "ALL PRIVILEGES": ALL}
    words = (" ".join(str(privilege).upper().split()) for privilege in grant.get("privileges") or ())
    return tuple(synonyms.get(word, word) for word in words)


def _creators(
    schema: str, owner: str, rules: list[DefaultPrivilegeRule], memberships: frozenset[tuple[str, str]]
) -> frozenset[str]:
    """Declared roles that can create in a schema: by ownership, by a grant, or as members of one that can."""
    creators: set[str] = {owner}
    for rule in rules:
        if rule.kind == "n" and rule.schema == schema and {"CREATE", ALL} & set(rule.privileges):
            creators.add(rule.grantee)
    while True:
        more = {member for group, member in memberships if group in creators} - creators
        if not more:
            return frozenset(creators - {PUBLIC})
        creators |= more


def _later(
    rules: list[DefaultPrivilegeRule], creators: Mapping[str, frozenset[str]], administrator: str
) -> Iterator[DefaultRule]:
    """What is granted on all objects of a schema is also granted on those that its creators, or the administrator, create later."""
    for rule in rules:
        if rule.object or rule.kind not in _LATER:
            continue
        for creator in sorted({*creators[rule.schema], administrator} - {rule.grantee}):
            kind = _LATER[rule.kind]
            yield DefaultRule(creator, rule.schema, kind, rule.grantee, rule.privileges, rule.grant_option)


def _declared_later(entry: Mapping[str, Any], schemas: list[str]) -> Iterator[DefaultRule]:
    for item in entry.get("default_privileges") or ():
        kind = _LATER[TARGETS[item.get("type") or DEFAULT_PRIVILEGES["type"]["default"]]]
        for schema in [item["schema"]] if item.get("schema") else schemas:
            for grantee in item["to"]:
                yield DefaultRule(item["for_role"], schema, kind, grantee_of(grantee), privileges_of(item))


def _role_settings(entry: Mapping[str, Any], parts: Parts) -> dict[str, Mapping[str, Any]]:
    """Settings of roles in this database; the migrator becomes the owner, so that it leaves nothing of its own behind."""
    settings: dict[str, Mapping[str, Any]] = {}
    for part, name in parts.names.items():
        given = dict(((entry.get("roles") or {}).get(part) or {}).get("settings") or {})
        if part == "migrator":
            given = {**given, "role": parts.owner}
        if given:
            settings[name] = given
    return settings
