# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the declaration and the server's settings to the steps to take; nothing is changed here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..cluster import POSTGRES, Cluster
from ..connection import Session
from ..errors import PgsopError
from ..files import FileMode, FileState, has_mode, read_state
from ..paths import group_of
from . import dropin
from .declaration import SettingsRequest, refuse_bad_declaration
from .refusal import value_problem
from .server import FileEntry, Files, broken_entries, later_entries, read_files, read_parameters
from .values import Parameter, Value, canonical, written

#: Sources that apply to single roles, databases or sessions and hide the server-wide value from our own session.
_LOCAL_SOURCES = ("global", "database", "user", "database user", "client", "session")


@dataclass(frozen=True)
class Setting:
    """One managed setting as declared; ``parameter`` is its row of pg_settings, None without such a row or server."""

    name: str
    value: str
    reason: str
    parameter: Parameter | None = None
    in_force: bool = False

    @property
    def needs_restart(self) -> bool:
        """Return whether only a restart brings the value into force."""
        return not self.in_force and self.parameter is not None and self.parameter.context == "postmaster"


@dataclass(frozen=True)
class SettingsPlan:
    """Steps to take.

    Attributes:
        before: the drop-in as it is; ``text`` and ``mode`` are as declared.
        auto_conf: postgresql.auto.conf as it is, if settings in it are reset.
        resets: entries of postgresql.auto.conf that are reset.
        removed_need_restart: settings that leave the drop-in and change only by a restart.
        validated: whether a server was asked.
    """

    before: FileState
    text: str
    mode: FileMode
    settings: tuple[Setting, ...]
    auto_conf: FileState | None = None
    resets: tuple[FileEntry, ...] = ()
    removed_need_restart: tuple[str, ...] = ()
    restart_allowed: bool = True
    validated: bool = True

    @property
    def writes(self) -> bool:
        """Return whether the drop-in differs in text, owner or mode."""
        return self.before.text != self.text or not has_mode(self.before, self.mode)

    @property
    def needs_reload(self) -> bool:
        """Return whether the server has to read its files again."""
        late = any(not setting.in_force and not setting.needs_restart for setting in self.settings)
        return self.validated and (self.writes or bool(self.resets) or late)

    @property
    def needs_restart(self) -> bool:
        """Return whether something declared comes into force only by a restart."""
        return bool(self.removed_need_restart) or any(setting.needs_restart for setting in self.settings)

    @property
    def actions(self) -> list[str]:
        """Return the steps of a run, in order."""
        steps = [f"write {self.before.path}"] if self.writes else []
        steps += [f"ALTER SYSTEM RESET {entry.name}" for entry in self.resets]
        steps += ["reload"] if self.needs_reload else []
        steps += ["restart"] if self.needs_restart and self.restart_allowed else []
        return steps

    def diff(self) -> list[dict[str, str]]:
        """Return before and after of the file, of postgresql.auto.conf and of the running server."""
        mark = "" if self.validated else " (not yet validated by a server)"
        mode = f"# {self.mode.owner}:{self.mode.group} {self.mode.mode:04o}\n"
        parts = []
        if self.writes:
            # A file that is new is read as a whole, so it is shown in as few lines as it has settings.
            text = dropin.one_line_each(self.text) if self.before.text is None else self.text
            before, after = self.before.describe_mode() + (self.before.text or ""), mode + text
            parts.append(_part(self.before.path + mark, before, after))
        if self.resets and self.auto_conf is not None:
            lines = "".join(f"{entry.name} = {dropin.quote(entry.setting or '')}\n" for entry in self.resets)
            parts.append(_part(self.auto_conf.path, lines, ""))
        late = [setting for setting in self.settings if setting.parameter is not None and not setting.in_force]
        if late:
            now = "".join(f"{item.name} = {item.parameter.shown}\n" for item in late if item.parameter)
            then = "".join(f"{item.name} = {item.value}\n" for item in late)
            parts.append(_part("running server", now, then))
        return parts


def offline_plan(request: SettingsRequest) -> SettingsPlan:
    """Return the plan without a server: the file only, not validated.

    Raises:
        PgsopError: no server accepts the declaration.
    """
    refuse_bad_declaration(request)
    settings = tuple(
        Setting(name, written(value), str(request.reasons.get(name) or "")) for name, value in request.settings.items()
    )
    return SettingsPlan(
        read_state(request.path),
        request.text,
        _file_mode(None),
        settings,
        restart_allowed=request.restart_allowed,
        validated=False,
    )


