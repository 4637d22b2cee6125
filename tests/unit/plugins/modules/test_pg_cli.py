# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: modes as people write them, and what it answers."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.install import InstallRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode
from ansible_collections.aerovista.postgresql.plugins.modules import pg_cli


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the face needs of AnsibleModule."""

    check_mode = True
    given: ClassVar[dict[str, Any]] = {}

    def __init__(self, argument_spec: dict[str, Any], *, supports_check_mode: bool) -> None:
        assert supports_check_mode
        self.params = {**{name: option.get("default") for name, option in argument_spec.items()}, **self.given}

    def exit_json(self, **answer: Any) -> None:
        raise EndError(answer)

    def fail_json(self, **answer: Any) -> None:
        raise EndError({"failed": True, **answer})


class Outcome:
    """What the engine would answer."""

    def as_dict(self) -> dict[str, Any]:
        return {"changed": True}


def answer(monkeypatch: pytest.MonkeyPatch, manage: Any, **given: Any) -> dict[str, Any]:
    monkeypatch.setattr(Module, "given", given)
    monkeypatch.setattr(pg_cli, "AnsibleModule", Module)
    monkeypatch.setattr(pg_cli, "manage", manage)
    with pytest.raises(EndError) as ended:
        pg_cli.main()
    return dict(ended.value.args[0])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, InstallRequest("/usr/local/bin/pgsop", FileMode("root", "root", 0o755), share="/usr/local/share")),
        (
            {"mode": 0o750, "owner": "a"},
            InstallRequest("/usr/local/bin/pgsop", FileMode("a", "root", 0o750), share="/usr/local/share"),
        ),
        (
            {"path": "/x", "mode": "0o700", "state": "absent", "share": ""},
            InstallRequest("/x", FileMode("root", "root", 0o700), present=False, share=""),
        ),
    ],
)
def test_engine_is_given_everything_and_told_to_check(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], wanted: InstallRequest
) -> None:
    asked = []

    def manage(request: InstallRequest, *, check: bool) -> Outcome:
        asked.append((request, check))
        return Outcome()

    assert answer(monkeypatch, manage, **given) == {"changed": True}
    assert asked == [(wanted, True)]


@pytest.mark.parametrize("mode", ["u=rwx", "0788", None, [], 7.5])
def test_mode_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, mode: Any) -> None:
    told = answer(monkeypatch, None, mode=mode)
    assert told["failed"]
    assert "must be octal and quoted" in told["msg"]


def test_refusal_is_a_failure_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def manage(request: Any, *, check: bool) -> Outcome:
        raise PgsopError(attempted="install", target="x", answer="no", next_step="yes")

    assert answer(monkeypatch, manage) == {"failed": True, "msg": "Cannot install (x): no. Next step: yes"}
