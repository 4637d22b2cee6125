# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of sets as a person reads it, and as monitoring does."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.names import iso
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import backups, main, terminal

CONFIG = BackupConfig(version=17)
NOW = 1_795_000_000.0


def a_set(name: str, **changed: Any) -> dict[str, Any]:
    good = {
        "name": name,
        "started": iso(NOW - 7300),
        "finished": iso(NOW - 7200),
        "age_s": 7200,
        "bytes": 1_200_000_000,
        "databases": ["appdb", "postgres"],
        "complete": True,
        "verified": True,
        "problems": [],
        "obstacles": [],
        "drilled": None,
        "copies": 0,
        "encrypted": False,
        "latest": True,
    }
    return {**good, **changed}


BROKEN = a_set(
    "20261119T023000Z",
    started=None,
    finished=None,
    age_s=None,
    bytes=None,
    databases=[],
    verified=False,
    problems=["it has no manifest", "odd\x1b"],
)
OLDER = a_set(
    "20261121T023000Z",
    age_s=100_000,
    bytes=999,
    drilled=iso(NOW - 3 * 86400),
    copies=1,
    databases=["appdb"],
    complete=False,
)
REPORT: dict[str, Any] = {
    "directory": "/var/backups/postgresql",
    "sets": [a_set("20261122T023000Z"), OLDER, BROKEN],
    "last_backup": {"started": iso(NOW - 7300), "finished": iso(NOW - 7200), "ok": True, "running": False},
    "last_drill": None,
    "last_notification": None,
    "findings": [
        {"id": "backup.age", "status": "OK", "message": "young", "hint": ""},
        {"id": "backup.damage", "status": "WARNING", "message": "a set is damaged", "hint": "look at the disk"},
        {"id": "backup.missing_databases", "status": "UNKNOWN", "message": "the server is silent", "hint": ""},
    ],
    "status": "WARNING",
}
TOLD = """\
SET                AGE    SIZE  DATABASES        VERIFIED  DRILLED  COPIES
20261122T023000Z   2 h  1.2 GB  appdb, postgres  yes       never    this disk only
20261121T023000Z  27 h   999 B  appdb only       yes       3 d ago  1
20261119T023000Z     ?       ?  ?                no        ?        this disk only

20261119T023000Z cannot be relied on:
  it has no manifest
  odd\\x1b

Last backup: 2 h ago, well
Last drill: never

WARNING: a set is damaged
  Next step: look at the disk

UNKNOWN: the server is silent
"""


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    asked: list[bool] = []

    def listing(_config: BackupConfig, *, verify: bool) -> dict[str, Any]:
        asked.append(verify)
        return REPORT

    monkeypatch.setattr(backups, "begin", lambda arguments: CONFIG)
    monkeypatch.setattr(backups, "listing", listing)
    monkeypatch.setattr(time, "time", lambda: NOW)
    return asked


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main.main(["backups", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_sets_are_told(capsys: pytest.CaptureFixture[str], asked: list[bool]) -> None:
    assert told(capsys) == TOLD
    assert asked == [False]


def test_obstacles_are_told_with_their_set(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(REPORT, "sets", [a_set("20261122T023000Z", verified=False, obstacles=["database a: x\x1b"])])
    said = told(capsys)
    assert "20261122T023000Z cannot be restored as a whole:\n  database a: x\\x1b\n" in said
    assert "cannot be relied on" not in said


def test_every_byte_is_read_where_asked(capsys: pytest.CaptureFixture[str], asked: list[bool]) -> None:
    told(capsys, "--verify")
    assert asked == [True]


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(told(capsys, "--format", "json")) == REPORT


@pytest.mark.parametrize(("status", "expected"), [("OK", 0), ("WARNING", 1), ("CRITICAL", 2), ("UNKNOWN", 3)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_check(monkeypatch: pytest.MonkeyPatch, status: str, expected: int, form: str) -> None:
    monkeypatch.setitem(REPORT, "status", status)
    assert main.main(["backups", "--check", "--format", form]) == expected


def test_first_day(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for key, value in (("sets", []), ("findings", []), ("last_backup", None)):
        monkeypatch.setitem(REPORT, key, value)
    assert told(capsys) == (
        "There is no backup set in /var/backups/postgresql. Make one: sudo pgsop backup\n\n"
        "Last backup: never\nLast drill: never\n"
    )


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"started": iso(NOW - 600), "finished": None, "ok": None, "running": True}, "begun 10 min ago, and running"),
        (
            {"started": iso(NOW - 600), "finished": None, "ok": False, "running": False, "error": "killed"},
            "10 min ago, failed",
        ),
        (
            {"started": iso(NOW - 600), "finished": iso(NOW - 300), "ok": False, "running": False, "error": "a\nb"},
            "5 min ago, failed",
        ),
    ],
)
def test_last_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run: dict[str, Any], expected: str
) -> None:
    monkeypatch.setitem(REPORT, "last_backup", run)
    assert f"Last backup: {expected}\n" in told(capsys)
    monkeypatch.setitem(REPORT, "last_notification", run)
    assert f"Last drill: never\nLast notification: {expected}\n" in told(capsys)


def test_what_is_wrong_is_in_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(terminal, "colourful", lambda: True)
    said = told(capsys)
    assert "\x1b[31mno      \x1b[0m" in said
    assert "\x1b[33mWARNING\x1b[0m: a set is damaged" in said
    assert "\x1b[35mUNKNOWN\x1b[0m" in said
    assert "odd\\x1b" in said
