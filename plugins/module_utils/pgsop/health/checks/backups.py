# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as 'pgsop backups --check' judges them, with the thresholds of role pg_backup; and whether anything makes them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from ...backup.schedule import CRON_FILE
from ...finding import OK, WARNING
from ..check import HOST, Check, HiddenError, Measured, check
from ..context import HostContext

_CRON_UNITS = ("cron.service", "cronie.service")
_CRON_PROGRAMS = ("cron", "crond", "cronie")
#: By act: the check that reports the result of the last run.
_ACTS = {"backup": "backup.last_run", "drill": "backup.drill"}
_SCHEDULE = "run role pg_backup with pg_backup_schedule cron or timer; where something else runs 'pgsop backup', disable backup.schedule"


def _judged(name: str, title: str, unit: str = "") -> Check:
    """Return a check with the verdict of the backups' own findings, so that there is one verdict and one set of thresholds."""

    def read(here: HostContext) -> Iterator[Measured]:
        found = here.backup_findings.get(name)
        if found is None:
            yield Measured("sets", None, f"{title}: none")
        elif not found["visible"]:
            raise HiddenError(found["message"])
        else:
            yield Measured(
                "sets", found["value"], found["message"], found["status"], found["hint"], found["warn"], found["crit"]
            )

    return check(name, sop="3", title=title, scope=HOST, unit=unit)(read)


age = _judged("backup.age", "age of the newest usable set", "h")
last_run = _judged("backup.last_run", "the last backup")
restorable = _judged("backup.restorable", "what keeps a backup from being restored as a whole")
missing_databases = _judged("backup.missing_databases", "databases that are in no backup")
shrink = _judged("backup.shrink", "dumps that are much smaller than the one before", "%")
damage = _judged("backup.damage", "damaged sets")
clock = _judged("backup.clock", "sets made in the future")
copied = _judged("backup.copy", "copies off the host", "h")
notification = _judged("backup.notification", "the command that reports failures")
drill = _judged("backup.drill", "the last restore drill", "d")


@check("backup.schedule", sop="3", title="what runs backups", scope=HOST)
def schedule(here: HostContext) -> Iterator[Measured]:
    """Yield what runs backups and restore drills: the timers of `pgsop`, or a cron file and a cron that runs.

    A backup that never starts cannot fail, so a missing schedule is a WARNING.
    """
    here.backup_config()
    timers = _timers(here)
    if os.path.exists(CRON_FILE):
        yield _cron(here)
    if timers:
        yield from (_timer(act, state) for act, state in timers.items())
        yield from _services(here, timers)
    elif not os.path.exists(CRON_FILE):
        yield Measured(
            "nothing",
            None,
            "nothing runs 'pgsop backup': there is neither a timer nor a line for cron",
            WARNING,
            _SCHEDULE,
        )


def _timers(here: HostContext) -> dict[str, Mapping[str, str]]:
    """Return the timers of the host by act; empty without systemd."""
    try:
        found = {act: here.unit(f"pgsop-{act}.timer") for act in _ACTS}
    except HiddenError:
        return {}
    return {act: state for act, state in found.items() if state.get("LoadState") == "loaded"}


def _timer(act: str, state: Mapping[str, str]) -> Measured:
    name = f"pgsop-{act}.timer"
    # A timer that has elapsed and will not again is active, too.
    if state.get("ActiveState") == "active" and state.get("SubState") in ("waiting", "running"):
        return Measured(name, None, f"{name} is active")
    told = f"{name} is {state.get('ActiveState', 'unknown')} ({state.get('SubState', 'unknown')}), so nothing runs 'pgsop {act}'"
    return Measured(name, None, told, WARNING, f"run 'systemctl enable --now {name}'")


def _services(here: HostContext, timers: Mapping[str, Any]) -> Iterator[Measured]:
    """Yield runs that ended too early to record it themselves; the checks of backup and drill report the others."""
    for act in timers:
        name = f"pgsop-{act}.service"
        result = here.unit(name).get("Result", "success")
        if result != "success" and here.backup_findings[_ACTS[act]]["status"] == OK:
            yield Measured(
                name, None, f"the last run of {name} failed: {result}", WARNING, f"read 'journalctl -u {name}'"
            )


def _cron(here: HostContext) -> Measured:
    if _cron_runs(here):
        return Measured(CRON_FILE, None, f"cron runs, with {CRON_FILE}")
    message = f"there is {CRON_FILE}, and no cron runs"
    return Measured(CRON_FILE, None, message, WARNING, "run 'systemctl enable --now cron'")


def _cron_runs(here: HostContext) -> bool:
    try:
        states = [here.unit(name).get("ActiveState") for name in _CRON_UNITS]
    except HiddenError:
        states = []
    return "active" in states or any(name in _CRON_PROGRAMS for name in _programs())


def _programs() -> list[str]:
    """Names of the processes of this host."""
    names = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as handle:
                names.append(handle.read().strip())
        except OSError:
            continue
    return names
