# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from the first look to the last word; the server and its programs are played."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import (
    checksums,
    names,
    notification,
    preflight,
    retention,
    run,
    state,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.dump import Job
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.preflight import Ready
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.command import Answer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    HostConfig,
    dump_of,
    held,
    inside,
    on_disk,
    script,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")
SERVER = {"version": "17.6", "number": 170_006, "standby": False, "identifier": "7"}


def bad(answer: str) -> PgsopError:
    return PgsopError(attempted="dump the database", target="database bad", answer=answer, next_step="look")


class Host:
    """A host whose databases are files."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.directory = folder / "sets"
        self.log = folder / "told"
        self.failures: list[PgsopError] = []
        self.obstacles: dict[str, tuple[dict[str, str], ...]] = {}
        self.errors: list[BaseException] = []
        self.options: dict[str, Any] = {}
        for name in ("sets", "state"):
            (folder / name).mkdir()
        monkeypatch.setattr(preflight, "inspect", self.look)
        monkeypatch.setattr(run, "dump_each", self.dump)
        monkeypatch.setattr(run, "_save_cluster", lambda _job, _failures: ["one file cannot be read"])

    def look(self, _config: HostConfig, wanted: list[str], _store: Store) -> Ready:
        for error in self.errors:
            raise error
        return Ready(
            CLUSTER,
            SERVER,
            dict.fromkeys(wanted or ["appdb"], 5_000_000),
            not wanted,
            "pg_dump 17",
            "none",
            1,
            ("look",),
        )

    def dump(self, job: Job, databases: list[str]) -> tuple[Any, list[PgsopError]]:
        for name in databases:
            Path(job.folder, names.dump_name(name)).write_text(f"dump of {name}", encoding="utf-8")
        dumps = tuple(dump_of(name, obstacles=self.obstacles.get(name, ())) for name in databases)
        return dumps, list(self.failures)

    @property
    def config(self) -> HostConfig:
        values = {"directory": str(self.directory), "state_directory": str(self.folder / "state"), **self.options}
        return HostConfig(17, **values)

    def command(self, name: str, body: str = "pass") -> str:
        keys = "{key: value for key, value in os.environ.items() if key.startswith('PGSOP_')}"
        return script(
            self.folder / name, f"import json\nprint(json.dumps({keys}), file=open({str(self.log)!r}, 'a'))\n{body}"
        )

    def told(self) -> list[dict[str, str]]:
        return (
            [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
            if self.log.exists()
            else []
        )

    def back_up(self, *databases: str, **options: Any) -> dict[str, Any]:
        return run.back_up(self.config, databases, **options)

    def fails(self, error: type[BaseException] = PgsopError) -> str:
        with pytest.raises(error) as failed:
            self.back_up()
        return str(failed.value)

    def sets(self) -> list[int | None]:
        return [
            stored.manifest.serial if stored.usable and stored.manifest else None
            for stored in Store(str(self.directory)).sets()
        ]

    def last(self) -> dict[str, Any]:
        return state.last(self.config, "backup") or {}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    before = os.umask(0o022)
    monkeypatch.delenv("PGSOP_STARTED", raising=False)
    yield Host(tmp_path, monkeypatch)
    os.umask(before)


def test_set_is_made_and_everything_is_told(host: Host) -> None:
    told = host.back_up()
    (stored,) = Store(str(host.directory)).sets()
    assert stored.verified
    assert stored.manifest is not None
    assert (stored.manifest.serial, stored.manifest.complete, stored.manifest.cluster) == (1, True, "17/main")
    assert (told["set"], told["path"], told["copied"], told["removed"]) == (stored.name, stored.path, False, [])
    assert told["databases"] == [{"name": "appdb", "dump_bytes": 100, "rows": 7, "seconds": {"dump": 0.5}}]
    assert told["warnings"] == ["look", "one file cannot be read"]
    assert (host.last()["ok"], host.last()["set"]) == (True, stored.name)
    assert Path(stored.path).stat().st_mode & 0o077 == 0
    assert [path for path in Path(stored.path).rglob("*") if path.stat().st_mode & 0o077] == []
    check = ["sha256sum", "--check", "--quiet", "--strict", names.CHECKSUMS]
    assert subprocess.run(check, cwd=stored.path, check=False).returncode == 0


def test_sets_are_numbered_whatever_they_hold(host: Host) -> None:
    host.back_up()
    host.back_up("shop")
    newest, oldest = Store(str(host.directory)).sets()
    assert newest.manifest is not None
    assert (newest.manifest.serial, newest.manifest.complete, newest.holds("shop")) == (2, False, True)
    assert oldest.name != newest.name


def test_dry_run_tells_and_touches_nothing(host: Host) -> None:
    host.options = {
        "copy_command": host.command("copy"),
        "failure_command": host.command("tell"),
        "encryption_recipients": ("a", "b"),
    }
    told = host.back_up(dry_run=True)
    assert told["planned_actions"] == [
        f"dump appdb (5 MB) into {host.directory}, directory format, none, and verify it",
        "encrypt the set for 2 recipients",
        f"copy it with {host.folder / 'copy'}",
        "remove no older set",
    ]
    host.errors = [bad("no server")]
    with pytest.raises(PgsopError, match="no server"):
        host.back_up(dry_run=True)
    assert (inside(host.directory), inside(host.folder / "state"), host.told()) == ([], [], [])


def test_failure_is_noted_and_told_and_leaves_nothing(host: Host) -> None:
    host.options = {"failure_command": host.command("tell")}
    host.errors = [bad("no server")]
    error = host.fails()
    assert host.told() == [{"PGSOP_ACT": "backup", "PGSOP_ERROR": error, "PGSOP_DIRECTORY": str(host.directory)}]
    assert (host.last()["ok"], host.last()["next_step"]) == (False, "look")
    assert host.last()["error"] in error
    assert inside(host.directory) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), MemoryError(), bad("x")])
def test_interruption_is_a_failure_too(host: Host, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def interrupt(*_arguments: Any, **_options: Any) -> Any:
        raise error

    host.options = {"failure_command": host.command("tell")}
    monkeypatch.setattr(checksums, "take", interrupt)
    host.fails(type(error))
    assert len(host.told()) == 1
    assert host.last()["ok"] is False
    assert inside(host.directory) == []


def test_failure_command_that_fails_hides_nothing(host: Host) -> None:
    host.options = {"failure_command": "/nowhere/tell"}
    host.errors = [bad("no server")]
    assert "no server" in host.fails()
    assert (notification.last(host.config) or {})["ok"] is False


def test_commands_that_cannot_work_are_warnings_of_a_backup(host: Host) -> None:
    host.options = {"failure_command": "/nowhere/tell"}
    assert "pg_backup_failure_command cannot work" in host.back_up(dry_run=True)["warnings"][-1]
    told = host.back_up()
    assert "pg_backup_failure_command cannot work" in told["warnings"][1]
    assert host.last()["ok"] is True


def test_second_run_at_the_same_time_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_PATIENCE_S", 0.0)
    with held(host.directory):
        assert "another backup into this folder runs" in host.fails()
    with state.record_run(host.config, "backup"):
        assert "another backup runs at the moment" in host.fails()
        assert host.last()["running"]
    host.back_up()


def test_what_a_killed_run_left_is_swept(host: Host) -> None:
    (host.directory / ".20200101T000000Z.partial").mkdir()
    host.back_up()
    assert [name for name in inside(host.directory) if "2020" in name] == []


def test_database_that_failed_is_told_and_the_others_are_kept(host: Host) -> None:
    host.failures = [bad("table locked"), bad("broken page")]
    error = host.fails()
    assert "table locked" in error
    assert "broken page" in error
    assert "which is verified" in error
    (stored,) = Store(str(host.directory)).sets()
    assert stored.verified
    assert stored.manifest is not None
    assert stored.manifest.complete is False
    assert (host.last()["ok"], host.last()["set"]) == (False, stored.name)


def test_obstacle_is_a_failure_of_a_run_that_keeps_and_copies_its_set(host: Host) -> None:
    host.options = {"copy_command": host.command("copy"), "failure_command": host.command("tell")}
    host.obstacles = {"a": tuple({**OBSTACLE, "name": f"app.v{number}"} for number in range(7)), "b": (OBSTACLE,)}
    with pytest.raises(PgsopError) as failed:
        host.back_up("a", "b", "c")
    (stored,) = Store(str(host.directory)).sets()
    error = failed.value
    assert (error.attempted, error.target) == ("verify that database a can be restored", f"set {stored.name}")
    assert OBSTACLE["hint"] in error.next_step
    assert "view app.v4: " in error.answer
    assert "view app.v5: " not in error.answer
    assert "and 2 more" in error.answer
    assert f"Cannot verify that database b can be restored (set {stored.name}): view app.v: " in error.answer
    assert "is verified" not in error.answer
    assert (stored.usable, stored.verified, sorted(stored.obstacles)) == (True, False, ["a", "b"])
    assert len(stored.known.copies) == 1
    assert (host.last()["ok"], host.last()["set"]) == (False, stored.name)
    assert [told.get("PGSOP_ACT") for told in host.told()] == [None, "backup"]


def test_obstacles_are_told_beside_other_failures(host: Host) -> None:
    host.failures, host.obstacles = [bad("table locked")], {"appdb": (OBSTACLE,)}
    error = host.fails()
    assert "table locked" in error
    assert "Cannot verify that database appdb can be restored" in error


def test_set_with_an_obstacle_supersedes_old_ones_but_the_last_without(host: Host) -> None:
    host.options, host.obstacles = {"keep_days": 0, "keep_sets": 1}, {"appdb": (OBSTACLE,)}
    for serial in (1, 2):
        outdated(host, serial)
    host.fails()
    host.fails()
    assert host.sets() == [4, 2]


def test_copy_knows_the_set_and_is_noted(host: Host) -> None:
    host.options = {"copy_command": host.command("copy")}
    told = host.back_up()
    assert told["copied"] is True
    assert host.told() == [
        {
            "PGSOP_SET": told["set"],
            "PGSOP_SET_PATH": told["path"],
            "PGSOP_MANIFEST": f"{told['path']}/manifest.json",
            "PGSOP_CHECKSUMS": f"{told['path']}/SHA256SUMS",
            "PGSOP_DIRECTORY": str(host.directory),
        }
    ]
    manifest = Store(str(host.directory)).load(told["set"]).manifest
    assert manifest is not None
    assert [copy["command"] for copy in manifest.copies] == [host.options["copy_command"]]


def test_set_is_not_removed_while_it_is_copied(host: Host) -> None:
    body = """
