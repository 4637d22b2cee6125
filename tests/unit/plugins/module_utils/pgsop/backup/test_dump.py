# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump that does not have exactly what was counted is none; how it is made, without a server."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import dump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.archive import Contents, Data
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT, Progress
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.snapshot import Relation
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    OBSTACLE,
    HostConfig,
    script,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run/here")
RELATIONS = {
    1: Relation(1, "r", "public.t", 10, of_extension=False),
    2: Relation(2, "r", "public.empty", 0, of_extension=False),
    3: Relation(3, "p", "public.parts", 0, of_extension=False),
    4: Relation(4, "S", "public.s", 0, of_extension=False),
    5: Relation(5, "r", "public.config", 9, of_extension=True),
    6: Relation(6, "r", "public.other_config", 9, of_extension=True),
}
COUNTED = Data({1: 7, 2: 0}, {}, 2)


def decoded(rows: Mapping[int, int] | None = None, **changes: Any) -> Data:
    """What was counted, with a part of an extension's table, and changes."""
    values = {
        "rows": {1: 7, 2: 0, 5: 3, **(rows or {})},
        "sequences": {"public.s": (12, True)},
        "large_objects": 2,
        **changes,
    }
    return Data(**values)


def compare(found: Data, database: str = "appdb", shown: str = "appdb") -> dict[str, Any]:
    return dump._compare(database, Contents(shown, 9, ()), RELATIONS, COUNTED, found)


def test_dump_of_exactly_what_was_counted_is_one() -> None:
    assert compare(decoded()) == {
        "rows": {"public.t": 7, "public.empty": 0},
        "rows_of_extensions": {"public.config": 3},
        "sequences": {"public.s": (12, True)},
        "large_objects": 2,
    }
    assert compare(decoded({99: 4}))["rows_of_extensions"] == {"public.config": 3, "99": 4}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (decoded({1: 6}), "table public.t has 7 rows, of which the dump has 6"),
        (decoded({1: 8}), "table public.t has 7 rows, of which the dump has 8"),
        (decoded({2: 1}), "table public.empty has 0 rows, of which the dump has 1"),
        (Data({1: 7}, {"public.s": (12, True)}, 2), "table public.empty has 0 rows, of which the dump has nothing"),
        (decoded(sequences={}), "sequence public.s is not in the dump"),
        (decoded(large_objects=1), "2 large objects, of which the dump has 1"),
        (decoded({1: 6}, large_objects=3), "has 6; 2 large objects, of which the dump has 3"),
    ],
)
def test_dump_of_anything_else_is_refused(found: Data, told: str) -> None:
    with pytest.raises(PgsopError, match="Cannot verify the dump") as refused:
        compare(found)
    assert refused.value.answer.endswith(told)


def test_dump_of_another_database_is_refused() -> None:
    with pytest.raises(PgsopError, match="it says that it is of database other"):
        compare(decoded(), shown="other")


@pytest.mark.parametrize(("database", "shown"), [("a ", "a "), ("a\nb", "a b"), ("a\r\nb", "a  b"), ("a: b", "a: b")])
def test_name_is_compared_as_pg_restore_shows_it(database: str, shown: str) -> None:
    assert compare(decoded(), database, shown)


def job(tmp_path: Path, body: str, progress: Progress = SILENT, **values: Any) -> dump.Job:
    script(tmp_path / "pg_dump", body)
    return dump.Job(HostConfig(17, folder=str(tmp_path), **values), CLUSTER, str(tmp_path), "zstd:1", progress)


def test_pg_dump_is_told_everything(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'said')!r}, 'w').write(repr((sys.argv[1:], os.environ['PGHOST'])))"
    for kind, jobs in (("directory", ["--jobs=3"]), ("custom", [])):
        dump._run_pg_dump(job(tmp_path, body, format=kind, jobs=3, lock_wait_timeout_s=5), "a'b", "/there", "0003-1")
        assert (tmp_path / "said").read_text(encoding="utf-8") == repr(
            (
                [
                    f"--format={kind}",
                    "--file=/there",
                    "--no-password",
                    "--no-sync",
                    "--snapshot=0003-1",
                    "--lock-wait-timeout=5s",
                    "--compress=zstd:1",
                    *jobs,
                    "--dbname=dbname=a\\'b",
                ],
                "/run/here",
            )
        )


@pytest.mark.parametrize(
    ("body", "told"),
    [("sys.exit('pg_dump: error: lock timeout')", "lock timeout"), ("sys.exit(3)", "pg_dump ended with status 3")],
)
def test_dump_that_fails_is_told(tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(PgsopError, match=f"Cannot dump the database.*{told}"):
        dump._run_pg_dump(job(tmp_path, body), "appdb", "/there", "x")


def test_obstacles_that_pg_dump_may_have_met_are_told_with_its_failure(tmp_path: Path) -> None:
    with pytest.raises(PgsopError) as failed:
        dump._run_pg_dump(job(tmp_path, "sys.exit('pg_dump: error: no')"), "appdb", "/there", "x", lambda: [OBSTACLE])
    assert "view app.v: " in failed.value.answer
    assert failed.value.next_step.startswith(f"in database appdb: {OBSTACLE['hint']}; then ")


def test_who_waits_is_told_how_much_is_written(tmp_path: Path) -> None:
    told: list[str] = []

    class Told(Progress):
        def tick(self, text: str) -> None:
            told.append(text)

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.dat").write_bytes(b"x" * 2_400_000)
    dump._run_pg_dump(job(tmp_path, "time.sleep(0.7)", Told()), "appdb", str(tmp_path / "out"), "x")
    assert told == ["appdb: dumping, 2 MB written"]


def test_size_is_that_of_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("folder/a", "folder/b", "file"):
        (tmp_path / name).write_bytes(b"12345")
    assert [dump.bytes_below(str(tmp_path / name)) for name in ("folder", "file", "none")] == [10, 5, 0]


def test_clock_tells_how_long_each_step_took(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([12.5, 12.75])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    clock = dump.Clock(_since=10.0)
    clock.lap("one")
    clock.lap("two")
    assert clock.seconds == {"one": 2.5, "two": 0.25}
