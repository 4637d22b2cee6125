# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock waits and migrations, with the findings that a health run has for the same checks."""

from __future__ import annotations

from collections.abc import Mapping

from ..cluster import Cluster
from ..finding import Finding, FindingReport, worst
from ..locks.report import Inspection, inspect_locks
from ..locks.report_types import LockReport
from .check import Check
from .checks.blocking import blocked, measured_waits
from .checks.migrations import measured_runs, stuck
from .config import HealthConfig
from .judge import judge
from .parts import Part, failure, gather


class JudgedLockReport(LockReport):
    """A lock report with the findings of `locks.blocked` and `migrations.stuck`, and the worse of their statuses."""

    findings: list[FindingReport]
    status: str


def lock_report(
    cluster: Cluster, config: HealthConfig, *, dsn: str = "", limits: Mapping[str, float | None] | None = None
) -> JudgedLockReport:
    """Return the lock waits of a server, the state of its migrations, and the findings of two checks.

    The checks are `locks.blocked` and `migrations.stuck`.

    Args:
        cluster: of the server.
        config: of health: thresholds, exclusions and disabled checks count here too.
        dsn: connection string of another role than the cluster's owner; empty for the owner.
        limits: `warn` and `crit` of `locks.blocked`, in seconds, instead of the configured ones.

    Raises:
        PgsopError: the server does not answer.
    """
    found = inspect_locks(cluster, database=config.database, dsn=dsn)
    parts = [
        (blocked, [gather(config, blocked.id, measured_waits(found.snapshot))]),
        (stuck, _migrations(config, found)),
    ]
    findings = [_judged(check, config, each, limits or {}) for check, each in parts if config.asks(check.id)]
    return JudgedLockReport(**found.report, findings=[each.as_dict() for each in findings], status=worst(findings))


def _migrations(config: HealthConfig, found: Inspection) -> list[Part]:
    """One part for each database that health reads."""
    survey = found.migrations
    parts = [
        gather(config, stuck.id, measured_runs(run for run in survey.runs if run.database == name), name)
        for name in found.snapshot.connectable
        if name not in survey.inaccessible and config.looks_at(name)
    ]
    return parts + [Part(name, (), *failure(why)) for name, why in survey.inaccessible.items() if config.looks_at(name)]


def _judged(check: Check, config: HealthConfig, parts: list[Part], limits: Mapping[str, float | None]) -> Finding:
    own = limits if check is blocked else {}
    return judge(check, {**check.limits, **config.thresholds.get(check.id, {}), **own}, parts)
