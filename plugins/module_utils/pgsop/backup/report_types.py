# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about backup sets, as `pgsop backups --format json` and module pg_backup_info return it."""

from __future__ import annotations

from typing import Any, TypedDict

from ..finding import FindingReport


class SetReport(TypedDict):
    """A backup set; what its manifest has is None or empty if the set has none.

    Attributes:
        verified: whether every database can be restored as a whole, as far as known.
        problems: damage of the set.
        obstacles: what keeps a database from being restored as a whole.
        latest: whether it is the newest usable set.
        started, finished: times in ISO 8601, UTC.
        age_s: seconds since it was finished.
        bytes: size of its files.
        complete: whether it has all databases.
        drilled: time of the last restore test that succeeded.
        copies: how many copies were made.
    """

    name: str
    verified: bool
    problems: list[str]
    obstacles: list[str]
    latest: bool
    started: str | None
    finished: str | None
    age_s: int | None
    bytes: int | None
    databases: list[str]
    complete: bool
    drilled: str | None
    copies: int
    encrypted: bool


class BackupListing(TypedDict):
    """All sets, the newest first, and the findings about them.

    Attributes:
        last_backup: how the last backup ended; None if none has run.
        last_drill: how the last restore test ended; None if none has run.
        last_notification: how the failure command ended; None if it never ran as declared now.
        status: the worst status of the findings.
    """

    directory: str
    sets: list[SetReport]
    last_backup: dict[str, Any] | None
    last_drill: dict[str, Any] | None
    last_notification: dict[str, Any] | None
    findings: list[FindingReport]
    status: str
