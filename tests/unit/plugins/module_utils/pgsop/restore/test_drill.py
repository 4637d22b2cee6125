# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run does what its plan says: the databases, the failures, and the other sets; the restores themselves are played."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import findings, notification
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import drill, scratch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.drill_plan import DrillPlan
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    corrupt,
    on_disk,
)


@pytest.fixture
def restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the databases that a run of a plan restores; the plan has a, b and c, of which a cannot be restored."""
    names: list[str] = []
    refused = PgsopError(attempted="restore the database", target="a", answer="no locale", next_step="install it")

    @contextlib.contextmanager
    def planned(context: Any, _reference: str, _databases: Any, _note: Any) -> Iterator[DrillPlan]:
        stored, other = context.store.sets()
        _a, *possible = stored.known.databases
        yield DrillPlan(stored, tuple(possible), (other.name,), (refused,), ("planned",))

    def one(_context: Any, _stored: Any, dump: DatabaseDump) -> tuple[dict[str, Any], list[str]]:
        names.append(dump.name)
        return {"name": dump.name}, ["later"]

    on_disk(tmp_path, 1)
    on_disk(tmp_path, 2, ["a", "b", "c"])
    monkeypatch.setattr(drill, "planned", planned)
    monkeypatch.setattr(drill, "_one", one)
    monkeypatch.setattr(drill, "reached", lambda _config, _attempted: None)
    monkeypatch.setattr(scratch, "sweep", lambda _cluster: [])
    return names


def test_run_restores_what_is_planned_and_fails_for_the_rest(tmp_path: Path, restored: list[str]) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with pytest.raises(PgsopError, match="no locale"):
        drill.drill(HostConfig(17, directory=str(tmp_path), state_directory=str(state)))
    assert restored == ["b", "c"]
    (noted,) = Store(str(tmp_path)).sets()[0].known.drills
    assert (noted["ok"], noted["databases"]) == (False, ["a", "b", "c"])
    assert "no locale" in noted["error"]


def test_damage_of_other_sets_is_found_once(tmp_path: Path) -> None:
    drilled, other = on_disk(tmp_path, 2), on_disk(tmp_path, 1)
    corrupt(other)
    store = Store(str(tmp_path))
    plan = DrillPlan(store.load(drilled.name), (), (other.name, "20200101T000000Z"))
    (found,) = drill._others(plan, store, SILENT)
    assert other.name in found.target
    assert drill._others(plan, store, SILENT) == []
    assert store.load(other.name).problems


def test_other_set_whose_damage_cannot_be_noted_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drilled, other = on_disk(tmp_path, 2), on_disk(tmp_path, 1)
    read_only = PgsopError(
        attempted="note what was found", target="s", answer="Read-only file system", next_step="dmesg"
    )

    def check(_store: Store, _stored: Any) -> Any:
        raise read_only

    monkeypatch.setattr(Store, "check", check)
    store = Store(str(tmp_path))
    assert drill._others(DrillPlan(store.load(drilled.name), (), (other.name,)), store, SILENT) == [read_only]


@pytest.mark.parametrize("dry_run", [False, True])
def test_drill_before_the_first_backup_leaves_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    reported: list[str] = []
    monkeypatch.setattr(notification, "report_failure", lambda _config, act, *_more: reported.append(act))
    state = tmp_path / "state"
    state.mkdir()
    config = HostConfig(17, directory=str(tmp_path / "sets"), state_directory=str(state))
    with pytest.raises(PgsopError) as refused:
        drill.drill(config, dry_run=dry_run)
    assert refused.value.next_step == "run 'sudo pgsop backup', then 'sudo pgsop drill'"
    assert list(state.iterdir()) == []
    # Whoever is told of failures is told of this one, too.
    assert reported == ([] if dry_run else ["drill"])
    known = findings.Known(config, (), {"backup": None, "drill": None}, ("appdb",), 0.0)
    assert {each.id: each.status for each in findings.judge(known) if each.status == "CRITICAL"} == {
        "backup.age": "CRITICAL"
    }
