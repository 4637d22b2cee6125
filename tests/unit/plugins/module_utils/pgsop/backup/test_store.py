# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The set that is meant is found, and what is not as it was is not offered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import manifest, retention
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store, next_serial
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    at,
    corrupt,
    dump_of,
    held,
    manifest_of,
    on_disk,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Serial 1 of the 23rd with both databases, 2 of the 24th and 3 of the 25th with one of them."""
    on_disk(tmp_path, 1, ["appdb", "shop"])
    on_disk(tmp_path, 2, ["shop"], complete=False)
    on_disk(tmp_path, 3, ["appdb"], complete=False, finished="2026-11-25T02:30:00Z")
    return Store(str(tmp_path))


def serials(store: Store) -> list[int | None]:
    return [stored.manifest.serial if stored.manifest else None for stored in store.sets()]


def found(store: Store, reference: str, database: str = "") -> int:
    stored = store.find(reference, database)
    assert stored.usable
    assert stored.manifest is not None
    return stored.manifest.serial


def refused(store: Store, reference: str, database: str = "") -> PgsopError:
    with pytest.raises(PgsopError) as error:
        store.find(reference, database)
    return error.value


def test_sets_are_told_newest_first_and_nothing_else_is_a_set(store: Store, tmp_path: Path) -> None:
    for name in (".20261126T000000Z.partial", ".20261126T000000Z.trash", "lost+found", "20261126T000000Z.old"):
        (tmp_path / name).mkdir()
    (tmp_path / "latest").symlink_to("20261125T000000Z")
    assert serials(store) == [3, 2, 1]
    assert all(stored.verified for stored in store.sets())
    assert next_serial(store.sets()) == 4


def test_order_is_that_of_the_making_not_of_the_clock(store: Store, tmp_path: Path) -> None:
    on_disk(tmp_path, 4, name="20200101T000000Z", finished="2020-01-01T00:00:00Z")
    assert serials(store) == [4, 3, 2, 1]
    assert found(store, "latest") == 4


def test_folder_without_sets(tmp_path: Path) -> None:
    assert Store(str(tmp_path)).sets() == []
    assert Store(str(tmp_path / "none")).sets() == []
    assert next_serial([]) == 1
    told = refused(Store(str(tmp_path)), "latest")
    assert "there is no set at all" in told.answer
    assert "'sudo pgsop backup'" in told.next_step
    (tmp_path / "file").touch()
    with pytest.raises(PgsopError, match="Cannot list the backup sets"):
        Store(str(tmp_path / "file")).sets()


@pytest.mark.parametrize(
    ("reference", "database", "serial"),
    [
        ("latest", "", 3),
        ("latest", "appdb", 3),
        ("latest", "shop", 2),
        ("20261123T000000Z", "", 1),
        ("20261123T000000Z", "shop", 1),
        ("20261124T000000Z", "shop", 2),
        ("2026-11-25", "appdb", 3),
        ("2026-11-24", "appdb", 1),
        ("2026-11-24", "shop", 2),
        ("2026-11-23", "", 1),
        ("2030-01-01", "", 3),
        ("9999-12-31", "", 3),
        ("2026-11-25 02:30", "", 3),
        ("2026-11-25 02:29", "", 2),
        ("2026-11-25 02:29:59", "appdb", 1),
        ("2026-11-25T02:30:00Z", "", 3),
        ("2026-11-25T02:29:59Z", "", 2),
        ("2026-11-25T03:30:00+01:00", "", 3),
        ("2026-11-25 03:29+01:00", "", 2),
        ("2026-11-24 21:30-05:00", "", 3),
        (" 2026-11-24 ", "", 2),
    ],
)
def test_reference_means_a_set(store: Store, reference: str, database: str, serial: int) -> None:
    assert found(store, reference, database) == serial


@pytest.mark.parametrize(
    ("reference", "database", "answer"),
    [
        ("latest", "gone", "no usable set holds it; there are dumps of appdb, shop"),
        ("20261124T000000Z", "appdb", "usable ones of it are 20261125T000000Z, 20261123T000000Z"),
        ("20261126T000000Z", "", "usable ones are 20261125T000000Z, 20261124T000000Z, 20261123T000000Z"),
        ("2026-11-22", "", "there is no such set; usable ones are"),
        ("2026-11-22 23:59:59", "", "there is no such set; usable ones are"),
        ("yesterday", "", "neither 'latest', nor the name of a set, nor a moment"),
        ("", "", "neither 'latest'"),
        ("2026-11-31", "", "neither 'latest'"),
        ("2026-11", "", "neither 'latest'"),
        ("Latest", "", "neither 'latest'"),
        ("../20261123T000000Z", "", "neither 'latest'"),
    ],
)
def test_reference_that_means_none_is_refused_with_what_there_is(
    store: Store, reference: str, database: str, answer: str
) -> None:
    assert answer in refused(store, reference, database).answer


def test_day_without_hyphens_means_its_end_too(store: Store) -> None:
    assert found(store, "20261125") == 3


def test_set_of_a_day_is_found_up_to_its_last_second(tmp_path: Path) -> None:
    on_disk(tmp_path, 1, finished="2026-11-23T23:59:59Z")
    on_disk(tmp_path, 2, finished="2026-11-24T00:00:00Z")
    assert found(Store(str(tmp_path)), "2026-11-23") == 1


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


NEWEST, DUMP = "20261125T000000Z", "20261125T000000Z/appdb.dump/toc.dat"
DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "byte of a dump": (lambda folder: spoil(folder / DUMP), "another content than it was verified with"),
    "dump cut": (lambda folder: (folder / DUMP).write_bytes(b""), "has 0 bytes instead of 13"),
    "dump gone": (lambda folder: (folder / DUMP).unlink(), "cannot be read: No such file"),
    "byte of the manifest": (lambda folder: spoil(folder / NEWEST / "manifest.json"), "its manifest cannot be used"),
    "manifest gone": (lambda folder: (folder / NEWEST / "manifest.json").unlink(), "it has no manifest"),
    "manifest empty": (
        lambda folder: (folder / NEWEST / "manifest.json").write_text(""),
        "its manifest cannot be used",
    ),
    "manifest of another form": (
        lambda folder: (folder / NEWEST / "manifest.json").write_text('{"form": 2}'),
        "its form is 2, and this pgsop reads form 1",
    ),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_newest_set_is_told_and_the_next_older_one_is_meant(
    store: Store, tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    damage(tmp_path)
    broken = store.load(NEWEST)
    assert not broken.verified
    assert told in broken.problems[0]
    assert found(store, "latest") == 2
    assert found(store, "latest", "appdb") == 1
    assert told in refused(store, NEWEST).answer


def test_set_under_another_name_is_not_taken_for_itself(store: Store, tmp_path: Path) -> None:
    """Somebody renamed it: it is what it is, and its files are read."""
    (tmp_path / NEWEST).rename(tmp_path / "20270101T000000Z")
    assert found(store, "20270101T000000Z") == 3


def test_manifest_that_lacks_a_part_is_not_believed(store: Store, tmp_path: Path) -> None:
    made = json.loads(manifest.to_text(manifest_of(3)))
    del made["serial"], made["digest"]
    (tmp_path / NEWEST / "manifest.json").write_text(json.dumps({**made, "digest": manifest._digest(made)}))
    assert "its manifest cannot be used" in store.load(NEWEST).problems[0]
    with pytest.raises(PgsopError, match="Cannot note in the manifest"):
        store.note(store.load(NEWEST), drills=({},))


def test_no_usable_set_at_all(tmp_path: Path) -> None:
    on_disk(tmp_path, 1, damage=("it rotted",))
    store = Store(str(tmp_path))
    assert store.sets()[0].problems == ("it rotted",)
    assert "there is no usable set at all, of 1" in refused(store, "latest").answer


def test_set_with_an_obstacle_is_usable_but_not_verified(tmp_path: Path) -> None:
    on_disk(tmp_path, 1, ["appdb", "shop"])
    on_disk(tmp_path, 2, ["appdb", dump_of("shop", obstacles=(OBSTACLE,))])
    store = Store(str(tmp_path))
    newest, oldest = store.sets()
    assert [(stored.usable, stored.verified, stored.obstacles) for stored in (newest, oldest)] == [
        (True, False, {"shop": (OBSTACLE,)}),
        (True, True, {}),
    ]
    assert (found(store, "latest"), found(store, "latest", "shop"), found(store, "2026-11-23")) == (2, 2, 1)


def test_damage_that_reading_everything_finds_stays_noted(store: Store, tmp_path: Path) -> None:
    stored = store.load(NEWEST)
    assert store.check(stored) == ()
    content = (tmp_path / DUMP).read_bytes()
    spoil(tmp_path / DUMP)
    (problem,) = store.check(stored)
    (tmp_path / DUMP).write_bytes(content)
    assert store.load(NEWEST).problems == (problem,)
    # It is said once, however often it is looked for.
    spoil(tmp_path / DUMP)
    assert store.check(store.load(NEWEST)) == (problem,)
    assert store.load(NEWEST).problems == (problem, problem)


def test_files_that_nobody_touched_are_not_read_again_unless_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    corrupt(tmp_path / NEWEST)
    assert store.load(NEWEST).verified
    assert len(store.check(store.load(NEWEST))) == 1
    assert not store.load(NEWEST).verified


def test_notes_are_added_to_what_was_noted_meanwhile(store: Store) -> None:
    before = store.load(NEWEST)
    store.note(before, copies=({"at": at(1)},))
    changed = store.note(before, copies=({"at": at(2)},), drills=({"ok": True},))
    assert [copy["at"] for copy in changed.copies] == [at(1), at(2)]
    assert store.load(NEWEST).manifest == changed
    assert store.load(NEWEST).verified


_NOTE = """
import sys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
store = Store(sys.argv[1])
for number in range(20):
    store.note(store.load(sys.argv[2]), drills=({"number": number},))
