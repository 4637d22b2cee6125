# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files belong to no cluster any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import leftovers as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.debian import MANAGED
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.leftovers import leftovers

OURS = f"{MANAGED}t: changes made here are overwritten.\n"


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with cluster 17/main, whose files are this collection's too."""
    monkeypatch.setattr(module, "UNIT_ROOT", f"{tmp_path}/units")
    monkeypatch.setattr(module, "CONFIG_ROOT", f"{tmp_path}/etc")
    monkeypatch.setattr(cluster, "CONFIG_ROOT", f"{tmp_path}/etc")
    for path in (
        "etc/17/main/postgresql.conf",
        "etc/17/main/start.conf",
        "etc/17/main/conf.d/50-t.conf",
        "units/postgresql@17-main.service.d/50-t.conf",
    ):
        write(tmp_path, path)
    return tmp_path


def write(root: Path, path: str, text: str = OURS) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def found(root: Path) -> list[str]:
    return [str(Path(path).relative_to(root)) for path in leftovers()]


def test_files_of_a_cluster_that_exists_stay(root: Path) -> None:
    assert found(root) == []


def test_what_pg_dropcluster_leaves_is_found_with_its_folders(root: Path) -> None:
    write(root, "etc/15/main/conf.d/50-t.conf")
    write(root, "etc/15/main/conf.d/60-t.conf")
    write(root, "units/postgresql@15-main.service.d/50-t.conf")
    assert found(root) == [
        "etc/15/main/conf.d/50-t.conf",
        "etc/15/main/conf.d/60-t.conf",
        "etc/15/main/conf.d",
        "etc/15/main",
        "etc/15",
        "units/postgresql@15-main.service.d/50-t.conf",
        "units/postgresql@15-main.service.d",
    ]


def test_folder_with_a_file_of_somebody_else_stays(root: Path) -> None:
    write(root, "etc/15/main/conf.d/50-t.conf")
    write(root, "etc/15/main/conf.d/mine.conf", "work_mem = 1GB\n")
    write(root, "etc/15/other/start.conf", "auto\n")
    assert found(root) == ["etc/15/main/conf.d/50-t.conf"]


@pytest.mark.parametrize(
    "path",
    [
        "units/postgresql@.service.d/50-t.conf",
        "units/postgresql@17-main.service.d/99.conf",
        "units/x@15-main.service.d/1.conf",
    ],
)
def test_drop_ins_of_other_units_stay(root: Path, path: str) -> None:
    write(root, path)
    assert found(root) == []


def test_cluster_is_known_by_its_link_too(root: Path) -> None:
    write(root, "etc/15/main/conf.d/50-t.conf")
    (root / "etc/15/main/postgresql.conf").symlink_to("/nowhere")
    assert found(root) == []
