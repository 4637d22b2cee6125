# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of health for people: faults first, each with its next step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..finding import OK, STATUSES, UNKNOWN, severity
from ..health.checks.readiness import READINESS
from ..text import Paint, counted, padded, printable, took, unpainted

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


#: Why checks are UNKNOWN to a user of the host whom the server accepts.
_HIDDEN = "this user may not see everything"


def lines(
    report: Mapping[str, Any], *, show_all: bool = False, paint: Paint = unpainted, advice: str = ""
) -> list[str]:
    """Return the lines that `pgsop health` prints.

    Args:
        report: of the health, as `HealthReport.as_dict` returns it; its cluster is empty if the host has no cluster.
        show_all: whether each check that is OK has a line.
        paint: gives a status its color.
        advice: the next step for all checks that are UNKNOWN, which then share one entry unless `show_all`; empty for no such step.
    """
    title = [_title(report, paint)] if report["cluster"] else []
    return [*title, *_body(report["findings"], show_all, paint, advice)]


def _title(report: Mapping[str, Any], paint: Paint) -> str:
    server = f"PostgreSQL {report['server_version']}" if report["server_version"] else "PostgreSQL"
    found = [each["status"] for each in report["findings"]]
    counts = [(found.count(status), status) for status in reversed(STATUSES)]
    listed = ", ".join(paint(f"{count} {status}", status) for count, status in counts if count)
    return (
        f"{printable(server)}, cluster {printable(report['cluster'])}:"
        f" {listed or 'nothing was looked at'} ({took(report['duration_s'])})"
    )


def _body(findings: Sequence[Mapping[str, Any]], show_all: bool, paint: Paint, advice: str) -> Iterator[str]:
    faults = [each for each in findings if show_all or each["status"] != OK]
    unknown = [each for each in faults if each["status"] == UNKNOWN] if advice else []
    shown = faults if show_all else [each for each in faults if each not in unknown]
    for clause, group in groupby(sorted(shown, key=_clause), key=_clause):
        yield ""
        yield f"SOP {clause}: {CLAUSES.get(clause, 'Others')}"
        for each in _folded(sorted(group, key=lambda found: -severity(found["status"])), paint):
            yield from each
    if unknown:
        yield ""
        refused = next((each["message"] for each in unknown if each["id"] == READINESS), _HIDDEN)
        names = f"{counted(len(unknown), 'check is', 'checks are')} {paint(UNKNOWN, UNKNOWN)}"
        yield from (f"{names}: {printable(refused)}", f"  Next step: {printable(advice)}")
    fine = len(findings) - len(faults)
    if fine and not show_all:
        yield ""
        yield (
            f"{counted(fine, 'check is', 'checks are')} OK; --all shows them."
            if faults
            else "All is well; --all shows the checks."
        )


def _clause(finding: Mapping[str, Any]) -> str:
    return str(finding["sop"])


def _folded(findings: Sequence[Mapping[str, Any]], paint: Paint) -> Iterator[list[str]]:
    """Yield the lines of each finding; those that are unknown for the same reason share an entry."""
    for (status, message), group in groupby(findings, key=lambda each: (each["status"], each["message"])):
        same = list(group)
        if status == UNKNOWN and len(same) > 1:
            names = ", ".join(each["id"] for each in same)
            yield _entry(paint, status, f"{counted(len(same), 'check')}", message, f"  {names}")
        else:
            for each in same:
                yield _entry(paint, status, each["id"], message, f"  Next step: {each['hint']}" if each["hint"] else "")


def _entry(paint: Paint, status: str, what: str, message: str, below: str) -> list[str]:
    first = f"  {paint(padded(status, _WIDTH), status)}  {printable(what)}: {printable(message)}"
    return [first, f"  {' ' * _WIDTH}{printable(below)}"] if below else [first]
