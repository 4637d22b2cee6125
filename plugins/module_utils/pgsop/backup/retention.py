# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sets that are kept and those that are removed: decided first, then removed so that no half of a set remains."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from . import names
from .checksums import flush_folder
from .store import StoredSet

_DAY_S = 86_400.0


@dataclass(frozen=True)
class Policy:
    """How long sets are kept.

    Attributes:
        keep_days: younger sets are kept, measured from when they were finished.
        keep_sets: so many usable sets of each database are kept, however old; of a database that is not backed up any more, one.
    """

    keep_days: int
    keep_sets: int


@dataclass(frozen=True)
class Coming:
    """A set that is planned. It counts as usable, and as one from which each of its databases can be restored as a whole.

    Attributes:
        databases: names of its databases.
        complete: whether it holds every database that is not excluded.
    """

    databases: frozenset[str]
    complete: bool


def superseded(sets: Sequence[StoredSet], policy: Policy, now: float, coming: Coming | None = None) -> list[StoredSet]:
    """Return the sets that may be removed, oldest first.

    A set may be removed if it is usable and old, and enough newer usable sets hold each of its databases. So a set of one database does
    not push out one of all, and the last set of a dropped database stays until it is removed by hand. The newest set of all databases
    stays. So does the newest set from which a database can be restored as a whole; sets with obstacles count, or they would fill the
    disk. No set may be removed while the newest set is not usable. A set is newer if it was made later, whatever its date.

    Args:
        sets: all existing sets, newest first.
        policy: how long they are kept.
        now: seconds since the epoch.
        coming: a planned set, newer than all others; then the result is valid once it is published.
    """
    if coming is None and (not sets or not sets[0].usable):
        return []
    complete, every = _newest_complete(sets, coming)
    gone: list[StoredSet] = []
    newer = [coming.databases] if coming else []
    # Databases for which a newer set has no obstacles.
    restorable = set(coming.databases if coming else ())
    for stored in sets:
        if not stored.usable:
            continue
        needed = {dump.name for dump in stored.known.databases if not dump.obstacles} - restorable
        old = not needed and stored is not complete and _old(stored, policy, now)
        if old and _covered(stored, newer, every, policy):
            gone.append(stored)
        else:
            newer.append(_databases(stored))
            restorable |= needed
    return gone[::-1]


def remove(stored: StoredSet) -> bool:
    """Remove a set: rename it first, then delete its files. Return False, and remove nothing, if a restore reads it.

    Raises:
        OSError: it cannot be removed; the next run removes the rest.
    """
    folder = os.path.dirname(stored.path)
    descriptor = os.open(stored.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        away = os.path.join(folder, names.trash(stored.name))
        os.rename(stored.path, away)
        flush_folder(folder)
        shutil.rmtree(away)
    finally:
        os.close(descriptor)
    return True


def _old(stored: StoredSet, policy: Policy, now: float) -> bool:
    return now - names.from_iso(stored.known.finished) > policy.keep_days * _DAY_S


def _newest_complete(
    sets: Sequence[StoredSet], coming: Coming | None
) -> tuple[StoredSet | None, frozenset[str] | None]:
    """Return the newest set of all databases, if it exists already, and the names of these databases, if any set has all."""
    if coming and coming.complete:
        return None, coming.databases
    found = next((stored for stored in sets if stored.usable and stored.known.complete), None)
    return found, _databases(found) if found else None


def _databases(stored: StoredSet) -> frozenset[str]:
    return frozenset(dump.name for dump in stored.known.databases)


def _covered(stored: StoredSet, newer: Sequence[frozenset[str]], every: frozenset[str] | None, policy: Policy) -> bool:
    # If no set has all databases, it is not known which ones were dropped.
    return all(
        sum(name in other for other in newer) >= (policy.keep_sets if every is None or name in every else 1)
        for name in _databases(stored)
    )
