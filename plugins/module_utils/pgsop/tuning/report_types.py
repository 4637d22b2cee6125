# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of module pg_tuning_info."""

from __future__ import annotations

from typing import Any, TypedDict


class TunedSettingReport(TypedDict):
    """A proposed setting.

    Attributes:
        current: the server's value; None without a server.
        inputs: the values that the proposal was computed from.
        source: profile, lowered or override.
    """

    name: str
    current: str | None
    proposed: str
    reason: str
    inputs: dict[str, Any]
    needs_restart: bool
    source: str


class MemoryReport(TypedDict):
    """Memory that PostgreSQL may use, as measured or given, and in whole steps, in MB."""

    mb: int
    counted_mb: int
    source: str


class BudgetReport(TypedDict):
    """The most memory that the server can use with the proposed values.

    Attributes:
        worst_case_mb: the sum of the parts, in MB.
        limit_mb: nine tenths of the memory, in MB.
        factor: the worst case as a share of the memory.
        parts: by name, in MB.
    """

    worst_case_mb: int
    limit_mb: int
    factor: float
    parts: dict[str, int]
    fits: bool


class TuningReport(TypedDict):
    """A proposal for a host.

    Attributes:
        proposed: value by setting.
        reasons: reason by setting.
        lowered: settings below the profile, because the host is small.
        validated: whether a running server checked the values.
    """

    settings: list[TunedSettingReport]
    proposed: dict[str, str]
    reasons: dict[str, str]
    memory: MemoryReport
    cpus: int
    budget: BudgetReport
    lowered: list[str]
    validated: bool
