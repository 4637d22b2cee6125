# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person who waits is told; nobody, unless a face says otherwise."""

from __future__ import annotations


class Progress:
    """Told of every step; this one keeps it to itself."""

    def step(self, text: str) -> None:
        """A step begins."""

    def tick(self, text: str) -> None:
        """How far the step is; called about twice a second."""

    def warn(self, text: str) -> None:
        """Something failed beside the act itself; to be shown at once, because the act may end with an error."""

    def done(self) -> None:
        """Nothing more will come."""


#: For whom nobody waits.
SILENT = Progress()
