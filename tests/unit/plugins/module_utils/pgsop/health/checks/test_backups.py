# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts of backups, passed on as they are, and whether anything makes backups."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import findings
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig as Declared
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    UNKNOWN,
    WARNING,
    Finding,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import context
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import backups
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)

TIMER = {"LoadState": "loaded", "ActiveState": "active", "SubState": "waiting"}
CRON = {"cron.service": {"ActiveState": "active"}}
FAILED = {"pgsop-backup.service": {"Result": "exit-code"}}


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    path = tmp_path / "backup.json"
    path.write_text(json.dumps({"version": 17}), encoding="utf-8")
    return path


def says(monkeypatch: pytest.MonkeyPatch, *said: Finding) -> None:
    monkeypatch.setattr(context, "listing", lambda _config, cluster: {"findings": [each.as_dict() for each in said]})


def sample(declared: Path, units: dict[str, dict[str, str]] | None = None) -> SampleHost:
    return SampleHost(units, backup_config=declared, **there(declared.parent / "host"))


def test_every_finding_on_backups_is_a_check() -> None:
    """So that none is made up in vain."""
    made = findings.judge(findings.Known(Declared(version=17), [], {"backup": None, "drill": None}, [], 0.0))
    ids = {check.id for check in CHECKS if check.id.startswith("backup.")}
    assert {finding.id for finding in made} | {"backup.clock", "backup.schedule"} == ids


@pytest.mark.parametrize("status", [OK, WARNING, CRITICAL, UNKNOWN])
def test_verdict_is_passed_on_as_it_is(declared: Path, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    hint = "" if status == OK else "run 'sudo pgsop backup'"
    said = Finding("backup.age", "3", status, "it is 27.0 hours old", hint, value=27.0, unit="h", warn=26, crit=50)
    says(monkeypatch, said)
    assert found(backups.age, sample(declared)) == said


def test_what_is_hidden_stays_hidden(declared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, Finding("backup.missing_databases", "3", UNKNOWN, "the server does not say", visible=False))
    finding = found(backups.missing_databases, sample(declared))
    assert (finding.status, finding.visible, finding.message) == (UNKNOWN, False, "not known: the server does not say")


def test_no_word_is_a_good_word(declared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch)
    assert found(backups.clock, sample(declared)).status == OK


@pytest.mark.parametrize("check", [backups.age, backups.schedule], ids=lambda check: str(check.id))
def test_backups_that_are_not_set_up(tmp_path: Path, check: Any) -> None:
    finding = found(check, sample(tmp_path / "backup.json", {}))
    assert (finding.status, finding.visible) == (UNKNOWN, False)
    assert "backups are not set up" in finding.message


def test_backups_of_another_cluster(declared: Path) -> None:
    declared.write_text(json.dumps({"version": 16}), encoding="utf-8")
    finding = found(backups.age, sample(declared))
    assert finding.status == UNKNOWN
    assert "set up for cluster 16/main, not for 17/main" in finding.message


def test_configuration_that_cannot_be_is_no_verdict(declared: Path) -> None:
    declared.write_text(json.dumps({"version": 17, "jobs": 0}), encoding="utf-8")
    with pytest.raises(PgsopError, match="jobs is 0"):
        list(backups.age.read(sample(declared)))


@pytest.fixture
def scheduled(declared: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Path]:
    """The last runs were well; whether there is a file for cron is the test's choice."""
    says(monkeypatch, Finding("backup.last_run", "3", OK, "well"), Finding("backup.drill", "3", OK, "well"))
    monkeypatch.setattr(backups, "_programs", lambda: ["systemd", "cronjob"])

    def choose(cron_file: bool) -> Path:
        monkeypatch.setattr(backups, "CRON_FILE", str(declared) if cron_file else "/nowhere/pgsop")
        return declared

    return choose


@pytest.mark.parametrize(
    ("cron_file", "units", "status", "words"),
    [
        (False, {}, WARNING, "nothing runs 'pgsop backup'"),
        (True, CRON, OK, "cron runs"),
        (True, {"cron.service": {"ActiveState": "inactive"}}, WARNING, "no cron runs"),
        (False, {"pgsop-backup.timer": TIMER}, OK, "pgsop-backup.timer is active"),
        (False, {"pgsop-backup.timer": TIMER | {"SubState": "running"}}, OK, "is active"),
        (False, {"pgsop-backup.timer": TIMER | {"SubState": "elapsed"}}, WARNING, "is active (elapsed)"),
        (
            False,
            {"pgsop-backup.timer": TIMER | {"ActiveState": "inactive", "SubState": "dead"}},
            WARNING,
            "is inactive (dead)",
        ),
        (
            False,
            {"pgsop-backup.timer": TIMER, "pgsop-drill.timer": TIMER | {"ActiveState": "inactive"}},
            WARNING,
            "nothing runs 'pgsop drill'",
        ),
        (False, {"pgsop-backup.timer": TIMER, "pgsop-backup.service": {"Result": "success"}}, OK, "is active"),
        (
            False,
            {"pgsop-backup.timer": TIMER, **FAILED},
            WARNING,
            "the last run of pgsop-backup.service failed: exit-code",
        ),
    ],
)
def test_what_runs_backups(
    scheduled: Callable[[bool], Path], cron_file: bool, units: dict[str, dict[str, str]], status: str, words: str
) -> None:
    finding = found(backups.schedule, sample(scheduled(cron_file), units))
    assert finding.status == status
    assert words in finding.message


def test_run_that_is_known_to_have_failed_is_told_once(declared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, Finding("backup.last_run", "3", CRITICAL, "no space"), Finding("backup.drill", "3", OK, "well"))
    monkeypatch.setattr(backups, "CRON_FILE", "/nowhere/pgsop")
    assert found(backups.schedule, sample(declared, {"pgsop-backup.timer": TIMER, **FAILED})).status == OK


@pytest.mark.parametrize(("programs", "status"), [(["cron"], OK), (["crond"], OK), (["bash"], WARNING)])
def test_cron_without_systemd(
    declared: Path, monkeypatch: pytest.MonkeyPatch, programs: list[str], status: str
) -> None:
    monkeypatch.setattr(backups, "CRON_FILE", str(declared))
    monkeypatch.setattr(backups, "_programs", lambda: programs)
    assert found(backups.schedule, sample(declared)).status == status
