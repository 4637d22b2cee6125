# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of server settings: from what a person writes to what pg_settings shows, checked on the way.

The rules are the server's own (guc.c: parse_bool, parse_int, parse_real, config_enum_lookup_by_name); limits and
enum values come from the running server's pg_settings, never from a table of ours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..units import in_base_unit, known_units

#: What an inventory can hold as a setting's value.
Value: TypeAlias = "bool | int | float | str"

_TRUE = ("on", "true", "yes", "1")
_FALSE = ("off", "false", "no", "0")
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]*)\s*", re.ASCII)
_WHOLE = re.compile(r"\s*([-+]?0(?:[xX][0-9A-Fa-f]+|[0-7]+))\s*([A-Za-z]*)\s*", re.ASCII)
_NO_OCTAL = re.compile(r"\s*[-+]?0[0-9]+\s*[A-Za-z]*\s*$", re.ASCII)

#: Integers that the server shows in octal, as file modes are written.
_MODES = ("data_directory_mode", "log_file_mode", "unix_socket_permissions")


@dataclass(frozen=True)
class Parameter:
    """One row of pg_settings, with the columns of the same names.

    Attributes:
        setting: effective value, in the setting's base unit.
        shown: the same as SHOW prints it.
        source: the place of the effective value, such as default or configuration file.
        context: how it can be changed (internal, postmaster, sighup, ..., user).
        boot_val: built-in default, in the base unit.
        pending_restart: changed in a file, but in force only after a restart.
    """

    name: str
    setting: str
    vartype: str
    context: str
    shown: str = ""
    unit: str | None = None
    min_val: str | None = None
    max_val: str | None = None
    enumvals: tuple[str, ...] | None = None
    boot_val: str | None = None
    source: str = "default"
    sourcefile: str | None = None
    sourceline: int | None = None
    pending_restart: bool = False

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Parameter:
        """Return the parameter of a row of pg_settings, read by column name; other columns are ignored."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        if known.get("enumvals") is not None:
            known["enumvals"] = tuple(known["enumvals"])
        return cls(**known)


def written(value: Value) -> str:
    """Return the value as written to a configuration file: booleans as on and off, all else as given."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def canonical(parameter: Parameter, value: Value) -> str:
    """Return the value as the server would show it in pg_settings.setting: in the base unit, without a unit.

    Args:
        parameter: gives type, unit and limits.
        value: as declared; a number without a unit is in the base unit.

    Raises:
        ValueError: the server would refuse it; the message names the accepted values.
    """
    text = written(value)
    if any(character in text for character in "\n\r\0"):
        raise ValueError("a value is one line")
    if parameter.vartype == "bool":
        return _boolean(text)
    if parameter.vartype == "enum":
        return _choice(parameter, text)
    if parameter.vartype in ("integer", "real"):
        return _number(parameter, text)
    return text


def _boolean(text: str) -> str:
    word = text.lower()
    if word in _TRUE:
        return "on"
    if word in _FALSE:
        return "off"
    raise ValueError(f"{text!r} is not a boolean: write on or off")


def _choice(parameter: Parameter, text: str) -> str:
    choices = parameter.enumvals or ()
    for choice in choices:
        if choice.lower() == text.lower():
            return choice
    raise ValueError(f"{text!r} is not one of {', '.join(choices)}")


def _number(parameter: Parameter, text: str) -> str:
    amount = _amount(parameter, text)
    if parameter.vartype == "integer" and math.isfinite(amount):
        amount = round(amount)
    low, high = parameter.min_val, parameter.max_val
    beyond = (low is not None and amount < float(low)) or (high is not None and amount > float(high))
    if beyond or not math.isfinite(amount):
        unit = f" (in units of {parameter.unit})" if parameter.unit else ""
        raise ValueError(f"{text!r} is outside the server's range {low} .. {high}{unit}")
    if parameter.name in _MODES:
        return f"{int(amount):04o}"
    return str(int(amount)) if parameter.vartype == "integer" else f"{amount:g}"


def _amount(parameter: Parameter, text: str) -> float:
    """Return the number in the setting's base unit."""
    match = _NUMBER.fullmatch(text)
    whole = _WHOLE.fullmatch(text) if parameter.vartype == "integer" else None
    try:
        if whole is not None:
            # As strtol does with base 0: 0x for hexadecimal, a leading 0 for octal.
            digits = whole.group(1).lower()
            number, unit = float(int(digits, 16 if "0x" in digits else 8)), whole.group(2)
        elif match is not None and not (parameter.vartype == "integer" and _NO_OCTAL.match(text)):
            number, unit = float(match.group(1)), match.group(2)
        else:
            raise ValueError(f"{text!r} is not a number{_unit_hint(parameter.unit) if parameter.unit else ''}")
    except OverflowError:
        number, unit = math.inf, ""
    amount = in_base_unit(number, unit, parameter.unit) if math.isfinite(number) else number
    if amount is None:
        raise ValueError(f"{text!r} has the unit {unit!r}{_unit_hint(parameter.unit)}")
    return amount


def _unit_hint(base: str | None) -> str:
    units = known_units(base)
    return f": write a number and one of {', '.join(units)}" if units else ", but the setting takes a plain number"
