# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set's files are as they were, or it is said which are not."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import checksums
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import StoredFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.dump").mkdir()
    (tmp_path / "a.dump" / "toc.dat").write_bytes(b"toc")
    (tmp_path / "b.dump").write_bytes(bytes(range(256)) * 8193)  # beyond what is read at once
    (tmp_path / "empty").touch()
    (tmp_path / ".pgsop").touch()
    return tmp_path


def test_every_file_is_taken_but_the_marker(folder: Path) -> None:
    files = checksums.take(str(folder))
    assert [(file.path, file.bytes) for file in files] == [("a.dump/toc.dat", 3), ("b.dump", 256 * 8193), ("empty", 0)]
    assert files[0].sha256 == hashlib.sha256(b"toc").hexdigest()
    assert [file.changed_ns for file in files] == [(folder / file.path).stat().st_ctime_ns for file in files]
    assert checksums.take(str(folder), flush=False) == files


def test_sha256sum_reads_it(folder: Path) -> None:
    text = checksums.checksums_text(checksums.take(str(folder)))
    (folder / "SHA256SUMS").write_text(text, encoding="utf-8")
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    (folder / "empty").write_text("x", encoding="utf-8")
    assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode == 1


@pytest.mark.parametrize("touched_only", [False, True])
def test_untouched_files_are_fine(folder: Path, touched_only: bool) -> None:
    assert checksums.digest_problems(str(folder), checksums.take(str(folder)), touched_only=touched_only) == ()


@pytest.mark.parametrize("touched_only", [False, True])
def test_altered_files_are_told(folder: Path, touched_only: bool) -> None:
    files = checksums.take(str(folder))
    (folder / "empty").write_text("x", encoding="utf-8")
    (folder / "a.dump" / "toc.dat").unlink()
    path = folder / "b.dump"
    before = path.stat()
    with path.open("r+b") as handle:
        handle.seek(1_500_000)
        handle.write(b"\xff\xff")
    # Somebody who sets the time of the content back does not set back the time of the change.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checksums.digest_problems(str(folder), files, touched_only=touched_only) == (
        "a.dump/toc.dat cannot be read: No such file or directory",
        "b.dump has another content than it was verified with",
        "empty has 1 bytes instead of 0",
    )


def test_touched_file_with_the_same_content_is_fine(folder: Path) -> None:
    files = checksums.take(str(folder))
    (folder / "b.dump").write_bytes((folder / "b.dump").read_bytes())
    assert (folder / "b.dump").stat().st_ctime_ns != files[1].changed_ns
    assert checksums.digest_problems(str(folder), files, touched_only=True) == ()


def test_rotten_byte_that_nobody_wrote_is_found_by_reading_everything_only(folder: Path) -> None:
    """A disk does not tell when it lost a byte; here the note is of other bytes than those there are."""
    (file,) = [file for file in checksums.take(str(folder)) if file.path == "b.dump"]
    rotten = StoredFile(file.path, file.bytes, "0" * 64, file.changed_ns)
    assert checksums.digest_problems(str(folder), [rotten], touched_only=True) == ()
    assert checksums.digest_problems(str(folder), [rotten]) != ()


def test_file_that_became_a_folder_is_told(folder: Path) -> None:
    files = checksums.take(str(folder))
    (folder / "empty").unlink()
    (folder / "empty").mkdir()
    assert len(checksums.digest_problems(str(folder), files)) == 1