"""


def test_notes_of_many_processes_are_all_kept(store: Store, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _NOTE, str(tmp_path), NEWEST]
    processes = [subprocess.Popen(command, env=environment) for _process in range(3)]
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0]
    kept = store.load(NEWEST).manifest
    assert kept is not None
    assert len(kept.drills) == 60


def test_set_that_cannot_be_noted_on_is_told(store: Store, tmp_path: Path) -> None:
    stored = store.load(NEWEST)
    (tmp_path / NEWEST / "manifest.json").unlink()
    with pytest.raises(PgsopError, match="Cannot note in the manifest"):
        store.note(stored, drills=({},))


def test_set_that_is_read_is_not_removed(store: Store) -> None:
    stored = store.load(NEWEST)
    with store.reading(stored), store.reading(stored):
        assert retention.remove(stored) is False
    assert retention.remove(stored) is True
    with pytest.raises(PgsopError, match="Cannot read the set"), store.reading(stored):
        pass


def test_set_that_was_removed_while_one_waited_for_it_is_not_read(store: Store, tmp_path: Path) -> None:
    stored = store.load(NEWEST)
    told: list[str] = []

    def read() -> None:
        try:
            with store.reading(stored):
                told.append("read")
        except PgsopError as error:
            told.append(error.answer)

    with held(tmp_path / NEWEST):
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=0.2)
        assert reader.is_alive()
        (tmp_path / NEWEST).rename(tmp_path / ".20261125T000000Z.trash")
    reader.join(timeout=10)
    assert told == ["it was removed a moment ago"]


@pytest.mark.parametrize(
    ("reference", "database", "advised"),
    [("20200101T000000Z", "", "--set NAME"), ("latest", "nosuch", "choose one of the databases")],
)
def test_next_step_fits_what_there_is(store: Store, reference: str, database: str, advised: str) -> None:
    assert advised in refused(store, reference, database).next_step
