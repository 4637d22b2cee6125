# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for AnsibleModule, for the tests of modules that only look."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import FAILS


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the face needs of AnsibleModule."""

    check_mode = False
    given: ClassVar[dict[str, Any]] = {}

    def __init__(self, argument_spec: dict[str, Any], *, supports_check_mode: bool) -> None:
        assert supports_check_mode
        assert set(argument_spec["fail_on"]["choices"]) == set(FAILS)
        self.params = {**{name: option.get("default") for name, option in argument_spec.items()}, **self.given}

    def exit_json(self, **answer: Any) -> None:
        raise EndError(answer)

    def fail_json(self, **answer: Any) -> None:
        raise EndError({"failed": True, **answer})


def answer(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, engine: Any, *, check: bool = False, **given: Any
) -> dict[str, Any]:
    """What a module answers whose engine is replaced."""
    monkeypatch.setattr(Module, "given", given)
    monkeypatch.setattr(Module, "check_mode", check)
    monkeypatch.setattr(module, "AnsibleModule", Module)
    name = module.__name__.rpartition(".")[2].replace("pg_", "").replace("_info", "_report")
    monkeypatch.setattr(module, name, engine)
    with pytest.raises(EndError) as ended:
        module.main()
    return dict(ended.value.args[0])
