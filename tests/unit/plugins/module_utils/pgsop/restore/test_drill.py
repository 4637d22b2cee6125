# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which set is drilled, and what is said when several things fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import drill
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    dump_of,
    on_disk,
    rot,
    stored_of,
)


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
    found = drill._which(Store(str(tmp_path)), reference, databases).manifest
    assert found is not None
    assert found.serial == serial


def test_set_with_an_obstacle_is_drilled(tmp_path: Path) -> None:
    on_disk(tmp_path, 1, ["appdb", "other"])
    on_disk(tmp_path, 2, [dump_of("appdb", obstacles=(OBSTACLE,)), "other"])
    found = drill._which(Store(str(tmp_path)), "latest", ()).manifest
    assert found is not None
    assert found.serial == 2


def failure(target: str, next_step: str = "mend it") -> PgsopError:
    return PgsopError(attempted="do it", target=target, answer="no", next_step=next_step)


def test_every_failure_is_told_once() -> None:
    one, other = failure("a"), failure("b", "look at it")
    assert drill._failed(stored_of(1), [one, one]) is one
    error = drill._failed(stored_of(1), [one, other, one])
    assert "2 failures: Cannot do it (a): no. | Cannot do it (b): no" in str(error)
    assert str(error).endswith("Next step: mend it | look at it")


def test_damage_of_other_sets_is_found_once(tmp_path: Path) -> None:
    drilled, other = on_disk(tmp_path, 2), on_disk(tmp_path, 1)
    rot(other)
    store = Store(str(tmp_path))
    (found,) = drill._others(store, store.load(drilled.name), SILENT)
    assert other.name in found.target
    assert drill._others(store, store.load(drilled.name), SILENT) == []
    assert store.load(other.name).problems
