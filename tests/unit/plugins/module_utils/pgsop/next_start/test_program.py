# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which program and which libraries the next start takes."""

from __future__ import annotations

import mmap
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.program import (
    is_replaced,
    library_folder,
    library_path,
    replaced_libraries,
    server_program,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc/postgresql/17/main", "/log", "/run")
PACKAGED = "/usr/lib/postgresql/17/bin/postgres"


@pytest.mark.parametrize(
    ("options", "packaged", "expected"),
    [
        ('/opt/pg/bin/postgres "-D" "/data" "-p" "5433"\n', False, "/opt/pg/bin/postgres"),
        ("/opt/a folder/bin/postgres\n", False, "/opt/a folder/bin/postgres"),
        ('/opt/pg/bin/postgres "-D"\n', True, PACKAGED),
        ("", False, PACKAGED),
        (None, False, PACKAGED),
    ],
)
def test_program_of_the_next_start(tmp_path: Path, options: str | None, packaged: bool, expected: str) -> None:
    cluster = replace(CLUSTER, data_directory=str(tmp_path))
    if options is not None:
        (tmp_path / "postmaster.opts").write_text(options, encoding="utf-8")
    assert server_program(cluster if packaged else replace(cluster, config_directory=str(tmp_path))) == expected


def test_program_that_was_replaced(tmp_path: Path) -> None:
    program = tmp_path / "sleeper"
    shutil.copy2("/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as process:
        try:
            assert not is_replaced(process.pid, str(program))
            (tmp_path / "old").hardlink_to(program)
            shutil.copy2(program, tmp_path / "new")
            (tmp_path / "new").rename(program)
            assert is_replaced(process.pid, str(program))
            (tmp_path / "old").rename(program)
            assert not is_replaced(process.pid, str(program)), "the old file is back"
            program.unlink()
            assert is_replaced(process.pid, str(program))
        finally:
            process.kill()


def test_folder_of_the_libraries(tmp_path: Path) -> None:
    program = str(tmp_path / "bin" / "postgres")
    assert library_folder(program) == ""
    (tmp_path / "lib" / "postgresql").mkdir(parents=True)
    (tmp_path / "lib" / "postgresql" / "plpgsql.so").touch()
    assert library_folder(program) == str(tmp_path / "lib" / "postgresql")
    (tmp_path / "lib" / "plpgsql.so").touch()
    assert library_folder(program) == str(tmp_path / "lib")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one", "lib/one.so"),
        ("one.so", "lib/one.so"),
        ("$libdir/one", "lib/one.so"),
        ("two", "more/two.so"),
        ("plugins/three", "data/plugins/three.so"),
        ("nowhere", ""),
        ("$libdir/two", ""),
    ],
)
def test_file_of_a_library(tmp_path: Path, name: str, expected: str) -> None:
    for path in ("lib/one.so", "more/two.so", "data/plugins/three.so"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = library_path(name, (str(tmp_path / "lib"), str(tmp_path / "more")), str(tmp_path / "data"))
    assert found == (str(tmp_path / expected) if expected else "")
    assert library_path(str(tmp_path / "lib" / "one"), ("/nowhere",), "/nowhere") == str(tmp_path / "lib" / "one.so")


def test_libraries_that_were_replaced(tmp_path: Path) -> None:
    library = tmp_path / "one.so"
    library.write_bytes(bytes(4096))
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ):
        assert replaced_libraries(os.getpid(), str(tmp_path)) == []
        (tmp_path / "old").hardlink_to(library)
        (tmp_path / "new").write_bytes(bytes(4096))
        (tmp_path / "new").rename(library)
        assert replaced_libraries(os.getpid(), str(tmp_path)) == [str(library)]
        assert replaced_libraries(os.getpid(), "/nowhere") == []
        (tmp_path / "old").rename(library)
        assert replaced_libraries(os.getpid(), str(tmp_path)) == [], "the old file is back"
        library.unlink()
        assert replaced_libraries(os.getpid(), str(tmp_path)) == [], "it is missing"
