# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup tells."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import notification
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import backup, main

CONFIG = BackupConfig(version=17)
REPORT: dict[str, Any] = {
    "dry_run": False,
    "set": "20261122T023000Z",
    "path": "/var/backups/postgresql/20261122T023000Z",
    "databases": [
        {"name": "appdb", "dump_bytes": 1_200_000_000, "rows": 1_234_567, "seconds": {"dump": 60.0, "decode": 31.0}},
        {"name": "post\ngres", "dump_bytes": 512, "rows": 0, "seconds": {"dump": 0.3}},
    ],
    "bytes": 1_200_004_000,
    "encrypted": True,
    "seconds": {"databases": 91.3, "total": 92.0},
    "removed": ["20261101T023000Z"],
    "copied": False,
    "warnings": ["x cannot be read, and is not in the set"],
}
TOLD = """\
Backed up 2 databases in 1 min 32 s: /var/backups/postgresql/20261122T023000Z, 1.2 GB, encrypted.

DATABASE      SIZE       ROWS        TIME
appdb       1.2 GB  1,234,567  1 min 31 s
post\\ngres   512 B          0       0.3 s

Verified: every dump was read back to its last byte, and has the rows that the database had.
Removed, since newer sets supersede them: 20261101T023000Z.
Copies: none; the set is on this disk only and is lost with it, unless pg_backup_copy_command takes it elsewhere.
Warning: x cannot be read, and is not in the set
"""


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def back_up(config: BackupConfig, databases: tuple[str, ...], *, dry_run: bool, progress: Any) -> dict[str, Any]:
        asked.append((config, databases, dry_run))
        return {"dry_run": True, "planned_actions": ["dump appdb"], "warnings": []} if dry_run else REPORT

    monkeypatch.setattr(backup, "begin", lambda arguments: CONFIG)
    monkeypatch.setattr(backup, "back_up", back_up)
    return asked


def test_backup_is_told(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["backup"]) == 0
    assert asked == [(CONFIG, (), False)]
    assert capsys.readouterr() == (TOLD, "")


def test_copy_is_told(asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REPORT, "copied", True)
    monkeypatch.setitem(REPORT, "removed", [])
    assert main.main(["backup"]) == 0
    told = capsys.readouterr().out
    assert "Copies: one; the copy command ended well." in told
    assert "Removed" not in told


def test_databases_and_dry_run(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["backup", "--database", "a", "--database", "b", "--dry-run"]) == 0
    assert asked == [(CONFIG, ("a", "b"), True)]
    assert capsys.readouterr().out == "Nothing was done. A run would:\n  - dump appdb\n"


@pytest.mark.parametrize("output", ["", "sent\n\x1b"])
def test_notification_is_tested_without_a_backup(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    declared = dataclasses.replace(CONFIG, failure_command="/bin/page secret")
    monkeypatch.setattr(backup, "begin", lambda arguments: declared)
    monkeypatch.setattr(notification, "send_test", lambda config: {"seconds": 0.2, "output": output})
    assert main.main(["backup", "--test-notification"]) == 0
    told = capsys.readouterr().out.splitlines()
    shown = ["Its output:", "  sent", "  \\x1b"] if output else []
    assert told == [
        "/bin/page ran as for a failed backup and ended with status 0 after 0.2 s.",
        *shown,
        "Check that the message has arrived.",
    ]
    assert asked == []


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--database", "a"]])
def test_notification_that_cannot_be_tested_fails(
    asked: list[Any], capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main.main(["backup", "--test-notification", *more]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("pgsop: Cannot test the notification (")
    assert ("no command is declared" in told.err) == (not more)
    assert asked == []
