# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring declared settings into force: read, plan, apply, prove, or go back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from .. import service
from ..availability import STOPPED, availability
from ..cluster import Cluster, find_cluster
from ..connection import Session, connect, find_running_cluster
from ..errors import PgsopError
from ..files import read_state, restore, write_atomically
from ..reload import reload
from ..sql import quote_identifier
from ..transaction import transaction
from ..unsafe_settings import UNSAFE, Override, overrides
from .declaration import SettingsRequest
from .plan import Setting, SettingsPlan, in_force, make_plan, offline_plan
from .report_types import SettingReport, SettingsReport
from .server import broken_entries, pending_restart, read_files, read_parameters
from .stopped import auto_conf, auto_conf_entries, start


@dataclass(frozen=True)
class SettingsOutcome:
    """Changes that were made, or in check mode would be.

    Attributes:
        plan: the plan against the running server, or the files alone if no server answers.
        pending_restart: settings that wait for a restart after the change.
        overrides: values of single roles or databases that put data at risk.
        started: the plan with which a stopped server was started first; None if it was not.
    """

    plan: SettingsPlan
    pending_restart: Sequence[str]
    overrides: Sequence[Override] = ()
    started: SettingsPlan | None = None

    @property
    def actions(self) -> list[str]:
        """Return the steps that were taken, in order; the start of a stopped server is first."""
        return [
            *(self.started.actions if self.started else ()),
            *(["start"] if self.started else ()),
            *self.plan.actions,
        ]

    @property
    def changed(self) -> bool:
        """Return whether anything was or would be changed; a withheld restart is no change."""
        return bool(self.actions)

    def as_dict(self) -> SettingsReport:
        """Return the module's return values."""
        return {
            "changed": self.changed,
            "actions": self.actions,
            "diff": [*(self.started.diff() if self.started else ()), *(self.plan.diff() if self.plan.actions else ())],
            "file": self.plan.before.path,
            "pending_restart": list(self.pending_restart),
            "overrides": [override.as_dict() for override in self.overrides],
            "settings": [_describe(setting) for setting in self.plan.settings],
            "validated": self.plan.validated,
        }


def manage(request: SettingsRequest, *, check: bool) -> SettingsOutcome:
    """Bring the declared settings into force, and ask a new session for every value.

    Args:
        request: the declaration.
        check: plan only.

    Raises:
        PgsopError: the declaration is refused, or a change failed and was undone.
    """
    there = find_cluster(request.version, request.cluster)
    started = _start(request, there) if there is not None and request.start and not check else None
    cluster = find_running_cluster(request.version, request.cluster, attempted="change server settings", check=check)
    if cluster is None:
        return SettingsOutcome(_offline(request, there), ())
    with connect(cluster) as session:
        plan = make_plan(request, cluster, session)
        pending = pending_restart(session)
        found = tuple(overrides(session, _guarded(request)))
    if check:
        return SettingsOutcome(plan, sorted({*pending, *_withheld(plan)}), found)
    if plan.actions:
        pending = _apply(plan, cluster)
    return SettingsOutcome(plan, pending, found, started)


def _guarded(request: SettingsRequest) -> list[str]:
    """Return the declared settings that can put data at risk; another caller reports on the others."""
    return [name for name in UNSAFE if name in request.settings]


def _offline(request: SettingsRequest, cluster: Cluster | None) -> SettingsPlan:
    """Return the plan without a server, with the lines of ALTER SYSTEM that would be reset."""
    plan = offline_plan(request)
    entries = auto_conf_entries(cluster, list(request.settings)) if cluster and not request.refuse_auto_conf else []
    if cluster is None or not entries:
        return plan
    return dataclasses.replace(plan, auto_conf=read_state(auto_conf(cluster)), resets=tuple(entries))


def _start(request: SettingsRequest, cluster: Cluster) -> SettingsPlan | None:
    """Start a stopped server with files that differ from the declaration; return the plan, None for no start."""
    if availability(cluster) != STOPPED:
        return None
    plan = _offline(request, cluster)
    if not plan.actions:
        return None
    start(plan, cluster)
    return plan


def _apply(plan: SettingsPlan, cluster: Cluster) -> list[str]:
    restarted: list[bool] = []
    with transaction() as undo:
        undo.callback(_reactivate, cluster, restarted)
        if plan.writes:
            undo.callback(restore, plan.before)
            write_atomically(plan.before.path, plan.text, plan.mode)
        if plan.auto_conf is not None:
            undo.callback(restore, plan.auto_conf)
        with connect(cluster) as session:
            for entry in plan.resets:
                session.execute(f"ALTER SYSTEM RESET {quote_identifier(entry.name or '')}")
            _refuse_broken(plan, session)
            reload(session)
        if plan.needs_restart:
            cluster = _restart(plan, cluster, restarted)
        return _verify_values(plan, cluster)


def _restart(plan: SettingsPlan, cluster: Cluster, restarted: list[bool]) -> Cluster:
    """Restart if that is allowed; else check that the server could start with the waiting values."""
    try:
        service.rehearse(cluster)
        if not plan.restart_allowed:
            return cluster
        restarted.append(True)
        return service.restart(cluster)
    except PgsopError as error:
        values = ", ".join(f"{item.name} = {item.value}" for item in plan.settings if item.needs_restart)
        raise PgsopError(
            attempted="restart the server with the new settings",
            target=plan.before.path,
            answer=f"with {values or 'the old defaults'} the server says: {error.answer}",
            next_step=error.next_step,
        ) from error


def _reactivate(cluster: Cluster, restarted: Sequence[bool]) -> None:
    """Make the files that were put back the ones in force."""
    if restarted:
        service.restart(cluster)
    else:
        with connect(cluster) as session:
            reload(session)


def _refuse_broken(plan: SettingsPlan, session: Session) -> None:
    """Have the server read the new file before the reload that puts it in force."""
    broken = broken_entries(session, read_files(session).entries)
    if broken:
        raise PgsopError(
            attempted="activate the new settings",
            target=plan.before.path,
            answer="the server would refuse " + "; ".join(entry.complaint for entry in broken),
            next_step="correct the value",
        )


def _verify_values(plan: SettingsPlan, cluster: Cluster) -> list[str]:
    """Ask a new session whether every value is in force; answers with what waits for a restart."""
    with connect(cluster) as session:
        parameters = read_parameters(session, [setting.name for setting in plan.settings])
        files = read_files(session)
        late = []
        for setting in plan.settings:
            parameter = parameters.get(setting.name.lower())
            if in_force(setting.name, setting.value, parameter, files):
                continue
            if parameter is None or parameter.context != "postmaster" or plan.restart_allowed:
                shown = parameter.shown if parameter else "not set"
                late.append(f"{setting.name} is {shown}, declared {setting.value}")
        if late:
            raise PgsopError(
                attempted="bring the settings into force",
                target=plan.before.path,
                answer="; ".join(late),
                next_step="look for an override with: SELECT name, source, sourcefile FROM pg_settings WHERE name = ...",
            )
        return pending_restart(session)


def _withheld(plan: SettingsPlan) -> list[str]:
    """Return the settings that would wait for a restart once the plan is carried out without one."""
    if plan.restart_allowed:
        return []
    return [setting.name for setting in plan.settings if setting.needs_restart] + list(plan.removed_need_restart)


def _describe(setting: Setting) -> SettingReport:
    return {
        "name": setting.name,
        "value": setting.value,
        "previous": setting.parameter.shown if setting.parameter else None,
        "in_force": setting.in_force,
        "needs_restart": setting.needs_restart,
        "context": setting.parameter.context if setting.parameter else None,
        "reason": setting.reason,
    }
