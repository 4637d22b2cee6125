# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Port and socket of the next start, and who else has or wants them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start import port_claims
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.port_claims import port_obstacles

ME = os.getpid()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Where units are enabled."""
    folder = tmp_path / "systemd"
    (folder / "sockets.target.wants").mkdir(parents=True)
    return folder


@pytest.fixture
def cluster(tmp_path: Path, units: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(port_claims, "UNIT_ROOT", str(units))
    monkeypatch.setattr(port_claims, "listeners", lambda _port: [])
    for name in ("etc", "run"):
        (tmp_path / name).mkdir()
    owner = user_name(os.geteuid())
    return Cluster(17, "main", 5432, True, owner, "/data", str(tmp_path / "etc"), "/log", str(tmp_path / "run"))


def found(cluster: Cluster, pid: int | None = ME, *others: Cluster) -> list[tuple[str, bool]]:
    return [(obstacle.name, obstacle.certain) for obstacle in port_obstacles(cluster, pid, others)]


@pytest.mark.parametrize(
    "case",
    [
        (ME, 0, Listener("127.0.0.1", 5432, 1), []),
        (ME, 5440, Listener("127.0.0.1", 5440, 1), [("port 5440", True)]),
        (ME, 5440, Listener("::", 5440), [("port 5440", True)]),
        (ME, 5440, Listener("192.0.2.7", 5440, 1), []),
        (ME, 5440, Listener("127.0.0.1", 5440, ME), []),
        (None, 0, Listener("127.0.0.1", 5432, 1), [("port 5432", True)]),
        (None, 0, Listener("192.0.2.7", 5432, 1), []),
    ],
)
def test_processes(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, case: tuple[int | None, int, Listener, object]
) -> None:
    pid, pending, socket, expected = case
    monkeypatch.setattr(port_claims, "listeners", lambda port: [socket] if port == socket.port else [])
    assert found(replace(cluster, pending_port=pending), pid) == expected


@pytest.mark.parametrize(("text", "blocked"), [("{me}\n", True), ("4194305\n", False), ("", False), ("x\n", False)])
def test_lock_file_beside_the_socket(cluster: Cluster, text: str, blocked: bool) -> None:
    path = f"{cluster.socket_directory}/.s.PGSQL.5432.lock"
    Path(path).write_text(text.format(me=ME), encoding="ascii")
    assert found(cluster, None) == [(path, True)] * blocked
    assert found(cluster) == [], "the server removes its own"


def test_lock_file_of_another_owner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{cluster.socket_directory}/.s.PGSQL.5432.lock"
    Path(path).write_text("1\n", encoding="ascii")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", refuse)
    assert found(replace(cluster, owner="postgres"), None) == [(path, True)]
    assert found(cluster, None) == []


@pytest.mark.parametrize(
    ("stream", "blocked"),
    [
        ("5432", True),
        ("127.0.0.1:5432", True),
        ("[::]:5432", True),
        ("0.0.0.0:5432", True),
        ("{run}/.s.PGSQL.5432", True),
        ("5433", False),
        ("192.0.2.7:5432", False),
        ("vsock:2:5432", False),
        ("/run/other.sock", False),
        ("", False),
    ],
)
def test_socket_units(cluster: Cluster, units: Path, stream: str, blocked: bool) -> None:
    unit = units / "sockets.target.wants" / "other.socket"
    value = stream.format(run=cluster.socket_directory)
    unit.write_text(f"[Socket]\nListenStream=1\nListenStream = {value}\n", encoding="utf-8")
    assert found(cluster) == [("other.socket", True)] * blocked
    dropped = units / "other.socket.d" / "50-x.conf"
    dropped.parent.mkdir()
    dropped.write_text("[Socket]\nListenStream=\nListenStream=6000\n", encoding="utf-8")
    assert found(cluster) == []


@pytest.mark.parametrize(
    ("mode", "facts", "expected"),
    [
        ("auto", {"running": False}, [("15/old", False)]),
        ("manual", {"running": False}, []),
        ("auto", {"running": False, "port": 5433}, []),
        ("auto", {"running": True}, []),
        ("auto", {"running": True, "port": 5433, "pending_port": 5432}, [("15/old", False)]),
    ],
)
def test_other_clusters(tmp_path: Path, cluster: Cluster, mode: str, facts: dict[str, Any], expected: object) -> None:
    other = replace(cluster, version=15, name="old", config_directory=str(tmp_path / "systemd"))
    Path(other.config_directory, "start.conf").write_text(mode, encoding="utf-8")
    assert found(cluster, ME, replace(other, **facts)) == expected
