# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One form for all findings, so that they can be read and counted alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

OK = "OK"
WARNING = "WARNING"
CRITICAL = "CRITICAL"
UNKNOWN = "UNKNOWN"

#: In the order of their exit statuses.
STATUSES = (OK, WARNING, CRITICAL, UNKNOWN)
#: From the best to the worst.
_SEVERITY = (OK, UNKNOWN, WARNING, CRITICAL)


class FindingReport(TypedDict):
    """A finding as reports have it; see Finding for the keys."""

    id: str
    sop: str
    status: str
    value: int | float | str | None
    unit: str
    warn: float | None
    crit: float | None
    message: str
    hint: str
    visible: bool


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        id: topic and signal, stable over releases.
        sop: the clause it belongs to.
        status: OK, WARNING, CRITICAL or UNKNOWN; mere information is OK.
        message: the state, as a sentence.
        hint: the next command to run.
        value: the measured value, in the unit.
        warn: threshold of WARNING.
        crit: threshold of CRITICAL.
        visible: false if a missing privilege or feature hid the data; then nothing is known.
    """

    id: str
    sop: str
    status: str
    message: str
    hint: str = ""
    value: int | float | str | None = None
    unit: str = ""
    warn: float | None = None
    crit: float | None = None
    visible: bool = True

    def __post_init__(self) -> None:
        """Refuse what would be counted wrong.

        Raises:
            ValueError: the status does not exist, or it is not UNKNOWN although the data is hidden.
        """
        if self.status not in STATUSES:
            raise ValueError(f"{self.status!r} is not one of {', '.join(STATUSES)}")
        if not self.visible and self.status != UNKNOWN:
            raise ValueError(f"{self.id} could not be seen, so it is {UNKNOWN}, not {self.status}")

    def as_dict(self) -> FindingReport:
        """Return the finding as reports have it."""
        return FindingReport(
            id=self.id,
            sop=self.sop,
            status=self.status,
            value=self.value,
            unit=self.unit,
            warn=self.warn,
            crit=self.crit,
            message=self.message,
            hint=self.hint,
            visible=self.visible,
        )


def severity(status: str) -> int:
    """Return the rank of a status, to compare two: OK, UNKNOWN, WARNING, CRITICAL in ascending order."""
    return _SEVERITY.index(status)


def by_limits(value: float | None, warn: float | None, crit: float | None, *, lower_is_worse: bool = False) -> str:
    """Return the status of a value: OK, WARNING or CRITICAL. A value equal to a threshold is on its good side.

    Args:
        value: in the unit of the thresholds; None is OK.
        warn: threshold of WARNING; None for no such threshold.
        crit: threshold of CRITICAL; None for no such threshold.
        lower_is_worse: whether values below the thresholds are bad, instead of values above.
    """
    if value is None:
        return OK

    def exceeds(limit: float | None) -> bool:
        return limit is not None and (value < limit if lower_is_worse else value > limit)

    return CRITICAL if exceeds(crit) else WARNING if exceeds(warn) else OK


def worst(found: Iterable[Finding]) -> str:
    """Return the worst status of all findings; OK without any."""
    return max((finding.status for finding in found), key=severity, default=OK)


#: The statuses on which a run fails, by the word for it. UNKNOWN may hide any status, so a run must not rely on it.
FAILS = {"never": (), "critical": (CRITICAL, UNKNOWN), "warning": (CRITICAL, UNKNOWN, WARNING)}


def reasons_to_fail(report: Mapping[str, Any], fail_on: str) -> list[str]:
    """Return the findings on which a run fails, as sentences with the next step.

    Args:
        report: with `findings`, each as as_dict returns it.
        fail_on: a key of FAILS.
    """
    return [
        f"{finding['status']}: {finding['message']}" + (f" Next step: {finding['hint']}" if finding["hint"] else "")
        for finding in report["findings"]
        if finding["status"] in FAILS[fail_on]
    ]
