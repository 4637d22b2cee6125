# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress for a person who waits; silent, unless the caller has a display."""

from __future__ import annotations


class Progress:
    """Gets every step; this class ignores them."""

    def step(self, text: str) -> None:
        """Begin a step."""

    def tick(self, text: str) -> None:
        """Show how far the step is; called about twice a second."""

    def warn(self, text: str) -> None:
        """Show a failure beside the act itself, at once, because the act may end with an error."""

    def done(self) -> None:
        """End the display: no call follows."""


#: For a caller without a display.
SILENT = Progress()
