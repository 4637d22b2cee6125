# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are replaced as a whole or not at all, and brought back byte for byte."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import grp
import os
import pwd
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import files
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import (
    FileMode,
    FileState,
    has_mode,
    make_folder,
    read_state,
    restore,
    sweep_temporary,
    write_atomically,
)

USER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name
MINE = FileMode(USER, GROUP, 0o640)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"a = 'b'\n",
        b"no newline at the end",
        b"\xff\xfe no utf-8\n",
        "gr\u00fc\u00dfe\n".encode(),
        b"tab\t\0nul\n",
    ],
)
def test_state_is_read_and_written_byte_for_byte(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    state = read_state(str(path))
    assert state.text is not None
    write_atomically(str(tmp_path / "g"), state.text, MINE)
    assert (tmp_path / "g").read_bytes() == content


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    content = bytes(range(256))
    write_atomically(str(tmp_path / "f"), content, MINE)
    assert (tmp_path / "f").read_bytes() == content


def test_users_and_groups_of_the_host() -> None:
    assert files.user_exists(USER)
    assert files.group_exists(GROUP)
    assert not files.user_exists("no such user")
    assert not files.group_exists("no such group")


@pytest.mark.parametrize("content", [b"a\r\nb\r\n", b"a = 'x\ry'\n", b"\r"])
def test_carriage_returns_are_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    state = read_state(str(path))
    restore(state)
    assert path.read_bytes() == content


def test_state_has_owner_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.touch()
    path.chmod(0o2750)
    assert read_state(str(path)) == FileState(str(path), "", USER, GROUP, 0o2750)
    assert read_state(str(path)).describe_mode() == f"# {USER}:{GROUP} 2750\n"


def test_missing_file_is_a_state_too(tmp_path: Path) -> None:
    state = read_state(str(tmp_path / "f"))
    assert state == FileState(str(tmp_path / "f"))
    assert state.describe_mode() == ""


def test_what_is_no_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="directory"):
        read_state(str(tmp_path))


@pytest.mark.parametrize(
    ("wanted", "same"),
    [
        (FileMode("a", "b", 0o640), True),
        (FileMode("x", "b", 0o640), False),
        (FileMode("a", "x", 0o640), False),
        (FileMode("a", "b", 0o644), False),
    ],
)
def test_mode_is_owner_group_and_bits(wanted: FileMode, same: bool) -> None:
    assert has_mode(FileState("/f", "", "a", "b", 0o640), wanted) is same


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666])
def test_file_is_replaced_with_its_mode_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    before = os.umask(0o077)
    try:
        write_atomically(str(path), "new\n", FileMode(USER, GROUP, mode))
    finally:
        os.umask(before)
    assert path.read_text(encoding="utf-8") == "new\n"
    assert read_state(str(path)).mode == mode
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755, 0o1777])
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o777])
def test_folder_has_its_mode_whatever_the_umask(tmp_path: Path, mode: int, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_folder(str(tmp_path / "f"), mode)
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o7777 == mode


def test_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "f"):
        with pytest.raises(PgsopError, match="create the folder"):
            make_folder(str(path), 0o755)


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    with path.open(encoding="utf-8") as reader:
        write_atomically(str(path), "new", MINE)
        assert reader.read() == "old"


def test_content_is_on_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noted(name: str, act: Callable[..., None]) -> Callable[..., None]:
        def note(*arguments: Any) -> None:
            size = os.fstat(arguments[0]).st_size if not order else None
            order.append(f"{name} of {size} bytes" if size is not None else name)
            act(*arguments)

        return note

    monkeypatch.setattr(os, "fsync", noted("fsync", os.fsync))
    monkeypatch.setattr(os, "replace", noted("replace", os.replace))
    write_atomically(str(tmp_path / "f"), "four", MINE)
    assert order == ["fsync of 4 bytes", "replace", "fsync"]


def failing(number: int) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("name", ["fsync", "replace", "fchmod"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EPERM])
def test_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, name, failing(number))
    with pytest.raises(PgsopError) as failed:
        write_atomically(str(path), "new", MINE)
    assert failed.value.target == str(path)
    assert failed.value.answer == os.strerror(number)
    assert "still the old one" in failed.value.next_step
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("error", [KeyError("no such user"), KeyboardInterrupt(), MemoryError()])
def test_write_that_is_broken_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(_descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((type(error), PgsopError)):
        write_atomically(str(tmp_path / "f"), "new", MINE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [FileMode("no-such-user", GROUP, 0o640), FileMode(USER, "no-such-group", 0o640)])
def test_owner_that_does_not_exist_is_an_error_in_words(tmp_path: Path, mode: FileMode) -> None:
    with pytest.raises(PgsopError, match="no-such"):
        write_atomically(str(tmp_path / "f"), "new", mode)
    assert list(tmp_path.iterdir()) == []


def test_text_that_is_no_text_is_an_error_in_words_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(PgsopError):
        write_atomically(str(tmp_path / "f"), "half of a pair: \ud800", MINE)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match="No such file or directory"):
        write_atomically(str(tmp_path / "missing" / "f"), "x", MINE)


