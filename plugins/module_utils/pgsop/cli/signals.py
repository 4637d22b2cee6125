# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals to stop, as an exception, so that partial work is cleaned up."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(BaseException):
    """A signal asks this process to end. It is no Exception, so that no handler takes it for a failure and goes on.

    Args:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"it was stopped by {signal.Signals(number).name}")
        #: As in a shell.
        self.status = 128 + number


@contextlib.contextmanager
def handle_signals() -> Iterator[None]:
    """Raise StoppedError at the first SIGINT, SIGTERM or SIGHUP in the block.

    Further signals change nothing, so that the cleanup completes. Signals that were ignored before stay ignored, as with nohup.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: Any) -> None:
    for each in _SIGNALS:
        if signal.getsignal(each) is _stop:
            # Not SIG_IGN, which the programs called meanwhile would inherit.
            signal.signal(each, _pass)
    raise StoppedError(number)


def _pass(_number: int, _frame: Any) -> None:
    pass
