# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the input: which keys there are and what kind of value each takes, before values are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..declared import is_number, is_whole, to_number, unknown_keys
from .schema import Option, Options

#: Texts that Ansible converts to a boolean.
_BOOLEANS = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "t", "f", "0", "1"})
#: By type of the schema: whether a value has it, and what the refusal calls it. Ansible before 2.19 hands templated numbers and
#: booleans on as text; the module converts them.
_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (lambda value: isinstance(value, str), "text, in quotes where YAML would read something else"),
    "int": (lambda value: is_whole(to_number(value)), "a whole number"),
    "bool": (
        lambda value: value.lower() in _BOOLEANS if isinstance(value, str) else isinstance(value, bool),
        "true or false",
    ),
    "float": (lambda value: is_number(to_number(value)), "a number"),
    "dict": (lambda value: isinstance(value, dict), "a mapping"),
}
#: Choices that are refused later, together with what else is wrong with the entry.
_CHOSEN_LATER = frozenset({"model", "password_state", "type"})


def shape_problems(value: Any, options: Options, place: str) -> Iterator[str]:
    """Yield each deviation from the shape; values are never repeated, because a password may be in the wrong place.

    Args:
        value: part of the input; None means that the key was not given.
        options: the keys that it may have.
        place: its place in the input, for the sentence.
    """
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield f"{place} must be a mapping with keys {', '.join(options)}"
        return
    unknown = unknown_keys(value, options)
    if unknown:
        yield f"{place} has no key {', '.join(unknown)}; there are {', '.join(options)}"
    for key, option in options.items():
        yield from value_problems(value.get(key), option, f"{place}: {key}")
        if key not in _CHOSEN_LATER and isinstance(value.get(key), str):
            yield from _choice_problems(value[key], option, f"{place}: {key}")


def value_problems(value: Any, option: Option, place: str) -> Iterator[str]:
    """Yield each deviation from one option, as :func:`shape_problems` does; secret options are checked later.

    Args:
        value: part of the input; None means that the key was not given.
        option: its entry in the schema.
        place: its place in the input, for the sentence.
    """
    if value is None or option.get("no_log"):
        return
    if "elements" in option:
        yield from _list_problems(value, option, place)
    elif "options" in option:
        yield from shape_problems(value, option["options"], place)
    else:
        has_type, name = _TYPES[option["type"]]
        if not has_type(value):
            yield f"{place} must be {name}"


def _choice_problems(value: str, option: Option, place: str) -> Iterator[str]:
    if "choices" in option and "elements" not in option and value not in option["choices"]:
        yield f"{place} is one of {', '.join(option['choices'])}"


def _list_problems(value: Any, option: Option, place: str) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        yield f"{place} must be a list"
        return
    element = {"type": option["elements"], **({"options": option["options"]} if "options" in option else {})}
    for number, item in enumerate(value, start=1):
        if item is None:
            yield f"{place}, entry {number} is empty"
        yield from value_problems(item, element, f"{place}, entry {number}")
