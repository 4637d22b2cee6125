# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What module pg_cli returns."""

from __future__ import annotations

from typing import TypedDict


class InstallReport(TypedDict):
    """The command on the host.

    Attributes:
        changed: whether there is anything to do.
        actions: what is done, or would be.
        path: of the command.
        replaced: paths of commands that are removed because this one replaces them.
        version: of the command; empty if it is removed.
        sha256: of the file; empty if it is removed.
        diff: for Ansible's --diff.
    """

    changed: bool
    actions: list[str]
    path: str
    replaced: list[str]
    version: str
    sha256: str
    diff: dict[str, str]
