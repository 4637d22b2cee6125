# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of every command on terminals of several widths: no line is too long, and no word is broken."""

from __future__ import annotations

import copy
import sys
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import (
    activity,
    backup,
    backups,
    diagnose,
    drill,
    health,
    locks,
    main,
    restore,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import ServerTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.cli import (
    test_backup,
    test_backups,
    test_drill,
    test_restore,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render import samples

LONG = "the newest usable set of all databases is older than it should be, and nothing has made another one since then"
COMMAND = "echo 'host appdb appuser 127.0.0.1/32 scram-sha-256' | sudo tee -a /etc/postgresql/17/main/pg_hba.conf"
FINDINGS = tuple(
    Finding(f"backup.age_{status.lower()}", "3", status, LONG, hint="run 'sudo pgsop backup' and read what it reports")
    for status in ("CRITICAL", "WARNING", "UNKNOWN", "OK")
)
HEALTH = HealthReport("17/main", "17.6", 0.0, 0.1, FINDINGS)
REPORTS: dict[str, tuple[Any, str, Any, list[str]]] = {
    "activity": (activity, "activity", samples.ACTIVITY, []),
    "locks": (locks, "lock_report", samples.LOCKS, []),
    "health": (health, "examine", HEALTH, ["--all"]),
    "diagnose": (diagnose, "diagnose", samples.REFUSED, []),
    "backup": (backup, "back_up", test_backup.REPORT, []),
    "backups": (backups, "listing", test_backups.REPORT, []),
    "drill": (drill, "drill", test_drill.REPORT, []),
    "restore": (restore, "restore", test_restore.REPORT, ["--database", "appdb"]),
}
STATUSES = {"diagnose": 1, "health": 2}


def lengthened(report: Any) -> Any:
    """The same report with long sentences, names and commands in the place of its short ones."""
    longer = copy.deepcopy(report)
    if isinstance(longer, dict):
        for each in longer.get("findings", []):
            each.update(message=LONG, hint=COMMAND)
        for each in longer.get("sessions", []):
            each.update(query="SELECT column_a, column_b FROM app.orders WHERE customer = $1 ORDER BY created_at DESC")
        for tree in longer.get("trees", []):
            tree.update(message=LONG, statements=[{"sql": "SELECT pg_terminate_backend(1234);", "effect": LONG}])
        for each in longer.get("databases", []):
            each.update(name="a_database_with_a_long_name_indeed")
        longer.update({"warnings": [LONG]} if "warnings" in longer else {})
    return longer


@pytest.fixture(name="shown")
def _shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that returns the lines of a command on a terminal of a width; 0 is a pipe."""
    cluster = Cluster(17, "main", 5432, True, "postgres", "/d", "/c", "/l", "/var/run/postgresql")

    def shown(command: str, columns: int) -> list[str]:
        module, name, report, arguments = REPORTS[command]
        for each in (module, sys.modules[module.__name__]):
            for step in ("become_target_owner", "begin"):
                monkeypatch.setattr(each, step, lambda *_given: None, raising=False)
            monkeypatch.setattr(each, "config_of", lambda *_given: HealthConfig(17), raising=False)
            monkeypatch.setattr(
                each, "find_target", lambda _given: ServerTarget(cluster, "postgres", "", "/c"), raising=False
            )
        monkeypatch.setattr(module, name, lambda *_given, **_options: lengthened(report))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: bool(columns), raising=False)
        monkeypatch.setenv("COLUMNS", str(columns or 80))
        monkeypatch.setenv("NO_COLOR", "1")
        assert main.main([command, *arguments]) == STATUSES.get(command, 0)
        return capsys.readouterr().out.splitlines()

    return shown


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("command", REPORTS)
def test_report_fits_the_terminal(shown: Any, command: str, columns: int) -> None:
    found = shown(command, columns)
    assert [line for line in found if len(line) > columns and len(line.split()) > 1] == []
    whole = set(" ".join(shown(command, 0)).split())
    # In a narrow list, "this disk only" is "none", and fewer databases have their names.
    broken = [
        word for line in found for word in line.split() if word not in whole | {"\\", "--", "none", "more", "and"}
    ]
    assert [word for word in broken if not word.endswith("...")] == []


@pytest.mark.parametrize("command", REPORTS)
def test_pipe_gets_each_line_whole(shown: Any, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shown(command, 0)
    assert whole == shown(command, 1000)
    if command not in ("backup", "drill", "diagnose", "restore"):
        assert max(map(len, whole)) > 110


@pytest.mark.parametrize("columns", [60, 80])
def test_errors_fit_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    def begin(_arguments: Any) -> Any:
        raise PgsopError(attempted="back up", target="cluster 17/main", answer=LONG, next_step=COMMAND)

    monkeypatch.setattr(backup, "begin", begin)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main.main(["backup"]) == 1
    assert main.main(["bakup"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert max(map(len, lines)) <= columns
    command = [line for line in lines[1:] if line.endswith(" \\")]
    assert command[0].startswith("Next step: echo")
