# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that are readable with a key only: one encrypted file for each part of a set, by age (https://age-encryption.org)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import IO, Any

from .. import command
from ..errors import PgsopError
from . import names
from .checksums import digest_problems
from .config import BackupConfig
from .manifest import Manifest
from .store import StoredSet
from .tools import end, pipe, tied

PROGRAM = "/usr/bin/age"
SUFFIX = ".age"
#: What was a folder is an archive of it.
FOLDER_SUFFIX = ".tar.age"
#: Folders with decrypted parts, left behind by a killed run only.
SCRATCH_PREFIX = ".restore-"
#: Seconds after which such a folder is locked for certain, if it is in use.
_SETTLED_S = 60.0


def version() -> str:
    """Return the name and version of the encryption program, as in "age 1.1.1".

    Raises:
        PgsopError: age is not installed or does not run.
    """
    answer = command.run([PROGRAM, "--version"])
    if answer.status != 0:
        raise PgsopError(
            attempted="encrypt or decrypt a set",
            target=PROGRAM,
            answer=answer.text or "it does not work",
            next_step="install the package age, as role pg_backup does if pg_backup_encryption_recipients are declared",
        )
    return f"age {answer.output.strip()}"


def encrypt(config: BackupConfig, folder: str) -> None:
    """Replace every part of a set by its encrypted form: NAME.age for a file, NAME.tar.age for a folder.

    Raises:
        PgsopError: age fails. The part that failed and those after it by name are still plain, those before it are encrypted.
    """
    recipients = [word for recipient in config.encryption_recipients for word in ("-r", recipient)]
    for name in sorted(set(os.listdir(folder)) - {names.MARKER}):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            _encrypt_folder(path, recipients)
            shutil.rmtree(path)
        else:
            _encrypt_file(path, recipients)
            os.unlink(path)


@contextlib.contextmanager
def opened(config: BackupConfig, stored: StoredSet, parts: Sequence[str]) -> Iterator[str]:
    """Yield a folder with the plain form of some parts of a set, during the block.

    It is the set itself if this is not encrypted, else a temporary folder beside it, which is removed after the block.

    Args:
        config: with the path of the secret key.
        stored: the set.
        parts: files or folders at its top, such as appdb.dump.

    Raises:
        PgsopError: the key is missing or does not fit, or a decrypted file differs from its digest before encryption.
    """
    manifest = stored.known
    if manifest.encryption is None:
        yield stored.path
        return
    _require_key(config, stored)
    scratch = tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=os.path.dirname(stored.path))
    in_use = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX)
        for part in parts:
            _decrypt(config, stored, part, scratch)
        plain = [file for file in manifest.plain_files if file.path.split("/", maxsplit=1)[0] in parts]
        problems = digest_problems(scratch, plain)
        if problems:
            raise _failed(
                "decrypt the set", stored.path, "; ".join(problems), "use another set, and look at the disk with dmesg"
            )
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(in_use)


def abandoned(scratch: str) -> bool:
    """Return whether no process uses a folder with decrypted parts any more.

    In its first 60 s the result is False, because the folder may not be locked yet.

    Raises:
        OSError: the folder cannot be opened.
    """
    if time.time() - os.stat(scratch).st_mtime < _SETTLED_S:
        return False
    descriptor = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def stored_name(manifest: Manifest, part: str) -> str:
    """Return the name of a part on disk: with the suffix for its encrypted form if the set is encrypted."""
    if manifest.encryption is None:
        return part
    is_file = any(file.path == part for file in manifest.plain_files)
    return part + (SUFFIX if is_file else FOLDER_SUFFIX)


def _encrypt_file(path: str, recipients: Sequence[str]) -> None:
    answer = command.run([PROGRAM, *recipients, "-o", path + SUFFIX, path], timeout=86_400)
    if answer.status != 0:
        raise _failed("encrypt", path, answer.text, "correct pg_backup_encryption_recipients, and look at 'df -h'")


def _encrypt_folder(path: str, recipients: Sequence[str]) -> None:
    into = [*recipients, "-o", path + FOLDER_SUFFIX]
    with _age(into, path, stdin=subprocess.PIPE) as process, pipe(process.stdin) as stream:
        _pack(path, stream)


def _decrypt(config: BackupConfig, stored: StoredSet, part: str, scratch: str) -> None:
    source = os.path.join(stored.path, stored_name(stored.known, part))
    key = ["-d", "-i", config.encryption_identity_file]
    if source.endswith(FOLDER_SUFFIX):
        with _age([*key, source], source, stdout=subprocess.PIPE) as process, pipe(process.stdout) as stream:
            _extract(stream, part, scratch)
        return
    answer = command.run([PROGRAM, *key, "-o", os.path.join(scratch, part), source], timeout=86_400)
    if answer.status != 0:
        raise _failed("decrypt", source, answer.text, "give the key that belongs to the set's recipients")


def _pack(path: str, stream: IO[bytes]) -> None:
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(path, arcname=os.path.basename(path))


def _extract(stream: IO[bytes], part: str, scratch: str) -> None:
    """Extract plain files into one folder only, so that an altered archive cannot write elsewhere."""
    os.mkdir(os.path.join(scratch, part), 0o700)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            folder, name = os.path.split(member.name)
            if content is not None and folder == part and name not in ("", ".", ".."):
                with open(os.path.join(scratch, part, name), "xb") as handle:
                    shutil.copyfileobj(content, handle)


@contextlib.contextmanager
def _age(arguments: list[str], path: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    complaints: IO[bytes]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(tied([PROGRAM, *arguments]), stderr=complaints, **streams)
        broken = ""
        try:
            yield process
        except (OSError, tarfile.TarError) as error:
            # Mostly because age has ended, and then its own error has the reason.
            broken = str(error)
            process.wait()
        else:
            process.wait()
        finally:
            end(process)
        complaints.seek(0)
        said = " ".join(complaints.read(2000).decode("utf-8", "replace").split())
    if process.returncode != 0 or broken:
        raise _failed("encrypt or decrypt", path, said or broken, "look at the keys and at 'df -h'")


def _require_key(config: BackupConfig, stored: StoredSet) -> None:
    version()
    key = config.encryption_identity_file
    if not key or not os.access(key, os.R_OK):
        raise _failed(
            "decrypt the set",
            stored.path,
            f"the secret key {key} cannot be read" if key else "no secret key is declared",
            "put the key on this host for the time of the restore and name it in pg_backup_encryption_identity_file",
        )


def _failed(attempted: str, target: str, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted=attempted, target=target, answer=answer, next_step=next_step)
