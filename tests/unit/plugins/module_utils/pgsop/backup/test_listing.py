# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is, told of whatever is there: verified, damaged, unreadable, or nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import listing as listings
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import state
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.listing import listing
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.report_types import BackupListing
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding, worst
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    DAY_0,
    DAY_S,
    OBSTACLE,
    at,
    corrupt,
    dump_of,
    on_disk,
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BackupConfig:
    (tmp_path / "sets").mkdir()
    (tmp_path / "state").mkdir()
    monkeypatch.setattr(listings, "find_cluster", lambda _version, _name: None)
    monkeypatch.setattr(time, "time", lambda: DAY_0 + 4 * DAY_S)
    return BackupConfig(
        17, directory=str(tmp_path / "sets"), state_directory=str(tmp_path / "state"), exclude=("scratch",)
    )


def status(report: BackupListing, name: str) -> str:
    (found,) = [str(finding["status"]) for finding in report["findings"] if finding["id"] == f"backup.{name}"]
    return found


def test_nothing_there(config: BackupConfig) -> None:
    report = listing(config)
    assert (report["sets"], report["last_backup"], report["last_drill"], report["status"]) == (
        [],
        None,
        None,
        "CRITICAL",
    )


def test_everything_is_told_of_a_set(config: BackupConfig) -> None:
    on_disk(
        Path(config.directory),
        3,
        ["appdb", "shop"],
        copies=({"at": at(3)},),
        drills=({"at": at(3), "ok": True, "databases": ["appdb", "shop"]},),
    )
    ((row),) = listing(config)["sets"]
    assert {key: value for key, value in row.items() if key != "databases"} == {
        "name": "20261125T000000Z",
        "verified": True,
        "problems": [],
        "obstacles": [],
        "latest": True,
        "started": at(3),
        "finished": at(3),
        "age_s": DAY_S,
        "bytes": len("dump of appdbdump of shop"),
        "complete": True,
        "drilled": at(3),
        "copies": 1,
        "encrypted": False,
    }


def test_every_set_has_the_same_keys_whatever_is_wrong_with_it(config: BackupConfig) -> None:
    directory = Path(config.directory)
    on_disk(directory, 1, drills=({"at": at(2), "ok": False, "databases": ["appdb"]},))
    on_disk(directory, 2, encryption={"tool": "age"})
    on_disk(directory, 3, damage=("it rotted",))
    (directory / "20260101T000000Z").mkdir()
    rows = listing(config)["sets"]
    assert [(row["name"][:8], row["verified"], row["latest"], row["drilled"], row["encrypted"]) for row in rows] == [
        ("20261125", False, False, None, False),
        ("20261124", True, True, None, True),
        ("20261123", True, False, None, False),
        ("20260101", False, False, None, False),
    ]
    assert rows[0]["problems"] == ["it rotted"]
    assert rows[3]["problems"] == ["it has no manifest"]
    assert len({tuple(sorted(row)) for row in rows}) == 1


def test_set_with_an_obstacle_is_the_latest_and_not_verified(config: BackupConfig) -> None:
    directory = Path(config.directory)
    on_disk(directory, 1, ["appdb"])
    on_disk(directory, 2, [dump_of("appdb", obstacles=(OBSTACLE,)), "shop"])
    report = listing(config)
    newest, oldest = report["sets"]
    assert [(row["verified"], row["latest"], len(row["obstacles"])) for row in (newest, oldest)] == [
        (False, True, 1),
        (True, False, 0),
    ]
    assert newest["problems"] == []
    assert newest["obstacles"][0].startswith("database appdb: view app.v: ")
    assert (status(report, "restorable"), status(report, "damage")) == ("CRITICAL", "OK")


def test_byte_that_rotted_is_found_by_reading_everything_and_stays_known(config: BackupConfig) -> None:
    corrupt(on_disk(Path(config.directory), 3))
    assert listing(config)["sets"][0]["verified"]
    assert not listing(config, verify=True)["sets"][0]["verified"]
    assert status(listing(config), "damage") == "CRITICAL"


def test_last_runs_are_told(config: BackupConfig) -> None:
    with state.record_run(config, "backup") as note:
        note["set"] = "x"
    with pytest.raises(ValueError, match="no"), state.record_run(config, "drill"):
        raise ValueError("no")
    report = listing(config)
    assert report["last_backup"]
    assert report["last_drill"]
    assert (report["last_backup"]["ok"], report["last_drill"]["ok"]) == (True, False)
    assert (status(report, "last_run"), status(report, "drill")) == ("OK", "CRITICAL")


def test_databases_are_those_of_the_server_but_the_excluded(
    config: BackupConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def connect(_cluster: Any) -> Iterator[Any]:
        yield SimpleNamespace(
            rows=lambda _statement: [
                {"name": name, "bytes": 1, "open": name != "closed"} for name in ("appdb", "closed", "scratch")
            ]
        )

    on_disk(Path(config.directory), 3)
    assert status(listing(config), "missing_databases") == "UNKNOWN"
    monkeypatch.setattr(listings, "find_cluster", lambda _version, _name: "a cluster")
    monkeypatch.setattr(listings, "connect", connect)
    assert status(listing(config), "missing_databases") == "OK"

    def refuse(_cluster: Any) -> Any:
        raise PgsopError(attempted="a", target="b", answer="c", next_step="d")

    monkeypatch.setattr(listings, "connect", refuse)
    assert status(listing(config), "missing_databases") == "UNKNOWN"


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        ([], "OK"),
        (["OK", "OK"], "OK"),
        (["OK", "UNKNOWN"], "UNKNOWN"),
        (["WARNING", "UNKNOWN"], "WARNING"),
        (["WARNING", "CRITICAL", "UNKNOWN"], "CRITICAL"),
    ],
)
def test_worst(statuses: list[str], whole: str) -> None:
    assert worst([Finding("x", "3", status, "m") for status in statuses]) == whole
