# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drill is asked, and what it tells."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import drill, log, main

CONFIG = BackupConfig(version=17)
REPORT: dict[str, Any] = {
    "set": "20261122T023000Z",
    "databases": [
        {
            "name": "appdb",
            "recovery_s": 92.4,
            "compared": {"tables": 12, "rows": 1_234_567},
            "checked": {"indexes_checked": 1, "assertions": 2},
        },
        {"name": "new", "recovery_s": 0.3, "compared": {"tables": 0}, "checked": {}},
    ],
    "seconds": 100.2,
    "dry_run": False,
    "planned_actions": [],
    "warnings": ["appdb: take care"],
}
TOLD = """\
Drilled 2 databases of set 20261122T023000Z in 1 min 40 s: it can be restored.

DATABASE    RECOVERY  COMPARED, AND THE SAME     CHECKED, AND WELL
appdb     1 min 32 s  12 tables, 1,234,567 rows  1 index, 2 assertions
new            0.3 s  nothing                    nothing

They were dropped again, and the other usable sets were read to their last byte.
Warning: appdb: take care
"""


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def act(
        config: BackupConfig, reference: str, databases: tuple[str, ...], *, dry_run: bool, progress: Any
    ) -> dict[str, Any]:
        asked.append((config, reference, databases, dry_run))
        return {**REPORT, "dry_run": True, "planned_actions": ["restore it"]} if dry_run else REPORT

    monkeypatch.setattr(drill, "begin", lambda arguments: CONFIG)
    monkeypatch.setattr(drill, "drill", act)
    return asked


def test_drill_is_told(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["drill"]) == 0
    assert asked == [(CONFIG, "latest", (), False)]
    assert capsys.readouterr() == (TOLD, "")


def test_some_databases_of_a_set_and_a_dry_run(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["drill", "--set", "2026-11-20", "--database", "a", "--database", "b", "--dry-run"]
    assert main.main(arguments) == 0
    assert asked == [(CONFIG, "2026-11-20", ("a", "b"), True)]
    assert capsys.readouterr().out == ("Nothing was done. A run would:\n  - restore it\nWarning: appdb: take care\n")


def test_nobody_watches(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    noted: list[str] = []
    monkeypatch.setattr(log, "note", noted.append)
    monkeypatch.setattr(log, "warn", noted.append)
    assert main.main(["drill", "--scheduled"]) == 0
    assert noted == [TOLD.splitlines()[0], "appdb: take care"]
    assert capsys.readouterr() == ("", "pgsop: warning: appdb: take care\n")
