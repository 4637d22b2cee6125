# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether there is a backup to rely on: SOP 3 as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..finding import CRITICAL, OK, UNKNOWN, WARNING, Finding, by_limits
from . import names, schedule
from .config import BackupConfig
from .manifest import DatabaseDump
from .notification import TEST_COMMAND, VARIABLE
from .obstacles.report import hints, summary
from .store import StoredSet

_HOUR_S, _DAY_S = 3600.0, 86_400.0
_SOP = "3"
_COPY_VARIABLE = "pg_backup_copy_command"
_AGAIN = "run 'sudo pgsop backup'"
_RUN = "run 'sudo pgsop backup' and read what it says"


@dataclass(frozen=True)
class Known:
    """The facts that findings are made of.

    Attributes:
        config: thresholds, and the declared commands.
        sets: newest first.
        last: the note of the last run by act (backup, drill), as state.last returns it; None if the act has not run.
        databases: names of those that must be in the newest set; None if the server does not answer.
        now: seconds since the epoch.
        notification: the note of the last run of the failure command; None if it did not run as it is declared now.
        command_problems: why declared commands cannot work, each beginning with the variable.
        first_due: when the first backup runs by the schedule; None if no schedule is known.
    """

    config: BackupConfig
    sets: Sequence[StoredSet]
    last: Mapping[str, Mapping[str, Any] | None]
    databases: Sequence[str] | None
    now: float
    notification: Mapping[str, Any] | None = None
    command_problems: Sequence[str] = ()
    first_due: datetime | None = None

    @property
    def usable(self) -> list[StoredSet]:
        """Return the sets that can be restored from, newest first."""
        return [stored for stored in self.sets if stored.usable]

    def age_s(self, moment: str) -> float:
        """Return the seconds since a moment (ISO 8601 in UTC); 0 if it is in the future."""
        return max(0.0, self.now - names.from_iso(moment))


def judge(known: Known) -> list[Finding]:
    """Return all findings on backups (ids `backup.*`), in the order of the health catalogue."""
    judges = (_age, _last_run, _restorable, _missing, _shrunk, _damaged, _clock, _copied, _notified, _drilled)
    return [finding for judge_one in judges for finding in judge_one(known)]


def _age(known: Known) -> Iterator[Finding]:
    warn, crit = known.config.age_warn_h, known.config.age_crit_h
    complete = _complete(known)
    if not complete or complete[0].manifest is None:
        first = schedule.first_backup(known.config, known.last["backup"], known.first_due, known.now)
        yield (None if known.sets else first) or _finding(
            "backup.age", CRITICAL, "there is no usable set of all databases", hint=_RUN
        )
        return
    hours = known.age_s(complete[0].manifest.finished) / _HOUR_S
    status = by_limits(hours, warn, crit)
    message = f"the newest usable set of all databases, {complete[0].name}, is {hours:.1f} hours old"
    yield _finding(
        "backup.age",
        status,
        message,
        hint=_RUN if status != OK else "",
        value=round(hours, 2),
        unit="h",
        warn=warn,
        crit=crit,
    )


def _last_run(known: Known) -> Iterator[Finding]:
    last = known.last["backup"]
    if last is None:
        yield _finding("backup.last_run", OK, "no backup was run yet; backup.age tells whether one is missed")
    elif last["running"]:
        yield _finding("backup.last_run", OK, f"a backup runs since {last['started']}")
    elif last["ok"]:
        yield _finding("backup.last_run", OK, f"the last backup ended well at {last['finished']}")
    else:
        message = f"the backup of {last['started']} failed: {last['error']}"
        yield _finding("backup.last_run", CRITICAL, message, hint=last.get("next_step") or _RUN)


