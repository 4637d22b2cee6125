# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables with values of any kind, nested at random: each declaration ends in a verdict, and none in an error of the program."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.schema import OPTIONS
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.role_variables import options
from ansible_collections.aerovista.postgresql.tests.unit.plugins.action.preflight_run import FOREIGN, Run

#: Values of every kind, with what YAML makes of slips.
ODD: tuple[Any, ...] = (
    *(None, "", 0, -1, 5, 2.5, True, [], {}, [None], [1], ["x"], [[]], [{}], {"a": None}, {"a": {"b": 1}}, {1: 2}),
    *({None: 1}, "text", "/x", "a b", "\x00", "é", '"', "/../x", "x" * 300),
)
PLAUSIBLE: Mapping[str, tuple[Any, ...]] = {
    "int": (0, 7, 17, 40),
    "bool": (True, False),
    "dict": ({"work_mem": "8MB"}, {"work_mem": None}, {5: "x"}),
    "float": (1.5,),
    "str": ("a", "appdb", "app", "02:30", "/srv/a", "UTC"),
}


class Declarations:
    """Random declarations, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def draw(self) -> dict[str, Any]:
        """Return one to three variables, each plausible or odd in some part."""
        every = {**options(), "pg_bootstrap_databases": OPTIONS["databases"], "pg_bootstrap_roles": OPTIONS["roles"]}
        names = self._random.sample(sorted(every), self._random.randint(1, 3))
        return {name: self._value(every[name]) for name in names}

    def _value(self, option: Mapping[str, Any]) -> Any:
        if self._random.random() < 0.15:
            return self._random.choice(ODD)
        if option["type"] == "list":
            entry = {
                "type": "dict" if "options" in option else "str",
                **({"options": option["options"]} if "options" in option else {}),
            }
            return [self._value(entry) for _number in range(self._random.randint(0, 3))]
        if "options" in option:
            return self._mapping(option["options"])
        return self._random.choice(option.get("choices") or PLAUSIBLE[option["type"]])

    def _mapping(self, keys: Mapping[str, Mapping[str, Any]]) -> dict[Any, Any]:
        found: dict[Any, Any] = {
            key: self._value(option) for key, option in keys.items() if self._random.random() < 0.5
        }
        return {**found, self._random.choice(("zz", 5, None)): 1} if self._random.random() < 0.1 else found


@pytest.mark.parametrize("seed", range(6))
def test_random_declaration_ends_in_a_verdict(seed: int, run: Run) -> None:
    declarations = Declarations(seed)
    for _number in range(50):
        variables = declarations.draw()
        result = run(variables)
        assert not FOREIGN.search(result.get("msg", "")), variables
