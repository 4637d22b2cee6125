# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection step by step, and the cause why it fails."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnose.examine import Diagnosis
from ..finding import CRITICAL, WARNING
from ..text import Paint, padded, printable, unpainted

_VERDICTS = {
    "same": "no difference from libpq is known",
    "differs": "it connects, with a difference",
    "fails": "it does not connect with this connection string",
    "unknown": "not predicted, because the connection string cannot be used",
}


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
    yield from _client(report)
    for note in report.notes:
        yield printable(f"Note: connection string: {note}")


def _client(report: Diagnosis) -> Iterator[str]:
    """Yield the differences of a client that are not shown as the cause or as remarks, and the versions of the prediction."""
    found = report.client
    if found is None:
        return
    yield f"As {found.name}, measured with {found.client.measured}: {_VERDICTS[found.verdict]}"
    if report.works:
        return
    for each in found.differences:
        if report.cause is None or each.id != report.cause.id:
            yield printable(f"  {each.message} ({each.id}): {each.remedy}")


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
