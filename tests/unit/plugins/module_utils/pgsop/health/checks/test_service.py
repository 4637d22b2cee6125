# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units, and processes where nobody knows of units."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    UNKNOWN,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks.service import unit
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)

NAME = "postgresql@17-main.service"
UP = {"LoadState": "loaded", "ActiveState": "active", "Result": "success", "NRestarts": "0"}
ENABLED = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled"}


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (UP, OK, f"{NAME} is active"),
        (UP | {"ActiveState": "reloading"}, OK, "is reloading"),
        (UP | {"NRestarts": "3"}, OK, "is active, which systemd restarted 3 times"),
        (UP | {"ActiveState": "inactive"}, CRITICAL, f"{NAME} is inactive"),
        (UP | {"ActiveState": "failed", "Result": "oom-kill"}, CRITICAL, "is failed (oom-kill)"),
        (UP | {"ActiveState": "activating"}, CRITICAL, "is activating"),
    ],
)
def test_unit_of_the_cluster(tmp_path: Path, state: dict[str, str], status: str, words: str) -> None:
    finding = found(unit, SampleHost({NAME: state, "postgresql.service": ENABLED}, **there(tmp_path)))
    assert finding.status == status
    assert words in finding.message
    assert bool(finding.hint) == (status != OK)


def test_unit_that_failed_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    facts = there(tmp_path)
    Path(facts["log_file"]).write_text("LOG:  starting\nFATAL:  could not create lock file\n", encoding="utf-8")
    finding = found(unit, SampleHost({NAME: UP | {"ActiveState": "failed"}}, **facts))
    assert "FATAL: could not create lock file" in finding.message
    assert "starting" not in finding.message


@pytest.mark.parametrize("units", [None, {}], ids=["no systemd", "systemd that says nothing"])
def test_process_where_no_unit_is_known(tmp_path: Path, units: dict[str, dict[str, str]] | None) -> None:
    facts = there(tmp_path)
    host = SampleHost(units, **facts)
    assert found(unit, host).status == CRITICAL
    pid_file = Path(facts["data_directory"], "postmaster.pid")
    pid_file.write_text("999999999\n/nowhere\n", encoding="ascii")
    assert found(unit, host).status == CRITICAL, "noted, and gone"
    pid_file.write_text(f"{os.getpid()}\n/nowhere\n", encoding="ascii")
    assert found(unit, host).status == OK


def test_process_of_a_data_folder_that_is_closed_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = SampleHost(None, **there(tmp_path))
    look = os.stat

    def closed(path: str) -> os.stat_result:
        if str(path).endswith("postmaster.pid"):
            raise PermissionError(13, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "stat", closed)
    finding = found(unit, host)
    assert (finding.status, finding.visible) == (UNKNOWN, False)
