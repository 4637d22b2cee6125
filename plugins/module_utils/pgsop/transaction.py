# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All or nothing for acts outside of a database: if a later step fails, the earlier ones are undone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .errors import PgsopError


@contextlib.contextmanager
def transaction() -> Iterator[contextlib.ExitStack]:
    """Yield a stack for undo steps (``undo.callback(...)``); if the block raises, they run, last first.

    Raises:
        PgsopError: the error of the block, with a note that the old state is back; if an undo step failed
            too, one with both errors.
    """
    undo = contextlib.ExitStack()
    try:
        yield undo
    except PgsopError as error:
        _go_back(undo, error)
        raise PgsopError(
            attempted=error.attempted,
            target=error.target,
            answer=f"{error.answer.rstrip('. ')}; the previous state was put back and is in force",
            next_step=error.next_step,
        ) from error
    except BaseException as error:
        _go_back(undo, error)
        raise
    undo.pop_all()


def _go_back(undo: contextlib.ExitStack, error: BaseException) -> None:
    try:
        undo.close()
    except (PgsopError, OSError, LookupError) as second:
        target, next_step = "what was changed so far", "look at the files named above, then run again"
        if isinstance(second, PgsopError):
            target, next_step = second.target, second.next_step
        raise PgsopError(
            attempted="go back to the previous state after a failure",
            target=target,
            answer=f"{second}; the failure before it was: {error}",
            next_step=next_step,
        ) from error