@contextlib.contextmanager
def tiny_disk(folder: Path) -> Iterator[None]:
    """A tmpfs of one page; skips the test where this process may not mount."""
    libc = ctypes.CDLL(None, use_errno=True)
    target = os.fsencode(folder)
    if libc.mount(b"tmpfs", target, b"tmpfs", 0, b"size=4k") != 0:
        pytest.skip("may not mount a tmpfs")
    try:
        yield
    finally:
        libc.umount2(target, 2)


def test_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    with tiny_disk(tmp_path):
        path = tmp_path / "f"
        path.write_text("old", encoding="utf-8")
        with pytest.raises(PgsopError, match="No space left on device"):
            write_atomically(str(path), "x" * 8192, MINE)
        assert path.read_text(encoding="utf-8") == "old"
        assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_change_of_content_and_mode_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o604)
    state = read_state(str(path))
    write_atomically(str(path), "new", MINE)
    restore(state)
    assert read_state(str(path)) == state


def test_restored_file_has_its_old_time(tmp_path: Path) -> None:
    """Modules tell by the time of a file whether the server has loaded it; a rollback must not look like a change."""
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    os.utime(path, ns=(10**18, 10**18))
    state = read_state(str(path))
    write_atomically(str(path), "new", MINE)
    restore(state)
    assert path.stat().st_mtime_ns == 10**18


def test_absence_is_restored(tmp_path: Path) -> None:
    state = read_state(str(tmp_path / "f"))
    write_atomically(str(tmp_path / "f"), "new", MINE)
    restore(state)
    assert list(tmp_path.iterdir()) == []
    restore(state)
    assert list(tmp_path.iterdir()) == []


def test_removed_file_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old", encoding="utf-8")
    state = read_state(str(path))
    path.unlink()
    restore(state)
    assert read_state(str(path)) == state


def test_file_of_an_owner_without_a_name_is_restored_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _descriptor, user, group: given.append((user, group)))
    assert (files.user_name(4_000_123), files.group_name(4_000_124)) == ("4000123", "4000124")
    restore(FileState(str(tmp_path / "f"), "old", "4000123", "4000124", 0o600))
    assert given == [(4_000_123, 4_000_124)]


def test_temporary_files_of_killed_writers_are_removed(tmp_path: Path) -> None:
    for name, age in ((".pgsop-a.tmp", 120), (".pgsop-b.tmp", 0), ("pgsop-c.tmp", 120), (".pgsop-d", 120)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    sweep_temporary(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".pgsop-b.tmp", ".pgsop-d", "pgsop-c.tmp"]


@pytest.fixture(name="linked")
def _linked(tmp_path: Path) -> tuple[Path, Path]:
    """A link, and the file in another folder that it leads to."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "store").mkdir()
    target, link = tmp_path / "store" / "pg_hba.conf", tmp_path / "etc" / "pg_hba.conf"
    target.write_text("old\n", encoding="utf-8")
    link.symlink_to("../store/pg_hba.conf")
    return link, target


def test_link_stays_and_what_it_leads_to_is_replaced_and_restored(linked: tuple[Path, Path]) -> None:
    link, target = linked
    before = read_state(str(link))
    write_atomically(str(link), "new\n", FileMode(before.owner, before.group, 0o640))
    assert (link.readlink(), target.read_text(encoding="utf-8")) == (Path("../store/pg_hba.conf"), "new\n")
    assert sorted(path.name for path in target.parent.iterdir()) == ["pg_hba.conf"]
    restore(before)
    assert (link.is_symlink(), read_state(str(link))) == (True, before)


@pytest.mark.parametrize("target", ["/nonexistent/pg_hba.conf", "/dev/null", "."])
def test_link_that_leads_to_no_file_is_refused(tmp_path: Path, target: str) -> None:
    link = tmp_path / "pg_hba.conf"
    link.symlink_to(target)
    with pytest.raises(PgsopError, match="is not a regular file"):
        write_atomically(str(link), "new\n", FileMode("root", "root", 0o640))
    assert link.readlink() == Path(target)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")
def test_link_of_another_user_is_not_followed(linked: tuple[Path, Path]) -> None:
    """The folder is the server's: its user must not have root overwrite any file of the host."""
    link, target = linked
    os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(PgsopError, match="only a link of root's is followed"):
        write_atomically(str(link), "new\n", FileMode("root", "root", 0o640))
    assert (link.is_symlink(), target.read_text(encoding="utf-8")) == (True, "old\n")
