# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at the backups from the outside, and what it fails on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import info
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def test_host_without_backups_is_unknown_not_well(tmp_path: Path) -> None:
    report = info.backup_report(str(tmp_path / "none.json"), verify=False)
    assert (report["configured"], report["status"], report["sets"]) == (False, "UNKNOWN", [])
    ((found),) = report["findings"]
    assert (found["status"], found["visible"]) == ("UNKNOWN", False)


def test_sets_are_looked_at_as_the_clusters_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done: list[Any] = []

    @contextlib.contextmanager
    def effective_user(name: str) -> Iterator[None]:
        done.append(name)
        yield
        done.append("root again")

    def listing(config: Any, *, verify: bool) -> dict[str, Any]:
        done.append((config.version, verify))
        return {"sets": []}

    monkeypatch.setattr(info, "effective_user", effective_user)
    monkeypatch.setattr(info, "listing", listing)
    monkeypatch.setattr(info, "get_cluster", lambda *_names, attempted: SimpleNamespace(owner="postgres"))
    path = tmp_path / "backup.json"
    path.write_text('{"version": 17}', encoding="utf-8")
    assert info.backup_report(str(path), verify=True) == {"configured": True, "sets": []}
    assert done == ["postgres", (17, True), "root again"]


def test_broken_configuration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(PgsopError, match="version"):
        info.backup_report(str(path), verify=False)
