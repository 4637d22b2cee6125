# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of health, read and refused as a whole."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from ..cluster_choice import CONFIG_FILE, ROLE
from ..cluster_choice import problems as cluster_problems
from ..declared import (
    is_number,
    is_text,
    name_variables,
    order_problems,
    query_problems,
    read,
    refuse,
    text_problems,
    to_number,
    whole_number_problems,
)
from .catalogue import CHECKS
from .check import Check
from .config import KEYS, ExtraCheck, HealthConfig, matches
from .extra import PREFIX

_TYPES = get_type_hints(HealthConfig)
_LEAST = {
    option.name: option.metadata["least"] for option in dataclasses.fields(HealthConfig) if "least" in option.metadata
}
_TEXTS = [key for key, wanted in _TYPES.items() if wanted is str]
_LISTS = [key for key, wanted in _TYPES.items() if wanted == tuple[str, ...]]
_EXTRA_NAME = re.compile(r"[a-z][a-z0-9_]*")
_EXTRA_TYPES = get_type_hints(ExtraCheck)
#: Keys of an extra check that are a number or nothing.
_EXTRA_LIMITS = [key for key, wanted in _EXTRA_TYPES.items() if float in get_args(wanted)]


def load(path: str = CONFIG_FILE) -> HealthConfig:
    """Return the configuration of health from its file.

    Raises:
        PgsopError: the file cannot be read or its contents are invalid.
    """
    return parse(read(path, ROLE), path)


def parse(declared: Any, source: str) -> HealthConfig:
    """Return the configuration with its defaults filled in.

    Args:
        declared: the contents of the file.
        source: its path, for messages.

    Raises:
        PgsopError: the declaration is invalid; the message has every fault.
    """
    refuse(name_variables(problems(declared), ROLE, KEYS), source, ROLE)
    declared = _with_numbers(declared)
    values = {**declared, **{key: tuple(declared[key]) for key in _LISTS if key in declared}}
    values["exclude"] = {check: tuple(names) for check, names in declared.get("exclude", {}).items()}
    values["extra_checks"] = tuple(ExtraCheck(**entry) for entry in declared.get("extra_checks", ()))
    return HealthConfig(**values)


def problems(declared: Any) -> list[str]:
    """Return the faults of a declaration, one sentence each; empty if it is valid."""
    found = cluster_problems(declared, KEYS)
    if not isinstance(declared, dict):
        return found
    found += whole_number_problems(declared, {key: least for key, least in _LEAST.items() if key != "version"})
    found += text_problems(declared, [key for key in _TEXTS if key not in ("cluster", "database")])
    found += [f"{key} must be a list of names" for key in _LISTS if not _is_names(declared.get(key, []))]
    if found:
        return found
    declared = _with_numbers(declared)
    extras = declared.get("extra_checks", [])
    found += _extra_problems(extras)
    if found:
        return found
    ids = [check.id for check in CHECKS] + [f"{PREFIX}{entry['name']}" for entry in extras]
    found += [f"disabled: there is no check {name}" for name in declared.get("disabled", []) if not _is_some(name, ids)]
    return [
        *found,
        *_exclude_problems(declared.get("exclude", {}), ids),
        *_threshold_problems(declared.get("thresholds", {})),
    ]


def variable_problems(declared: Any) -> list[str]:
    """Return the faults of a declaration with the names of the role's variables, one sentence each.

    Statements that are no queries are refused here only: a configuration with one is loaded, and that check fails.
    """
    found = problems(declared) or query_problems(declared.get("extra_checks", []), "extra_checks")
    return name_variables(found, ROLE, KEYS)


def _with_numbers(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declaration with limits as numbers: ansible-core before 2.19 passes a templated number on as text."""
    thresholds, extras = declared.get("thresholds", {}), declared.get("extra_checks", [])
    if isinstance(thresholds, dict):
        thresholds = {
            check: {name: to_number(limit) for name, limit in limits.items()} if isinstance(limits, dict) else limits
            for check, limits in thresholds.items()
        }
    if isinstance(extras, list):
        extras = [
            {key: to_number(value) if key in _EXTRA_LIMITS else value for key, value in entry.items()}
            if isinstance(entry, dict)
            else entry
            for entry in extras
        ]
    return {**declared, "thresholds": thresholds, "extra_checks": extras}


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(is_text(item) for item in value)


def _is_some(pattern: str, ids: list[str]) -> bool:
    return any(matches(name, [str(pattern)]) for name in ids)


def _exclude_problems(declared: Any, ids: list[str]) -> list[str]:
    if not isinstance(declared, dict):
        return ["exclude must have lists of names by the identifier of a check"]
    found = [f"exclude: there is no check {name}" for name in declared if not _is_some(name, ids)]
    return found + [
        f"exclude: {name} must have a list of names" for name, names in declared.items() if not _is_names(names)
    ]


def _threshold_problems(declared: Any) -> list[str]:
    if not isinstance(declared, dict):
        return ["thresholds must have limits by the identifier of a check"]
    known = {check.id: check for check in CHECKS}
    found = []
    for name, limits in declared.items():
        if name not in known:
            found.append(f"thresholds: there is no check {name}")
        elif not isinstance(limits, dict):
            found.append(f"thresholds: {name} must have limits by name, of {', '.join(known[name].limits)}")
        else:
            found += _limit_problems(known[name], limits)
    return found


def _limit_problems(check: Check, limits: Mapping[str, Any]) -> list[str]:
    found = [
        f"thresholds: {check.id} has no limit {key}, only {', '.join(check.limits)}"
        for key in limits
        if key not in check.limits
    ]
    found += [
        f"thresholds: {key} of {check.id} is {value!r} and must be a number{'' if key in check.extra_limits else ' or null'}"
        for key, value in limits.items()
        if key in check.limits and not is_number(value) and (value is not None or key in check.extra_limits)
    ]
    return found or _threshold_order(check.id, {**check.limits, **limits}, check.lower_is_worse)


def _threshold_order(name: str, limits: Mapping[str, Any], least: bool) -> list[str]:
    return [f"{name}: {problem}" for problem in order_problems(limits, "warn", "crit", lower_is_worse=least)]


def _extra_problems(declared: Any) -> list[str]:
    if not isinstance(declared, list):
        return ["extra_checks must be a list"]
    found = [problem for number, entry in enumerate(declared, 1) for problem in _one_extra(number, entry)]
    names = [entry.get("name") for entry in declared if isinstance(entry, dict)]
    return found + [
        f"extra_checks: {name} is there twice" for name in sorted({str(n) for n in names if names.count(n) > 1})
    ]


def _one_extra(number: int, entry: Any) -> list[str]:
    fields = {item.name: item for item in dataclasses.fields(ExtraCheck)}
    needed = {name for name, item in fields.items() if item.default is dataclasses.MISSING}
    where = f"extra_checks: entry {number}"
    if not isinstance(entry, dict) or not needed <= set(entry) <= set(fields):
        return [
            f"{where} must have {', '.join(sorted(needed))}, may have {', '.join(sorted(set(fields) - needed))}, and nothing else"
        ]
    found = []
    for key, value in entry.items():
        fits = value is None or is_number(value) if key in _EXTRA_LIMITS else isinstance(value, _EXTRA_TYPES[key])
        if not fits or (key in needed and not str(value).strip()):
            found.append(f"{where}: {key} is {value!r}")
    if not found and not _EXTRA_NAME.fullmatch(entry["name"]):
        found.append(f"{where}: name is {entry['name']!r} and must be small letters, digits and _")
    return found or _threshold_order(where, entry, bool(entry.get("least")))
