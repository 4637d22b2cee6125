# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make a cluster what it is are kept, but for the key to the set; and none of them can cost a backup."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import config_archive
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.paths import ServerPaths


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster whose host is a folder."""
    places = (place if place.startswith("{") else f"{tmp_path}{place}" for place in config_archive._PLACES)
    monkeypatch.setattr(config_archive, "_PLACES", tuple(places))
    for name in (
        "conf/postgresql.conf",
        "conf/conf.d/50-tuning.conf",
        "conf/pg_hba.conf",
        "data/postgresql.auto.conf",
        "data/PG_VERSION",
        "etc/pgsop/backup.json",
        "etc/pgsop/key.txt",
        "etc/cron.d/pgsop",
        "etc/cron.d/pgsop-drill",
        "etc/cron.d/other",
        "etc/systemd/system/pgsop-backup.timer",
        "etc/systemd/system/postgresql@17-main.service.d/pgsop.conf",
        "etc/systemd/system/postgresql@17-other.service.d/pgsop.conf",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"content of {name}", encoding="utf-8")
    here = str(tmp_path)
    monkeypatch.setattr(config_archive, "server_paths", lambda asked: reported(f"{asked.config_directory}/pg_hba.conf"))
    return Cluster(17, "main", 5432, True, "postgres", f"{here}/data", f"{here}/conf", "", "/run")


def reported(hba_file: str) -> ServerPaths:
    """What a server reports of its files."""
    return ServerPaths("/d", "/c", "/c/postgresql.conf", hba_file, "/missing/ident.conf", "", "/w", (), (), "", "/home")


EVERYTHING = [
    "conf/conf.d/50-tuning.conf",
    "conf/pg_hba.conf",
    "conf/postgresql.conf",
    "data/postgresql.auto.conf",
    "etc/cron.d/pgsop",
    "etc/cron.d/pgsop-drill",
    "etc/pgsop/backup.json",
    "etc/pgsop/key.txt",
    "etc/systemd/system/pgsop-backup.timer",
    "etc/systemd/system/postgresql@17-main.service.d/pgsop.conf",
]


def saved(tmp_path: Path, cluster: Cluster, secret: str = "") -> tuple[list[str], list[str]]:
    """Names in the archive, and of what could not be read."""
    (tmp_path / "set").mkdir()
    path = tmp_path / "set" / "configuration.tar"
    count, unread = config_archive.save(str(path), cluster, secret)
    with tarfile.open(path) as archive:
        found = sorted("/" + member.name for member in archive if member.isfile())
        for name in found:
            content = archive.extractfile(name.lstrip("/"))
            assert content is not None
            assert content.read() == Path(name).read_bytes()
    assert len(found) == count
    return [os.path.relpath(name, tmp_path) for name in found], [os.path.relpath(name, tmp_path) for name in unread]


def test_everything_of_this_cluster_is_kept(tmp_path: Path, cluster: Cluster) -> None:
    assert saved(tmp_path, cluster) == (EVERYTHING, [])


@pytest.mark.parametrize("secret", ["etc/pgsop/key.txt", "etc/../etc/pgsop//key.txt"])
def test_key_is_left_out_however_it_is_called(tmp_path: Path, cluster: Cluster, secret: str) -> None:
    assert saved(tmp_path, cluster, f"{tmp_path}/{secret}")[0] == [name for name in EVERYTHING if "key" not in name]


def test_link_to_the_key_is_left_out(tmp_path: Path, cluster: Cluster) -> None:
    (tmp_path / "key").write_text("AGE-SECRET-KEY-1", encoding="utf-8")
    (tmp_path / "etc/pgsop/key.txt").unlink()
    (tmp_path / "etc/pgsop/key.txt").symlink_to(tmp_path / "key")
    assert saved(tmp_path, cluster, str(tmp_path / "key"))[0] == [name for name in EVERYTHING if "key" not in name]


def test_link_is_kept_with_its_content(tmp_path: Path, cluster: Cluster) -> None:
    (tmp_path / "elsewhere").write_text("shared", encoding="utf-8")
    (tmp_path / "conf/linked.conf").symlink_to(tmp_path / "elsewhere")
    assert saved(tmp_path, cluster)[0] == sorted([*EVERYTHING, "conf/linked.conf"])


def test_what_is_no_readable_file_is_told_and_costs_nothing(tmp_path: Path, cluster: Cluster) -> None:
    (tmp_path / "conf/dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "conf/pipe")
    assert saved(tmp_path, cluster) == (EVERYTHING, ["conf/dangling", "conf/pipe"])


def test_file_that_may_not_be_read_is_told(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the answer is played."""
    hidden = str(tmp_path / "conf/pg_hba.conf")
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != hidden and real(path, mode))
    assert saved(tmp_path, cluster)[1] == ["conf/pg_hba.conf"]


def test_cluster_without_any_of_it(tmp_path: Path, cluster: Cluster) -> None:
    bare = Cluster(17, "bare", 5432, True, "postgres", "/nowhere/data", "/nowhere/conf", "", "/run")
    assert "conf/pg_hba.conf" not in saved(tmp_path, bare)[0]


def test_hba_file_in_another_folder_is_kept_too(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere" / "hba.conf"
    elsewhere.parent.mkdir()
    elsewhere.touch()
    monkeypatch.setattr(config_archive, "server_paths", lambda _cluster: reported(str(elsewhere)))
    kept, unread = saved(tmp_path, cluster)
    assert (kept, unread) == (sorted([*EVERYTHING, "elsewhere/hba.conf"]), [])
