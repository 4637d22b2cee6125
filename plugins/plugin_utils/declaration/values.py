# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether values have the type, the keys and the choices that an argument spec gives, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.shape import value_problems
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.declared import is_whole, to_number

Option = Mapping[str, Any]

_BOOLEANS = ("yes", "no", "true", "false", "on", "off", "y", "n", "t", "f", "0", "1")
#: Variables with a default in which an empty text means that the role leaves out what they name.
_MAY_BE_EMPTY = ("pg_monitoring_textfile_directory", "pg_monitoring_share_directory")
#: The longest value that is repeated.
_SHOWN = 60


def option_problems(name: str, value: Any, option: Option, default: Any) -> Iterator[str]:
    """Yield each way in which the value of a variable does not fit its argument spec.

    Args:
        name: of the variable.
        value: evaluated.
        option: its entry in the argument spec of the role.
        default: its default; None if that is no value, or computed.
    """
    if value is None:
        if default is not None or option["type"] != "int":
            yield f"{name} has no value: {_without_value(option, default)}"
        return
    if option["type"] in ("list", "dict"):
        yield from _container_problems(name, value, option)
        return
    fits, wanted = _SCALARS[option["type"]]
    if not fits(value):
        yield f"{name} is {shown(value)} and must be {wanted}{_example(name, option, value)}"
    elif value == "" and default != "" and name not in _MAY_BE_EMPTY:
        yield f"{name} is empty: {_without_value(option, default)}"
    elif "choices" in option and value not in option["choices"]:
        yield f"{name} is {shown(value)} and must be one of {', '.join(option['choices'])}"


def shown(value: Any) -> str:
    """Return a value for a sentence: a mapping or list by its kind, because a secret may be in it, and text in quotes."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _is_int(value: Any) -> bool:
    return is_whole(to_number(str(value) if isinstance(value, str) else value))


def _is_bool(value: Any) -> bool:
    return value.lower() in _BOOLEANS if isinstance(value, str) else isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_SCALARS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "int": (_is_int, "a whole number"),
    "bool": (_is_bool, "true or false"),
    "str": (_is_text, "text"),
}


def _container_problems(name: str, value: Any, option: Option) -> Iterator[str]:
    if option["type"] == "dict":
        if not isinstance(value, Mapping):
            yield f"{name} is {shown(value)} and must be a mapping, NAME: VALUE on a line of its own each; an empty one is {{}}"
        return
    if not isinstance(value, (list, tuple)):
        example = f"; a list with one entry is [{value}]" if isinstance(value, (str, int)) and value != "" else ""
        yield f"{name} is {shown(value)} and must be a list{example}; an empty list is []"
        return
    if "elements" in option:
        yield from value_problems(value, _for_shape(option), name)
    for number, entry in enumerate(value, start=1):
        if isinstance(entry, Mapping):
            missing = [
                key
                for key, each in option.get("options", {}).items()
                if each.get("required") and entry.get(key) is None
            ]
            yield from (f"{name}, entry {number}: {key} is missing" for key in missing)


def _for_shape(option: Option) -> dict[str, Any]:
    """Return an option in the form of the engine's schema, which knows no paths."""
    found = dict(option)
    if found.get("elements") == "path":
        found["elements"] = "str"
    return found


def _without_value(option: Option, default: Any) -> str:
    if option["type"] == "list":
        return "an empty list is []"
    if option["type"] == "dict":
        return "an empty mapping is {}"
    return "remove the line" + (
        f", and it is {shown(default)}" if default not in (None, "") and "{{" not in str(default) else ""
    )


def _example(name: str, option: Option, value: Any) -> str:
    if option["type"] != "str" or not isinstance(value, (bool, int, float)):
        return ""
    if name.endswith("_time") and is_whole(value):
        return f": YAML reads {value // 60}:{value % 60:02} without quotes as that number, so write '{value // 60:02}:{value % 60:02}'"
    return ": write it in quotes"
