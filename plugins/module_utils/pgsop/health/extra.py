# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries of the site as checks like all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import PgsopError
from ..finding import CRITICAL, OK
from .check import DATABASE, Check, Measured
from .config import ExtraCheck
from .context import DatabaseContext

#: Of the identifiers.
PREFIX = "extra."


def as_check(extra: ExtraCheck) -> Check:
    """Return the check that runs a query of the site, with scope DATABASE and the identifier extra.NAME."""

    def read(here: DatabaseContext) -> Iterator[Measured]:
        for cells in here.session.tuples(extra.sql):
            yield _measured(extra, str(cells[0]) if len(cells) > 1 else "", cells[-1])

    return Check(
        id=f"{PREFIX}{extra.name}",
        sop="4",
        title=extra.message or extra.name,
        scope=DATABASE,
        read=read,
        hint=extra.hint,
        unit=extra.unit,
        warn=extra.warn,
        crit=extra.crit,
        lower_is_worse=extra.least,
        databases=(extra.database,),
    )


def _number(extra: ExtraCheck, answer: Any) -> float:
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError) as error:
        raise PgsopError(
            attempted=f"read the answer of check {PREFIX}{extra.name}",
            target=f"database {extra.database}",
            # Its value may be a row's.
            answer=f"the last column has type {type(answer).__name__}, and must be a number or a boolean",
            next_step="correct the query of the check in the configuration",
        ) from error


def _measured(extra: ExtraCheck, what: str, answer: Any) -> Measured:
    subject = extra.message or extra.name
    where = f"{subject} of {what} in {extra.database}" if what else f"{subject} in {extra.database}"
    if isinstance(answer, bool):
        return Measured(
            what or extra.name, None, f"{where}: {'well' if answer else 'not well'}", OK if answer else CRITICAL
        )
    if answer is None:
        return Measured(what or extra.name, None, f"{where}: nothing")
    value = _number(extra, answer)
    shown = f"{value:g}{' ' if extra.unit else ''}{extra.unit}"
    return Measured(what or extra.name, value, f"{where}: {shown}")
