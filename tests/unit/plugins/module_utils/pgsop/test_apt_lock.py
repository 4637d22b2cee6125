# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock of apt that another process holds, by real locks on files."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import apt_lock

HOLD = """
import fcntl, sys, time
handle = open(sys.argv[1], "r+")
fcntl.lockf(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    paths = [tmp_path / name for name in ("missing", "first", "second")]
    for path in paths[1:]:
        path.touch()
    monkeypatch.setattr(apt_lock, "APT_LOCKS", tuple(map(str, paths)))
    monkeypatch.setattr(apt_lock, "_POLL_S", 0.05)
    return paths


@pytest.fixture
def hold() -> Iterator[Callable[[Path, float], int]]:
    running: list[subprocess.Popen[str]] = []

    def start(path: Path, seconds: float) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process.pid

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.usefixtures("locks")
def test_free_locks_have_no_holder() -> None:
    assert apt_lock.holder() == ""
    assert apt_lock.wait(60) == ""


@pytest.mark.parametrize("number", [1, 2])
def test_holder_is_named_with_its_process(locks: list[Path], hold: Callable[[Path, float], int], number: int) -> None:
    pid = hold(locks[number], 60)
    program, _comma, process = apt_lock.holder().partition(", ")
    assert (program, process) == (Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip(), f"pid {pid}")


def test_wait_ends_when_the_lock_is_free(locks: list[Path], hold: Callable[[Path, float], int]) -> None:
    hold(locks[1], 0.3)
    assert apt_lock.wait(60) == ""


def test_wait_ends_when_its_time_is_over(locks: list[Path], hold: Callable[[Path, float], int]) -> None:
    pid, begun = hold(locks[1], 60), time.monotonic()
    assert apt_lock.wait(1).endswith(f"pid {pid}")
    assert time.monotonic() - begun >= 1
