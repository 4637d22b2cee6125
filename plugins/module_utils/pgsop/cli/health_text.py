# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of health for people: what is wrong first, each with its next step."""

from __future__ import annotations

from itertools import groupby
from typing import Iterator, List, Sequence

from ..finding import OK, STATUSES, UNKNOWN, Finding, severity
from ..health.examine import HealthReport
from ..text import counted, padded, printable, took
from . import terminal

#: Of the clauses, as the SOP has them.
CLAUSES = {
    "0": "From nothing",
    "1": "Access",
    "2": "First-time setup",
    "3": "Backups and restore",
    "4": "Health and observability",
    "5": "Local-only security",
    "6": "Performance",
    "7": "Troubleshooting",
}
_WIDTH = max(len(status) for status in STATUSES)


def lines(report: HealthReport, *, show_all: bool) -> List[str]:
    """The lines, in colour where that is wanted.

    Args:
        report: what was found.
        show_all: whether checks that are OK are told one by one.
    """
    return [_title(report), *_body(report.findings, show_all=show_all)]


def _title(report: HealthReport) -> str:
    server = f"PostgreSQL {report.server_version}" if report.server_version else "PostgreSQL"
    counts = [(sum(each.status == status for each in report.findings), status) for status in reversed(STATUSES)]
    told = ", ".join(terminal.painted(f"{count} {status}", status) for count, status in counts if count)
    return f"{printable(server)}, cluster {printable(report.cluster)}: {told or 'nothing was looked at'} ({took(report.duration_s)})"


def _body(findings: Sequence[Finding], *, show_all: bool) -> Iterator[str]:
    shown = [each for each in findings if show_all or each.status != OK]
    for clause, group in groupby(sorted(shown, key=lambda each: each.sop), key=lambda each: each.sop):
        yield ""
        yield f"SOP {clause}: {CLAUSES.get(clause, 'Others')}"
        for each in _folded(sorted(group, key=lambda found: -severity(found.status))):
            yield from each
    fine = len(findings) - len(shown)
    if fine and not show_all:
        yield ""
        yield (
            f"{counted(fine, 'check is', 'checks are')} OK; --all shows them."
            if shown
            else "All is well; --all shows the checks."
        )


def _folded(findings: Sequence[Finding]) -> Iterator[List[str]]:
    """Each finding; those that are unknown for one and the same reason together."""
    for (status, message), group in groupby(findings, key=lambda each: (each.status, each.message)):
        same = list(group)
        if status == UNKNOWN and len(same) > 1:
            names = ", ".join(each.id for each in same)
            yield _told(status, f"{counted(len(same), 'check')}", message, f"  {names}")
        else:
            for each in same:
                yield _told(status, each.id, message, f"  Next step: {each.hint}" if each.hint else "")


def _told(status: str, what: str, message: str, below: str) -> List[str]:
    first = f"  {terminal.painted(padded(status, _WIDTH), status)}  {printable(what)}: {printable(message)}"
    return [first, f"  {' ' * _WIDTH}{printable(below)}"] if below else [first]
