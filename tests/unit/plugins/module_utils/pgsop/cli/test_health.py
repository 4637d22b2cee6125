# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop health: who looks, what is written where, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import health, log, main
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import ServerTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/d", "/c", "/l", "/var/run/postgresql")


class Host:
    """Stands for a host with a server."""

    def __init__(self, state: Path) -> None:
        self.status = "OK"
        self.done: list[str] = []
        self.logged: list[str] = []
        self.config = HealthConfig(17, state_directory=str(state))
        self.broken: Exception | None = None

    def become(self, _target: ServerTarget, _arguments: Any) -> None:
        self.done.append("owner")

    @contextlib.contextmanager
    def effective_user(self, name: str) -> Iterator[None]:
        self.done.append(name)
        yield
        self.done.append("root again")

    def examine(self, request: Any) -> HealthReport:
        self.done.append(f"look {' '.join(request.only)}".strip())
        if self.broken is not None:
            raise self.broken
        return HealthReport("17/main", "17.6", 5.0, 0.1, (Finding("a.b", "4", self.status, "as it is"),))


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Host:
    there = Host(tmp_path)
    monkeypatch.setattr(health, "become_target_owner", there.become)
    monkeypatch.setattr(health, "find_target", lambda _arguments: ServerTarget(CLUSTER, "postgres", "", "/health.json"))
    monkeypatch.setattr(health, "config_of", lambda *_named: there.config)
    monkeypatch.setattr(health, "effective_user", there.effective_user)
    monkeypatch.setattr(health, "examine", there.examine)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for level in ("note", "warn", "fail"):
        monkeypatch.setattr(log, level, lambda line, level=level: there.logged.append(f"{level}: {line}"))
    return there


@pytest.mark.parametrize(("status", "expected"), [("OK", 0), ("WARNING", 1), ("CRITICAL", 2), ("UNKNOWN", 3)])
@pytest.mark.parametrize("form", health.FORMATS)
def test_it_ends_as_checks_do(
    host: Host, capsys: pytest.CaptureFixture[str], status: str, expected: int, form: str
) -> None:
    host.status = status
    assert main.main(["health", "--format", form]) == expected
    assert capsys.readouterr().out.endswith("\n")
    assert host.done == ["owner", "look"]


def test_json_is_the_report(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    main.main(["health", "--format", "json", "--only", "indexes.*", "--only", "extra.queue"])
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["findings"][0]["id"]) == ("OK", "a.b")
    assert host.done == ["owner", "look indexes.* extra.queue"]


def test_a_file_is_written_by_the_administrator_and_looked_for_by_the_owner(
    host: Host, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pgsop.prom"
    monkeypatch.setattr("os.fchown", lambda *_arguments: None)
    assert main.main(["health", "--format", "prometheus", "--output", str(path)]) == 0
    assert host.done == ["postgres", "look", "root again"]
    assert "pgsop_health_up" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert capsys.readouterr().out == ""


def test_a_scheduled_run_is_silent_and_leaves_what_has_changed_in_the_log(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    for status in ("OK", "CRITICAL", "CRITICAL", "WARNING", "OK"):
        host.status = status
        assert main.main(["health", "--scheduled"]) == 0
    assert capsys.readouterr() == ("", "")
    assert host.logged == [
        "fail: health: CRITICAL a.b: as it is",
        "warn: health: WARNING a.b: as it is",
        "note: health: OK a.b: as it is",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "indexes.invaild"], "there is no check indexes.invaild"),
        (["--watch", "--scheduled"], "--watch goes with none of"),
        (["--watch"], "--watch needs a terminal"),
        (["--watch", "0"], "it must be from 1 to 3600 seconds"),
        (["--watch", "nan"], "it must be from 1 to 3600 seconds"),
        (["--watch", "often"], "it must be from 1 to 3600 seconds"),
        (["--format", "xml"], "--format: choose one of text, json, nagios, prometheus"),
        (["--onl", "x"], "did you mean --only?"),
    ],
)
def test_wrong_usage_is_unknown_to_who_calls_a_check(
    host: Host, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main.main(["health", *arguments]) == 3
    said = capsys.readouterr()
    assert (said.out, told in said.err, "Next step: " in said.err) == ("", True, True)
    assert host.done == []


@pytest.mark.parametrize(
    "error",
    [PgsopError(attempted="look", target="x", answer="no", next_step="yes"), OSError(28, "No space left", "/var")],
)
def test_what_cannot_be_found_out_is_unknown(host: Host, capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    host.broken = error
    assert main.main(["health"]) == 3
    assert "Next step: " in capsys.readouterr().err


def test_who_calls_plugins_gets_a_line_whatever_happens(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.broken = PgsopError(attempted="look", target="a|b", answer="no", next_step="yes")
    assert main.main(["health", "--format", "nagios"]) == 3
    assert capsys.readouterr().out == "PGSOP UNKNOWN - Cannot look (a/b): no.\n"


def test_even_a_bug_is_not_taken_for_a_warning(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.broken = ZeroDivisionError("a bug")
    with pytest.raises(SystemExit) as ended:
        main.main(["health"])
    assert ended.value.code == 3
    assert "ZeroDivisionError: a bug" in capsys.readouterr().err
