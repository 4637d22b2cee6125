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
    """The roles of a database by their part, and the memberships that follow from them.

    Attributes:
        names: part (app, owner, migrator, readonly) -> role.
        memberships: (group, member).
    """

    names: Mapping[str, str]
    memberships: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def owner(self) -> str:
        """Return the owner of the schemas: the application's role, or in model separated a role without login."""
        return self.names.get("owner", self.names["app"])


def parts_of(entry: Mapping[str, Any]) -> Parts:
    """Return the roles of a database by part; a role without a declared name is called DATABASE_PART.

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
    """Return the desired state of a database from its short declaration.

    Args:
        entry: the declaration, free of problems.
        memberships: all declared (group, member), to find all roles that can create in a schema.
        administrator: the bootstrap superuser; owns the database if no owner is declared.
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
    """Return the managed schemas in the order of the declaration, each once."""
    return list(dict.fromkeys([entry.get("schema") or DATABASE["schema"]["default"], *(entry.get("schemas") or ())]))


def search_path(entry: Mapping[str, Any], schemas: list[str]) -> list[str]:
    """Return the declared search path, or the managed schemas and then public."""
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
    """Return the grantee of a declared name: the word PUBLIC, in capitals, becomes the empty name."""
    return PUBLIC if name == "PUBLIC" else name


def privileges_of(grant: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the privileges in capitals and without synonyms (TEMP, ALL PRIVILEGES)."""
    synonyms = {"TEMP": "TEMPORARY", "ALL PRIVILEGES": ALL}
    words = (" ".join(str(privilege).upper().split()) for privilege in grant.get("privileges") or ())
    return tuple(synonyms.get(word, word) for word in words)


def _creators(
    schema: str, owner: str, rules: list[DefaultPrivilegeRule], memberships: frozenset[tuple[str, str]]
) -> frozenset[str]:
    """Return the declared roles that can create in a schema, by ownership, a grant, or membership in one that can."""
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
    """Yield the rules on all objects of a schema also for what its creators, or the administrator, create later."""
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
    """Return settings of roles in this database; the migrator becomes the owner, which then owns all it creates."""
    settings: dict[str, Mapping[str, Any]] = {}
    for part, name in parts.names.items():
        given = dict(((entry.get("roles") or {}).get(part) or {}).get("settings") or {})
        if part == "migrator":
            given = {**given, "role": parts.owner}
        if given:
            settings[name] = given
    return settings
