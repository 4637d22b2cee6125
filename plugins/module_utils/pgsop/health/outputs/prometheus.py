# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for the textfile collector of node_exporter: metrics without timestamps, which it would refuse.

Form: the text format of https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...finding import STATUSES, Finding
from ..examine import HealthReport

#: Name, help, and what it is of a finding; None where a finding has no such number.
_OF_FINDINGS: Sequence[tuple[str, str, Callable[[Finding], float | None]]] = (
    (
        "pgsop_health_status",
        "Status of a check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
        lambda each: STATUSES.index(each.status),
    ),
    ("pgsop_health_visible", "Whether a check could see what it needs.", lambda each: int(each.visible)),
    (
        "pgsop_health_value",
        "What a check measured, in its unit.",
        lambda each: each.value if isinstance(each.value, (int, float)) else None,
    ),
    ("pgsop_health_warning_threshold", "Threshold of a warning, in the unit of the check.", lambda each: each.warn),
    (
        "pgsop_health_critical_threshold",
        "Threshold of what is critical, in the unit of the check.",
        lambda each: each.crit,
    ),
)


def prometheus(report: HealthReport) -> str:
    """Return the contents of the metrics file, in the text format of Prometheus."""
    lines: list[str] = []
    for name, description, number in _OF_FINDINGS:
        samples = [(each, number(each)) for each in report.findings]
        lines += _head(name, description)
        lines += [_sample(name, _labels(report, each), value) for each, value in samples if value is not None]
    for name, description, value in _of_report(report):
        lines += [*_head(name, description), _sample(name, {"cluster": report.cluster}, value)]
    return "".join(f"{line}\n" for line in lines)


def _of_report(report: HealthReport) -> Sequence[tuple[str, str, float]]:
    return (
        ("pgsop_health_worst_status", "The worst status of all checks.", STATUSES.index(report.status)),
        ("pgsop_health_up", "Whether the server answered a query.", int(bool(report.server_version))),
        ("pgsop_health_duration_seconds", "How long the last run took.", report.duration_s),
        ("pgsop_health_last_run_timestamp_seconds", "When the last run began, in seconds since the epoch.", report.at),
    )


def _labels(report: HealthReport, finding: Finding) -> Mapping[str, str]:
    return {"check": finding.id, "sop": finding.sop, "unit": finding.unit, "cluster": report.cluster}


def _head(name: str, description: str) -> list[str]:
    return [f"# HELP {name} {description}", f"# TYPE {name} gauge"]


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
