# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One obstacle, as the manifest keeps it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """One object that a restore cannot bring back as it is.

    Attributes:
        kind: of the object, as descriptions call it ("constraint", "index", "materialized view"), or the kind of fault.
        name: of the object, with its schema and quoted if needed.
        message: why it cannot be restored, as a sentence without values of rows.
        hint: the statement or command that removes the obstacle.
    """

    kind: str
    name: str
    message: str
    hint: str

    def as_dict(self) -> dict[str, str]:
        """Return kind, name, message and hint, as the manifest keeps them."""
        return dataclasses.asdict(self)
