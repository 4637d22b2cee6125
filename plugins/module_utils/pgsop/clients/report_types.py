# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report about a client, as a part of that about a connection."""

from __future__ import annotations

from typing import TypedDict


class DifferenceReport(TypedDict):
    """What a client does differently from libpq; `effect` is fails or differs."""

    id: str
    effect: str
    message: str
    remedy: str


class ClientReport(TypedDict):
    """A prediction for one client.

    Attributes:
        name: of the client.
        versions: with which the prediction was measured.
        date: of the measurement, as YYYY-MM-DD.
        verdict: same (as libpq), differs, fails, or unknown.
        differences: those that keep the connection from working first.
    """

    name: str
    versions: str
    date: str
    verdict: str
    differences: list[DifferenceReport]
