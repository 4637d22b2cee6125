# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with one database does not cost the others their backup; what is wrong with all ends the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import dump_each as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import names
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.dump import Job
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.recovery import Start
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    dump_of,
    inside,
)


class Played:
    """Dumps that leave their files, and fail where the database is called so; a server that may crash, a disk that may fill up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
        cluster = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")
        self.job = Job(HostConfig(17, format=kind), cluster, str(folder), "none", SILENT)
        self.crashes, self.stays_down, self.fills, self.starts = False, False, False, 1
        monkeypatch.setattr(module, "dump_database", self.dump)
        monkeypatch.setattr(module, "wait_for_start", self.wait)
        monkeypatch.setattr(module, "free_bytes", lambda _path: 0 if self.fills else 1 << 40)

    def wait(self, _cluster: Cluster) -> Start | None:
        return None if self.stays_down and self.starts > 1 else Start(str(self.starts), None)

    def dump(self, job: Job, database: str) -> DatabaseDump:
        path = Path(job.folder, names.dump_name(database))
        if job.config.format == "directory":
            path.mkdir()
            path = path / "toc.dat"
        path.touch()
        Path(job.folder, names.objects_name(database)).touch()
        if database.startswith("bad"):
            self.starts += self.crashes or "crash" in database
            raise PgsopError(attempted="dump", target=database, answer=f"{database} is bad", next_step="look")
        return dump_of(database)

    def run(self, *databases: str) -> tuple[list[str], list[str]]:
        dumps, failures = module.dump_each(self.job, databases)
        return [dump.name for dump in dumps], [failure.target for failure in failures]


@pytest.fixture(params=["directory", "custom"])
def played(request: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Played:
    return Played(monkeypatch, tmp_path, request.param)


def test_every_database_is_dumped(played: Played) -> None:
    assert played.run("a", "b") == (["a", "b"], [])


def test_bad_one_is_told_and_nothing_of_it_stays(played: Played) -> None:
    assert played.run("bad1", "a", "bad2", "b") == (["a", "b"], ["bad1", "bad2"])
    assert sorted(inside(played.job.folder)) == ["a.dump", "a.objects.json", "b.dump", "b.objects.json"]


def test_nothing_but_bad_ones_is_a_failure(played: Played) -> None:
    with pytest.raises(PgsopError, match="bad1 is bad"):
        played.run("bad1", "bad2")


def test_crash_costs_one_database_its_dump_and_no_other(played: Played) -> None:
    assert played.run("a", "bad crash", "b", "bad", "c") == (["a", "b", "c"], ["bad crash", "bad"])


def test_second_crash_ends_the_dumps_and_names_every_database_that_has_none(played: Played) -> None:
    dumped, failed = played.run("a", "bad crash 1", "b", "bad crash 2", "c", "d")
    assert dumped == ["a", "b"]
    assert [target.split(",")[0] for target in failed] == ["bad crash 1", "bad crash 2", "database c", "database d"]
    assert not Path(played.job.folder, "c.dump").exists()


def test_second_crash_without_any_dump_is_a_failure_that_names_every_database(played: Played) -> None:
    with pytest.raises(PgsopError) as failed:
        played.run("bad crash 1", "bad crash 2", "last")
    assert all(name in str(failed.value) for name in ("bad crash 1", "bad crash 2", "database last"))


@pytest.mark.parametrize("what", ["stays_down", "fills"])
def test_what_is_wrong_with_all_ends_the_run(played: Played, what: str) -> None:
    played.crashes = True
    setattr(played, what, True)
    with pytest.raises(PgsopError, match="bad1 is bad"):
        played.run("a", "bad1", "b")
    assert not Path(played.job.folder, "b.dump").exists()
