# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of the module: what it passes on, when it fails, and what it hides."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.modules import pg_connection_info

BAD = Diagnosis(False, Cause("x.y", "it is broken", "mend it"), (), {}, {})
GOOD = Diagnosis(True, None, (), {}, {}, remarks=("rules: odd",))


class EndError(Exception):
    """A module that ended, with its answer."""


class Module:
    """What the face needs of AnsibleModule."""

    given: ClassVar[dict[str, Any]] = {}
    hidden: ClassVar[list[str]] = []
    last: ClassVar[Module]

    def __init__(
        self, argument_spec: dict[str, Any], *, mutually_exclusive: list[tuple[str, ...]], supports_check_mode: bool
    ) -> None:
        assert mutually_exclusive == [("dsn", "dsn_file", "env_file", "unit")]
        assert supports_check_mode
        self.hidden[:] = [name for name, option in argument_spec.items() if option.get("no_log")]
        type(self).last = self
        self.no_log_values = {str(value) for name, value in self.given.items() if name in self.hidden}
        self.params = {**{name: option.get("default") for name, option in argument_spec.items()}, **self.given}

    def exit_json(self, **answer: Any) -> None:
        raise EndError(answer)

    def fail_json(self, **answer: Any) -> None:
        raise EndError({"failed": True, **answer})


def answer(
    monkeypatch: pytest.MonkeyPatch, report: Any, **given: Any
) -> tuple[dict[str, Any], list[ConnectionRequest]]:
    asked: list[ConnectionRequest] = []

    def diagnose(request: ConnectionRequest) -> Diagnosis:
        asked.append(request)
        if isinstance(report, Exception):
            raise report
        return Diagnosis(**report.__dict__)

    monkeypatch.setattr(Module, "given", given)
    monkeypatch.setattr(pg_connection_info, "AnsibleModule", Module)
    monkeypatch.setattr(pg_connection_info, "diagnose", diagnose)
    with pytest.raises(EndError) as ended:
        pg_connection_info.main()
    return dict(ended.value.args[0]), asked


def test_what_is_asked_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = answer(monkeypatch, GOOD, dsn="d", port="5433", password="p", as_user="ada")
    assert asked == [ConnectionRequest(dsn="d", port="5433", password="p", as_user="ada")]
    assert (found["changed"], found["works"], found["remarks"]) == (False, True, ["rules: odd"])
    assert Module.hidden == [
        "dsn",
        "dsn_file",
        "env_file",
        "unit",
        "host",
        "port",
        "database",
        "user",
        "password",
        "error_text",
        "as_user",
    ]


@pytest.mark.parametrize(
    ("report", "fail_on", "fails"),
    [
        (GOOD, "never", False),
        (GOOD, "critical", False),
        (GOOD, "warning", True),
        (BAD, "never", False),
        (BAD, "critical", True),
        (BAD, "warning", True),
    ],
)
def test_when_it_fails(monkeypatch: pytest.MonkeyPatch, report: Diagnosis, fail_on: str, fails: bool) -> None:
    found, _asked = answer(monkeypatch, report, fail_on=fail_on)
    assert bool(found.get("failed")) is fails
    assert found["works"] is report.works
    assert (found["fails"], "msg" in found) == (fails, fails)
    ending = ["The connection works.", "But rules: odd"] if report.works else ["Next step: mend it"]
    assert found["text"][-len(ending) :] == ending


def test_what_could_not_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    error = PgsopError(attempted="load it", target="x", answer="missing", next_step="install it")
    assert answer(monkeypatch, error)[0] == {"failed": True, "msg": str(error)}


def test_an_error_text_is_passed_on_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    _found, asked = answer(monkeypatch, GOOD, error_text="FATAL: canary")
    assert asked == [ConnectionRequest(error="FATAL: canary")]
    assert Module.last.no_log_values == {"FATAL: canary"}
    assert "canary" not in repr(asked)


def test_a_value_that_may_have_a_password_in_it_stays_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {"host": "localhost", "port": "5432", "as_user": "ada"}
    hidden = {"database": "postgresql://app:canary@h/d", "user": "app:canary", "password": "canary"}
    answer(monkeypatch, GOOD, **shown, **hidden)
    assert Module.last.no_log_values == set(hidden.values())
    answer(monkeypatch, GOOD, port="canary", user="same", password="same")
    assert Module.last.no_log_values == {"canary", "same"}


def test_a_file_of_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("PGHOST=h\n", encoding="utf-8")
    found, asked = answer(monkeypatch, GOOD, env_file=str(tmp_path / "env"))
    assert found["works"]
    assert asked[0].source is not None
    assert Module.last.no_log_values == set()
    found, asked = answer(monkeypatch, GOOD, env_file="canary")
    assert found["failed"]
    assert "canary" not in found["msg"]
    assert Module.last.no_log_values == {"canary"}
    assert asked == []
