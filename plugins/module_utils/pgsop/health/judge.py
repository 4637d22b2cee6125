# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as one finding: the worst value decides, and what could not be seen is never OK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..finding import OK, UNKNOWN, Finding, by_limits, severity
from .check import Check, Measured
from .parts import FAILED, FIRST_LOOK, HIDDEN, Part

#: So many sentences are shown in full.
TOLD = 3

_FIRST_LOOK = "{title}: not known yet, this is the first look since counting began; the next one, in half a minute or later, can tell"


def judge(check: Check, limits: Mapping[str, float | None], parts: Sequence[Part]) -> Finding:
    """Return the finding of a check: its worst status, or UNKNOWN if that is OK and a part is hidden or has failed.

    Args:
        check: the check.
        limits: its limits in force, with at least warn and crit.
        parts: its results, without excluded objects.
    """
    warn, crit = limits["warn"], limits["crit"]
    measured = [item for part in parts for item in part.measured]
    value = _value(check, measured)
    ranked = _ranked(check, measured, warn, crit)
    status = max((rank for rank, _item in ranked), key=severity, default=OK)
    if check.threshold_on_count:
        status = max(status, by_limits(value, warn, crit), key=severity)
    troubled = [item for rank, item in ranked if rank != OK] or (
        [item for _rank, item in ranked] if status != OK else []
    )
    hint = next((item.hint for item in troubled if item.hint), check.hint) if status != OK else ""
    message = _sentences([item.message for item in troubled]) if troubled else _ok_message(check, ranked)
    unseen = [part for part in parts if part.skip_reason in (HIDDEN, FAILED)]
    if unseen:
        message = f"{message}; besides, {_unseen(unseen)}" if status != OK else _unseen(unseen)
    elif status == OK and any(part.skip_reason == FIRST_LOOK for part in parts):
        message = _FIRST_LOOK.format(title=check.title)
    blind = bool(unseen) and status == OK
    own = (item for item in measured if item.warn is not None or item.crit is not None)
    told = next(own, Measured("", warn=warn, crit=crit))
    return Finding(
        id=check.id,
        sop=check.sop,
        status=UNKNOWN if blind else status,
        message=message,
        hint=hint,
        value=None if blind or value is None else round(value, 3),
        unit=check.unit,
        warn=told.warn,
        crit=told.crit,
        visible=not (blind and any(part.skip_reason == HIDDEN for part in unseen)),
    )


def _value(check: Check, measured: Sequence[Measured]) -> int | float | None:
    if check.threshold_on_count:
        return len(measured)
    values = [item.value for item in measured if item.value is not None]
    return (min(values) if check.lower_is_worse else max(values)) if values else None


def _ranked(
    check: Check, measured: Sequence[Measured], warn: float | None, crit: float | None
) -> list[tuple[str, Measured]]:
    """Each with its status, the worst first."""
    ranked = []
    for item in measured:
        status = (
            OK if check.threshold_on_count else by_limits(item.value, warn, crit, lower_is_worse=check.lower_is_worse)
        )
        ranked.append((max(status, item.status or OK, key=severity), item))
    sign = 1 if check.lower_is_worse else -1
    return sorted(ranked, key=lambda pair: (-severity(pair[0]), sign * (pair[1].value or 0.0), pair[1].object_name))


def _ok_message(check: Check, ranked: Sequence[tuple[str, Measured]]) -> str:
    if check.ok_message or not ranked:
        return check.ok_message or f"{check.title}: none"
    messages = [item.message for _rank, item in ranked]
    return _sentences(messages) if check.threshold_on_count else messages[0]


def _sentences(messages: Sequence[str]) -> str:
    told = "; ".join(messages[:TOLD])
    return f"{told}; and {len(messages) - TOLD} more" if len(messages) > TOLD else told


def _unseen(parts: Sequence[Part]) -> str:
    reasons: list[str] = []
    for reason in dict.fromkeys(part.reason for part in parts):
        databases = [part.database for part in parts if part.reason == reason and part.database]
        places = "; ".join(
            [f"databases {', '.join(databases[:TOLD])}{' and others' if len(databases) > TOLD else ''}"]
            if databases
            else []
        )
        reasons.append(f"{places}: {reason}" if places else reason)
    return f"not known: {_sentences(reasons)}"
