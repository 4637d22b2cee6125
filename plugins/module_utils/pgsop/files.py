# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-file writes that are either complete or did not happen, and snapshots to go back to."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from typing import Optional

from .errors import PgsopError


@dataclass(frozen=True)
class FileMode:
    """Owner, group and permission bits a managed file must have."""

    owner: str
    group: str
    mode: int


@dataclass(frozen=True)
class FileState:
    """A file as it is on disk; ``text`` is None where there is none."""

    path: str
    text: Optional[str] = None
    owner: str = ""
    group: str = ""
    mode: int = 0

    def describe_mode(self) -> str:
        """Owner, group and mode in the words of a diff, empty where there is no file."""
        return "" if self.text is None else f"# {self.owner}:{self.group} {self.mode:04o}\n"


def read_state(path: str) -> FileState:
    """Read a file and its ownership.

    Raises:
        PgsopError: where there is a file that cannot be read.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            text = handle.read()
            status = os.fstat(handle.fileno())
    except FileNotFoundError:
        return FileState(path)
    except OSError as error:
        raise PgsopError(
            attempted="read the file",
            target=path,
            answer=error.strerror or str(error),
            next_step="run as root (become: true)",
        ) from error
    return FileState(path, text, user_name(status.st_uid), group_name(status.st_gid), stat.S_IMODE(status.st_mode))


def user_name(uid: int) -> str:
    """Name of a user id, the number itself where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """Name of a group id, the number itself where it has none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def has_mode(state: FileState, wanted: FileMode) -> bool:
    """Whether owner, group and mode are as wanted."""
    return (state.owner, state.group, state.mode) == (wanted.owner, wanted.group, wanted.mode)


def write_atomically(path: str, text: str, mode: FileMode) -> None:
    """Replace a file by way of a temporary one beside it, flushed to disk before the rename.

    Raises:
        PgsopError: where the new text could not be stored; the old file is then untouched.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".pgsop-", suffix=".tmp", dir=os.path.dirname(path))
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
            os.fchmod(stream.fileno(), mode.mode)
            _change_owner(stream.fileno(), mode)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise PgsopError(
            attempted="write the file",
            target=path,
            answer=error.strerror or str(error),
            next_step=f"check space and permissions with 'df -h {os.path.dirname(path)}', then run again;"
            " the file on disk is still the old one",
        ) from error
    _flush_directory(os.path.dirname(path))


def remove(path: str) -> None:
    """Remove a file; one that is not there is fine."""
    if os.path.exists(path):
        os.unlink(path)
        _flush_directory(os.path.dirname(path))


def restore(state: FileState) -> None:
    """Bring a file back to an earlier state, its absence included."""
    if state.text is None:
        remove(state.path)
        return
    write_atomically(state.path, state.text, FileMode(state.owner, state.group, state.mode))


def _change_owner(descriptor: int, mode: FileMode) -> None:
    # Only root can give a file away; anybody else may only write files that are their own.
    if os.geteuid() == 0:
        os.fchown(descriptor, pwd.getpwnam(mode.owner).pw_uid, grp.getgrnam(mode.group).gr_gid)


def _flush_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
