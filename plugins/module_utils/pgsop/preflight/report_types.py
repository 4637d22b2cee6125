# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of pg_preflight."""

from __future__ import annotations

from typing import TypedDict


class PreflightReport(TypedDict):
    """Report of pg_preflight.

    Attributes:
        problems: why the declaration cannot be carried out, as sentences.
        server_state: of the server, as `availability` names it.
    """

    problems: list[str]
    server_state: str
