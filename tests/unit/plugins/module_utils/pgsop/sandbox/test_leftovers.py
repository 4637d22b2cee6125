# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drop-ins belong to no cluster any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox import leftovers as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.declaration import (
    HEADER,
    SandboxRequest,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.leftovers import (
    find_leftovers,
    remove_leftovers,
)

REQUEST = SandboxRequest(version=17, cluster="main", name="t", directives={})
CLUSTERS = [Cluster(17, "main", 5432, True, "postgres", "/d", "/c", "/l", "/s")]


@pytest.fixture(name="units")
def _units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "UNIT_ROOT", str(tmp_path))
    monkeypatch.setattr(module, "list_clusters", lambda: CLUSTERS)
    return tmp_path


def written(units: Path, unit: str, name: str = "50-t.conf", text: str = f"{HEADER}t: changed\n") -> Path:
    path = units / f"{unit}.service.d" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_drop_in_of_a_cluster_that_is_gone_is_found(units: Path) -> None:
    old = written(units, "postgresql@15-main")
    written(units, "postgresql@17-main")
    assert find_leftovers(REQUEST) == [str(old)]


@pytest.mark.parametrize(
    ("unit", "name", "text"),
    [
        ("postgresql@17-main", "50-t.conf", HEADER),
        ("postgresql@15-main", "50-other.conf", HEADER),
        ("postgresql@15-main", "50-t.conf", "[Service]\n"),
        ("postgresql", "50-t.conf", HEADER),
    ],
    ids=["its cluster exists", "of another caller", "of somebody else", "of the umbrella"],
)
def test_every_other_file_stays(units: Path, unit: str, name: str, text: str) -> None:
    written(units, unit, name, text)
    assert find_leftovers(REQUEST) == []


def test_folder_goes_with_its_last_file(units: Path) -> None:
    alone, beside = written(units, "postgresql@15-main"), written(units, "postgresql@14-main")
    other = written(units, "postgresql@14-main", "override.conf")
    remove_leftovers([str(alone), str(beside)])
    assert not alone.parent.exists()
    assert list(beside.parent.iterdir()) == [other]
