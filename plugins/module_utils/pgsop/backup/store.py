# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of sets: the sets in it, the state of each, and the set that a reference names."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import PgsopError
from . import manifest as manifests
from . import names
from .checksums import digest_problems
from .manifest import Manifest

#: The reference that means the newest one.
NEWEST = "latest"
#: Errors of reading a manifest that was changed by hand.
_UNUSABLE = (OSError, ValueError, TypeError, KeyError)
#: Serialises changes of manifests; a file of its own, for the folder's lock is held for the length of a backup.
_NOTES_LOCK = ".notes.lock"


@dataclass(frozen=True)
class StoredSet:
    """A set as it is on disk.

    Attributes:
        name: its folder's name.
        path: its folder.
        manifest: None if it cannot be read or was altered.
        problems: why the set is not, or not any more, usable.
    """

    name: str
    path: str
    manifest: Manifest | None
    problems: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Return whether a restore may read it: its files are as they were written, as far as is known without reading every byte."""
        return self.manifest is not None and not self.problems

    @property
    def verified(self) -> bool:
        """Return whether it is usable, and no obstacle to a restore of one of its databases is known."""
        return self.usable and not self.obstacles

    @property
    def obstacles(self) -> dict[str, tuple[Mapping[str, Any], ...]]:
        """Return the obstacles to a restore by database; only databases with obstacles."""
        dumps = self.manifest.databases if self.manifest else ()
        return {dump.name: dump.obstacles for dump in dumps if dump.obstacles}

    @property
    def known(self) -> Manifest:
        """Return the manifest of a set that has one, as every usable set does.

        Raises:
            LookupError: the set has no manifest.
        """
        if self.manifest is None:
            raise LookupError(f"set {self.name} has no manifest")
        return self.manifest

    def holds(self, database: str) -> bool:
        """Return whether it has a dump of the database."""
        return self.manifest is not None and self.manifest.database(database) is not None


class Store:
    """The sets below one folder.

    Args:
        directory: the folder.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def sets(self) -> list[StoredSet]:
        """Return every set, newest first; empty if the folder does not exist.

        Sets with a manifest that cannot be used come last, by name.

        Raises:
            PgsopError: the folder cannot be read.
        """
        try:
            found = [name for name in os.listdir(self.directory) if names.SET_NAME.fullmatch(name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PgsopError(
                attempted="list the backup sets",
                target=self.directory,
                answer=error.strerror or str(error),
                next_step="run pgsop as root or as the cluster's owner",
            ) from error
        return sorted((self.load(name) for name in found), key=_rank, reverse=True)

    def load(self, name: str) -> StoredSet:
        """Return a set by its name, with its problems.

        It has problems, and no error is raised, if its manifest cannot be used or lists damage, or if a file changed.
        """
        path = os.path.join(self.directory, name)
        try:
            manifest = manifests.read(path)
        except FileNotFoundError:
            return StoredSet(name, path, None, ("it has no manifest",))
        except _UNUSABLE as error:
            said = getattr(error, "strerror", None) or str(error)
            return StoredSet(name, path, None, (f"its manifest cannot be used: {said}",))
        problems = (*manifest.damage, *digest_problems(path, manifest.files, touched_only=True))
        return StoredSet(name, path, manifest, problems)

    def check(self, stored: StoredSet) -> tuple[str, ...]:
        """Read every byte of a set, note damage in its manifest, and return all damage, one sentence each.

        Raises:
            PgsopError: the manifest cannot be written.
        """
        if stored.manifest is None:
            return stored.problems
        found = digest_problems(stored.path, stored.manifest.files)
        new = tuple(problem for problem in found if problem not in stored.manifest.damage)
        if new:
            self.note(stored, damage=new)
        return (*stored.manifest.damage, *new)

    def find(self, reference: str, database: str = "") -> StoredSet:
        """Return the newest usable set that a reference names.

        Args:
            reference: latest, a set's name, or a moment (UTC unless it has another offset; a day means its end): then the
                newest set that was finished by then.
            database: that it must hold; any if empty.

        Raises:
            PgsopError: no set fits; the error lists the usable sets.
        """
        every = self.sets()
        usable = [stored for stored in every if stored.usable and (not database or stored.holds(database))]
        if reference == NEWEST:
            wanted = usable
        elif names.SET_NAME.fullmatch(reference):
            wanted = [stored for stored in usable if stored.name == reference]
        else:
            wanted = [stored for stored in usable if _finished(stored) <= _moment(reference)]
        if wanted:
            return wanted[0]
        named = [stored for stored in every if stored.name == reference and stored.problems]
        answer = "; ".join(named[0].problems) if named else _what_there_is(usable, every, database)
        raise PgsopError(
            attempted=f"find a usable set of database {database}" if database else "find a usable set",
            target=f"{reference}, in {self.directory}",
            answer=answer,
            next_step=_next_step(usable, every),
        )

    def note(self, stored: StoredSet, **added: tuple[Any, ...]) -> Manifest:
        """Append to fields of the manifest, and return the manifest as it is then.

        Args:
            stored: the set.
            added: new entries by field: copies, drills or damage.

        Raises:
            PgsopError: the manifest cannot be read or written.
        """
        with _locked(os.path.join(self.directory, _NOTES_LOCK)):
            try:
                current = manifests.read(stored.path)
            except _UNUSABLE as error:
                raise PgsopError(
                    attempted="note in the manifest what happened to the set",
                    target=stored.path,
                    answer=getattr(error, "strerror", None) or str(error),
                    next_step="look at the set with 'pgsop backups'",
                ) from error
            longer: dict[str, Any] = {key: (*getattr(current, key), *value) for key, value in added.items()}
            changed = dataclasses.replace(current, **longer)
            manifests.write(stored.path, changed)
        return changed

    @contextlib.contextmanager
    def reading(self, stored: StoredSet) -> Iterator[None]:
        """Keep retention from removing a set during the block.

        Raises:
            PgsopError: the set was removed already.
        """
        try:
            descriptor = os.open(stored.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _gone(stored, error.strerror or str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            # The process that held it may have removed the set.
            if not os.path.exists(stored.path):
                raise _gone(stored, "it was removed a moment ago")
            yield
        finally:
            os.close(descriptor)


def _gone(stored: StoredSet, answer: str) -> PgsopError:
    next_step = "choose another one; 'pgsop backups' lists them"
    return PgsopError(attempted="read the set", target=stored.path, answer=answer, next_step=next_step)


def next_serial(sets: list[StoredSet]) -> int:
    """Return the serial number for the next set: one more than the highest of these sets."""
    return 1 + max((stored.manifest.serial for stored in sets if stored.manifest), default=0)


def _rank(stored: StoredSet) -> tuple[int, str]:
    return (stored.manifest.serial if stored.manifest else 0, stored.name)


def _finished(stored: StoredSet) -> float:
    return names.from_iso(stored.manifest.finished) if stored.manifest else float("inf")


def _moment(reference: str) -> float:
    text = reference.strip().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PgsopError(
            attempted="find the set",
            target=reference,
            answer="that is neither 'latest', nor the name of a set, nor a moment",
            next_step="write --set latest, --set 20261122T023000Z, --set 2026-11-22 or --set '2026-11-22 14:30'",
        ) from error
    # Some versions of Python take a day without hyphens, too.
    if len(text) <= len("2026-11-22"):
        moment += timedelta(days=1, seconds=-1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def _what_there_is(usable: list[StoredSet], every: list[StoredSet], database: str) -> str:
    if usable:
        listed = ", ".join(stored.name for stored in usable[:5])
        return f"there is no such set; usable ones{' of it' if database else ''} are {listed}"
    held = sorted(
        {dump.name for stored in every if stored.usable and stored.manifest for dump in stored.manifest.databases}
    )
    if held:
        return f"no usable set holds it; there are dumps of {', '.join(held)}"
    return f"there is no usable set at all, of {len(every)}" if every else "there is no set at all"


def _next_step(usable: list[StoredSet], every: list[StoredSet]) -> str:
    if usable:
        return "choose one that 'pgsop backups' lists, with --set NAME or --set 'YYYY-MM-DD hh:mm'"
    if any(stored.usable for stored in every):
        return "choose one of the databases that 'sudo pgsop backups' lists, or run 'sudo pgsop backup'"
    return "make a set with 'sudo pgsop backup', or bring one back from its copy; then run this again"


@contextlib.contextmanager
def _locked(path: str) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PgsopError(
            attempted="note in a manifest what happened to the set",
            target=path,
            answer=error.strerror or str(error),
            next_step="run pgsop as root or as the cluster's owner, and look at 'df -h'",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
