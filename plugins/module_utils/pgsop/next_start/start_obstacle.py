# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something that changes or prevents the next start of a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StartObstacle:
    """One thing that a start meets.

    Attributes:
        name: of the file, setting or unit that is in the way.
        message: what happens at the next start, as a sentence without a full stop.
        hint: the next step.
        certain: whether it is certain to happen; otherwise it depends on another program.
    """

    name: str
    message: str
    hint: str
    certain: bool = True
