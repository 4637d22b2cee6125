# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster is looked at, and where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster_choice
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster_choice import (
    ClusterChoice,
    choose,
    target_cluster,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


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

    monkeypatch.setattr(cluster_choice, "list_clusters", lambda: clusters)
    monkeypatch.setattr(cluster_choice, "find_running_cluster", answering)
    return clusters


def test_the_only_one(host: list[Cluster], tmp_path: Path) -> None:
    host.append(cluster(17))
    assert target_cluster(None, "main", attempted="look", path=str(tmp_path / "health.json"), check=False) == (
        cluster(17),
        "postgres",
    )


def test_the_one_that_is_named(host: list[Cluster], tmp_path: Path) -> None:
    host += [cluster(16), cluster(17), cluster(17, "other")]
    assert target_cluster(17, "other", attempted="look", path=str(tmp_path / "health.json"), check=False) == (
        cluster(17, "other"),
        "postgres",
    )


def test_the_one_that_is_configured(host: list[Cluster], tmp_path: Path) -> None:
    host += [cluster(16), cluster(17)]
    (tmp_path / "health.json").write_text('{"version": 16, "database": "shop"}', encoding="utf-8")
    assert target_cluster(None, "main", attempted="look", path=str(tmp_path / "health.json"), check=False) == (
        cluster(16),
        "shop",
    )
    assert target_cluster(16, "main", attempted="look", path=str(tmp_path / "health.json"), check=False) == (
        cluster(16),
        "shop",
    )
    assert target_cluster(17, "main", attempted="look", path=str(tmp_path / "health.json"), check=False) == (
        cluster(17),
        "postgres",
    )


@pytest.mark.parametrize("version", [None, 17])
def test_a_bare_host_fails_where_it_is_not_only_asked_what_would_be(tmp_path: Path, version: int | None) -> None:
    assert target_cluster(version, "main", attempted="look", path=str(tmp_path / "health.json"), check=True) is None
    with pytest.raises(PgsopError, match="Cannot look"):
        target_cluster(version, "main", attempted="look", path=str(tmp_path / "health.json"), check=False)


def test_another_way_in_that_cannot_be_read_is_not_repeated(host: list[Cluster], tmp_path: Path) -> None:
    host.append(cluster(17))
    with pytest.raises(PgsopError) as refused:
        target_cluster(
            None,
            "main",
            attempted="look",
            path=str(tmp_path / "health.json"),
            check=False,
            dsn="host=h;password=canary",
        )
    assert refused.value.target == "option dsn"
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("[]", "it is no JSON object"),
        ("{}", "version, the major version of the cluster, is missing"),
        ('{"version": 12}', "version is 12"),
        ('{"version": "17"}', "version is '17'"),
        ('{"version": true}', "version is True"),
        ('{"version": 17, "cluster": ""}', "cluster is ''"),
        ('{"version": 17, "database": 5}', "database is 5"),
        ("{", "Expecting property name"),
    ],
)
def test_a_configuration_that_names_no_cluster_is_refused(tmp_path: Path, declared: str, told: str) -> None:
    path = tmp_path / "health.json"
    path.write_text(declared, encoding="utf-8")
    with pytest.raises(PgsopError) as refused:
        choose(str(path))
    assert told in refused.value.answer


def test_the_rest_of_the_configuration_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    path.write_text('{"version": 17, "thresholds": "none", "unknown": 1}', encoding="utf-8")
    assert choose(str(path)) == ClusterChoice(17)
