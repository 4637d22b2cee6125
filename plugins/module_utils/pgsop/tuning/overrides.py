# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values set by hand, checked by the server's rules and against the memory budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import PgsopError
from ..settings.values import Parameter, Value, canonical, written
from .budget import KNOBS, SIZES, Budget
from .model import OVERRIDE, Choice, Inputs

_BASE_KB = {"kB": 1, "8kB": 8, "MB": 1024}


def check(inputs: Inputs, known: Mapping[str, Parameter]) -> None:
    """Refuse values that the server would refuse; without a server, by the table of packaged servers.

    Args:
        inputs: with the overrides.
        known: rows of pg_settings by name, of the server or of the table.

    Raises:
        PgsopError: a value is refused; it names the setting, the value and the accepted values.
    """
    for name, value in inputs.overrides.items():
        problem = _problem(name, value, known.get(name), asked=inputs.server is not None)
        if problem:
            raise PgsopError(
                attempted="propose settings",
                target=f"{name} = {value!r}",
                answer=problem,
                next_step="correct or remove it among the settings set by hand (pg_tuning_settings in the role)",
            )


def _problem(name: str, value: Any, parameter: Parameter | None, asked: bool) -> str:
    if not isinstance(value, (bool, int, float, str)):
        return f"a value is text, a number or a boolean, not {type(value).__name__}"
    if parameter is None:
        # Names with a dot belong to extensions, which a server knows only once they are loaded.
        return "the server has no setting of this name" if asked and "." not in name else ""
    if parameter.context == "internal":
        return "this setting is fixed when the server is built or the cluster is made"
    try:
        canonical(parameter, value)
    except ValueError as error:
        return str(error)
    return ""


def pinned(inputs: Inputs, known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Return the overrides among the settings of the memory budget; sizes in kB."""
    return {
        name: amount(known[name], value) for name, value in inputs.overrides.items() if name in KNOBS and name in known
    }


def amount(parameter: Parameter, value: Value) -> float:
    """Return a value of the budget's settings as a number; sizes in kB.

    Args:
        parameter: gives type and base unit.
        value: as declared; -1 (automatic) stays as it is.

    Raises:
        ValueError: the server would refuse the value.
    """
    number = float(canonical(parameter, value))
    if parameter.name == "hash_mem_multiplier":
        return number
    whole = int(number)
    return whole * _BASE_KB[parameter.unit or "kB"] if parameter.name in SIZES and whole > 0 else whole


def choice(value: Value, profiles: Choice | None) -> Choice:
    """Return the override as a choice that names the profile's value in its reason.

    Args:
        value: set by hand.
        profiles: the profile's choice; None if the profile does not write this setting.
    """
    would = f"; the profile's value is {profiles.value}" if profiles else ""
    return Choice(written(value), f"set by hand{would}", {}, OVERRIDE)


def check_budget(inputs: Inputs, budget: Budget, without: Budget) -> None:
    """Refuse overrides with which the worst case exceeds the limit, unless forced.

    Args:
        inputs: with the overrides.
        budget: with the overrides.
        without: the profile's own; on a very small host it can exceed the limit without any override.

    Raises:
        PgsopError: the limit is exceeded; the answer has the numbers.
    """
    if inputs.force or budget.fits or budget.worst_kb <= without.worst_kb:
        return
    mine = ", ".join(f"{name} = {written(value)}" for name, value in inputs.overrides.items() if name in KNOBS)
    raise PgsopError(
        attempted="propose settings within the memory budget",
        target=mine,
        answer=f"the server could use {budget.text}",
        next_step="set lower values by hand, or give PostgreSQL more memory (pg_tuning_memory_mb in the role), or"
        " accept the risk of running out of it (pg_tuning_force: true)",
    )
