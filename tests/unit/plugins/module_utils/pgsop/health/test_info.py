# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A look from the outside: which cluster, as whom, and what a bare host is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster_choice
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import info
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig

CLUSTER = SimpleNamespace(owner="postgres")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is looked at, and as whom."""
    done: list[Any] = []

    @contextlib.contextmanager
    def effective_user(name: str) -> Iterator[None]:
        done.append(name)
        yield
        done.append("root again")

    def examine(request: Any) -> Any:
        done.append(request)
        return SimpleNamespace(as_dict=lambda: {"status": "OK", "findings": []})

    monkeypatch.setattr(info, "effective_user", effective_user)
    monkeypatch.setattr(info, "examine", examine)
    monkeypatch.setattr(info, "get_cluster", lambda *_names, attempted: CLUSTER)
    monkeypatch.setattr(info, "find_cluster", lambda *_names: CLUSTER)
    return done


def test_it_looks_as_the_owner(asked: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    path.write_text('{"version": 17, "deadline_s": 7}', encoding="utf-8")
    told = info.health_report(info.HealthRequest(str(path), dsn="host=x", only=("a.*",)))
    assert told == {"configured": True, "status": "OK", "findings": []}
    user, request, after = asked
    assert (user, after) == ("postgres", "root again")
    assert (request.config, request.dsn, request.only, request.remember) == (
        HealthConfig(17, deadline_s=7),
        "host=x",
        ("a.*",),
        True,
    )


@pytest.mark.parametrize(("version", "deadline"), [(17, 7), (16, 30)])
def test_the_configuration_is_for_the_cluster_it_names(
    asked: list[Any], tmp_path: Path, version: int, deadline: int
) -> None:
    path = tmp_path / "health.json"
    path.write_text('{"version": 17, "deadline_s": 7}', encoding="utf-8")
    info.health_report(info.HealthRequest(str(path), version=version))
    assert (asked[1].config.version, asked[1].config.deadline_s) == (version, deadline)


def test_another_way_in_that_cannot_be_read_is_not_repeated(asked: list[Any]) -> None:
    with pytest.raises(PgsopError) as refused:
        info.health_report(info.HealthRequest("/nowhere", version=17, dsn="host=h;password=canary"))
    assert "canary" not in str(refused.value)
    assert asked == []


def test_check_mode_remembers_nothing(asked: list[Any]) -> None:
    info.health_report(info.HealthRequest("/nowhere", version=17, check=True))
    assert asked[1].remember is False


@pytest.mark.parametrize(("count", "configured"), [(1, True), (0, False), (2, False)])
def test_the_only_cluster_need_not_be_named(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, count: int, configured: bool
) -> None:
    clusters = [SimpleNamespace(version=16 - number, name="main") for number in range(count)]
    monkeypatch.setattr(cluster_choice, "list_clusters", lambda: clusters)
    assert info.health_report(info.HealthRequest("/nowhere/health.json"))["configured"] is configured
    assert [request.config.version for request in asked[1:2]] == ([16] if configured else [])


def test_a_host_of_which_nothing_is_declared_is_unknown_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_choice, "list_clusters", list)
    report = info.health_report(info.HealthRequest("/nowhere/health.json"))
    assert (report["configured"], report["status"]) == (False, "UNKNOWN")
    ((found,)) = report["findings"]
    assert (found["status"], found["visible"]) == ("UNKNOWN", False)


def test_a_cluster_that_is_missing_is_an_error_but_in_check_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(info, "find_cluster", lambda *_names: None)
    assert info.health_report(info.HealthRequest("/nowhere", version=17, check=True))["configured"] is False
    with pytest.raises(PgsopError, match="17/main"):
        info.health_report(info.HealthRequest("/nowhere", version=17))
