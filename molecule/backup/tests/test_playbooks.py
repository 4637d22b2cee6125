# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of SOP 3, from the controller: mistakes are refused, --check does nothing, reports stay behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server

#: These tests do not depend on the platform.
PLATFORM = "last"

ROOT = Path(__file__).resolve().parents[3]
#: Of two runs, names of sets and durations differ, and with them the width of columns.
NUMBERS, GAPS = re.compile(r"\d+(?:[.,]\d+)*"), re.compile(r"  +")
STATE = "SELECT datname FROM pg_database ORDER BY 1"


@dataclass(frozen=True)
class Playbooks:
    server: Server
    play: PlayRunner
    folder: Path

    def run(self, name: str, *, check: bool = False, **variables: Any) -> PlayResult:
        """One of the playbooks; its reports go below the test's folder."""
        playbook = ROOT / "playbooks" / f"{name}.yml"
        return self.play(
            playbook, on=self.server.host, check=check, extra_vars=variables, env={"PWD": str(self.folder)}
        )

    def reports(self, act: str) -> list[Path]:
        host = self.server.host.check_output("hostname")
        return sorted((self.folder / "reports" / host).glob(f"{act}-*.json"))

    def printed(self, *arguments: str) -> list[str]:
        """The lines that the command prints on the host."""
        words = " ".join(["%s"] * len(arguments))
        return str(self.server.host.check_output(f"pgsop {words}", *arguments)).splitlines()

    def state(self) -> str:
        sets = self.server.host.check_output("ls -A /var/backups/postgresql /var/lib/pgsop")
        return f"{sets}\n{self.server.sql(STATE)}"


def shown(result: PlayResult) -> list[str]:
    """The lines that a playbook prints."""
    (message,) = [task.result["msg"] for task in result.tasks if task.action.endswith("debug")]
    return list(message)


def alike(lines: list[str]) -> list[str]:
    return [GAPS.sub(" ", NUMBERS.sub("0", line)) for line in lines]


@pytest.fixture(scope="module")
def playbooks(ledger: Server, play: PlayRunner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playbooks]:
    yield Playbooks(ledger, play, tmp_path_factory.mktemp("controller"))
    ledger.host.check_output("rm -rf /var/backups/postgresql/* /var/backups/postgresql/.notes.lock /var/lib/pgsop/*")


#: By name: the playbook, what is declared, and what is said to it.
MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a misspelt variable": ("backup_databases", {"backup_database": "ledger"}, "no variable backup_database"),
    "no database": ("restore_database", {}, "restore_database is missing"),
    "another database": (
        "restore_database",
        {"restore_database": "ledger", "restore_replace": "appdb"},
        "repeat its name",
    ),
    "an unknown word": ("drill_restore", {"drill_database": "ledger"}, "no variable drill_database"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_and_nothing_is_touched(playbooks: Playbooks, mistake: str) -> None:
    name, variables, said = MISTAKES[mistake]
    before = playbooks.state()
    result = playbooks.run(name, **variables)
    assert result.rc != 0
    assert said in result.error
    assert "Nothing was done" in result.error
    assert playbooks.state() == before


def test_unknown_database_is_told_with_those_there_are(playbooks: Playbooks) -> None:
    result = playbooks.run("backup_databases", backup_databases=["nowhere"])
    assert result.rc != 0
    assert "there is no such database" in result.output
    assert "ledger" in result.output


def test_backup_restore_and_drill_with_their_check_runs(playbooks: Playbooks) -> None:
    before = playbooks.state()
    checked = playbooks.run("backup_databases", check=True, backup_databases="ledger")
    assert checked.rc == 0, checked.output
    assert shown(checked) == playbooks.printed("backup", "--dry-run", "--database", "ledger")
    assert "dump ledger" in checked.output
    assert playbooks.state() == before

    made = playbooks.run("backup_databases", backup_databases="ledger")
    assert made.rc == 0, made.output
    assert made.changed >= 1
    (report,) = playbooks.reports("backup")
    assert [each["name"] for each in json.loads(report.read_text())["databases"]] == ["ledger"]
    assert report.stat().st_mode & 0o777 == 0o600
    assert shown(made) == json.loads(report.read_text())["text"]
    assert alike(shown(made)) == alike(playbooks.printed("backup", "--database", "ledger"))

    before = playbooks.state()
    checked = playbooks.run("restore_database", check=True, restore_database="ledger")
    assert checked.rc == 0, checked.output
    assert shown(checked) == playbooks.printed("restore", "--dry-run", "--database", "ledger")
    assert "give it the name ledger_restore" in checked.output
    assert playbooks.state() == before

    restored = playbooks.run("restore_database", restore_database="ledger")
    assert restored.rc == 0, restored.output
    assert shown(restored)[0].startswith("Restored ledger as ledger_restore in ")
    assert shown(restored) == json.loads(playbooks.reports("restore")[0].read_text())["text"]
    count = "SELECT count(*), sum(amount) FROM entry"
    assert playbooks.server.sql(count, "ledger_restore") == playbooks.server.sql(count, "ledger")
    playbooks.server.sql("DROP DATABASE ledger_restore")
    assert len(playbooks.reports("restore")) == 1

    drilled = playbooks.run("drill_restore")
    assert drilled.rc == 0, drilled.output
    assert alike(shown(drilled)) == alike(playbooks.printed("drill"))
    assert len(playbooks.reports("drill")) == 1
    assert playbooks.server.sql("SELECT datname FROM pg_database WHERE datname ~ '^pgsop_|_restore$'") == ""


def test_command_of_an_older_release_has_its_report_shown(playbooks: Playbooks) -> None:
    """It knows nothing of PGSOP_REPORT_TEXT."""
    path, kept = "/usr/local/bin/pgsop", "/root/pgsop.kept"
    older = f'#!/bin/sh\nunset PGSOP_REPORT_TEXT\nexec python3 {kept} "$@"\n'
    playbooks.server.host.check_output("mv %s %s && printf %%s %s > %s && chmod 0755 %s", path, kept, older, path, path)
    try:
        checked = playbooks.run("backup_databases", check=True, backup_databases="ledger")
    finally:
        playbooks.server.host.check_output("mv %s %s", kept, path)
    assert checked.rc == 0, checked.output
    (report,) = [task.result["msg"] for task in checked.tasks if task.action.endswith("debug")]
    assert (report["dry_run"], report["databases"]) == (True, ["ledger"])
