# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a folder of files to a set that is there for good: never half, never in the place of another."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator

from ..errors import PgsopError
from ..files import sweep_temporary
from . import encryption, names
from .checksums import flush_folder

#: One of them is in every folder in which a set is made, as long as it holds anything.
_SIGNS = frozenset([names.MARKER, names.MANIFEST])
#: As tempfile makes it.
_SCRATCH_NAME = re.compile(re.escape(encryption.SCRATCH_PREFIX) + r"[a-z0-9_]{8}")


@contextlib.contextmanager
def exclusive_lock(directory: str) -> Iterator[None]:
    """Hold the lock for changes to the sets of a folder during the block.

    Raises:
        PgsopError: another process holds it.
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PgsopError(
                attempted="begin a backup",
                target=directory,
                answer="another backup into this folder runs at the moment",
                next_step="wait until it has ended; 'pgsop backups' shows how",
            ) from error
        yield
    finally:
        os.close(descriptor)


def sweep(directory: str) -> list[str]:
    """Remove the remains of killed runs, and return their names, sorted. Call it with the exclusive lock only.

    Removed are partial sets, half removed sets, decrypted parts that are not in use, and temporary files in sets.

    Raises:
        OSError: a folder cannot be read or removed.
    """
    gone = []
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if _left_behind(name, path):
            _remove(path)
            gone.append(name)
        elif names.SET_NAME.fullmatch(name) and os.path.isdir(path):
            sweep_temporary(path)
    return gone


def _remove(path: str) -> None:
    """Remove a folder; its marker or manifest goes last, so that the next sweep recognizes what an interruption leaves."""
    for name in set(os.listdir(path)) - _SIGNS:
        part = os.path.join(path, name)
        if os.path.isdir(part) and not os.path.islink(part):
            shutil.rmtree(part)
        else:
            os.unlink(part)
    shutil.rmtree(path)


def _left_behind(name: str, path: str) -> bool:
    if not os.path.isdir(path) or os.path.islink(path):
        return False
    if names.PARTIAL_NAME.fullmatch(name):
        # Without the marker it was just made, or was just being published.
        ours = not os.listdir(path) or _SIGNS & set(os.listdir(path))
        return bool(ours)
    if _SCRATCH_NAME.fullmatch(name):
        return encryption.abandoned(path)
    return bool(names.TRASH_NAME.fullmatch(name))


@contextlib.contextmanager
def staging_directory(directory: str, name: str) -> Iterator[str]:
    """Yield the path of a new folder in which a set is made; it is removed after the block, unless it was published.

    Raises:
        PgsopError: the folder cannot be made, or the block raised an OSError, such as a full file system.
    """
    path = os.path.join(directory, names.partial(name))
    try:
        os.mkdir(path, 0o700)
        try:
            with open(os.path.join(path, names.MARKER), "xb"):
                pass
            yield path
        finally:
            with contextlib.suppress(OSError):
                _remove(path)
    except OSError as error:
        raise PgsopError(
            attempted="write the set",
            target=error.filename or path,
            answer=error.strerror or str(error),
            next_step="look at 'df -h' and 'df -i'; nothing of it was kept, and the sets before it are as they were",
        ) from error


def publish(directory: str, name: str) -> str:
    """Rename a finished set to its name, point `latest` to it, and return its path. All of its files must be flushed before.

    Raises:
        OSError: the set cannot be renamed, for example because one of that name exists; it is not published then.
        PgsopError: the link `latest` cannot be set; the set is published.
    """
    half, whole = os.path.join(directory, names.partial(name)), os.path.join(directory, name)
    os.unlink(os.path.join(half, names.MARKER))
    flush_folder(half)
    # A folder that is there, and not empty, is an error for rename(2): no set is ever replaced.
    os.rename(half, whole)
    try:
        flush_folder(directory)
        _point_at(directory, name)
    except OSError as error:
        raise PgsopError(
            attempted="make the new set the latest",
            target=os.path.join(directory, names.LATEST),
            answer=error.strerror or str(error),
            next_step=f"look at the disk ('df -h', 'dmesg'); set {name} is there, and the next backup makes the link anew",
        ) from error
    return whole


def _point_at(directory: str, name: str) -> None:
    link = os.path.join(directory, f".{names.LATEST}")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(link)
    os.symlink(name, link)
    os.replace(link, os.path.join(directory, names.LATEST))
    flush_folder(directory)
