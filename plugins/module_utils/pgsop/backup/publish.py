# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a folder of files to a set that is there for good: never half, never in the place of another."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from typing import Iterator, List

from ..errors import PgsopError
from . import encryption, names
from .checksums import flush_folder


@contextlib.contextmanager
def alone(directory: str) -> Iterator[None]:
    """Nobody else makes or removes sets in this folder meanwhile.

    Raises:
        PgsopError: where somebody does.
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


def sweep(directory: str) -> List[str]:
    """Remove what killed runs left behind; their names. For whoever is alone only."""
    gone = []
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if _left_behind(name, path):
            shutil.rmtree(path)
            gone.append(name)
    return gone


def _left_behind(name: str, path: str) -> bool:
    if not os.path.isdir(path) or os.path.islink(path):
        return False
    if names.PARTIAL_NAME.fullmatch(name):
        # Without the marker it was just made, or was just being published.
        ours = not os.listdir(path) or {names.MARKER, names.MANIFEST} & set(os.listdir(path))
        return bool(ours)
    if name.startswith(encryption.SCRATCH_PREFIX):
        return encryption.abandoned(path)
    return bool(names.TRASH_NAME.fullmatch(name))


@contextlib.contextmanager
def made(directory: str, name: str) -> Iterator[str]:
    """A folder in which a set is made; it is gone after the block, unless it was published.

    Raises:
        PgsopError: where it cannot be made, or the file system fills up.
    """
    path = os.path.join(directory, names.partial(name))
    try:
        os.mkdir(path, 0o700)
        try:
            with open(os.path.join(path, names.MARKER), "xb"):
                pass
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
    except OSError as error:
        raise PgsopError(
            attempted="write the set",
            target=error.filename or path,
            answer=error.strerror or str(error),
            next_step="look at 'df -h' and 'df -i'; nothing of it was kept, and the sets before it are as they were",
        ) from error


def publish(directory: str, name: str) -> str:
    """Give a finished set its name, and `latest` to it; its path. Everything in it must be on disk already.

    Raises:
        OSError: where that is not possible.
    """
    half, whole = os.path.join(directory, names.partial(name)), os.path.join(directory, name)
    os.unlink(os.path.join(half, names.MARKER))
    flush_folder(half)
    # A folder that is there, and not empty, is an error for rename(2): no set is ever replaced.
    os.rename(half, whole)
    flush_folder(directory)
    link = os.path.join(directory, f".{names.LATEST}")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(link)
    os.symlink(name, link)
    os.replace(link, os.path.join(directory, names.LATEST))
    flush_folder(directory)
    return whole
