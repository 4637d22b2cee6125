# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the first scheduled backup is due, from the schedule that is on the host, and what that means before there is a set.

A schedule counts from when its file or the configuration was written, whichever is older. Roles write these files only if they differ,
so another run of the roles does not postpone the first backup.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from ..debian import CRON_ROOT, UNIT_ROOT
from ..finding import CRITICAL, WARNING, Finding
from . import names
from .config import CONFIG_FILE, BackupConfig

CRON_FILE = f"{CRON_ROOT}/pgsop"
_TIMER = f"{UNIT_ROOT}/pgsop-{{}}.timer"
_ENABLED = f"{UNIT_ROOT}/timers.target.wants/pgsop-{{}}.timer"
_LOCAL_TIME = "/etc/localtime"
#: A file that is younger than now by more than these seconds was written when the clock was wrong.
_AHEAD_S = 3600.0
#: Seconds after its time in which a scheduled run begins: timers may be a minute late, and a busy host takes its time.
_START_S = 300.0
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTE, _HOUR = r"([0-5]?\d)", r"([01]?\d|2[0-3])"
_CRON = re.compile(rf"{_MINUTE}\s+{_HOUR}\s+\*\s+\*\s+(\*|[a-z]{{3}})\s+\S+\s+(.*)", re.ASCII | re.IGNORECASE)
_CALENDAR = re.compile(
    rf"OnCalendar=(?:([a-z]{{3}}) )?\*-\*-\* {_HOUR}:{_MINUTE}:00(?: (\S+))?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class _Times:
    """A time of each day, or of one weekday (0 is Monday), in a time zone."""

    hour: int
    minute: int
    weekday: int | None
    zone: tzinfo

    def next(self, after: float) -> datetime:
        """Return the first time after a moment (seconds since the epoch); 1 hour that a day lacks or has twice may be off."""
        start = datetime.fromtimestamp(after, self.zone)
        for days in range(9):
            day = start.date() + timedelta(days=days)
            moment = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=self.zone)
            if self.weekday in (None, day.weekday()) and moment.timestamp() > after:
                return moment
        raise AssertionError("each weekday is in 9 days")


def first_due(act: str, now: float) -> datetime | None:
    """Return when an act runs for the first time by its schedule, in the time zone of the schedule; it may have passed.

    Args:
        act: backup or drill.
        now: seconds since the epoch.

    Returns:
        None if nothing that can be read schedules the act, or if the clock was wrong when the schedule was written.
    """
    dues = [times.next(since) for path, times in _schedules(act) if (since := _since(path, now)) is not None]
    return min(dues, default=None)


def first_backup(
    config: BackupConfig, last: Mapping[str, Any] | None, due: datetime | None, now: float
) -> Finding | None:
    """Return finding backup.age of a host that has no set: a WARNING until the first backup is due, and while it runs.

    Args:
        config: with the hours that the first backup may take.
        last: the note of the last backup, as state.last returns it; None if no backup has run.
        due: when the first backup is due; None if nothing schedules it.
        now: seconds since the epoch.

    Returns:
        None if a backup has ended, and so has failed, or if no time is known.
    """
    if last is not None:
        first = last["running"] and last.get("since") == last["started"]
        young = now - names.from_iso(str(last["started"])) <= config.age_warn_h * 3600.0
        message = f"there is no backup yet; the first one runs since {last['started']}"
        return _age(WARNING, message, "") if first and young else None
    if due is None:
        return None
    when = f"{due:%Y-%m-%d %H:%M %Z}"
    if now <= due.timestamp() + _START_S:
        hint = "wait until then, or run 'sudo pgsop backup' now"
        return _age(WARNING, f"there is no backup yet; the first one is due at {when}", hint)
    hint = "run 'sudo pgsop backup' and read what it says; check backup.schedule"
    return _age(CRITICAL, f"there is no backup; the first one was due at {when}", hint)


def _age(status: str, message: str, hint: str) -> Finding:
    return Finding("backup.age", "3", status, message, hint=hint)


def _since(path: str, now: float) -> float | None:
    moments = [os.stat(each).st_mtime for each in (path, CONFIG_FILE) if os.path.exists(each)]
    written = min(moments, default=None)
    return None if written is None or written > now + _AHEAD_S else min(written, now)


def _schedules(act: str) -> Iterator[tuple[str, _Times]]:
    """Yield the file and times of each schedule of an act; those that have another form than the roles write are left out."""
    for line in _lines(CRON_FILE):
        found = _CRON.fullmatch(line)
        if found and f" {act} --scheduled" in found[4]:
            yield from _times(CRON_FILE, found[2], found[1], found[3].replace("*", ""), "")
    timer = _TIMER.format(act)
    if os.path.lexists(_ENABLED.format(act)):
        for line in _lines(timer):
            if found := _CALENDAR.fullmatch(line):
                yield from _times(timer, found[2], found[3], found[1] or "", found[4] or "")


def _times(path: str, hour: str, minute: str, weekday: str, zone: str) -> Iterator[tuple[str, _Times]]:
    where, day = _zone(zone), weekday.lower()
    if where and (not day or day in _WEEKDAYS):
        yield path, _Times(int(hour), int(minute), _WEEKDAYS.index(day) if day else None, where)


def _zone(name: str) -> tzinfo | None:
    """Return a time zone by its name, the host's without a name, and None for one that the host does not know."""
    if name == "UTC":
        return timezone.utc
    try:
        if name:
            return ZoneInfo(name)
        with open(_LOCAL_TIME, "rb") as handle:
            return ZoneInfo.from_file(handle)
    except (OSError, ValueError, KeyError):
        # Without the file, local time is UTC (tzset(3)).
        return None if name else timezone.utc


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read().splitlines()
    except OSError:
        return []
