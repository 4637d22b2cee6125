# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON files that roles write for the command, each read and refused as a whole, and the tests of single values."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .errors import PgsopError

#: The oldest major version that a cluster may have.
OLDEST_MAJOR = 13

#: How a statement begins that only reads, behind comments and brackets.
_QUERY = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|table|show)\b", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"(-?[0-9]+)(\.[0-9]+)?")


def read(path: str, role: str) -> Any:
    """Return the contents of a JSON file.

    Args:
        path: the file.
        role: the role that writes it, for messages.

    Raises:
        PgsopError: the file cannot be read, or is no JSON.
    """
    try:
        with open(path, encoding="utf-8") as handle:
            return json.load(handle)
    except FileNotFoundError as error:
        answer = "there is no such file"
        next_step = f"run role {role}, which writes it, or name another one with --config"
        raise PgsopError(attempted="read the configuration", target=path, answer=answer, next_step=next_step) from error
    except (OSError, ValueError) as error:
        answer = getattr(error, "strerror", None) or str(error)
        next_step = f"run pgsop as root or as the cluster's owner; role {role} writes the file anew"
        raise PgsopError(attempted="read the configuration", target=path, answer=answer, next_step=next_step) from error


def refuse(problems: Sequence[str], source: str, role: str) -> None:
    """Refuse an invalid declaration.

    Args:
        problems: all faults, as sentences; empty for a valid one.
        source: path of the declaration.
        role: the role that writes it, for the message.

    Raises:
        PgsopError: the declaration has faults; the message has all of them.
    """
    if problems:
        raise PgsopError(
            attempted="use the configuration",
            target=source,
            answer="; ".join(problems),
            next_step=f"correct the inventory and run role {role}, which writes the file",
        )


def name_variables(problems: Sequence[str], role: str, keys: Collection[str]) -> list[str]:
    """Return sentences with the names of the role's variables instead of the file's keys, so that a reader can search for them.

    Args:
        problems: sentences, each about the key that it begins with, and maybe about one after "above".
        role: its name is the prefix of its variables.
        keys: keys of the file.
    """
    named = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
    return [re.sub(rf"(?:^|(?<=, above ))(?:{named})\b", rf"{role}_\g<0>", problem) for problem in problems]


def is_whole(value: Any) -> bool:
    """Return whether a value is a whole number; true and false, which Python counts as such, are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether a value is a number, with or without a fraction."""
    return is_whole(value) or isinstance(value, float)


def is_text(value: Any) -> bool:
    """Return whether a value is text that is not empty."""
    return isinstance(value, str) and value != ""


def to_number(value: Any) -> Any:
    """Return a text that is a number as that number, everything else as it is.

    ansible-core before 2.19 passes a templated number on as text.
    """
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    return float(value) if found.group(2) else int(value)


def query_problems(entries: Sequence[Mapping[str, Any]], place: str) -> list[str]:
    """Return which entries have a statement under the key sql that is no query, one sentence each.

    Args:
        entries: of a valid declaration.
        place: their name in the declaration.
    """
    return [
        f"{place}, entry {number}: sql begins with {entry['sql'].split()[0]} and must be a query that only reads, such as SELECT"
        for number, entry in enumerate(entries, start=1)
        if not _QUERY.match(entry["sql"])
    ]


def unknown_keys(declared: Mapping[Any, Any], known: Collection[str]) -> list[str]:
    """Return the keys that are not in `known`, sorted."""
    return sorted(str(key) for key in declared if key not in known)


def object_problems(declared: Any, known: Collection[str] | None = None) -> list[str]:
    """Return the faults in the keys of a configuration, one sentence each.

    Args:
        declared: the content of the file.
        known: keys that it may have; None for any. It must have the key version.
    """
    if not isinstance(declared, dict):
        return ["it is no JSON object"]
    found = [f"there is no key {key}" for key in unknown_keys(declared, known)] if known is not None else []
    return found if "version" in declared else [*found, "version, the major version of the cluster, is missing"]


def whole_number_problems(declared: Mapping[str, Any], least: Mapping[str, int]) -> list[str]:
    """Return which keys are no whole number or too small, one sentence each; a key may be missing.

    Args:
        declared: values by key.
        least: the smallest value of each key.
    """
    return [
        f"{key} is {declared[key]!r} and must be a whole number, at least {smallest}"
        for key, smallest in least.items()
        if key in declared and not (is_whole(declared[key]) and declared[key] >= smallest)
    ]


def text_problems(declared: Mapping[str, Any], keys: Collection[str]) -> list[str]:
    """Return which keys are no text, or an empty one, one sentence each; a key may be missing."""
    return [
        f"{key} is {declared[key]!r} and must be text" for key in keys if key in declared and not is_text(declared[key])
    ]


def order_problems(values: Mapping[str, Any], warn: str, crit: str, *, lower_is_worse: bool = False) -> list[str]:
    """Return whether a warning threshold is beyond the critical one, as one sentence.

    Args:
        values: thresholds by key; None, or no key, is no threshold.
        warn: key of the warning threshold.
        crit: key of the critical threshold.
        lower_is_worse: whether low values are critical.
    """
    first, last = values.get(warn), values.get(crit)
    if first is None or last is None or (last <= first if lower_is_worse else first <= last):
        return []
    return [f"{warn} is {first}, {'below' if lower_is_worse else 'above'} {crit}, which is {last}"]
