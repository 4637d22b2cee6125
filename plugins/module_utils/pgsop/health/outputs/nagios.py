# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for Nagios and compatible systems: one line with performance data, then the rest.
Form: the Monitoring Plugins Development Guidelines, https://www.monitoring-plugins.org/doc/guidelines.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import OK, STATUSES, Finding, severity
from ..examine import HealthReport

#: Units that the guidelines know; all others are left out.
_UNITS = ("s", "%", "B", "c")
#: Findings in the first line.
_FIRST = 3


def nagios(report: HealthReport) -> list[str]:
    """Return the report as lines of a Nagios plugin; the first has the status, up to three findings and the performance data."""
    troubled = sorted((each for each in report.findings if each.status != OK), key=lambda each: -severity(each.status))
    data = " ".join(_performance(report))
    first = f"PGSOP {report.status} - {_summary(report, troubled)}"
    return [f"{_clean(first)} | {data}" if data else _clean(first), *(_clean(line) for line in _long(troubled))]


def _summary(report: HealthReport, troubled: list[Finding]) -> str:
    if not troubled:
        return f"cluster {report.cluster}: all {len(report.findings)} checks are OK"
    counts = [(sum(each.status == status for each in troubled), status) for status in reversed(STATUSES[1:])]
    told = "; ".join(f"{each.id}: {each.message}" for each in troubled[:_FIRST])
    numbers = ", ".join(f"{count} {status}" for count, status in counts if count)
    return f"cluster {report.cluster}: {numbers}; {told}"


def _long(troubled: list[Finding]) -> Iterator[str]:
    for each in troubled:
        yield f"{each.status} {each.id}: {each.message}"
        if each.hint:
            yield f"  Next step: {each.hint}"


def _performance(report: HealthReport) -> Iterator[str]:
    """Yield label=value[unit];warn;crit for each finding with a number."""
    for each in report.findings:
        if isinstance(each.value, (int, float)):
            unit = each.unit if each.unit in _UNITS else ""
            yield f"{each.id}={_number(each.value)}{unit};{_number(each.warn)};{_number(each.crit)}"
    yield f"duration={report.duration_s:.3f}s;;"


def _number(value: float | None) -> str:
    """Return a number without an exponent, which not every reader understands; empty for None."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _clean(line: str) -> str:
    """Return a text in one line, without the | that begins performance data."""
    return " ".join(line.replace("|", "/").split()) if not line.startswith("  ") else "  " + _clean(line.strip())
