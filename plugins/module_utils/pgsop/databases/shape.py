# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the input: which keys there are and what kind of value each takes, before anything looks inside."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, Tuple, Union

#: A number that came as text.
WHOLE_NUMBER = re.compile(r"-?[0-9]+")
#: A Python type; a list of one shape; or the shapes of the keys of a mapping.
Shape = Union[type, Tuple[Any], Dict[str, Any]]

#: Free mappings: settings may have any name.
_SETTINGS = dict
_ROLE: Dict[str, Shape] = {
    "name": str,
    "password": object,
    "password_state": str,
    "connection_limit": int,
    "valid_until": str,
    "settings": _SETTINGS,
}
_GRANT: Dict[str, Shape] = {"to": (str,), "privileges": (str,), "type": str, "schema": str}
DATABASE: Dict[str, Shape] = {
    "name": str,
    "state": str,
    "force": bool,
    "model": str,
    "owner": str,
    "schema": str,
    "schemas": (str,),
    "own_objects": bool,
    "roles": {"app": _ROLE, "owner": {"name": str}, "migrator": _ROLE, "readonly": _ROLE},
    "search_path": (str,),
    "settings": _SETTINGS,
    "connection_limit": int,
    "encoding": str,
    "locale": str,
    "template": str,
    "extensions": ({"name": str, "schema": str},),
    "grants": ({**_GRANT, "objects": (str,), "columns": (str,), "grant_option": bool},),
    "default_privileges": ({**_GRANT, "for_role": str},),
}
ROLE: Dict[str, Shape] = {
    **_ROLE,
    "state": str,
    "force": bool,
    "login": bool,
    "member_of": (str,),
    "attributes": (str,),
}
_WORDS = {
    str: "text, in quotes where YAML would read something else",
    int: "a whole number",
    bool: "true or false",
    dict: "a mapping",
}
_BOOLEANS = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "t", "f", "0", "1"})
_CHOICES = {"state": ("present", "absent"), "template": ("template0", "template1")}


def shape_problems(value: Any, shape: Shape, place: str) -> Iterator[str]:
    """What does not have its shape; values are never repeated, for a password may stand at the wrong place.

    Args:
        value: part of the input; None stands for a key that was not given.
        shape: what it is to be.
        place: where it stands, for the sentence.
    """
    if value is None:
        return
    if isinstance(shape, tuple):
        yield from _list_problems(value, shape[0], place)
    elif isinstance(shape, dict):
        yield from _mapping_problems(value, shape, place)
    elif shape is not object and not _is_scalar(value, shape):
        yield f"{place} must be {_WORDS[shape]}"


def _is_scalar(value: Any, shape: type) -> bool:
    """Ansible before 2.19 hands templated numbers and booleans on as text; the module converts them."""
    if isinstance(value, str) and shape is int:
        return bool(WHOLE_NUMBER.fullmatch(value))
    if isinstance(value, str) and shape is bool:
        return value.lower() in _BOOLEANS
    return isinstance(value, shape) and not (shape is int and isinstance(value, bool))


def _list_problems(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        yield f"{place} must be a list"
        return
    for number, item in enumerate(value, start=1):
        if item is None:
            yield f"{place}, entry {number} is empty"
        yield from shape_problems(item, shape, f"{place}, entry {number}")


def _mapping_problems(value: Any, shape: Mapping[str, Shape], place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place} must be a mapping with keys {', '.join(shape)}"
        return
    unknown = sorted(str(key) for key in value if key not in shape)
    if unknown:
        yield f"{place} has no key {', '.join(unknown)}; there are {', '.join(shape)}"
    for key, inner in shape.items():
        item = value.get(key)
        yield from shape_problems(item, inner, f"{place}: {key}")
        if key in _CHOICES and isinstance(item, str) and item not in _CHOICES[key]:
            yield f"{place}: {key} is one of {', '.join(_CHOICES[key])}"
