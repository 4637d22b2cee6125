# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the action that checks what is declared, without a host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.aerovista.postgresql.plugins.action import pg_preflight
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.role_variables import defaults

#: What no sentence for a person has: names of classes and of templates, and lines of Python.
FOREIGN = re.compile(r"<class|Ansible|Traceback|Undefined|\{\{|NoneType|_Lazy|object at 0x")


class Run:
    """The action with a host that answers as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        #: Arguments of the module, each time that the host was asked.
        self.asked: list[Mapping[str, Any]] = []
        self.answer: dict[str, Any] = {"problems": [], "server_state": "absent"}
        self.warnings: list[str] = []
        self._monkeypatch = monkeypatch
        # Outside of Ansible nothing finds the filter that computes it.
        versions = {name: 17 for name in defaults() if name.endswith("_version")}
        monkeypatch.setattr(pg_preflight, "defaults", lambda: {**defaults(), **versions})

    def __call__(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of the action for the variables of a host."""
        loader = DataLoader()
        action = pg_preflight.ActionModule(
            task=Mock(args={}, async_val=0, _parent=None),
            connection=Mock(),
            play_context=Mock(check_mode=False),
            loader=loader,
            templar=Templar(loader=loader),
            shared_loader_obj=None,
        )
        action._display = Mock(warning=self.warnings.append)

        def execute(_name: str, module_args: Mapping[str, Any], task_vars: object) -> dict[str, Any]:
            self.asked.append(module_args)
            return dict(self.answer)

        self._monkeypatch.setattr(action, "_execute_module", execute)
        result: dict[str, Any] = action.run(task_vars=dict(variables))
        lines = str(result.get("msg", "")).splitlines()
        return {**result, "problems": [line[2:] for line in lines if line.startswith("- ")] or lines}
