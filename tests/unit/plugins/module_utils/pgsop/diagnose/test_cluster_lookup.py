# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster it is, and what its server is at."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import cluster_lookup as places
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.cluster_lookup import (
    find_match,
    running,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.network import NetworkPath
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
)

PID = """\
{pid}
/data
1700000000
{port}
{socket}
127.0.0.1
  1 2
{phase}
"""


def cluster(folder: Path, name: str, port: int, *, pid: int = 0, noted: int = 0, phase: str = "ready   ") -> Cluster:
    """A cluster configured for a port; with a process, its server runs, maybe on another port."""
    home = folder / name
    home.mkdir()
    if pid:
        text = PID.format(pid=pid, port=noted or port, socket="/run/pg", phase=phase)
        (home / "postmaster.pid").write_text(text, encoding="ascii")
    found: dict[str, Any] = {"data_directory": str(home), "config_directory": str(home), "log_file": str(home / "log")}
    return dataclasses.replace(CLUSTER, name=name, port=port, running=bool(pid), socket_directory="/run/pg", **found)


@pytest.fixture(autouse=True)
def _no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "has_systemd", lambda: False)


def test_who_listens_is_who_it_is(tmp_path: Path) -> None:
    main, other = cluster(tmp_path, "main", 5433, pid=11), cluster(tmp_path, "other", 5432, pid=12)
    reach = NetworkPath(("127.0.0.1",), listening=(Listener("127.0.0.1", 5432, 9, "postgres", frozenset({11})),))
    found = find_match(GOOD.target, reach, [main, other])
    assert found.cluster is main
    assert [(each.name, at) for each, at in found.others] == [("other", 5432)]


def test_where_nobody_may_know_who_listens_the_port_tells(tmp_path: Path) -> None:
    main, other = (
        cluster(tmp_path, "main", 5432, pid=11, noted=5433),
        cluster(tmp_path, "other", 5433, pid=12, noted=5432),
    )
    reach = NetworkPath(("127.0.0.1",), listening=(Listener("127.0.0.1", 5432),))
    assert find_match(GOOD.target, reach, [main, other]).cluster is other


def test_somebody_else_on_the_port_is_no_cluster(tmp_path: Path) -> None:
    reach = NetworkPath(("127.0.0.1",), listening=(Listener("127.0.0.1", 5432, 99, "nginx"),))
    assert find_match(GOOD.target, reach, [cluster(tmp_path, "main", 5432)]).cluster is None


def test_one_that_runs_comes_first(tmp_path: Path) -> None:
    down, up = cluster(tmp_path, "a", 5432), cluster(tmp_path, "b", 5432, pid=12)
    assert find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [down, up]).cluster is up


@pytest.mark.parametrize(("folder", "expected"), [("/run/pg", True), ("/elsewhere", False)])
def test_a_socket_has_a_folder(tmp_path: Path, folder: str, expected: bool) -> None:
    target = dataclasses.replace(GOOD.target, host=folder)
    main = cluster(tmp_path, "main", 5432, pid=11)
    assert (find_match(target, NetworkPath(socket="there"), [main]).cluster is main) is expected


def test_another_host_has_no_cluster_of_ours(tmp_path: Path) -> None:
    assert find_match(GOOD.target, NetworkPath(local=False), [cluster(tmp_path, "main", 5432)]).cluster is None


@pytest.mark.parametrize("phase", ["starting", "ready   ", "stopping", "standby "])
def test_phases(tmp_path: Path, phase: str) -> None:
    found = running(cluster(tmp_path, "main", 1, pid=11, phase=phase))
    assert found is not None
    assert (found.phase, found.socket_directory) == (phase.strip(), "/run/pg")


def test_what_is_left_of_a_server_that_died(tmp_path: Path) -> None:
    assert running(dataclasses.replace(cluster(tmp_path, "main", 1, pid=11), running=False)) is None


def test_a_process_that_is_stopped(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        main = cluster(tmp_path, "main", 5432, pid=process.pid)
        assert not find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [main]).frozen
        os.kill(process.pid, signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [main]).frozen
        process.kill()


def test_the_last_lines_of_the_log_of_a_server_that_is_down(tmp_path: Path) -> None:
    main = cluster(tmp_path, "main", 5432)
    Path(main.log_file).write_text("LOG: up\n2026 FATAL:  could not load\n", encoding="utf-8")
    found = find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [main])
    assert found.down
    assert found.log == ("2026 FATAL: could not load",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("auto\n", "auto"), ("# disabled\nmanual # why\n", "manual"), ("disabled", "disabled"), ("", "auto")],
)
def test_start_conf(tmp_path: Path, text: str, expected: str) -> None:
    main = cluster(tmp_path, "main", 5432)
    (tmp_path / "main" / "start.conf").write_text(text, encoding="utf-8")
    assert find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [main]).start == expected


def test_the_state_of_a_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "ActiveState=failed\nSubState=failed\nResult=exit-code\n"
    monkeypatch.setattr(places, "has_systemd", lambda: True)
    monkeypatch.setattr(command, "run", lambda _words, timeout: command.Answer(0, said, ""))
    found = dict(find_match(GOOD.target, NetworkPath(("127.0.0.1",)), [cluster(tmp_path, "main", 5432)]).unit)
    assert found == {"ActiveState": "failed", "SubState": "failed", "Result": "exit-code"}