import fcntl
try:
    fcntl.flock(os.open(os.environ["PGSOP_SET_PATH"], os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(0)
sys.exit("nobody holds it")
"""
    host.options = {"copy_command": host.command("copy", body)}
    assert host.back_up()["copied"] is True


def outdated(host: Host, serial: int) -> Path:
    """A set of long ago."""
    return on_disk(host.directory, serial, name=f"2020010{serial}T000000Z", finished=f"2020-01-0{serial}T00:00:00Z")


def test_copy_that_fails_is_a_failure_and_costs_no_set(host: Host) -> None:
    host.options = {
        "copy_command": host.command("copy", "sys.exit('no route to host')"),
        "keep_days": 0,
        "keep_sets": 1,
    }
    outdated(host, 1)
    assert "no route to host" in host.fails()
    assert host.sets() == [2]
    (stored,) = Store(str(host.directory)).sets()
    assert stored.manifest is not None
    assert stored.manifest.copies == ()
    assert host.last()["ok"] is False


def test_superseded_sets_go_and_one_in_use_waits(host: Host) -> None:
    host.options = {"keep_days": 0, "keep_sets": 1}
    old = [outdated(host, serial) for serial in (1, 2)]
    with held(old[0], "shared"):
        told = host.back_up()
    assert told["removed"] == [old[1].name]
    assert f"{old[0].name} is being restored from, and stays until the next run" in told["warnings"]
    assert host.sets() == [3, 1]
    (host.directory / old[0].name / "appdb.dump" / "toc.dat").write_text("damaged", encoding="utf-8")
    host.back_up()
    assert host.sets()[-1] is None


def test_later_failure_hides_no_earlier_one(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> bool:
        raise OSError(13, "Permission denied", "toc.dat")

    host.options = {"keep_days": 0, "keep_sets": 1}
    host.back_up()
    host.failures = [bad("table locked")]
    monkeypatch.setattr(retention, "remove", refuse)
    outdated(host, 1)
    error = host.fails()
    assert "table locked" in error
    assert "Permission denied" in error
    assert "table locked" in host.last()["error"]


def test_set_that_is_damaged_at_once_hides_no_earlier_failure(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    load = Store.load

    def damaged(store: Store, name: str) -> Any:
        return dataclasses.replace(load(store, name), problems=("toc.dat is short",))

    host.failures = [bad("table locked")]
    monkeypatch.setattr(Store, "load", damaged)
    error = host.fails()
    assert "table locked" in error
    assert "toc.dat is short" in error


@pytest.mark.parametrize("foreign", [[], ["r_\udce9"]])
def test_pg_dumpall_that_fails_for_a_name_is_no_reason_to_lose_the_set(
    host: Host, monkeypatch: pytest.MonkeyPatch, foreign: list[str]
) -> None:
    def partial(*_arguments: Any, **_options: Any) -> Answer:
        Path(host.folder, names.GLOBALS).touch()
        return Answer(1, "", "pg_dumpall: error: invalid byte sequence")

    monkeypatch.setattr(run, "program", lambda _config, name: name)
    monkeypatch.setattr(run, "run_long", partial)
    job = Job(host.config, CLUSTER, str(host.folder), "none", SILENT)
    if not foreign:
        with pytest.raises(PgsopError, match="invalid byte sequence"):
            run._save_globals(job, foreign)
        return
    (failure,) = run._save_globals(job, foreign)
    assert foreign[0] in failure.answer
    assert "RENAME TO" in failure.next_step
    assert not Path(host.folder, names.GLOBALS).exists()
