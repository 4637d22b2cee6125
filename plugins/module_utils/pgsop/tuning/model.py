# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs and result of a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..settings.values import Parameter, Value
from .budget import Budget
from .report_types import TunedSettingReport

#: Where the proposed value comes from: the profile, the profile lowered to fit the host, or a person.
PROFILE, LOWERED, OVERRIDE = "profile", "lowered", "override"


@dataclass(frozen=True)
class Inputs:
    """All inputs of a proposal.

    Attributes:
        memory_mb: memory PostgreSQL may use, in MB (1024 x 1024 bytes).
        cpus: CPUs it may use.
        major: major version of the server.
        disk_mb: size of the file system that holds the WAL, in MB; None if unknown.
        server: the running server's own settings by name; None on a bare host.
        previous: values an earlier proposal wrote, for the hysteresis of :mod:`.steps`.
        overrides: values set by hand; they replace those of the profile.
        force: accept overrides that exceed the memory budget.
    """

    memory_mb: int
    cpus: int
    major: int
    profile: str = "sop"
    storage: str = "ssd"
    disk_mb: int | None = None
    server: Mapping[str, Parameter] | None = None
    previous: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Value] = field(default_factory=dict)
    force: bool = False


@dataclass(frozen=True)
class Choice:
    """A value of the profile, with its reason and the inputs that it was computed from."""

    value: str
    reason: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    source: str = PROFILE


@dataclass(frozen=True)
class TunedSetting:
    """One proposed setting beside the server's value; ``current`` is None without a server."""

    name: str
    current: str | None
    proposed: str
    reason: str
    inputs: Mapping[str, Any]
    needs_restart: bool
    source: str

    def as_dict(self) -> TunedSettingReport:
        """Return the setting as reports have it."""
        return {
            "name": self.name,
            "current": self.current,
            "proposed": self.proposed,
            "reason": self.reason,
            "inputs": dict(self.inputs),
            "needs_restart": self.needs_restart,
            "source": self.source,
        }


@dataclass(frozen=True)
class Proposal:
    """The settings in the order in which they are written, with the memory budget that they fit.

    Attributes:
        counted_mb: the memory in MB, in whole steps (see :mod:`.steps`), from which every formula starts.
        validated: whether a running server checked the values.
    """

    settings: tuple[TunedSetting, ...]
    budget: Budget
    counted_mb: int
    validated: bool

    @property
    def values(self) -> dict[str, str]:
        """Return the proposed value by setting."""
        return {setting.name: setting.proposed for setting in self.settings}

    @property
    def reasons(self) -> dict[str, str]:
        """Return the reason by setting."""
        return {setting.name: setting.reason for setting in self.settings}

    @property
    def lowered(self) -> list[str]:
        """Return the settings with values below the profile's, because the host is too small for it."""
        return [setting.name for setting in self.settings if setting.source == LOWERED]
