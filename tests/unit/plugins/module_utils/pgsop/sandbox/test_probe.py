# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox is worth, from what systemd-analyze and /proc say."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import probe


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("\n\u2192 Overall exposure level for postgresql@15-main.service: 2.4 OK \U0001f642\n", 2.4),
        ("  NAME  DESCRIPTION  EXPOSURE\n\u2192 Overall exposure level for x.service: 9.6 UNSAFE\n", 9.6),
        ("\u2192 Overall exposure level for x.service: 10.0 DANGEROUS", 10.0),
        ("Unit x.service not found.", None),
        ("", None),
    ],
)
def test_exposure_is_systemds_own_score(monkeypatch: pytest.MonkeyPatch, output: str, expected: float | None) -> None:
    monkeypatch.setattr(command, "run", lambda _arguments: command.Answer(0, output, ""))
    assert probe.exposure("x.service") == expected


def test_filter_is_unknown_where_it_cannot_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe.ip_filter(None) == "unknown"
    assert probe.ip_filter(2**22 + 1) == "unknown"
    monkeypatch.setattr(probe, "_group_file", lambda _pid: "/proc/self/comm")
    monkeypatch.setattr(probe, "_own_address", lambda: None)
    assert probe.ip_filter(os.getpid()) == "unknown"


@pytest.fixture(name="group")
def _group(tmp_path: Path) -> str:
    path = tmp_path / "cgroup.procs"
    path.touch()
    return str(path)


def test_connection_that_succeeds_proves_that_nothing_is_enforced(monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    monkeypatch.setattr(probe, "_group_file", lambda _pid: group)
    monkeypatch.setattr(probe, "_own_address", lambda: "127.0.0.1")
    assert probe.ip_filter(1) == "not enforced"
    assert int(Path(group).read_text(encoding="ascii")) != os.getpid()


def test_connection_that_is_refused_proves_the_filter(group: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    assert probe._try_from(group, address) == 1


def test_group_that_cannot_be_joined_proves_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert probe._try_from(str(tmp_path / "missing" / "cgroup.procs"), server.getsockname()) == 2
