# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection step by step, and the cause why it fails."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnose.examine import Diagnosis
from ..finding import CRITICAL, WARNING
from ..text import Paint, padded, printable, unpainted


def lines(report: Diagnosis, paint: Paint = unpainted) -> Iterator[str]:
    """Yield the lines that `pgsop diagnose` prints.

    Args:
        report: of the connection.
        paint: gives a text the color of a status.
    """
    wide = max((len(step.name) for step in report.steps), default=0)
    for step in report.steps:
        shown = padded(step.status, len(CRITICAL))
        yield f"{padded(step.name, wide)}  {paint(shown, step.status)}  {printable(step.message)}"
    yield ""
    if report.cause is None:
        yield "The connection works."
        for remark in report.remarks:
            yield f"{paint('But', WARNING)} {printable(remark)}"
    yield from _cause(report, paint)
    for note in report.notes:
        yield printable(f"Note: connection string: {note}")


def _cause(report: Diagnosis, paint: Paint) -> list[str]:
    found = report.cause
    if found is None:
        return []
    lines = [
        f"{paint('Cause', CRITICAL)}: {printable(found.message)} ({found.id})",
        f"Next step: {printable(found.hint)}",
    ]
    if found.sql:
        lines.append(printable(f"  in psql: {report.psql}"))
    if found.declared:
        lines.append(printable(f"  declared: {found.declared}"))
    return lines
