# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks as statvfs tells them, each once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig as Declared
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    UNKNOWN,
    WARNING,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import disk
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)


def room(**changes: int) -> SimpleNamespace:
    """A disk of 1000 blocks and 1000 inodes, with a tenth for root alone."""
    usual = {"f_blocks": 1000, "f_bfree": 600, "f_bavail": 500, "f_frsize": 4096}
    return SimpleNamespace(**usual | {"f_files": 1000, "f_ffree": 600, "f_favail": 500} | changes)


def says(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _path: room(**changes))


@pytest.mark.parametrize(
    ("free", "status"), [(500, OK), (100, OK), (99, WARNING), (45, WARNING), (44, CRITICAL), (0, CRITICAL)]
)
def test_space_counts_as_df_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, status: str) -> None:
    """Used over used and what is left for others than root."""
    says(monkeypatch, f_bavail=free)
    finding = found(disk.space, SampleHost(**there(tmp_path)))
    assert finding.status == status
    assert finding.value == pytest.approx(100 * 400 / (400 + free), abs=0.001)


@pytest.mark.parametrize(("free", "status"), [(500, OK), (99, WARNING), (40, CRITICAL)])
def test_inodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, status: str) -> None:
    says(monkeypatch, f_favail=free, f_bavail=0)
    assert found(disk.inodes, SampleHost(**there(tmp_path))).status == status


def test_file_system_without_a_number_of_inodes_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, f_files=0, f_ffree=0, f_favail=0)
    finding = found(disk.inodes, SampleHost(**there(tmp_path)))
    assert (finding.status, finding.value) == (OK, None)


def test_message_names_mount_purposes_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch)
    facts = there(tmp_path)
    finding = found(disk.space, SampleHost(**facts))
    assert "(data, WAL, log) is 44.4 % full, 2.0 MB are free" in finding.message


def test_every_folder_is_looked_at_and_every_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = there(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    Path(facts["data_directory"], "pg_tblspc", "16400").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "backup.json").touch()
    monkeypatch.setattr(disk, "load", lambda _path: Declared(version=17, directory=str(tmp_path / "log")))
    host = SampleHost(**facts, backup_config=tmp_path / "backup.json")
    (measured,) = disk.space.read(host)
    assert f"(data, WAL, log, tablespace {tmp_path / 'elsewhere'}, backups)" in measured.message
    mount = Path(measured.object_name)
    assert mount.stat().st_dev == tmp_path.stat().st_dev
    assert mount == mount.parent or mount.parent.stat().st_dev != tmp_path.stat().st_dev


def test_disks_are_told_apart(tmp_path: Path) -> None:
    """Those of this machine: its root, and /proc, which is another one everywhere."""
    found_places, hidden = disk.places(
        {"data": str(tmp_path), "log": "/proc/sys", "again": "/proc", "gone": "/nowhere"}
    )
    assert [place.purposes for place in found_places] == [("data",), ("log", "again")]
    assert found_places[1].mount == "/proc"
    assert hidden == ["/nowhere (gone): No such file or directory"]


@pytest.mark.parametrize("missing", ["pg_tblspc", "pg_wal"])
def test_folder_that_cannot_be_looked_at_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    says(monkeypatch)
    facts = there(tmp_path)
    Path(facts["data_directory"], missing).rmdir()
    finding = found(disk.space, SampleHost(**facts))
    assert (finding.status, finding.visible) == (UNKNOWN, False)
    assert missing in finding.message


def test_full_disk_is_told_though_another_folder_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, f_bavail=10)
    facts = there(tmp_path)
    Path(facts["data_directory"], "pg_wal").rmdir()
    assert found(disk.space, SampleHost(**facts)).status == CRITICAL


@pytest.mark.parametrize("declared", [None, "not JSON", {"version": 12}, []])
def test_backups_that_are_not_set_up_take_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: Any
) -> None:
    says(monkeypatch)
    path = tmp_path / "backup.json"
    if declared is not None:
        path.write_text(declared if isinstance(declared, str) else json.dumps(declared), encoding="utf-8")
    finding = found(disk.space, SampleHost(**there(tmp_path), backup_config=path))
    assert (finding.status, "backups" in finding.message) == (OK, False)
