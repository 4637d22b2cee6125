# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks, in the order of reports."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from .check import Check
from .checks import (
    backups,
    bloat,
    blocking,
    checkpoints,
    collations,
    connections,
    counters,
    databases,
    disk,
    horizon,
    indexes,
    integrity,
    listener,
    memory,
    migrations,
    readiness,
    replication,
    restarts,
    roles,
    schema,
    sequences,
    service,
    sessions,
    settings,
    start,
    vacuum,
    version,
    wal,
    wraparound,
    writable,
)

#: Files of checks; a new check in one of them is in the catalogue at once.
TOPICS: Sequence[ModuleType] = (
    service,
    readiness,
    writable,
    restarts,
    start,
    version,
    disk,
    listener,
    backups,
    connections,
    sessions,
    blocking,
    migrations,
    counters,
    checkpoints,
    wal,
    replication,
    horizon,
    wraparound,
    vacuum,
    integrity,
    databases,
    bloat,
    indexes,
    sequences,
    schema,
    collations,
    settings,
    memory,
    roles,
)

CHECKS: tuple[Check, ...] = tuple(each for topic in TOPICS for each in vars(topic).values() if isinstance(each, Check))
