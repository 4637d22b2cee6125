# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in a data directory that is made up; tests/servers/health/test_start.py has real ones."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start import data_files
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.data_files import (
    data_obstacles,
    own_process,
)

SHUT_DOWN, SHUT_DOWN_STANDBY, CRASH_RECOVERY, STANDBY, PRIMARY = 1, 2, 4, 5, 6
ME = os.getpid()


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """A primary that runs, as this process."""
    folder = tmp_path / "data"
    (folder / "global").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "PG_VERSION").write_text("17\n", encoding="ascii")
    made = Cluster(17, "main", 5432, True, user_name(os.geteuid()), str(folder), str(folder), "/log", "/run")
    state(made, PRIMARY)
    return made


def state(cluster: Cluster, number: int) -> None:
    control = Path(cluster.data_directory, "global", "pg_control")
    control.write_bytes(struct.pack("=QIIi", 7, 1300, 202406281, number) + bytes(100))


def place(cluster: Cluster, *names: str, text: str = "") -> None:
    for name in names:
        Path(cluster.data_directory, name).write_text(text, encoding="utf-8")


def found(cluster: Cluster, pid: int | None = ME) -> list[str]:
    return [obstacle.name for obstacle in data_obstacles(cluster, pid)]


@pytest.mark.parametrize(
    ("number", "files", "runs", "expected"),
    [
        (PRIMARY, (), True, []),
        (PRIMARY, ("standby.signal",), True, ["standby.signal"]),
        (PRIMARY, ("recovery.signal",), True, ["recovery.signal"]),
        (PRIMARY, ("standby.signal", "recovery.signal"), True, ["standby.signal"]),
        (PRIMARY, ("backup_label",), True, ["backup_label"]),
        (PRIMARY, ("tablespace_map",), True, []),
        (PRIMARY, ("current_logfiles", "recovery.done", "backup_label.old", "promote"), True, []),
        (PRIMARY, ("recovery.conf",), True, ["recovery.conf"]),
        (STANDBY, ("standby.signal",), True, []),
        (STANDBY, ("recovery.signal",), True, []),
        (STANDBY, (), True, ["standby.signal"]),
        (CRASH_RECOVERY, (), True, []),
        (CRASH_RECOVERY, ("standby.signal",), True, []),
        (SHUT_DOWN, (), False, []),
        (SHUT_DOWN, ("standby.signal",), False, ["standby.signal"]),
        (SHUT_DOWN_STANDBY, ("standby.signal",), False, []),
        (SHUT_DOWN_STANDBY, (), False, ["standby.signal"]),
        (PRIMARY, ("backup_label",), False, []),
        (PRIMARY, ("backup_label", "standby.signal"), False, []),
        (PRIMARY, ("backup_label", "recovery.signal"), False, []),
    ],
)
def test_files_by_the_state_of_the_server(
    cluster: Cluster, number: int, files: tuple[str, ...], runs: bool, expected: list[str]
) -> None:
    state(cluster, number)
    place(cluster, *files)
    assert found(cluster, ME if runs else None) == expected


@pytest.mark.parametrize(("version", "expected"), [(14, []), (15, ["backup_label"])])
def test_label_of_a_backup_in_progress(cluster: Cluster, version: int, expected: list[str]) -> None:
    """13 and 14 have exclusive backups, which leave their label in a running server; it takes the label away when it stops."""
    place(cluster, "PG_VERSION", text=str(version))
    place(cluster, "backup_label")
    assert found(replace(cluster, version=version)) == expected


@pytest.mark.parametrize(("mode", "expected"), [(0o700, []), (0o750, []), (0o755, ["mode"]), (0o770, ["mode"])])
def test_modes(cluster: Cluster, mode: int, expected: list[str]) -> None:
    Path(cluster.data_directory).chmod(mode)
    assert found(cluster) == expected


@pytest.mark.parametrize("text", ["", "16\n"])
def test_version_file(cluster: Cluster, text: str) -> None:
    place(cluster, "PG_VERSION", text=text)
    assert found(cluster) == ["PG_VERSION"]


def test_server_that_runs_as_another_user(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.stat

    def other(path: str, **options: bool) -> os.stat_result:
        values = list(real(path, **options))
        values[4] += str(path).startswith("/proc/")
        return os.stat_result(values)

    monkeypatch.setattr(os, "stat", other)
    assert found(cluster) == ["owner"]


def test_pid_file_without_a_server(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    place(cluster, "postmaster.pid", text="4194305\n")
    assert found(cluster, None) == [], "a start removes the file of a process that has ended"
    place(cluster, "postmaster.pid")
    assert found(cluster, None) == [], "a start may be about to write it"
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert found(cluster, None) == ["postmaster.pid"]


@pytest.mark.parametrize(("word", "expected"), [("postgres", ["postmaster.pid"]), ("other", [])])
def test_pid_file_of_a_foreign_process_on_debian(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, word: str, expected: list[str]
) -> None:
    """pg_ctlcluster removes the file, unless the process looks like a server."""
    monkeypatch.setattr(data_files, "is_packaged", lambda _folder: True)
    with subprocess.Popen(["sleep", "60"], executable="/bin/sleep") as plain:
        pid = plain.pid
        if word == "postgres":
            with subprocess.Popen(["bash", "-c", "exec -a postgres sleep 60"], cwd="/") as named:
                for _turn in range(200):
                    if Path(f"/proc/{named.pid}/cmdline").read_bytes().startswith(b"postgres"):
                        break
                    time.sleep(0.01)
                place(cluster, "postmaster.pid", text=f"{named.pid}\n")
                names = found(cluster, None)
                named.kill()
        else:
            place(cluster, "postmaster.pid", text=f"{pid}\n")
            names = found(cluster, None)
        plain.kill()
    assert names == expected


def test_process_that_works_in_the_directory_is_the_server(cluster: Cluster) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=cluster.data_directory) as process:
        assert own_process(cluster, process.pid) == process.pid
        process.kill()
    assert own_process(cluster, ME) is None
    assert own_process(cluster, None) is None
    assert own_process(cluster, 4194305) is None


@pytest.mark.parametrize(("stranger", "expected"), [(False, True), (True, False)])
def test_process_that_not_even_its_owner_may_inspect(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, stranger: bool, expected: bool
) -> None:
    """A server with capabilities of its own is taken for this one by its user, so that nothing is reported without reason."""

    def refuse(path: str) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "readlink", refuse)
    monkeypatch.setattr(data_files, "_owner_of", lambda _pid: os.geteuid() + stranger)
    assert own_process(cluster, ME) == (ME if expected else None)
