# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults in the declaration of one role, one grant or one setting, as sentences; a password is never part of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..declared import is_whole, to_number
from .names import name_problem
from .schema import ROLE

#: What a password must not be, and how long it has to be at least.
PLACEHOLDERS = frozenset({"replace_me", "changeme", "change_me"})
SHORTEST_PASSWORD = 12

#: Kinds of object in ``grants``, with the letter of ``acldefault()``.
TARGETS = {"database": "d", "schema": "n", "tables": "r", "sequences": "s", "routines": "f", "types": "T"}
#: What may be granted on each kind, on any of the versions.
PRIVILEGES = {
    "d": frozenset({"CREATE", "CONNECT", "TEMPORARY"}),
    "n": frozenset({"CREATE", "USAGE"}),
    "r": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}),
    "s": frozenset({"SELECT", "UPDATE", "USAGE"}),
    "f": frozenset({"EXECUTE"}),
    "T": frozenset({"USAGE"}),
}
COLUMN_PRIVILEGES = frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"})
_ATTRIBUTES = ROLE["attributes"]["choices"]
_PASSWORD_STATES = ROLE["password_state"]["choices"]

#: What the server keeps a limit in.
_INT4 = 2**31 - 1
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


def role_problems(role: Mapping[str, Any], administrator: str) -> Iterator[str]:
    """Yield the faults of one declared role, as sentences.

    Args:
        role: the entry, merged from all places that declare it.
        administrator: the bootstrap superuser, which must not be declared.
    """
    name = str(role["name"])
    wrong = name_problem(name, "role")
    if wrong:
        yield wrong
    if name == administrator:
        yield f"role {name} is the administrator of the cluster and is not declared"
    yield from (f"role {name}: {problem}" for problem in _password_problems(role))
    yield from (f"role {name}: {problem}" for problem in setting_problems(role.get("settings") or {}))
    yield from (f"role {name}: {problem}" for problem in limit_problems(role.get("connection_limit")))
    unknown = sorted(set(role.get("attributes") or ()) - set(_ATTRIBUTES))
    if unknown:
        yield f"role {name}: attributes are some of {', '.join(_ATTRIBUTES)}, not {', '.join(map(str, unknown))}"


def _password_problems(role: Mapping[str, Any]) -> Iterator[str]:
    password, state = role.get("password"), role.get("password_state") or ROLE["password_state"]["default"]
    if state not in _PASSWORD_STATES:
        yield f"password_state is {' or '.join(_PASSWORD_STATES)}"
    if password is None:
        return
    if state == "absent":
        yield "has a password and password_state: absent; only one of them can be meant"
    if role.get("login") is False:
        yield "has a password and does not log in"
    if not isinstance(password, str):
        yield "the password is no text"
    elif not password.strip():
        yield "the password is empty; leave it out for a role without one (before ansible-core 2.19, default(none) is empty text)"
    elif password.strip().lower() in PLACEHOLDERS:
        yield "the password is still the placeholder"
    elif len(password) < SHORTEST_PASSWORD:
        yield f"the password is shorter than {SHORTEST_PASSWORD} characters"
    elif "\0" in password or any("\ud800" <= character <= "\udfff" for character in password):
        yield "the password holds what no client can send"


def setting_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the faults of declared settings that can be found without a server, as sentences."""
    for name, value in settings.items():
        if not _SETTING.fullmatch(str(name)):
            yield f"{name!r} is no name of a setting"
        items = value if isinstance(value, (list, tuple)) else [value]
        if any(not isinstance(item, (str, int, float, bool)) for item in items):
            yield f"the value of setting {name} must be text, a number, a boolean, or a list of them"


def limit_problems(limit: Any) -> Iterator[str]:
    """Yield the fault of a connection limit: it must be None or a whole number from -1 (no limit) to 2147483647."""
    # Ansible before 2.19 hands templated numbers on as text.
    number = to_number(limit)
    if limit is not None and not (is_whole(number) and -1 <= number <= _INT4):
        yield f"connection_limit is {limit!r} and must be a whole number, or -1 for none"


def grant_problems(grant: Mapping[str, Any], schemas: Any) -> Iterator[str]:
    """Yield the faults of one entry of ``grants`` or ``default_privileges``; its grantees are not checked.

    Args:
        grant: the entry, with privileges in capitals.
        schemas: declared schemas of the database.
    """
    kind = TARGETS.get(grant["type"])
    if kind is None:
        yield f"type is one of {', '.join(TARGETS)}, not {grant['type']!r}"
        return
    if not grant["privileges"] or not grant["to"]:
        yield "privileges and to must not be empty"
    columns, objects = grant.get("columns") or (), grant.get("objects") or ()
    known = COLUMN_PRIVILEGES if columns else PRIVILEGES[kind]
    unknown = [str(privilege) for privilege in grant["privileges"] if privilege not in known | {"ALL"}]
    if unknown:
        where = "columns" if columns else f"{grant['type']}"
        yield f"{', '.join(unknown)} is no privilege of {where}; there are {', '.join(sorted(known))}"
    if columns and (kind != "r" or not objects or "ALL" in grant["privileges"]):
        yield "columns go with type: tables, with objects, and with privileges that are named"
    if grant.get("grant_option") and "PUBLIC" in grant["to"]:
        yield "PUBLIC cannot pass on what it is granted, so grant_option does not go with it"
    if objects and kind in "dn":
        yield f"objects do not go with type: {grant['type']}"
    if grant.get("schema") and (kind == "d" or grant["schema"] not in schemas):
        yield f"schema {grant['schema']!r} is not among the declared ones: {', '.join(schemas)}"
    for name in (*objects, *columns):
        wrong = name_problem(str(name), "object")
        if wrong:
            yield wrong
