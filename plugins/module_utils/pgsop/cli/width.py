# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The width of lists."""

from __future__ import annotations

import shutil
import sys


def columns() -> int | None:
    """Return the columns of the terminal; None if standard output is no terminal, so that lists are not cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
