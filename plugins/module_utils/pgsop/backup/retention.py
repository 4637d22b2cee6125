# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stays and what goes: decided without touching anything, then done so that nothing is half removed."""

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
        keep_days: younger ones stay.
        keep_sets: as many usable sets of each database stay, however old; of a database that is not backed up any more, one.
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
    """The sets that may go, oldest first.

    Nothing goes while the newest set is not usable. Only usable sets go, when they are old and, for each of their databases,
    enough newer usable sets hold it, too: so a set of one database does not push out one of all, and the last set of a database
    that was dropped stays until somebody removes it by hand. Nor does the newest set of all go, however many newer ones of single
    databases there are. Newer is what was made later, not what has a later date. Sets that cannot be restored as a whole count, or
    they would fill the disk; but the newest set from which a database can be restored as a whole stays.

    Args:
        sets: all there are, newest first.
        policy: how long they are kept.
        now: seconds since the epoch.
        coming: a planned set, newer than all others; then the result is what may go once it is published.
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
    """Remove a set: first out of sight, then its files; whether it was not in use.

    Raises:
        OSError: where it cannot be removed; what is left of it is removed by the next run.
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
