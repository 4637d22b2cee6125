# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestoreRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.preflight import (
    checked,
    dump_of,
    passed_over,
    shortened,
    target_of,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    corrupt,
    on_disk,
    stored_of,
)


@pytest.mark.parametrize(
    ("request_", "target"),
    [
        (RestoreRequest("appdb"), "appdb_restore"),
        (RestoreRequest("appdb", target="x"), "x"),
        (RestoreRequest("appdb", replace="appdb"), "appdb"),
        (RestoreRequest("appdb", replace="appdb", target="appdb"), "appdb"),
        (RestoreRequest("ü" * 31), "ü" * 27 + "_restore"),
        (RestoreRequest("postgres"), "postgres_restore"),
    ],
)
def test_target(request_: RestoreRequest, target: str) -> None:
    assert target_of(request_) == target


@pytest.mark.parametrize(
    "request_",
    [
        RestoreRequest("appdb", replace="other"),
        RestoreRequest("appdb", replace="appdb", target="other"),
        RestoreRequest("postgres", replace="postgres"),
        RestoreRequest("template1", replace="template1"),
        RestoreRequest("appdb", target="x" * 64),
        RestoreRequest("appdb", target="a\nb"),
    ],
)
def test_target_that_cannot_be(request_: RestoreRequest) -> None:
    with pytest.raises(PgsopError, match="Cannot restore the database"):
        target_of(request_)


@pytest.mark.parametrize("name", ["a", "a" * 63, "ü" * 31, "aü" * 21])
def test_names_stay_as_short_as_the_server_wants_them(name: str) -> None:
    made = shortened(name, "_before_20261122T213000Z")
    assert len(made.encode()) <= 63
    assert made.endswith("_before_20261122T213000Z")
    assert name.startswith(made[:5].split("_")[0])


def test_set_without_the_database_is_told_with_what_it_holds() -> None:
    assert dump_of(stored_of(1), "appdb").name == "appdb"
    with pytest.raises(PgsopError, match="the set holds appdb, other"):
        dump_of(stored_of(1, ["appdb", "other"]), "gone")


def test_damage_is_noted_refused_and_the_next_set_named(tmp_path: Path) -> None:
    older, newer = on_disk(tmp_path, 1), on_disk(tmp_path, 2)
    corrupt(newer)
    store = Store(str(tmp_path))
    stored = store.load(newer.name)
    with (
        pytest.raises(PgsopError, match=f"another content than it was verified with.*--set {older.name}"),
        checked(BackupConfig(version=17), store, stored, dump_of(stored, "appdb")),
    ):
        pass
    assert not store.load(newer.name).usable
    used = store.find("latest", "appdb")
    assert used.name == older.name
    (told,) = passed_over(store, used, "latest", "appdb")
    assert told.startswith(f"set {newer.name} is newer, and was passed over: ")
    assert passed_over(store, used, older.name) == []
    assert passed_over(store, used, "latest", "other") == []
