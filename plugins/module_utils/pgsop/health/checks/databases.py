# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases as the cluster has them, without a connection to them."""

from __future__ import annotations

from collections.abc import Iterator

from ...databases.invalid import INVALID, remedy, sentence
from ..check import SERVER, Measured, check
from ..context import ServerContext


@check(
    "databases.invalid",
    sop="4",
    title="databases left by an interrupted DROP DATABASE",
    scope=SERVER,
    threshold_on_count=True,
    warn=0,
    hint="complete the DROP DATABASE",
)
def invalid(here: ServerContext) -> Iterator[Measured]:
    """Yield databases left by an interrupted DROP DATABASE (datconnlimit -2).

    A part of their files is gone; backups and all other checks leave them out.
    """
    for row in here.databases:
        if row["connection_limit"] == INVALID:
            yield Measured(row["name"], None, sentence(row["name"]), hint=remedy(row["name"]))
