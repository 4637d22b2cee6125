# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same report again and again, until a signal ends it."""

from __future__ import annotations

import contextlib
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from ..finding import STATUSES
from ..health.examine import HealthReport
from ..text import fold, painted_width
from .signals import StoppedError

#: The terminal's other screen, so that what was on it before is there afterwards; and no cursor.
_ENTER, _LEAVE, _HOME, _REST = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l", "\033[H", "\033[K"
_BELOW = "\033[J"


def watch(seconds: float, inspect: Callable[[], HealthReport], render: Callable[[HealthReport], Sequence[str]]) -> int:
    """Show a report again and again, until a signal comes.

    Args:
        seconds: from the end of a run to the next one.
        inspect: returns a report.
        render: returns the lines of a report.

    Returns:
        The exit status of the last report.
    """
    status = 0
    with _screen():
        try:
            while True:
                report = inspect()
                status = STATUSES.index(report.status)
                head = f"{time.strftime('%H:%M:%S')}, every {seconds:g} s; Ctrl-C ends it"
                _show([head, *render(report)])
                time.sleep(seconds)
        except StoppedError:
            return status


def _show(lines_of_report: list[str]) -> None:
    """Write as many lines as the terminal has, each folded to its width; a long word may take several."""
    size = shutil.get_terminal_size()
    shown: list[str] = []
    rows = 1
    for line in (part for each in lines_of_report for part in fold(each, size.columns)):
        rows += max(1, math.ceil(painted_width(line) / size.columns))
        if rows > size.lines:
            shown.append("...")
            break
        shown.append(line)
    sys.stdout.write(_HOME + "".join(f"{line}{_REST}\n" for line in shown) + _BELOW)
    sys.stdout.flush()


@contextlib.contextmanager
def _screen() -> Iterator[None]:
    sys.stdout.write(_ENTER)
    try:
        yield
    finally:
        sys.stdout.write(_LEAVE)
        sys.stdout.flush()
