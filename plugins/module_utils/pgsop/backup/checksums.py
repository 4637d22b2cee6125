# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests of a set's files: taken once, compared whenever there is a doubt."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from . import names
from .manifest import StoredFile

#: Read at once, in bytes.
_CHUNK = 1 << 20
#: Files read at the same time; hashing leaves Python's lock alone.
_READERS = 2


def take(folder: str, *, flush: bool = True) -> tuple[StoredFile, ...]:
    """Return every file of a set with its size and SHA-256 digest, sorted by path; the marker file is left out.

    Args:
        folder: in which the set is made.
        flush: whether each file and folder is flushed to disk (fsync).

    Raises:
        OSError: a file cannot be read or flushed.
    """
    paths = sorted(_paths(folder))
    with ThreadPoolExecutor(_READERS) as readers:
        files = tuple(readers.map(lambda path: _take(folder, path, flush), paths))
    if flush:
        for root, _folders, _files in os.walk(folder):
            flush_folder(root)
    return files


def digest_problems(folder: str, files: Sequence[StoredFile], *, touched_only: bool = False) -> tuple[str, ...]:
    """Return which files are missing or changed, one sentence for each; empty if all are as the manifest has them.

    Args:
        folder: of the set.
        files: as the manifest has them.
        touched_only: read only files that have another ctime than in the manifest; else every byte of every file.
    """
    with ThreadPoolExecutor(_READERS) as readers:
        found: Iterable[str | None] = readers.map(lambda file: _problem(folder, file, touched_only), files)
        return tuple(problem for problem in found if problem)


def checksums_text(files: Sequence[StoredFile]) -> str:
    """Return the digests in the format that `sha256sum -c` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


def flush_folder(path: str) -> None:
    """Flush a folder to disk, so that files that were created, renamed or removed in it stay so after a power failure.

    Raises:
        OSError: the folder cannot be opened or flushed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _paths(folder: str) -> Iterator[str]:
    for root, _folders, files in os.walk(folder):
        for name in files:
            if name == names.MARKER:
                continue
            yield os.path.relpath(os.path.join(root, name), folder)


def _take(folder: str, path: str, flush: bool) -> StoredFile:
    with open(os.path.join(folder, path), "rb", buffering=0) as handle:
        digest = _digest(handle)
        if flush:
            os.fsync(handle.fileno())
        status = os.fstat(handle.fileno())
    return StoredFile(path, status.st_size, digest, status.st_ctime_ns)


def _digest(handle: io.FileIO) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_CHUNK)
    view = memoryview(buffer)
    while True:
        count = handle.readinto(buffer)
        if not count:
            return digest.hexdigest()
        digest.update(view[:count])


def _problem(folder: str, file: StoredFile, touched_only: bool) -> str | None:
    path = os.path.join(folder, file.path)
    try:
        status = os.stat(path)
        if status.st_size != file.bytes:
            return f"{file.path} has {status.st_size} bytes instead of {file.bytes}"
        if touched_only and status.st_ctime_ns == file.changed_ns:
            return None
        with open(path, "rb", buffering=0) as handle:
            digest = _digest(handle)
    except OSError as error:
        return f"{file.path} cannot be read: {error.strerror}"
    return None if digest == file.sha256 else f"{file.path} has another content than it was verified with"