def make_plan(request: SettingsRequest, cluster: Cluster, session: Session) -> SettingsPlan:
    """Return the plan against a running server.

    Raises:
        PgsopError: the server would refuse a setting, its files are broken already, or a file that is not ours to
            change overrides a managed setting.
    """
    refuse_bad_declaration(request)
    parameters = read_parameters(session, list(request.settings))
    _refuse_values(request, parameters, cluster)
    files = read_files(session)
    _refuse_broken_files(request, session, files)
    later = later_entries(cluster, files, request.path, list(request.settings))
    auto_conf_path = os.path.join(cluster.data_directory, "postgresql.auto.conf")
    resets = tuple(entry for entry in later if entry.sourcefile == auto_conf_path)
    _refuse_overrides(request, parameters, [entry for entry in later if entry not in resets], resets)
    settings = tuple(
        Setting(
            name,
            written(value),
            str(request.reasons.get(name) or ""),
            parameters.get(name.lower()),
            in_force(name, value, parameters.get(name.lower()), files),
        )
        for name, value in request.settings.items()
    )
    return SettingsPlan(
        before=read_state(request.path),
        text=request.text,
        mode=_file_mode(cluster),
        settings=settings,
        auto_conf=read_state(auto_conf_path) if resets else None,
        resets=resets,
        removed_need_restart=_removed(request, session, files),
        restart_allowed=request.restart_allowed,
    )


def _refuse_values(request: SettingsRequest, parameters: Mapping[str, Parameter], cluster: Cluster) -> None:
    found = (
        value_problem(name, value, parameters.get(name.lower()), cluster) for name, value in request.settings.items()
    )
    problems = [problem for problem in found if problem]
    if problems:
        raise PgsopError(
            attempted="declare server settings",
            target=request.path,
            answer="; ".join(problems),
            next_step=f"correct the settings given for {request.name}; nothing was changed",
        )


def _refuse_broken_files(request: SettingsRequest, session: Session, files: Files) -> None:
    broken = broken_entries(session, files.without(request.path).entries)
    if broken:
        raise PgsopError(
            attempted="change server settings",
            target=request.path,
            answer="the server's configuration is broken already: " + "; ".join(entry.complaint for entry in broken),
            next_step="correct or remove those lines; until then the server ignores every reload",
        )


def _refuse_overrides(
    request: SettingsRequest,
    parameters: Mapping[str, Parameter],
    foreign: Sequence[FileEntry],
    resets: Sequence[FileEntry],
) -> None:
    refused = list(foreign) + (list(resets) if request.refuse_auto_conf else [])
    lines = [f"{entry.name} = {entry.setting} in {entry.place}" for entry in refused]
    lines += [f"{p.name} on the postmaster's command line" for p in parameters.values() if p.source == "command line"]
    if lines:
        raise PgsopError(
            attempted="bring managed settings into force",
            target=request.path,
            answer="overridden by " + "; ".join(lines),
            next_step=f"{_run_first(foreign)}remove the override (in postgresql.auto.conf: ALTER SYSTEM RESET) or take"
            f" the setting out of what is declared for {request.name}",
        )


def _run_first(foreign: Sequence[FileEntry]) -> str:
    """Return what to run first: a file of another caller may hold a setting that is no longer declared for it."""
    callers = {entry.sourcefile: dropin.caller_of(entry.sourcefile or "") for entry in foreign}
    return "".join(
        f"{path} is managed for {caller}, so run that first (--tags {caller}) if it does not declare the setting; else "
        for path, caller in sorted(callers.items(), key=str)
        if caller
    )


def in_force(name: str, value: Value, parameter: Parameter | None, files: Files) -> bool:
    """Return whether the running server uses this value for all sessions without settings of their own.

    The server does not show a setting of an extension that is not loaded (``parameter`` is None), and spells some texts
    in its own way (DateStyle, TimeZone). Then the entry of the loaded file decides.
    """
    if parameter is None:
        return _is_loaded(name, value, files)
    wanted, effective = canonical(parameter, value), parameter.setting
    if parameter.source in _LOCAL_SOURCES:
        effective = _from_files(parameter, files)
    if parameter.vartype == "real" and float(effective) == float(wanted):
        return True
    respelled = parameter.vartype == "string" and not parameter.pending_restart
    return effective == wanted or (respelled and _is_loaded(name, value, files))


def _is_loaded(name: str, value: Value, files: Files) -> bool:
    entry = files.last(name)
    return entry is not None and entry.applied and entry.setting == written(value) and files.is_loaded(entry)


def _from_files(parameter: Parameter, files: Files) -> str:
    """Return the value that the files on disk give, or the built-in default."""
    entry = files.last(parameter.name)
    value = entry.setting if entry is not None else parameter.boot_val
    return canonical(parameter, value or "") if value is not None else ""


def _removed(request: SettingsRequest, session: Session, files: Files) -> tuple[str, ...]:
    """Return the settings that leave the drop-in and change only by a restart."""
    kept = {name.lower() for name in request.settings}
    mine = [entry.name for entry in files.entries if entry.sourcefile == request.path and entry.name]
    others = files.without(request.path)
    leaving = read_parameters(session, [name for name in mine if name.lower() not in kept])
    return tuple(
        sorted(
            parameter.name
            for parameter in leaving.values()
            if parameter.context == "postmaster" and _from_files(parameter, others) != parameter.setting
        )
    )


def _file_mode(cluster: Cluster | None) -> FileMode:
    # World-readable like Debian's postgresql.conf: pg_lsclusters has to read it for any user, and it holds no secret.
    owner = cluster.owner if cluster else POSTGRES
    return FileMode(owner, group_of(owner), 0o644)


def _part(header: str, before: str, after: str) -> dict[str, str]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}
