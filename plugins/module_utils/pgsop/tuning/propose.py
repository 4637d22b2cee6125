# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From inputs to a proposal: profile, budget, hysteresis, values set by hand, and the server's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ..errors import PgsopError
from ..settings.values import Parameter, canonical, written
from ..units import format_memory
from . import overrides, steps
from .budget import FLOORS, LIMIT_PERCENT, MB, SIZES, WORK_FLOOR_KB, Budget, Lowering, fit, whole_mb, worst_case
from .model import LOWERED, Choice, Inputs, Proposal, TunedSetting
from .packaged import OLDEST, packaged
from .profiles import PROFILES, memory_choices, start_knobs
from .workload import STORAGE, workload_choices

#: Less memory than this is a mistake in the measurement or in the inventory.
LEAST_MEMORY_MB = 256

#: Settings an earlier run's memory is recognised by: all that depend on it, or at least the two that always do.
_ANCHORS = ("shared_buffers", "effective_cache_size")
_BY_MEMORY = (*_ANCHORS, "max_connections", "work_mem", "maintenance_work_mem", "autovacuum_work_mem")


class _Draft(NamedTuple):
    """Choices and budget of the profile with the overrides, for one amount of memory."""

    choices: dict[str, Choice]
    budget: Budget
    budget_without_overrides: Budget


def propose(inputs: Inputs) -> Proposal:
    """Return the proposed settings; the same inputs always give the same proposal.

    Raises:
        PgsopError: an input is out of range, the server would refuse a value, or values set by hand exceed the memory
            budget without ``force``.
    """
    _check_inputs(inputs)
    inputs = replace(inputs, overrides={name.lower(): value for name, value in inputs.overrides.items()})
    known = dict(packaged(inputs.major) if inputs.server is None else inputs.server)
    overrides.check(inputs, known)
    memory_mb = _settled_memory(inputs, known)
    draft = _draft(inputs, known, memory_mb)
    overrides.check_budget(inputs, draft.budget, draft.budget_without_overrides)
    settings = tuple(_setting(name, choice, inputs, known.get(name)) for name, choice in draft.choices.items())
    return Proposal(settings, draft.budget, memory_mb, validated=inputs.server is not None)


def _check_inputs(inputs: Inputs) -> None:
    problems = (
        (inputs.memory_mb < LEAST_MEMORY_MB, f"{inputs.memory_mb} MB of memory, at least {LEAST_MEMORY_MB} are needed"),
        (inputs.cpus < 1, f"{inputs.cpus} CPUs, at least 1 is needed"),
        (inputs.major < OLDEST, f"version {inputs.major}, the profiles are for {OLDEST} and later"),
        (inputs.profile not in PROFILES, f"profile {inputs.profile!r}, there are {', '.join(PROFILES)}"),
        (inputs.storage not in STORAGE, f"storage {inputs.storage!r}, there are {', '.join(STORAGE)}"),
    )
    for wrong, text in problems:
        if wrong:
            raise PgsopError(
                attempted="propose settings",
                target=f"profile {inputs.profile}",
                answer=text,
                next_step="correct this input of role pg_tuning or module pg_tuning_info",
            )


def _settled_memory(inputs: Inputs, known: Mapping[str, Parameter]) -> int:
    """Return the memory to compute with, in MB: that of the earlier run unless the measurement really differs.

    The settings of the earlier run show it: if all settings written earlier are what the profile gives for an amount of
    memory that is near enough, that amount still holds. A value changed by hand therefore never passes for drift.
    """
    for names in (_BY_MEMORY, _ANCHORS):
        for amount in steps.unchanged_mb(inputs.memory_mb):
            choices = _draft(inputs, known, amount).choices
            computed = [name for name in names if name in choices and name not in inputs.overrides]
            if all(_same(known[name], inputs.previous.get(name), choices[name].value) for name in computed):
                return amount
    return steps.counted_mb(inputs.memory_mb)


def _same(parameter: Parameter, previous: str | None, value: str) -> bool:
    try:
        return previous is not None and canonical(parameter, previous) == canonical(parameter, value)
    except ValueError:
        return False


def _draft(inputs: Inputs, known: Mapping[str, Parameter], memory_mb: int) -> _Draft:
    profile, major = PROFILES[inputs.profile], inputs.major
    own, huge = _unmanaged(inputs, known), written(inputs.overrides.get("huge_pages", "")) == "on"
    knobs, lowerings = fit(start_knobs(profile, memory_mb, major, own, huge), FLOORS, memory_mb, major)
    without = worst_case(knobs, memory_mb, major)
    pinned = overrides.pinned(inputs, known)
    if pinned:
        # A person's value may use the room others gave up, but pushes nothing lower than the host's size does.
        floors = {name: getattr(knobs, name) for name in FLOORS}
        if profile.scaled:
            floors["work_mem"] = WORK_FLOOR_KB
        start = start_knobs(profile, memory_mb, major, {**own, **pinned}, huge)
        knobs, lowerings = fit(start, floors, memory_mb, major, frozenset(pinned))
    choices = memory_choices(profile, knobs, memory_mb)
    choices.update({low.name: _lowered(choices[low.name], low) for low in lowerings})
    choices.update(workload_choices(profile, inputs, known))
    choices.update({name: overrides.choice(value, choices.get(name)) for name, value in inputs.overrides.items()})
    return _Draft(choices, worst_case(knobs, memory_mb, major), without)


def _unmanaged(inputs: Inputs, known: Mapping[str, Parameter]) -> dict[str, float]:
    """Return hash_mem_multiplier and autovacuum_max_workers as they are without us: no profile sets them.

    If an earlier run wrote one set by hand, the server's value is ours, so its default counts.
    """
    defaults = packaged(inputs.major)
    rows = {
        name: defaults[name] if name in inputs.previous else known.get(name, defaults[name])
        for name in ("hash_mem_multiplier", "autovacuum_max_workers")
    }
    return {name: overrides.amount(row, row.setting) for name, row in rows.items()}


def _lowered(choice: Choice, lowering: Lowering) -> Choice:
    before: object = lowering.before
    if lowering.name in SIZES:
        before = format_memory(lowering.before)
    budget = lowering.budget
    reason = (
        f"{choice.reason}; lowered from {before}, or the server could use {whole_mb(budget.worst_kb)} MB"
        f" and {budget.limit_kb // MB} MB are allowed ({LIMIT_PERCENT} % of {budget.memory_mb} MB)"
    )
    inputs = {**choice.inputs, "memory_mb": budget.memory_mb, "profile_value": before}
    return replace(choice, reason=reason, inputs=inputs, source=LOWERED)


def _setting(name: str, choice: Choice, inputs: Inputs, parameter: Parameter | None) -> TunedSetting:
    live = parameter is not None and inputs.server is not None
    differs = parameter is None or not live or canonical(parameter, choice.value) != parameter.setting
    return TunedSetting(
        name=name,
        current=(parameter.shown or parameter.setting) if parameter is not None and live else None,
        proposed=choice.value,
        reason=choice.reason,
        inputs=choice.inputs,
        needs_restart=parameter is not None and parameter.context == "postmaster" and differs,
        source=choice.source,
    )
