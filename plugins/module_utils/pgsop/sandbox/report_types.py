# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of module pg_sandbox."""

from __future__ import annotations

from typing import Any, TypedDict


class SandboxReport(TypedDict):
    """The drop-in of a cluster's unit, and the effect of the sandbox.

    Attributes:
        changed: whether there is anything to do.
        actions: what is done, or would be.
        diff: for Ansible's --diff; empty without actions.
        file: path of the drop-in.
        supported: whether the host runs systemd.
        pending_restart: whether the server must be restarted and may not.
        exposure: of the unit by systemd-analyze, 0 to 10; None if unknown.
        ip_filter: whether the kernel enforces the address filter; None if unknown.
    """

    changed: bool
    actions: list[str]
    diff: dict[str, Any]
    file: str
    supported: bool
    pending_restart: bool
    exposure: float | None
    ip_filter: str | None
