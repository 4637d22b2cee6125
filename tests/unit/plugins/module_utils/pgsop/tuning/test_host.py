# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proposal on a host, with the cluster and its files stood in for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import memory
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning import host


@pytest.fixture(name="cluster")
def _cluster(tmp_path: Path) -> Cluster:
    return Cluster(
        version=17,
        name="main",
        port=5432,
        running=False,
        owner="postgres",
        data_directory=str(tmp_path / "data"),
        config_directory=str(tmp_path),
        log_file="",
        socket_directory=str(tmp_path),
    )


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "find_cluster", lambda version, name: None)
    monkeypatch.setattr(host, "config_directory", lambda version, name: "/nonexistent")
    monkeypatch.setattr(host, "is_ready", lambda cluster: False)
    monkeypatch.setattr(memory, "effective_memory", lambda pid: memory.Limit(8192 * 1024**2, "MemTotal"))
    monkeypatch.setattr(memory, "effective_cpus", lambda pid: memory.Limit(4, "CPU affinity"))


def test_bare_host_gets_a_proposal_nobody_validated() -> None:
    answer = host.propose_for_host(host.TuningRequest(version=17)).as_dict()
    assert answer["validated"] is False
    assert answer["memory"] == {"mb": 8192, "counted_mb": 8192, "source": "MemTotal"}
    assert answer["proposed"]["shared_buffers"] == "2GB"
    assert answer["budget"]["worst_case_mb"] == 6016
    assert answer["settings"][0]["current"] is None
    assert set(answer["reasons"]) == set(answer["proposed"])


def test_given_memory_goes_before_measured() -> None:
    answer = host.propose_for_host(host.TuningRequest(version=17, memory_mb=4096)).as_dict()
    assert (answer["memory"]["source"], answer["proposed"]["shared_buffers"]) == ("given", "1GB")


@pytest.mark.parametrize(("name", "kept"), [("60-pg_tuning.conf", True), ("60-other.conf", False)])
def test_values_of_the_own_dropin_are_kept(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, name: str, kept: bool
) -> None:
    monkeypatch.setattr(host, "find_cluster", lambda version, cluster_name: cluster)
    folder = Path(cluster.config_directory) / "conf.d"
    folder.mkdir()
    earlier = host.propose_for_host(host.TuningRequest(version=17)).proposal.values
    lines = [f"{setting} = '{value}'\n" for setting, value in earlier.items()]
    (folder / name).write_text("".join(lines), encoding="utf-8")
    later = host.propose_for_host(host.TuningRequest(version=17, memory_mb=8185)).proposal.values
    assert (later == earlier) == kept
