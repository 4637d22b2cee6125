# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How wide lists may be."""

from __future__ import annotations

import shutil
import sys


def columns() -> int | None:
    """How wide the terminal is; None where results go elsewhere, and nothing is to be lost."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
