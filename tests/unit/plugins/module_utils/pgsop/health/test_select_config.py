# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster is meant, and what is declared for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster_choice
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.select_config import select_config


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        (None, "main", HealthConfig(17, deadline_s=7)),
        (17, "main", HealthConfig(17, deadline_s=7)),
        (17, "other", HealthConfig(17, "other")),
        (16, "main", HealthConfig(16)),
    ],
)
def test_what_is_declared_counts_for_the_cluster_it_names(
    tmp_path: Path, version: int | None, name: str, expected: HealthConfig
) -> None:
    path = tmp_path / "health.json"
    path.write_text('{"version": 17, "deadline_s": 7}', encoding="utf-8")
    assert select_config(str(path), version, name) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, None), (1, HealthConfig(16)), (2, None)])
def test_only_one_need_not_be_named(monkeypatch: pytest.MonkeyPatch, count: int, expected: HealthConfig | None) -> None:
    clusters = [SimpleNamespace(version=16 - number, name="main") for number in range(count)]
    monkeypatch.setattr(cluster_choice, "list_clusters", lambda: clusters)
    assert select_config("/nowhere/health.json") == expected
