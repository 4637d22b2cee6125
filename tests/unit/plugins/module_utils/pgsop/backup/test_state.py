# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the last run ended is known, however it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import state
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import held


@pytest.fixture
def config(tmp_path: Path) -> BackupConfig:
    return BackupConfig(version=17, state_directory=str(tmp_path))


def known(config: BackupConfig, act: str = "backup") -> dict[str, Any]:
    found = state.last(config, act)
    assert found is not None
    return found


def test_nothing_was_run_yet(config: BackupConfig) -> None:
    assert state.last(config, "backup") is None


def test_run_that_goes_on_is_running(config: BackupConfig) -> None:
    with state.record_run(config, "backup"):
        found = known(config)
        assert (found["running"], found["ok"], found["finished"], found["pid"]) == (True, None, None, os.getpid())
        assert state.last(config, "drill") is None


def test_run_that_ended_well_is_noted_with_what_was_added(config: BackupConfig) -> None:
    with state.record_run(config, "backup") as note:
        note["set"] = "20261122T000000Z"
    found = known(config)
    assert (found["running"], found["ok"], found["set"]) == (False, True, "20261122T000000Z")
    assert found["started"] <= found["finished"]
    assert "error" not in found


@pytest.mark.parametrize(
    ("cause", "told"),
    [(ValueError("no space"), "no space"), (KeyboardInterrupt(), "KeyboardInterrupt"), (OSError(), "OSError")],
)
def test_run_that_failed_is_noted_with_its_error(config: BackupConfig, cause: BaseException, told: str) -> None:
    with pytest.raises(type(cause)), state.record_run(config, "drill"):
        raise cause
    found = known(config, "drill")
    assert (found["running"], found["ok"], found["error"]) == (False, False, told)
    assert found["finished"]


def test_new_run_forgets_how_the_last_one_failed(config: BackupConfig) -> None:
    with pytest.raises(ValueError, match="no"), state.record_run(config, "backup"):
        raise ValueError("no")
    with state.record_run(config, "backup"):
        assert "error" not in known(config)
    assert known(config)["ok"]


_RUN = """
import sys, time
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import state
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
with state.record_run(BackupConfig(version=17, state_directory=sys.argv[1]), "backup"):
    print("noted", flush=True)
    time.sleep(60)
"""


def test_killed_run_is_known_and_keeps_nobody_off(config: BackupConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_PATIENCE_S", 0.1)
    arguments = [sys.executable, "-c", _RUN, config.state_directory]
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"noted\n"
        assert known(config)["running"]
        with pytest.raises(PgsopError, match="another backup runs at the moment"), state.record_run(config, "backup"):
            pass
        assert known(config)["pid"] == process.pid
    finally:
        process.kill()
        process.communicate()
    found = known(config)
    assert (found["running"], found["ok"], found["finished"]) == (False, False, None)
    assert found["error"] == "it ended without a word: killed, or the host went down"
    with state.record_run(config, "backup"):
        pass
    assert known(config)["ok"]


def test_acts_do_not_keep_each_other_off(config: BackupConfig) -> None:
    with state.record_run(config, "backup"), state.record_run(config, "drill"):
        assert known(config, "backup")["running"]
        assert known(config, "drill")["running"]


def test_who_only_looks_keeps_nobody_off(config: BackupConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody looks for a moment, which is when the run begins."""
    with state.record_run(config, "backup"):
        pass
    lock = Path(config.state_directory) / "backup.lock"
    with held(lock, "shared") as looker:

        def go(_seconds: float) -> None:
            looker.kill()
            looker.wait()

        monkeypatch.setattr(time, "sleep", go)
        with state.record_run(config, "backup"):
            pass
    assert known(config)["ok"]


def test_run_that_ends_while_it_is_looked_at_was_not_killed(
    config: BackupConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with state.record_run(config, "backup"):
        before = json.loads((Path(config.state_directory) / "backup.json").read_text(encoding="utf-8"))
    after = known(config)
    assert (before["finished"], after["ok"]) == (None, True)
    answers = iter([before, after])
    monkeypatch.setattr(json, "load", lambda _handle: dict(next(answers)))
    assert known(config)["ok"]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", "\x00"])
def test_note_that_cannot_be_read_is_told_and_written_anew(config: BackupConfig, content: str) -> None:
    (Path(config.state_directory) / "backup.json").write_text(content, encoding="utf-8")
    with pytest.raises(PgsopError, match="Cannot read how the last backup ended"):
        state.last(config, "backup")
    with state.record_run(config, "backup"):
        pass
    assert known(config)["ok"]


def test_folder_that_is_not_there_is_told() -> None:
    with (
        pytest.raises(PgsopError, match="Cannot begin a backup"),
        state.record_run(BackupConfig(17, state_directory="/nowhere"), "backup"),
    ):
        pass
