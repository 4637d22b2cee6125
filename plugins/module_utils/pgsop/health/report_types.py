# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about health, as `pgsop health --format json` and module pg_health_info return it."""

from __future__ import annotations

from typing import TypedDict

from ..finding import FindingReport


class HealthFindings(TypedDict):
    """All findings of a server.

    Attributes:
        at: seconds since the epoch.
        status: the worst status of the findings.
    """

    cluster: str
    server_version: str
    at: float
    duration_s: float
    status: str
    findings: list[FindingReport]