def _restorable(known: Known) -> Iterator[Finding]:
    """Obstacles stay visible after the run that found them; those of a dropped or excluded database need no action."""
    newest: dict[str, StoredSet] = {}
    for stored in known.usable:
        for dump in stored.known.databases:
            newest.setdefault(dump.name, stored)
    wanted = newest if known.databases is None else known.databases
    found = {name: newest[name].obstacles.get(name, ()) for name in wanted if name in newest}
    affected = {name: obstacle for name, obstacle in found.items() if obstacle}
    message = "; ".join(
        f"database {name} cannot be restored as a whole (set {newest[name].name}): {summary(obstacle)}"
        for name, obstacle in affected.items()
    )
    yield _finding(
        "backup.restorable",
        CRITICAL if affected else OK,
        message or "no obstacle to a restore is known",
        hint="; then ".join([*(f"in database {name}: {hints(each)}" for name, each in affected.items()), _AGAIN])
        if affected
        else "",
        value=sum(map(len, affected.values())),
        crit=0,
    )


def _missing(known: Known) -> Iterator[Finding]:
    if known.databases is None:
        message = "the server does not say which databases there are"
        yield _finding("backup.missing_databases", UNKNOWN, message, hint="look at pg_lsclusters", visible=False)
        return
    held = {
        dump.name
        for stored in known.usable[:1] + _complete(known)[:1]
        if stored.manifest
        for dump in stored.manifest.databases
    }
    missing = [name for name in known.databases if name not in held]
    message = (
        f"not in the newest usable set: {', '.join(missing)}"
        if missing
        else "every database is in the newest usable set"
    )
    yield _finding(
        "backup.missing_databases",
        WARNING if missing else OK,
        message,
        hint=_RUN if missing else "",
        value=len(missing),
        warn=0,
    )


def _shrunk(known: Known) -> Iterator[Finding]:
    warn = known.config.shrink_warn_percent
    smaller = {new.name: 100.0 * (1.0 - new.dump_bytes / max(1, old.dump_bytes)) for new, old in _pairs(known)}
    most = max([0.0, *smaller.values()])
    told = [
        f"the dump of {name} is {percent:.0f} % smaller than the one before"
        for name, percent in smaller.items()
        if percent > warn
    ]
    yield _finding(
        "backup.shrink",
        by_limits(most, warn, None),
        "; ".join(told) or "no dump is much smaller than the one before",
        hint="look whether that was meant: 'SELECT relname, n_live_tup FROM pg_stat_user_tables ORDER BY 2'"
        if told
        else "",
        value=round(most, 1),
        unit="%",
        warn=warn,
    )


def _damaged(known: Known) -> Iterator[Finding]:
    broken = [stored for stored in known.sets if not stored.usable]
    # An old one that has a usable successor costs nothing but room. Without a manifest only the name shows how old it is.
    newest = bool(broken) and (
        known.sets[0] is broken[0] or any(stored.name > known.usable[0].name for stored in broken)
    )
    message = "; ".join(f"{stored.name}: {stored.problems[0]}" for stored in broken[:3]) or "no set is damaged"
    hint = (
        "restore from another set; look at the disk with dmesg, then remove the damaged set by hand" if broken else ""
    )
    status = CRITICAL if newest else WARNING if broken else OK
    yield _finding("backup.damage", status, message, hint=hint, value=len(broken), warn=0)


def _clock(known: Known) -> Iterator[Finding]:
    ahead = [
        stored.name
        for stored in known.usable
        if stored.manifest and names.from_iso(stored.manifest.finished) > known.now + _HOUR_S
    ]
    if ahead:
        message = f"made in the future, so the clock was wrong then or is now: {', '.join(ahead)}"
        yield _finding("backup.clock", WARNING, message, hint="look at 'timedatectl'", value=len(ahead), warn=0)


def _copied(known: Known) -> Iterator[Finding]:
    manifest = known.usable[0].manifest if known.usable else None
    if not known.config.copy_command:
        yield _finding("backup.copy", OK, "no copy off the host is declared: the sets are on one disk only")
        return
    problem = next((each for each in known.command_problems if each.startswith(_COPY_VARIABLE)), "")
    if problem:
        yield _finding("backup.copy", WARNING, problem, hint="correct it and run role pg_backup")
        return
    copied = [stored for stored in known.usable if stored.manifest and stored.manifest.copies]
    if manifest is None or manifest.copies:
        yield _finding(
            "backup.copy", OK, "the newest set was copied off the host" if manifest else "there is no set to copy"
        )
        return
    since = f", the newest that was is {copied[0].name}" if copied else ", nor was any other"
    message = f"set {known.usable[0].name} was not copied off the host{since}"
    hours = known.age_s(manifest.finished) / _HOUR_S
    last = known.last["backup"] or {}
    running = bool(last.get("running"))
    yield _finding("backup.copy", OK if running else WARNING, message, hint=_RUN, value=round(hours, 2), unit="h")


