# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output on a terminal: results, errors and progress."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from ..backup.progress import Progress
from ..finding import CRITICAL, UNKNOWN, WARNING
from ..text import cut, fold, padded, printable, took, width
from . import log
from .width import columns

#: Red, yellow, magenta.
_COLOURS = {CRITICAL: "31", WARNING: "33", UNKNOWN: "35"}
#: Columns of a terminal that does not report its size.
_COLUMNS = 80


def prepare() -> None:
    """Make sure that a name in any language can be written, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(line: str = "") -> None:
    """Write one line of a result, on a terminal as lines that fit it."""
    print_colored(printable(line))


def print_colored(line: str) -> None:
    """Write a line with colours, on a terminal as lines that fit it; its parts must be printable already."""
    for part in fold(line, columns()):
        sys.stdout.write(part + "\n")


def say_json(report: Mapping[str, Any]) -> None:
    """Write a report as JSON."""
    sys.stdout.write(as_json(report))


def as_json(report: Mapping[str, Any]) -> str:
    """Return a report as JSON text."""
    return json.dumps(report, indent=2) + "\n"


def say_text(text: str) -> None:
    """Write a text that has its line ends; its parts must be printable already."""
    sys.stdout.write(text)


def watched() -> bool:
    """Return whether results go to a terminal."""
    return sys.stdout.isatty()


def print_error(line: str) -> None:
    """Write one line on standard error, on a terminal as lines that fit it; a closed stream is no failure."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        for part in fold(printable(line), columns(sys.stderr)):
            sys.stderr.write(part + "\n")
        sys.stderr.flush()


def colourful() -> bool:
    """Return whether results go to a terminal and colour is not switched off (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(shown: str, status: str) -> str:
    """Return a text in the colour of a status; unchanged for OK and without colours."""
    colour = _COLOURS.get(status)
    return f"\033[{colour}m{shown}\033[0m" if colour and colourful() else shown


class Quiet(Progress):
    """No progress; only warnings, on standard error and in the system's log."""

    def warn(self, text: str) -> None:
        """Show and log a warning."""
        self.done()
        log.warn(text)
        print_error(f"pgsop: warning: {text}")


class Live(Quiet):
    """Progress in one line of a terminal, which is overwritten.

    Args:
        stream: the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun = time.monotonic()
        self._step = ""
        self._shown = 0

    def step(self, text: str) -> None:
        """Show the start of a step."""
        self._step = text
        self._show(text)

    def tick(self, text: str) -> None:
        """Show the progress of a step; a text that begins with the step's own is not prefixed with it."""
        self._show(text if text.startswith(self._step) else f"{self._step}: {text}")

    def done(self) -> None:
        """Erase the line."""
        if self._shown:
            self._write(f"\r{' ' * self._shown}\r")
            self._shown = 0

    def _show(self, text: str) -> None:
        # The last column stays free: some terminals begin a new line as soon as it is written.
        line = cut(printable(f"{took(time.monotonic() - self._begun)}  {text}"), self._columns() - 1)
        self._write("\r" + padded(line, self._shown))
        self._shown = width(line)

    def _write(self, what: str) -> None:
        # A terminal that is gone is no reason to give up.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(what)
            self._stream.flush()

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _COLUMNS
        except (OSError, ValueError):
            return _COLUMNS


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Yield progress on standard error if that is a terminal, otherwise warnings only.

    Args:
        quiet: whether the run is unattended: then warnings only.
    """
    shown = Quiet() if quiet or not sys.stderr.isatty() else Live(sys.stderr)
    try:
        yield shown
    finally:
        shown.done()
