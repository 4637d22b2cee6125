# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: what it takes, and what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.aerovista.postgresql.plugins.module_utils.arguments import CLUSTER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.schema import OPTIONS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.modules import pg_databases

ARGUMENTS = {**CLUSTER, **OPTIONS}
PLAIN: list[str] = []
ANSWER: dict[str, Any] = {"changed": True, "reported": []}


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the face needs of AnsibleModule."""

    check_mode = True

    def __init__(self, argument_spec: dict[str, Any], *, supports_check_mode: bool) -> None:
        assert supports_check_mode
        self.params: dict[str, Any] = {name: f"given {name}" for name in argument_spec}
        self.params["plain_passwords"] = PLAIN
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def exit_json(self, **answer: Any) -> None:
        raise EndError({**answer, "warnings": self.warnings})

    def fail_json(self, msg: str) -> None:
        raise EndError({"failed": True, "msg": msg})


class Outcome:
    """What the engine would answer."""

    def as_dict(self) -> dict[str, Any]:
        return ANSWER


def answer(monkeypatch: pytest.MonkeyPatch, manage: Any) -> dict[str, Any]:
    monkeypatch.setattr(pg_databases, "DiscreetModule", Module)
    monkeypatch.setattr(pg_databases, "manage", manage)
    with pytest.raises(EndError) as ended:
        pg_databases.main()
    return dict(ended.value.args[0])


def test_every_password_is_a_secret() -> None:
    def passwords(options: dict[str, Any]) -> list[Any]:
        found = [option.get("no_log") for name, option in options.items() if name == "password"]
        return found + [hidden for option in options.values() for hidden in passwords(option.get("options", {}))]

    assert passwords(ARGUMENTS) == [True] * 4


def test_engine_is_given_everything_and_told_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def manage(request: Any, *, check: bool) -> Outcome:
        asked.append((request, check))
        return Outcome()

    assert answer(monkeypatch, manage)["changed"] is True
    ((request, check),) = asked
    assert check is True
    assert {name: getattr(request, name) for name in ARGUMENTS} == {name: f"given {name}" for name in ARGUMENTS}


def test_what_should_be_looked_at_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{"status": "WARNING", "message": "looks odd"}, {"status": "OK", "message": "fine"}]
    monkeypatch.setitem(ANSWER, "reported", found)
    assert answer(monkeypatch, lambda request, check: Outcome())["warnings"] == ["looks odd"]


def test_plain_passwords_are_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PLAIN", ["amy (vars.yml, line 1)", "bob (vars.yml, line 2)"])
    found = answer(monkeypatch, lambda request, check: Outcome())
    ((finding, warning),) = zip(found["reported"], found["warnings"], strict=True)
    assert (finding["id"], finding["status"], bool(finding["hint"])) == ("role.plain_password", "WARNING", True)
    assert "amy (vars.yml, line 1), bob (vars.yml, line 2)" in finding["message"]
    assert warning == finding["message"]


def test_refusal_is_a_failure_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def manage(request: Any, *, check: bool) -> Outcome:
        raise PgsopError(attempted="declare a role", target="x", answer="no", next_step="yes")

    assert answer(monkeypatch, manage) == {
        "failed": True,
        "msg": "Cannot declare a role (x): no. Next step: yes",
    }


def test_failure_repeats_no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible adds those of the task, with what stands under a misspelt key, where a failure brings none of its own."""

    def fail_json(self: Any, msg: str, **more: Any) -> None:
        raise EndError({**more, "msg": msg})

    monkeypatch.setattr(AnsibleModule, "fail_json", fail_json)
    module = object.__new__(pg_databases.DiscreetModule)
    with pytest.raises(EndError) as ended:
        module.fail_json("no", rc=1)
    told = ended.value.args[0]
    assert set(told) == {"msg", "rc", "invocation"}
    assert set(told["invocation"]) == {"module_args"}
    assert isinstance(told["invocation"]["module_args"], str)
