# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes first, and what somebody is told who may not."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import config
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import begin
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

ADVICE = "run it with sudo: sudo pgsop backup --dry-run"


def arguments(path: Any) -> argparse.Namespace:
    return argparse.Namespace(config=str(path), command="backup", typed=["backup", "--dry-run"])


def test_configuration_is_read_before_root_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    become = []
    monkeypatch.setattr(begin, "become_owner", lambda *given: become.append(given))
    monkeypatch.setattr(begin, "get_cluster", lambda version, name, attempted: (version, name))
    monkeypatch.chdir(tmp_path)
    Path("c.json").write_text('{"version": 17, "cluster": "other"}', encoding="utf-8")
    assert begin.begin(arguments("c.json")) == config.BackupConfig(version=17, cluster="other")
    assert become == [((17, "other"), "pgsop backup", ADVICE)]


@pytest.mark.parametrize(("uid", "told"), [(1000, ADVICE), (0, "run pgsop as root")])
def test_who_may_not_read_it_is_told_to_use_sudo(monkeypatch: pytest.MonkeyPatch, uid: int, told: str) -> None:
    def refuse(*_given: Any, **_options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    with pytest.raises(PgsopError) as refused:
        begin.begin(arguments("/etc/pgsop/backup.json"))
    assert refused.value.next_step.startswith(told)


def test_what_is_wrong_with_it_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="there is no such file"):
        begin.begin(arguments(tmp_path / "none"))
