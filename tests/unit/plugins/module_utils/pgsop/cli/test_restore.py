# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore is asked, and what it tells."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.names import from_iso
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import main, restore
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.restore import RestoreRequest

CONFIG = BackupConfig(version=17)
NOW = from_iso("2026-11-22T04:30:10Z")
REPORT: dict[str, Any] = {
    "set": "20261122T023000Z-2",
    "database": "app db",
    "target": "app db_restore",
    "previous_database": None,
    "roles_created": [],
    "omitted": [],
    "omitted_file": None,
    "compared": {"tables": 1, "rows": 1_234_567, "indexes": 2, "large_objects": 0},
    "seconds": {"check": 1.0, "all": 92.4},
    "warnings": [],
    "planned_actions": [],
    "next_steps": [],
}
BESIDE = """\
Restored app db as app db_restore in 1 min 32 s, from set 20261122T023000Z-2, which was begun 2 h ago.
Compared with what was dumped: 1 table, 1,234,567 rows, 2 indexes.
Next step: look at it with: sudo -u postgres psql -d 'app db_restore'
"""
REPLACED = """\
Restored app db in the place of app db in 1 min 32 s, from set 20261122T023000Z-2, which was begun 2 h ago.
Compared with what was dumped: 1 table, 1,234,567 rows, 2 indexes.
Roles made, with the passwords they had: joe, jane.
The database that was there is kept as app db_before; only superusers can connect to it.
Next step: DROP DATABASE "app db_before";
Next step: or back
Warning: take care
"""


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[RestoreRequest]:
    asked: list[RestoreRequest] = []

    def act(config: BackupConfig, request: RestoreRequest, _progress: Any) -> dict[str, Any]:
        assert config is CONFIG
        asked.append(request)
        return REPORT

    monkeypatch.setattr(restore, "begin", lambda arguments: CONFIG)
    monkeypatch.setattr(restore, "restore", act)
    monkeypatch.setattr(time, "time", lambda: NOW)
    return asked


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--database", "a"], RestoreRequest("a")),
        (
            ["--database", "a", "--target", "b", "--set", "2026-11-20", "--all-roles", "--dry-run"],
            RestoreRequest("a", target="b", reference="2026-11-20", all_roles=True, dry_run=True),
        ),
        (["--database", "a", "--replace", "a"], RestoreRequest("a", replace="a")),
    ],
)
def test_everything_is_asked(asked: list[RestoreRequest], arguments: list[str], wanted: RestoreRequest) -> None:
    assert main.main(["restore", *arguments]) == 0
    assert asked == [wanted]


def test_database_beside_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["restore", "--database", "app db"]) == 0
    assert capsys.readouterr() == (BESIDE, "")


def test_database_that_made_place_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {
        "target": "app db",
        "previous_database": "app db_before",
        "roles_created": ["joe", "jane"],
        "warnings": ["take care"],
        "next_steps": ['DROP DATABASE "app db_before";', "or back"],
    }
    for key, value in changed.items():
        monkeypatch.setitem(REPORT, key, value)
    assert main.main(["restore", "--database", "app db", "--replace", "app db"]) == 0
    assert capsys.readouterr().out == REPLACED


def test_dry_run_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REPORT, "planned_actions", ["restore it"])
    assert main.main(["restore", "--database", "a", "--dry-run"]) == 0
    assert capsys.readouterr().out == "Nothing was done. A run would:\n  - restore it\n"


def test_program_is_told_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["restore", "--database", "a", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == old_keys.act(REPORT)


def test_what_is_left_out_is_listed_and_the_status_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    omitted = [{"kind": "constraint", "name": "app.t.c", "statement": "ALTER ...", "message": "it is violated"}]
    monkeypatch.setitem(REPORT, "omitted", omitted)
    monkeypatch.setitem(REPORT, "omitted_file", "/var/lib/pgsop/omitted.json")
    assert main.main(["restore", "--database", "app db", "--keep-going"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "/var/lib/pgsop/omitted.json" in lines[1]
    assert lines[2] == "  constraint app.t.c: it is violated"


def test_keep_going_is_asked_for(asked: list[RestoreRequest]) -> None:
    assert main.main(["restore", "--database", "app db", "--keep-going"]) == 0
    assert main.main(["restore", "--database", "app db"]) == 0
    assert [request.keep_going for request in asked] == [True, False]
