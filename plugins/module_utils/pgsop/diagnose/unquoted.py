# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unexpected errors without their text, which may have a password in it."""

from __future__ import annotations

import os
import traceback
from types import TracebackType

from ..errors import PgsopError


class Unquoted:
    """An unexpected error becomes one without its text, which may quote what was given: neither a report nor a traceback has it."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception) or isinstance(error, PgsopError):
            return
        last = traceback.extract_tb(trace)[-1]
        raise PgsopError(
            attempted="diagnose the connection",
            target=f"{os.path.basename(last.filename)}, line {last.lineno}, {last.name}",
            answer=f"an unexpected {type(error).__name__}; its text is not shown because it may have a password in it",
            next_step="try it with --host, --port, --user and --database, and report this line as a fault of pgsop",
        ) from None
