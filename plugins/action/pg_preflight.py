# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action pg_preflight: judge all variables on the controller, then have the module ask the host what only it knows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ansible import template
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.declaration import Verdict, judge
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.questions import questions
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.role_variables import (
    computed,
    defaults,
    options,
)
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.tags import tag_problems
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.yaml_numbers import misread_numbers

#: Before ansible-core 2.19 each text can be a template.
_TRUST: Callable[[str], str] = getattr(template, "trust_as_template", str)
_PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
_MODULE = "aerovista.postgresql.pg_preflight"
#: The fact by which a later role knows what the host was asked in this run.
_ASKED = "__pg_preflight_asked"


class ActionModule(ActionBase):
    """Refuse what cannot work, before anything changes."""

    _supports_check_mode = True
    _VALID_ARGS = frozenset()

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return problems, or the answer of the host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        refused = _tag_problems(variables)
        if refused:
            return result | _failure(refused, "correct the command")
        verdict = self._judge(variables)
        for warning in verdict.warnings:
            self._display.warning(warning)
        if verdict.problems:
            return result | _failure(verdict.problems, "correct the inventory")
        arguments = questions(verdict.variables, verdict.declared)
        asked = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()
        if not arguments or (variables.get("ansible_facts") or {}).get(_ASKED) == asked:
            return result | {"changed": False}
        answer: dict[str, Any] = self._execute_module(_MODULE, module_args=arguments, task_vars=task_vars)
        if answer.get("failed"):
            return result | answer
        if answer["problems"]:
            return result | _failure(answer["problems"], "correct the inventory, or the host")
        return result | {"changed": False, "ansible_facts": {_ASKED: asked}}

    def _judge(self, variables: dict[str, Any]) -> Verdict:
        everything = {**_trusted(dict(defaults())), **_trusted(dict(computed())), **variables}
        templar = self._templar.copy_with_new_env(available_variables=everything)

        def evaluate(name: str) -> Any:
            try:
                return _plain(templar.template(everything[name]))
            except AnsibleError as error:
                raise ValueError(_first_sentence(error)) from error

        misread = misread_numbers(
            variables.get("ansible_inventory_sources") or (), [variables.get("playbook_dir", ".")], options()
        )
        return judge(variables, evaluate, variables.get("ansible_play_role_names") or (), misread)


def _trusted(value: Any) -> Any:
    """Return part of a role's file with its templates marked as the role's own; before ansible-core 2.19 all text is."""
    if isinstance(value, dict):
        return {key: _trusted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_trusted(each) for each in value]
    return _TRUST(value) if isinstance(value, str) else value


def _tag_problems(variables: dict[str, Any]) -> list[str]:
    return tag_problems(
        variables.get("ansible_run_tags") or (),
        variables.get("ansible_skip_tags") or (),
        own_playbook=Path(variables.get("playbook_dir", ".")).resolve() == _PLAYBOOKS,
    )


def _failure(problems: Sequence[str], remedy: str) -> dict[str, Any]:
    if len(problems) == 1:
        end = "" if problems[0].endswith("?") else "."
        return {"failed": True, "msg": f"{problems[0]}{end} Nothing was changed. Next step: {remedy}."}
    lines = [f"{len(problems)} problems, nothing was changed:", *(f"- {problem}" for problem in problems)]
    return {"failed": True, "msg": "\n".join([*lines, f"Next step: {remedy}."])}


def _plain(value: Any) -> Any:
    """Return a value as modules get it: without Ansible's own classes of mappings and lists, which evaluate their entries when they are read."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    # YAML reads 2030-01-01 without quotes as a date, and Ansible gives a date to modules as this text.
    if isinstance(value, dt.date):
        return value.isoformat()
    # Before ansible-core 2.19 a text of the vault is an object of its own, which decrypts itself.
    return str(value) if hasattr(value, "vault") else value


def _first_sentence(error: AnsibleError) -> str:
    """Return the reason for an error in a template; ansible-core before 2.19 puts it behind the template and names of classes."""
    text = str(getattr(error, "message", None) or error)
    return text.rpartition("original message: ")[2].splitlines()[0].rstrip(". ")
