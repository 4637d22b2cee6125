# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of module pg_settings."""

from __future__ import annotations

from typing import TypedDict

from ..unsafe_settings import OverrideReport


class SettingReport(TypedDict):
    """A declared setting.

    Attributes:
        previous: the value before; None without a server.
        in_force: whether the value is in force now.
        context: as in pg_settings; None without a server.
    """

    name: str
    value: str
    previous: str | None
    in_force: bool
    needs_restart: bool
    context: str | None
    reason: str


class SettingsReport(TypedDict):
    """The drop-in of the settings, and their effect.

    Attributes:
        changed: whether there is anything to do.
        actions: what is done, or would be.
        diff: for Ansible's --diff.
        file: path of the drop-in.
        pending_restart: settings that wait for a restart.
        validated: whether a running server checked the values.
    """

    changed: bool
    actions: list[str]
    diff: list[dict[str, str]]
    file: str
    pending_restart: list[str]
    overrides: list[OverrideReport]
    settings: list[SettingReport]
    validated: bool
