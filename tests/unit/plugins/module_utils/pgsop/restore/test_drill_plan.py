# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which set is drilled, which of its databases, and why not the others; only the server is played."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import drill_plan, preflight
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    HostConfig,
    corrupt,
    dump_of,
    inside,
    on_disk,
    stored_of,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")


def failure(target: str, next_step: str = "fix it") -> PgsopError:
    return PgsopError(attempted="do it", target=target, answer="no", next_step=next_step)


class Host:
    """Sets in a folder, and a server to which some of their databases cannot be restored."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.refused: dict[str, PgsopError] = {}
        self.note: dict[str, Any] = {}
        monkeypatch.setattr(drill_plan, "connect", lambda _cluster: contextlib.nullcontext())
        monkeypatch.setattr(preflight, "plan", self._plan)

    def _plan(self, _session: Any, _cluster: Cluster, request: Any, _stored: Any, _folder: str) -> SimpleNamespace:
        if request.database in self.refused:
            raise self.refused[request.database]
        return SimpleNamespace(warnings=["older extension"])

    def planned(
        self, *databases: str, reference: str = "latest"
    ) -> contextlib.AbstractContextManager[drill_plan.DrillPlan]:
        config = HostConfig(17, directory=str(self.folder))
        context = drill_plan.DrillContext(config, CLUSTER, Store(str(self.folder)), SILENT)
        return drill_plan.planned(context, reference, databases, self.note)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("reference", "databases", "serial"),
    [
        ("latest", (), 2),
        ("latest", ("appdb",), 3),
        ("latest", ("appdb", "other"), 2),
        ("latest", ("nowhere",), 3),
    ],
)
def test_newest_set_is_the_newest_of_all_that_is_to_be_drilled(
    tmp_path: Path, reference: str, databases: Sequence[str], serial: int
) -> None:
    for number, held in ((1, ["appdb", "other"]), (2, ["appdb", "other"]), (3, ["appdb"])):
        on_disk(tmp_path, number, held, complete=len(held) > 1)
    found = drill_plan.find_set(Store(str(tmp_path)), reference, databases).manifest
    assert found is not None
    assert found.serial == serial


def test_set_with_an_obstacle_is_drilled(tmp_path: Path) -> None:
    on_disk(tmp_path, 1, ["appdb", "other"])
    on_disk(tmp_path, 2, [dump_of("appdb", obstacles=(OBSTACLE,)), "other"])
    found = drill_plan.find_set(Store(str(tmp_path)), "latest", ()).manifest
    assert found is not None
    assert found.serial == 2


def test_plan_has_databases_and_sets_in_order(host: Host) -> None:
    older, newer = on_disk(host.folder, 1, ["a", "b"]), on_disk(host.folder, 2, ["a", "b"])
    before = {path: inside(path) for path in (host.folder, older, newer)}
    with host.planned() as plan:
        assert plan.as_dict() == {
            "set": newer.name,
            "databases": [{"name": "a"}, {"name": "b"}],
            "seconds": 0.0,
            "dry_run": True,
            "planned_actions": plan.actions(),
            "warnings": ["a: older extension", "b: older extension"],
        }
        assert plan.others == (older.name,)
        assert len(plan.actions()) == 3
    assert host.note == {"set": newer.name, "whole": True}
    assert {path: inside(path) for path in before} == before


def test_one_database_is_not_the_whole_set(host: Host) -> None:
    on_disk(host.folder, 1, ["a", "b"])
    with host.planned("b") as plan:
        assert [dump.name for dump in plan.databases] == ["b"]
    assert host.note["whole"] is False


def test_unknown_database_is_an_error_that_has_its_set(host: Host) -> None:
    made = on_disk(host.folder, 1, ["a"])
    with pytest.raises(PgsopError, match="the set holds a"), host.planned("b"):
        pass
    assert host.note["set"] == made.name


def test_database_that_cannot_be_restored_does_not_stop_the_others(host: Host) -> None:
    on_disk(host.folder, 1, ["a", "b", "c"])
    host.refused = {"a": failure("a"), "c": failure("c")}
    with host.planned() as plan:
        assert [dump.name for dump in plan.databases] == ["b"]
        assert plan.failures == (host.refused["a"], host.refused["c"])
        with pytest.raises(PgsopError, match="2 failures"):
            plan.as_dict()


def test_nothing_of_a_damaged_set_is_restored_and_the_damage_is_noted(host: Host) -> None:
    older, newer = on_disk(host.folder, 1), on_disk(host.folder, 2)
    corrupt(newer)
    with host.planned() as plan:
        assert (plan.databases, plan.others, plan.stored.name) == ((), (older.name,), newer.name)
        with pytest.raises(PgsopError, match=r"toc\.dat"):
            plan.as_dict()
    with host.planned() as plan:
        assert plan.stored.name == older.name
        assert plan.others == ()
        assert newer.name in plan.warnings[0]
    with pytest.raises(PgsopError, match="find a usable set"), host.planned(reference=newer.name):
        pass


def test_every_failure_is_told_once() -> None:
    one, other = failure("a"), failure("b", "look at it")
    assert drill_plan.combined(stored_of(1), [one, one]) is one
    error = drill_plan.combined(stored_of(1), [one, other, one])
    assert "2 failures: Cannot do it (a): no. | Cannot do it (b): no" in str(error)
    assert str(error).endswith("Next step: fix it | look at it")
