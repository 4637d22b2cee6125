# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a declaration of databases and roles: type, default and choices of each, in the form of Ansible's argument specs.

Module pg_databases takes these options. The filter checks a declaration with the same tables, and the engine takes its defaults from
them. A test compares the documentation of the module and the argument spec of role pg_bootstrap with them.
"""

from __future__ import annotations

from typing import Any

Option = dict[str, Any]
Options = dict[str, Option]

_NAME: Option = {"type": "str", "required": True}
_WORDS: Option = {"type": "list", "elements": "str", "required": True}
_SETTINGS: Option = {"type": "dict", "default": {}}
_STATE: Options = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "force": {"type": "bool", "default": False},
}
# No default for what a role may be given in one of several places.
_LOGIN: Options = {
    "password": {"type": "str", "no_log": True},
    "password_state": {"type": "str", "choices": ["present", "absent"], "default": "present", "no_log": False},
    "connection_limit": {"type": "int"},
    "settings": _SETTINGS,
    "valid_until": {"type": "str"},
}
_MEMBER: Option = {"type": "dict", "options": {"name": {"type": "str"}, **_LOGIN}}
_MODEL: Options = {
    "app": _MEMBER,
    "owner": {"type": "dict", "options": {"name": {"type": "str"}}},
    "migrator": _MEMBER,
    "readonly": _MEMBER,
}
EXTENSION: Options = {"name": _NAME, "schema": {"type": "str", "default": "public"}}
#: Kinds of object that a role can create in a schema.
_KINDS: list[str] = ["tables", "sequences", "routines", "types"]
GRANT: Options = {
    "to": _WORDS,
    "privileges": _WORDS,
    "type": {"type": "str", "choices": ["database", "schema", *_KINDS], "default": "tables"},
    "schema": {"type": "str"},
    "objects": {"type": "list", "elements": "str"},
    "columns": {"type": "list", "elements": "str"},
    "grant_option": {"type": "bool", "default": False},
}
DEFAULT_PRIVILEGES: Options = {
    "for_role": _NAME,
    "to": _WORDS,
    "privileges": _WORDS,
    "type": {"type": "str", "choices": _KINDS, "default": "tables"},
    "schema": {"type": "str"},
}
DATABASE: Options = {
    "name": _NAME,
    **_STATE,
    "model": {"type": "str", "choices": ["sop", "separated"], "default": "sop"},
    "owner": {"type": "str"},
    "schema": {"type": "str", "default": "app"},
    "schemas": {"type": "list", "elements": "str", "default": []},
    "own_objects": {"type": "bool", "default": True},
    "roles": {"type": "dict", "default": {}, "options": _MODEL},
    "search_path": {"type": "list", "elements": "str"},
    "settings": _SETTINGS,
    "connection_limit": {"type": "int", "default": -1},
    "encoding": {"type": "str"},
    "locale": {"type": "str"},
    "template": {"type": "str", "choices": ["template0", "template1"], "default": "template0"},
    "extensions": {"type": "list", "elements": "dict", "default": [], "options": EXTENSION},
    "grants": {"type": "list", "elements": "dict", "default": [], "options": GRANT},
    "default_privileges": {"type": "list", "elements": "dict", "default": [], "options": DEFAULT_PRIVILEGES},
}
ROLE: Options = {
    "name": _NAME,
    **_STATE,
    "login": {"type": "bool"},
    "member_of": {"type": "list", "elements": "str", "default": []},
    "attributes": {
        "type": "list",
        "elements": "str",
        "choices": ["createdb", "createrole", "replication", "bypassrls"],
        "default": [],
    },
    **_LOGIN,
}
MONITORING_LOGIN: Options = {
    "name": _NAME,
    "password": {"type": "str", "no_log": True},
    "os_user": {"type": "str"},
}
#: Module pg_databases takes them too; the variable belongs to role pg_monitoring. Without a default: no list leaves such roles as they are.
MONITORING_LOGINS: Option = {"type": "list", "elements": "dict", "options": MONITORING_LOGIN}
OPTIONS: Options = {
    "databases": {"type": "list", "elements": "dict", "default": [], "options": DATABASE},
    "roles": {"type": "list", "elements": "dict", "default": [], "options": ROLE},
    "public_connect": {"type": "list", "elements": "str", "default": ["postgres", "template1"]},
    "lock_timeout_s": {"type": "int", "default": 5},
    "attempts": {"type": "int", "default": 3},
}