def _notified(known: Known) -> Iterator[Finding]:
    name, last, test = "backup.notification", known.notification, f"run '{TEST_COMMAND}'"
    problem = next((each for each in known.command_problems if each.startswith(VARIABLE)), "")
    if not known.config.failure_command:
        yield _finding(name, OK, f"no {VARIABLE} is declared: a failure is reported in the system's log and by health")
    elif problem:
        yield _finding(name, WARNING, problem, hint=f"correct it and run role pg_backup, then {test}")
    elif last is None:
        yield _finding(name, OK, f"{VARIABLE} can be run, and has not run yet; to test it, {test}")
    elif last["ok"]:
        yield _finding(name, OK, f"{VARIABLE} ended with status 0 at {last['finished']}")
    else:
        message = f"{VARIABLE} failed at {last['finished']}: {last['error']}"
        yield _finding(name, WARNING, message, hint=str(last["next_step"]))


def _drilled(known: Known) -> Iterator[Finding]:
    warn, crit = known.config.drill_warn_d, known.config.drill_crit_d
    last, backed_up = known.last["drill"], _backed_up_since(known)
    # A drill from before the first backup had nothing to restore, so its failure is no statement about the sets.
    if last is not None and last["ok"] is False and backed_up is not None and str(last["started"]) >= backed_up:
        message, hint = f"the drill of {last['started']} failed: {last['error']}", "run 'sudo pgsop drill'"
        yield _finding("backup.drill", CRITICAL, message, hint=last.get("next_step") or hint)
        return
    good = _good_drills(known)
    since = max(good, default=backed_up)
    if since is None:
        yield _finding("backup.drill", OK, "there is no set to drill yet")
        return
    days = known.age_s(since) / _DAY_S
    status = by_limits(days, warn, crit)
    message = f"the last good drill was {days:.1f} days ago" if good else f"no set was drilled, in {days:.1f} days"
    hint = "run 'sudo pgsop drill'" if status != OK else ""
    yield _finding("backup.drill", status, message, hint=hint, value=round(days, 2), unit="d", warn=warn, crit=crit)


def _good_drills(known: Known) -> list[str]:
    """Return when all databases of a complete set were restored and found equal."""
    good = [
        str(drill["at"])
        for stored in known.sets
        if stored.manifest and stored.manifest.complete
        for drill in stored.manifest.drills
        if drill["ok"] and {dump.name for dump in stored.manifest.databases} <= set(drill["databases"])
    ]
    # The set that was drilled may be gone already.
    last = known.last["drill"]
    return good + ([str(last["finished"])] if last is not None and last["ok"] and last.get("whole") else [])


def _backed_up_since(known: Known) -> str | None:
    """Return since when drills are due: since the first run. Retention removes old sets, so the oldest set does not show it."""
    backup = known.last["backup"]
    moments = [stored.manifest.finished for stored in known.sets if stored.manifest]
    return min([*moments, *([str(backup["since"])] if backup and "since" in backup else [])], default=None)


def _complete(known: Known) -> list[StoredSet]:
    return [stored for stored in known.usable if stored.manifest and stored.manifest.complete]


def _pairs(known: Known) -> Iterator[tuple[DatabaseDump, DatabaseDump]]:
    """Return each database's newest dump, and the one before."""
    found: dict[str, list[DatabaseDump]] = {}
    for stored in known.usable:
        for dump in stored.manifest.databases if stored.manifest else ():
            found.setdefault(dump.name, []).append(dump)
    return ((dumps[0], dumps[1]) for dumps in found.values() if len(dumps) > 1)


def _finding(what: str, status: str, message: str, **more: Any) -> Finding:
    return Finding(what, _SOP, status, message, **more)
