# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work within a time limit: a job that hangs is left behind, and the rest goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence


class Deadline:
    """One time limit for all work that is given to it.

    Args:
        seconds: from now on.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Return whether the time is over."""
        return time.monotonic() >= self._ends

    def run(self, jobs: Sequence[Callable[[], None]], workers: int = 1) -> None:
        """Run jobs until all are done or the time is over.

        A job that is not done by then goes on in the background and ends with the process; no further job begins.

        Args:
            jobs: without arguments and results.
            workers: the number of jobs that may run at the same time.

        Raises:
            BaseException: the first that a job has raised.
        """
        waiting = list(reversed(jobs))
        errors: list[BaseException] = []
        threads = [
            threading.Thread(target=self._work, args=(waiting, errors), daemon=True)
            for _each in range(min(workers, len(jobs)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, self._ends - time.monotonic()))
        if errors:
            raise errors[0]

    def _work(self, waiting: list[Callable[[], None]], errors: list[BaseException]) -> None:
        # Taking one from a list is one step, which no other thread can be in the middle of.
        while waiting and not self.passed:
            try:
                job = waiting.pop()
            except IndexError:
                return
            with _Caught(errors):
                job()


class _Caught:
    """Collects the exceptions of a block, to be raised in the waiting thread."""

    def __init__(self, errors: list[BaseException]) -> None:
        self._errors = errors

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if error is not None:
            self._errors.append(error)
        return True
