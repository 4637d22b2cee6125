# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster is looked at, and where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity import place as place_module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.place import place
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import chosen


def cluster(version: int, name: str = "main") -> Cluster:
    return Cluster(version, name, 5432, True, "postgres", "", "", "", "")


@pytest.fixture(name="host", autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Cluster]:
    """A host with clusters that answer, and no configuration."""
    clusters: list[Cluster] = []

    def answering(version: int, name: str, *, attempted: str, check: bool) -> Cluster | None:
        found = [each for each in clusters if (each.version, each.name) == (version, name)]
        if not found and not check:
            raise PgsopError(attempted=attempted, target="t", answer="a", next_step="n")
        return found[0] if found else None

    monkeypatch.setattr(chosen, "list_clusters", lambda: clusters)
    monkeypatch.setattr(place_module, "answering_cluster", answering)
    monkeypatch.setattr(place_module, "CONFIG_FILE", str(tmp_path / "health.json"))
    return clusters


def test_the_only_one(host: list[Cluster]) -> None:
    host.append(cluster(17))
    assert place(None, "main", attempted="look", check=False) == (cluster(17), "postgres")


def test_the_one_that_is_named(host: list[Cluster]) -> None:
    host += [cluster(16), cluster(17), cluster(17, "other")]
    assert place(17, "other", attempted="look", check=False) == (cluster(17, "other"), "postgres")


def test_the_one_that_is_configured(host: list[Cluster], tmp_path: Path) -> None:
    host += [cluster(16), cluster(17)]
    (tmp_path / "health.json").write_text('{"version": 16, "database": "shop"}', encoding="utf-8")
    assert place(None, "main", attempted="look", check=False) == (cluster(16), "shop")
    assert place(16, "main", attempted="look", check=False) == (cluster(16), "shop")
    assert place(17, "main", attempted="look", check=False) == (cluster(17), "postgres")


@pytest.mark.parametrize("version", [None, 17])
def test_a_bare_host_fails_where_it_is_not_only_asked_what_would_be(version: int | None) -> None:
    assert place(version, "main", attempted="look", check=True) is None
    with pytest.raises(PgsopError, match="Cannot look"):
        place(version, "main", attempted="look", check=False)


def test_another_way_in_that_cannot_be_read_is_not_repeated(host: list[Cluster]) -> None:
    host.append(cluster(17))
    with pytest.raises(PgsopError) as refused:
        place(None, "main", attempted="look", check=False, dsn="host=h;password=canary")
    assert refused.value.target == "option dsn"
    assert "canary" not in str(refused.value)
