# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would make a backup fail is told before anything is written. The server is played."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import encryption, preflight
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.preflight import Ready
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import Store
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    dump_of,
    inside,
    script,
    stored_of,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")
PG_DUMP = 'print("pg_dump (PostgreSQL) 17.6") if "--version" in sys.argv else sys.exit("error: connection")'


class Played:
    """A server with databases: sizes by name, none for one that is closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.databases: dict[str, int | None] = {"appdb": 1000, "postgres": 100}
        self.invalid: list[str] = []
        self.server = {"version": "17.6", "number": 170_006, "standby": False, "identifier": "7"}
        monkeypatch.setattr(preflight, "find_cluster", lambda _version, _name: CLUSTER)
        monkeypatch.setattr(preflight, "connect", self.connect)

    @contextlib.contextmanager
    def connect(self, _cluster: Cluster) -> Iterator[Played]:
        yield self

    def rows(self, statement: str) -> list[dict[str, Any]]:
        if "pg_is_in_recovery" in statement:
            return [self.server]
        if "datconnlimit = -2" in statement:
            return [{"name": name} for name in self.invalid]
        return [{"name": name, "bytes": size or 0, "open": size is not None} for name, size in self.databases.items()]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(monkeypatch)


@pytest.fixture
def config(tmp_path: Path) -> HostConfig:
    for name in ("sets", "state", "bin"):
        (tmp_path / name).mkdir()
    for name in ("pg_dump", "pg_dumpall", "pg_restore"):
        script(tmp_path / "bin" / name, PG_DUMP)
    return HostConfig(
        17, directory=str(tmp_path / "sets"), state_directory=str(tmp_path / "state"), folder=str(tmp_path / "bin")
    )


def look(config: HostConfig, wanted: Sequence[str] = (), **changes: Any) -> Ready:
    return preflight.inspect(dataclasses.replace(config, **changes), wanted, Store(config.directory))


def test_all_that_is_needed_is_known(played: Played, config: HostConfig) -> None:
    assert look(config) == Ready(
        CLUSTER, played.server, {"appdb": 1000, "postgres": 100}, True, "pg_dump (PostgreSQL) 17.6", "zstd:1", 550, ()
    )
    assert inside(config.directory) == []


@pytest.mark.parametrize(
    ("wanted", "exclude", "closed", "chosen", "complete", "warnings"),
    [
        ([], (), [], ["appdb", "postgres"], True, []),
        ([], ("postgres",), [], ["appdb"], True, []),
        ([], ("none",), [], ["appdb", "postgres"], True, ["database none, which is excluded, does not exist"]),
        ([], (), ["old"], ["appdb", "postgres"], True, ["database old accepts no connections and is not in the set"]),
        ([], ("old",), ["old"], ["appdb", "postgres"], True, []),
        (["appdb"], (), [], ["appdb"], False, []),
        (["appdb"], ("postgres",), [], ["appdb"], True, []),
        (["postgres"], ("postgres",), [], ["postgres"], False, []),
        (["postgres", "appdb", "postgres"], (), ["old"], ["postgres", "appdb"], True, []),
    ],
)
def test_databases_are_chosen(
    *,
    played: Played,
    config: HostConfig,
    wanted: list[str],
    exclude: tuple[str, ...],
    closed: list[str],
    chosen: list[str],
    complete: bool,
    warnings: list[str],
) -> None:
    played.databases.update(dict.fromkeys(closed))
    ready = look(config, wanted, exclude=exclude)
    assert (list(ready.databases), ready.complete, list(ready.warnings)) == (chosen, complete, warnings)


@pytest.mark.parametrize(
    ("wanted", "exclude", "told"),
    [
        (["gone", "appdb"], (), "database gone.*there is no such database.*choose among appdb, postgres, old"),
        (["old"], (), "database old.*it accepts no connections"),
        ([], ("appdb", "postgres"), "nothing is left to dump"),
    ],
)
def test_choice_that_cannot_be_made_is_refused(
    played: Played, config: HostConfig, wanted: list[str], exclude: tuple[str, ...], told: str
) -> None:
    played.databases["old"] = None
    with pytest.raises(PgsopError, match=told):
        look(config, wanted, exclude=exclude)


def test_standby_is_refused(played: Played, config: HostConfig) -> None:
    played.server["standby"] = True
    with pytest.raises(PgsopError, match="the server is in recovery"):
        look(config)


def test_cluster_that_is_not_there_is_refused(
    played: Played, config: HostConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "find_cluster", lambda _version, _name: None)
    with pytest.raises(PgsopError, match=r"cluster 17/main.*there is no such cluster"):
        look(config)


@pytest.mark.parametrize("name", ["directory", "state_directory"])
def test_folder_that_cannot_be_used_is_refused(
    played: Played, config: HostConfig, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PgsopError, match="there is no such folder"):
        look(config, **{name: "/nowhere"})
    path, real = getattr(config, name), os.access
    monkeypatch.setattr(os, "access", lambda tried, mode: tried != path and real(tried, mode))
    with pytest.raises(PgsopError, match="may not write to it"):
        look(config)


@pytest.mark.parametrize("name", ["pg_dump", "pg_dumpall", "pg_restore"])
def test_program_that_is_missing_is_told(played: Played, config: HostConfig, name: str) -> None:
    (Path(config.folder) / name).unlink()
    with pytest.raises(PgsopError, match=f"Cannot use {name} of version 17"):
        look(config)


@pytest.mark.parametrize(("number", "fits"), [(160_010, True), (170_099, True), (180_000, False)])
def test_program_is_not_older_than_the_server(played: Played, config: HostConfig, number: int, fits: bool) -> None:
    played.server["number"] = number
    if fits:
        assert look(config)
    else:
        with pytest.raises(PgsopError, match=r"older than the server.*postgresql-client-18"):
            look(config)


def test_encryption_without_its_program_is_refused(
    played: Played, config: HostConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "PROGRAM", "/nowhere/age")
    assert look(config)
    with pytest.raises(PgsopError, match="install the package age"):
        look(config, encryption_recipients=("age1x",))


SMALL = stored_of(1, [dump_of("a", size_bytes=1000, dump_bytes=100)])


@pytest.mark.parametrize(
    ("databases", "sets", "wanted"),
    [
        pytest.param({"a": 1000}, [], 500, id="first dump"),
        pytest.param({"a": 1000}, [SMALL], 125, id="as before, and some more"),
        pytest.param({"a": 3000}, [SMALL], 375, id="has grown"),
        pytest.param({"a": 10}, [SMALL], 125, id="has shrunk"),
        pytest.param({"a": 1000, "b": 100}, [SMALL], 175, id="one is new"),
        pytest.param(
            {"a": 1000},
            [stored_of(2, [dump_of("a", dump_bytes=9)], ["bad"]), SMALL],
            125,
            id="damaged ones say nothing",
        ),
        pytest.param({"a": 1000}, [stored_of(1, [dump_of("a", size_bytes=0, dump_bytes=1)])], 1250, id="was empty"),
    ],
)
def test_size_is_expected(databases: dict[str, int], sets: list[Any], wanted: int) -> None:
    assert preflight._expected_bytes(databases, sets) == wanted


@pytest.mark.parametrize(
    ("changes", "room", "told"),
    [
        ({}, {}, ""),
        ({}, {"f_bavail": 0}, "0 MB are free"),
        ({"encryption_recipients": ("age1x",)}, {"f_bavail": 1}, "are free, and the set may take"),
        ({}, {"f_bavail": 1}, ""),
        ({}, {"f_favail": 1099}, "1099 inodes are free, and the set may take 1100"),
        ({}, {"f_favail": 1100}, ""),
        ({}, {"f_files": 0, "f_favail": 0}, ""),
    ],
)
def test_full_disk_is_refused(
    *,
    played: Played,
    config: HostConfig,
    changes: dict[str, Any],
    room: dict[str, int],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played.databases = {"a": 6000}
    left = {"f_bavail": 999, "f_frsize": 4096, "f_files": 9999, "f_favail": 9999, **room}
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(**left))
    monkeypatch.setattr(encryption, "version", lambda: "age 1")
    if told:
        with pytest.raises(PgsopError, match=told):
            look(config, **changes)
    else:
        assert look(config, **changes)


def test_database_left_by_an_interrupted_drop_is_refused_by_name_and_left_out_otherwise(
    played: Played, config: HostConfig
) -> None:
    played.invalid = ['half "gone"']
    with pytest.raises(PgsopError) as refused:
        look(config, ["appdb", 'half "gone"'])
    assert refused.value.next_step == 'DROP DATABASE "half ""gone"""'
    ready = look(config)
    assert set(ready.databases) == {"appdb", "postgres"}
    assert ready.complete
    (warning,) = ready.warnings
    assert 'DROP DATABASE "half ""gone"""' in warning
    assert len(look(config, exclude=('half "gone"',)).warnings) == 1
