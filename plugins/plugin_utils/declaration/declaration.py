# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of all roles, judged as a whole before any host is asked: refusals and warnings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .contradictions import contradictions
from .names import unknown_names
from .role_variables import ROLES, SHARED, defaults, options
from .rules import RULES, range_problems
from .values import option_problems

#: Names of variables that belong to other roles.
EXCEPTIONS = "pg_install_ignored_variables"
#: Their entries are judged by the rules alone. Those of databases and logins never repeat a value, because a password may be in the wrong place; those of
#: HBA rules accept a text for a list of one.
_BY_RULES = ("pg_bootstrap_databases", "pg_bootstrap_roles", "pg_hardening_hba_rules", "pg_monitoring_logins")
#: Endings of variables that all roles take from the first one.
_COMMON = ("_version", "_cluster", "_port")


@dataclass(frozen=True)
class Verdict:
    """The verdict on the variables of a host.

    Attributes:
        problems: why the run is refused, as sentences.
        warnings: sentences that do not stop the run.
        variables: all variables of the roles, evaluated; empty if there are problems.
        declared: names of those that have a value of their own.
    """

    problems: Sequence[str]
    warnings: Sequence[str] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    declared: Collection[str] = ()


def judge(
    declared: Mapping[str, Any], evaluate: Callable[[str], Any], roles: Collection[str], misread: Sequence[str] = ()
) -> Verdict:
    """Return the verdict on the variables of a host.

    Args:
        declared: all variables of the host by name, not evaluated.
        evaluate: returns the value of a variable, declared or default; its errors are ValueErrors.
        roles: names of the roles that the play has.
        misread: sentences about numbers that YAML reads otherwise than they are written.
    """
    every = {**options(), **SHARED}
    # Defaults are right, so a wrong value is one that is declared. Values that follow from it would only repeat the fault.
    own = [name for name in declared if name in every and declared[name] != defaults().get(name)]
    problems, variables, wrong = list(misread), {}, set[str]()
    for name, value in _evaluated(
        [name for name in every if name in declared or name in defaults()], evaluate, problems
    ):
        found = list(value_problems(name, value)) if name in own else []
        problems += found
        wrong |= {name} if found else set()
        variables[name] = value
    wrong |= {*options()} - {*variables}
    names = unknown_names(declared, every, ROLES, () if EXCEPTIONS in wrong else variables[EXCEPTIONS])
    for role, rules in RULES.items():
        if not any(name.startswith(f"{role}_") or name.endswith(_COMMON) for name in wrong):
            variables |= dict(_evaluated(rules.computed, evaluate, problems))
            problems += rules.problems(variables) if all(name in variables for name in rules.computed) else []
    if not problems:
        problems += contradictions(variables, own, roles)
    problems = [*names.refused, *problems]
    warnings = [_ignored(names.ignored)] if names.ignored else []
    return Verdict(problems, warnings, variables if not problems else {}, own)


def value_problems(name: str, value: Any) -> Iterator[str]:
    """Yield each fault in the value of one variable: in its type, or else in its range."""
    found = list(option_problems(name, value, _outer(name), defaults().get(name)))
    yield from found or range_problems(name, value)


def _evaluated(
    names: Collection[str], evaluate: Callable[[str], Any], problems: list[str]
) -> Iterator[tuple[str, Any]]:
    """Yield each name with its value; names that cannot be evaluated for the same reason become one problem."""
    failed: dict[str, list[str]] = {}
    for name in names:
        try:
            yield name, evaluate(name)
        except ValueError as error:
            failed.setdefault(str(error), []).append(name)
    problems += [f"{', '.join(named)} cannot be evaluated: {answer}" for answer, named in failed.items()]


def _outer(name: str) -> Mapping[str, Any]:
    return {"type": "list"} if name in _BY_RULES else {**options(), **SHARED}[name]


def _ignored(names: Sequence[str]) -> str:
    return (
        f"no role has the variables {', '.join(names)}, and nothing of this collection uses them. Next step: correct the names, or list"
        f" them in {EXCEPTIONS}"
    )
