# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration needs of a host besides a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.command import Answer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.memory import Limit
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight import host
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.request import PreflightRequest

MB = 1024 * 1024
SYSTEMD = "[Unit]\nWants=UNIT\n[Service]\nProtectHome=X\nUMask=MODE\n[Socket]\nBacklog=UNSIGNED\n"
ANSWERS = {"systemd": SYSTEMD, "apt-cache": "postgresql-17\npostgresql-17-cron\npostgresql-client-17\n"}


@pytest.fixture(autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "effective_memory", lambda _pid: Limit(8000 * MB, "MemTotal"))
    monkeypatch.setattr(host, "has_systemd", lambda: True)
    monkeypatch.setattr(host, "_SYSTEMD", (__file__,))

    def run(arguments: list[str]) -> Answer:
        name = "systemd" if arguments[0] == __file__ else arguments[0]
        return Answer(0, ANSWERS[name], "")

    monkeypatch.setattr(command, "run", run)


def problems(**more: Any) -> list[str]:
    return list(host.host_problems(PreflightRequest(**{"version": 17, "cluster": "main", **more}), None))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"memory_mb": 8001}, ("pg_tuning_memory_mb", "8001", "8000 MB")),
        ({"programs": {"pg_backup_copy_command": "/usr/bin/nosuch"}}, ("pg_backup_copy_command", "/usr/bin/nosuch")),
        ({"write_paths": ["/srv/nosuch", "/"]}, ("pg_hardening_sandbox_write_paths", "/srv/nosuch")),
        ({"os_users": ["root", "nosuchuser"]}, ("pg_monitoring_logins", "nosuchuser")),
        ({"directives": ["ProtectHoem", "UMask"]}, ("ProtectHoem", "did you mean ProtectHome?")),
        ({"directives": ["Backlog"]}, ("pg_hardening_sandbox_directives", "Backlog")),
        ({"packaged": True, "version": 99}, ("pg_install_version", "99", "postgresql-17", "pgdg")),
    ],
    ids=str,
)
def test_refused(more: dict[str, Any], words: tuple[str, ...]) -> None:
    found = problems(**more)
    assert len(found) == 1
    assert all(word in found[0] for word in words), found[0]


@pytest.mark.parametrize(
    "more",
    [
        {"memory_mb": 8000},
        {"write_paths": ["/", str(Path(__file__).parent)]},
        {"directives": ["UMask", "ProtectHome"]},
        {"packaged": True},
        {"version": 99},
    ],
    ids=str,
)
def test_accepted(more: dict[str, Any]) -> None:
    assert problems(**more) == []


def test_version_is_not_refused_where_apt_has_no_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS, "apt-cache", "postgresql-common\n")
    assert problems(packaged=True, version=18) == []


def test_directives_are_not_refused_where_systemd_does_not_list_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS, "systemd", "")
    assert problems(directives=["ProtectHoem"]) == []


@pytest.mark.parametrize(("path", "inside"), [("/data/backup", True), ("/data", True), ("/database", False)])
def test_path_inside_another(path: str, inside: bool) -> None:
    assert host._is_inside(path, "/data") is inside
