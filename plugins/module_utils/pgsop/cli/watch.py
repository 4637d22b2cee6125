# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same report again and again, until a signal ends it."""

from __future__ import annotations

import contextlib
import math
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator

from ..finding import STATUSES
from ..health.examine import HealthReport
from ..render.health import lines
from ..text import width
from . import terminal
from .signals import StoppedError

#: The terminal's other screen, so that what was on it before is there afterwards; and no cursor.
_ENTER, _LEAVE, _HOME, _REST = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l", "\033[H", "\033[K"
_BELOW = "\033[J"
#: What paints a text; it takes no column.
_COLOR = re.compile(r"\033\[\d*m")


def watch(seconds: float, inspect: Callable[[], HealthReport], *, show_all: bool) -> int:
    """Show a report again and again, until a signal comes.

    Args:
        seconds: from the end of a run to the next one.
        inspect: returns a report.
        show_all: whether checks that are OK are shown too.

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
                _show([head, *lines(report.as_dict(), show_all=show_all, paint=terminal.painted)])
                time.sleep(seconds)
        except StoppedError:
            return status


def _show(lines_of_report: list[str]) -> None:
    """Write as many lines as the terminal has; a long one may take several."""
    size = shutil.get_terminal_size()
    shown: list[str] = []
    rows = 1
    for line in lines_of_report:
        rows += max(1, math.ceil(width(_COLOR.sub("", line)) / size.columns))
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
