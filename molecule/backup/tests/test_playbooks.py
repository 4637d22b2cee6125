# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of SOP 3, from the controller: mistakes are refused, --check does nothing, reports stay behind."""

from __future__ import annotations

import json
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

    def state(self) -> str:
        sets = self.server.host.check_output("ls -A /var/backups/postgresql /var/lib/pgsop")
        return f"{sets}\n{self.server.sql(STATE)}"


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
    assert "dump ledger" in checked.output
    assert playbooks.state() == before

    made = playbooks.run("backup_databases", backup_databases="ledger")
    assert made.rc == 0, made.output
    assert made.changed >= 1
    (report,) = playbooks.reports("backup")
    assert [each["name"] for each in json.loads(report.read_text())["databases"]] == ["ledger"]
    assert report.stat().st_mode & 0o777 == 0o600

    before = playbooks.state()
    checked = playbooks.run("restore_database", check=True, restore_database="ledger")
    assert checked.rc == 0, checked.output
    assert "give it the name ledger_restore" in checked.output
    assert playbooks.state() == before

    restored = playbooks.run("restore_database", restore_database="ledger")
    assert restored.rc == 0, restored.output
    assert "is back as ledger_restore" in restored.output
    count = "SELECT count(*), sum(amount) FROM entry"
    assert playbooks.server.sql(count, "ledger_restore") == playbooks.server.sql(count, "ledger")
    playbooks.server.sql("DROP DATABASE ledger_restore")
    assert len(playbooks.reports("restore")) == 1

    drilled = playbooks.run("drill_restore")
    assert drilled.rc == 0, drilled.output
    assert "can be restored" in drilled.output
    assert len(playbooks.reports("drill")) == 1
    assert playbooks.server.sql("SELECT datname FROM pg_database WHERE datname ~ '^pgsop_|_restore$'") == ""
