# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan removes, and what of it a run removes once its set is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import names, preflight
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.plan import BackupPlan, build_plan
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.preflight import Ready
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    HostConfig,
    dump_of,
    inside,
    on_disk,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")


def plan_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, databases: list[str], *, complete: bool = True, keep_sets: int = 1
) -> BackupPlan:
    """The plan of a host with these databases, all sets of which are old."""
    ready = Ready(CLUSTER, {}, dict.fromkeys(databases, 5_000_000), complete, "pg_dump 17", "none", 1, ("closed",))
    monkeypatch.setattr(preflight, "inspect", lambda *_asked: ready)
    config = HostConfig(
        17, directory=str(folder), keep_days=0, keep_sets=keep_sets, failure_command="/nowhere/page secret"
    )
    return build_plan(config, databases, Store(str(folder)))


def serials(folder: Path, found: tuple[str, ...] | list[str]) -> list[int]:
    return [Store(str(folder)).load(name).known.serial for name in found]


@pytest.mark.parametrize(
    ("sets", "databases", "complete", "keep_sets", "removed"),
    [
        pytest.param([["a"]], ["a"], True, 1, [1], id="the new set takes the place of the newest one"),
        pytest.param([["a"]], ["a"], False, 1, [], id="but of a set of all only if it is one of all"),
        pytest.param([["a", "b"], ["a", "b"]], ["a"], True, 2, [1], id="dropped database keeps its last set only"),
        pytest.param([["a"], ["a"], ["a"]], ["a"], True, 2, [1, 2], id="as many as declared stay"),
        pytest.param([["a"], ["a"]], ["b"], True, 1, [1], id="last set of a database stays"),
        pytest.param([], ["a"], True, 1, [], id="first set"),
    ],
)
def test_removed_sets_are_planned_as_if_the_new_one_was_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    sets: list[list[str]],
    databases: list[str],
    complete: bool,
    keep_sets: int,
    removed: list[int],
) -> None:
    for serial, held in enumerate(sets, 1):
        on_disk(tmp_path, serial, held)
    before = inside(tmp_path)
    plan = plan_of(tmp_path, monkeypatch, databases, complete=complete, keep_sets=keep_sets)
    assert serials(tmp_path, plan.removed) == removed
    assert inside(tmp_path) == before
    assert plan.actions()[-1].startswith("remove no older set" if not removed else f"remove {plan.removed[0]}")
    on_disk(tmp_path, 99, databases, complete=complete, name=plan.name, finished=names.iso(plan.started))
    assert [stored.name for stored in plan.superseded(Store(str(tmp_path)).sets())] == list(plan.removed)


@pytest.mark.parametrize("made", [["b"], ["a", dump_of("b", obstacles=(OBSTACLE,))]])
def test_planned_removal_waits_if_a_database_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str | DatabaseDump]
) -> None:
    on_disk(tmp_path, 1, ["a", "b"])
    plan = plan_of(tmp_path, monkeypatch, ["a", "b"])
    assert serials(tmp_path, plan.removed) == [1]
    on_disk(tmp_path, 2, made, complete=len(made) > 1, name=plan.name, finished=names.iso(plan.started))
    assert plan.superseded(Store(str(tmp_path)).sets()) == []


def test_set_that_was_not_planned_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(tmp_path, monkeypatch, ["a"])
    on_disk(tmp_path, 1, ["a"])
    on_disk(tmp_path, 2, ["a"], name=plan.name, finished=names.iso(plan.started))
    assert plan.superseded(Store(str(tmp_path)).sets()) == []


def test_new_name_is_free_and_warnings_are_all_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(tmp_path, monkeypatch, ["a"])
    assert names.SET_NAME.fullmatch(plan.name)
    assert (plan.databases, plan.warnings[0], len(plan.warnings)) == (["a"], "closed", 2)
    assert "secret" not in plan.warnings[1]
    assert set(plan.as_dict()) == {"dry_run", "planned_actions", "warnings", "databases"}
