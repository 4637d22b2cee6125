# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments that several modules share, or a module and a filter; documented in doc fragments cluster, databases and looking."""

from __future__ import annotations

from typing import Any, Dict, List

CLUSTER: Dict[str, Dict[str, Any]] = {
    "version": {"type": "int", "required": True},
    "cluster": {"type": "str", "default": "main"},
}
RESTART: Dict[str, Dict[str, Any]] = {
    "restart": {"type": "str", "choices": ["allowed", "never"], "default": "allowed"},
}
LOOKING: Dict[str, Dict[str, Any]] = {
    "version": {"type": "int"},
    "cluster": {"type": "str", "default": "main"},
    "dsn": {"type": "str", "no_log": True},
}
FAIL_ON: Dict[str, Dict[str, Any]] = {
    "fail_on": {"type": "str", "choices": ["never", "warning", "critical"], "default": "never"},
}

_WORDS: Dict[str, Any] = {"type": "list", "elements": "str", "required": True}
_STATE: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "force": {"type": "bool", "default": False},
}
# No default for what a role may be given in one of several places.
_LOGIN: Dict[str, Dict[str, Any]] = {
    "password": {"type": "str", "no_log": True},
    "password_state": {"type": "str", "choices": ["present", "absent"], "default": "present", "no_log": False},
    "connection_limit": {"type": "int"},
    "settings": {"type": "dict", "default": {}},
    "valid_until": {"type": "str"},
}
_MEMBER: Dict[str, Any] = {"type": "dict", "options": {"name": {"type": "str"}, **_LOGIN}}
_MODEL: Dict[str, Dict[str, Any]] = {
    "app": _MEMBER,
    "owner": {"type": "dict", "options": {"name": {"type": "str"}}},
    "migrator": _MEMBER,
    "readonly": _MEMBER,
}
_EXTENSION: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "schema": {"type": "str", "default": "public"},
}
_KINDS: List[str] = ["tables", "sequences", "routines", "types"]
_GRANT: Dict[str, Dict[str, Any]] = {
    "to": _WORDS,
    "privileges": _WORDS,
    "type": {"type": "str", "choices": ["database", "schema", *_KINDS], "default": "tables"},
    "schema": {"type": "str"},
    "objects": {"type": "list", "elements": "str"},
    "columns": {"type": "list", "elements": "str"},
    "grant_option": {"type": "bool", "default": False},
}
_DEFAULT: Dict[str, Dict[str, Any]] = {
    "for_role": {"type": "str", "required": True},
    "to": _WORDS,
    "privileges": _WORDS,
    "type": {"type": "str", "choices": _KINDS, "default": "tables"},
    "schema": {"type": "str"},
}
_DATABASE: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    **_STATE,
    "model": {"type": "str", "choices": ["sop", "separated"], "default": "sop"},
    "owner": {"type": "str"},
    "schema": {"type": "str", "default": "app"},
    "schemas": {"type": "list", "elements": "str", "default": []},
    "own_objects": {"type": "bool", "default": True},
    "roles": {"type": "dict", "default": {}, "options": _MODEL},
    "search_path": {"type": "list", "elements": "str"},
    "settings": {"type": "dict", "default": {}},
    "connection_limit": {"type": "int", "default": -1},
    "encoding": {"type": "str"},
    "locale": {"type": "str"},
    "template": {"type": "str", "choices": ["template0", "template1"], "default": "template0"},
    "extensions": {"type": "list", "elements": "dict", "default": [], "options": _EXTENSION},
    "grants": {"type": "list", "elements": "dict", "default": [], "options": _GRANT},
    "default_privileges": {"type": "list", "elements": "dict", "default": [], "options": _DEFAULT},
}
_ATTRIBUTES: List[str] = ["createdb", "createrole", "replication", "bypassrls"]
_ROLE: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    **_STATE,
    "login": {"type": "bool"},
    "member_of": {"type": "list", "elements": "str", "default": []},
    "attributes": {"type": "list", "elements": "str", "choices": _ATTRIBUTES, "default": []},
    **_LOGIN,
}
DATABASES: Dict[str, Dict[str, Any]] = {
    "databases": {"type": "list", "elements": "dict", "default": [], "options": _DATABASE},
    "roles": {"type": "list", "elements": "dict", "default": [], "options": _ROLE},
    "public_connect": {"type": "list", "elements": "str", "default": ["postgres", "template1"]},
    "lock_timeout_s": {"type": "int", "default": 5},
    "attempts": {"type": "int", "default": 3},
}
