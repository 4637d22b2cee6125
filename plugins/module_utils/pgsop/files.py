# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-file writes that are either complete or did not happen, and snapshots to go back to."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import stat
import tempfile
import time
from dataclasses import dataclass, field

from .errors import PgsopError

#: Who owns a managed file; becomes part of its name.
CALLER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
#: Names of temporary files, and the seconds after which a file is certainly not written any more.
_PREFIX, _SUFFIX = ".pgsop-", ".tmp"
_WRITTEN_S = 60.0


@dataclass(frozen=True)
class FileMode:
    """Owner, group and permission bits a managed file must have."""

    owner: str
    group: str
    mode: int


@dataclass(frozen=True)
class FileState:
    """A file as it is on disk.

    Attributes:
        text: None if the file does not exist.
        modified_ns: time of its last change, in nanoseconds since the epoch.
    """

    path: str
    text: str | None = None
    owner: str = ""
    group: str = ""
    mode: int = 0
    modified_ns: int | None = field(default=None, compare=False)

    def describe_mode(self) -> str:
        """Return owner, group and mode as a line of a diff; empty if the file does not exist."""
        return "" if self.text is None else f"# {self.owner}:{self.group} {self.mode:04o}\n"


def read_state(path: str) -> FileState:
    """Return a file's text, ownership, mode and time.

    Raises:
        PgsopError: the file exists and cannot be read.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as handle:
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
    owner, group = user_name(status.st_uid), group_name(status.st_gid)
    return FileState(path, text, owner, group, stat.S_IMODE(status.st_mode), status.st_mtime_ns)


def user_name(uid: int) -> str:
    """Return the name of a user id; the number itself if it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """Return the name of a group id; the number itself if it has no name."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def user_exists(name: str) -> bool:
    """Return whether the host has a user of that name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def group_exists(name: str) -> bool:
    """Return whether the host has a group of that name."""
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def changed_at(path: str) -> float:
    """Return the ctime of a file or folder, in seconds since the epoch.

    Not the time of its content: an older file that is moved or copied back keeps that time, so that the use of another file in between
    would go unnoticed.

    Raises:
        OSError: the path does not exist or cannot be examined.
    """
    return os.stat(path).st_ctime


def has_mode(state: FileState, wanted: FileMode) -> bool:
    """Return whether owner, group and mode are as wanted."""
    return (state.owner, state.group, state.mode) == (wanted.owner, wanted.group, wanted.mode)


def write_atomically(path: str, content: str | bytes, mode: FileMode, *, modified_ns: int | None = None) -> None:
    """Replace a file by way of a temporary one beside it, flushed to disk before the rename; a symbolic link stays.

    Args:
        path: the file, or a link to it.
        content: all of it; a text as read_state returns it.
        mode: owner, group and permission bits.
        modified_ns: time to give it, in nanoseconds since the epoch; default: now.

    Raises:
        PgsopError: the content could not be stored or the link is not safe to follow; the file is then untouched.
    """
    path = _followed(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=os.path.dirname(path))
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), mode.mode)
            _change_owner(stream.fileno(), mode)
            stream.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
            stream.flush()
            os.fsync(stream.fileno())
        if modified_ns is not None:
            os.utime(temporary, ns=(modified_ns, modified_ns))
        os.replace(temporary, path)
        temporary = ""
    except (OSError, UnicodeError, KeyError) as error:
        # KeyError: the owner or the group does not exist.
        raise PgsopError(
            attempted="write the file",
            target=path,
            answer=getattr(error, "strerror", None) or str(error),
            next_step=f"check space and permissions with 'df -h {os.path.dirname(path)}', then run again;"
            " the file on disk is still the old one",
        ) from error
    finally:
        if temporary:
            os.unlink(temporary)
    _flush_directory(os.path.dirname(path))


def make_folder(path: str, mode: int) -> None:
    """Create a folder with exactly this mode; os.mkdir takes away the bits of the caller's umask.

    Raises:
        PgsopError: the folder cannot be created.
    """
    try:
        os.mkdir(path, 0o700)
        os.chmod(path, mode)
    except OSError as error:
        raise PgsopError(
            attempted="create the folder",
            target=path,
            answer=error.strerror or str(error),
            next_step=f"check 'ls -ld {os.path.dirname(path)}', then run again",
        ) from error


def _followed(path: str) -> str:
    """Return the path itself, or if it is a link, the file that it leads to.

    Only a link of root's, or of this process's own user, is followed: another user could otherwise have root overwrite any file.

    Raises:
        PgsopError: for another link, and for one that does not lead to a regular file.
    """
    try:
        link = os.lstat(path)
    except OSError:
        return path
    if not stat.S_ISLNK(link.st_mode):
        return path
    target = os.path.realpath(path)
    answer = ""
    if link.st_uid not in (0, os.geteuid()):
        answer = f"it is a symbolic link of {user_name(link.st_uid)}, and only a link of root's is followed"
    elif not os.path.isfile(target):
        answer = f"it is a symbolic link to {target}, which is not a regular file"
    if answer:
        raise PgsopError(
            attempted="write the file",
            target=path,
            answer=answer,
            next_step=f"replace the link by a file, or check where it leads with 'ls -l {path}' and run 'chown -h root {path}'",
        )
    return target


def free_bytes(path: str) -> int:
    """Return the bytes that are free for ordinary users on the file system of a path."""
    room = os.statvfs(path)
    return room.f_bavail * room.f_frsize


def sweep_temporary(folder: str) -> None:
    """Remove temporary files that a killed process left in a folder; those younger than 60 s may be in use."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
            # The process that wrote it may be quicker.
            with contextlib.suppress(FileNotFoundError):
                if time.time() - os.stat(path).st_mtime > _WRITTEN_S:
                    os.unlink(path)


def remove(path: str) -> None:
    """Remove a file; do nothing if it does not exist."""
    if os.path.exists(path):
        os.unlink(path)
        _flush_directory(os.path.dirname(path))


def remove_empty_folder(path: str) -> None:
    """Remove a folder; do nothing if it has files or does not exist."""
    with contextlib.suppress(OSError):
        os.rmdir(path)


def restore(state: FileState) -> None:
    """Bring a file back to an earlier state, its absence included.

    Raises:
        PgsopError: the content could not be stored.
    """
    if state.text is None:
        remove(state.path)
        return
    mode = FileMode(state.owner, state.group, state.mode)
    # Its old time too: it shows whether the server has loaded the file.
    write_atomically(state.path, state.text, mode, modified_ns=state.modified_ns)


def _change_owner(descriptor: int, mode: FileMode) -> None:
    # Only root can give a file away; other users may only write files of their own.
    if os.geteuid() == 0:
        os.fchown(descriptor, _user_id(mode.owner), _group_id(mode.group))


def _user_id(name: str) -> int:
    """Return the user id of a name or number, the inverse of user_name."""
    return int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid


def _group_id(name: str) -> int:
    """Return the group id of a name or number, the inverse of group_name."""
    return int(name) if name.isdigit() else grp.getgrnam(name).gr_gid


def _flush_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
