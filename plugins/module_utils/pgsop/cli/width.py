# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The width of the terminal."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

#: Help is not wider: longer lines are hard to read.
_MOST = 100


def columns(stream: TextIO | None = None) -> int | None:
    """Return the columns of the terminal (COLUMNS, if it is set); None if there is no terminal, so that lines are not changed.

    Args:
        stream: where the text goes; default: standard output.
    """
    return shutil.get_terminal_size().columns if (stream or sys.stdout).isatty() else None


def help_columns() -> int:
    """Return the columns of help texts: those of the terminal, 80 without one, and not more than 100."""
    return min(shutil.get_terminal_size().columns, _MOST)
