# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage one drop-in of a cluster's unit: write, restart inside the new sandbox, wait for an answer, or go back."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from .. import command, service
from ..cluster import Cluster, drop_in_directory, unit_name
from ..connection import connect, find_running_cluster
from ..errors import PgsopError
from ..files import (
    CALLER,
    FileMode,
    FileState,
    changed_at,
    has_mode,
    make_folder,
    read_state,
    remove,
    restore,
    write_atomically,
)
from ..transaction import transaction
from .hidden import folders_to_cover, refuse_hidden
from .needs import Need, read_needs
from .probe import exposure, ip_filter
from .report_types import SandboxReport

#: Value of a directive as an inventory holds it; a list becomes one line, separated by blanks.
Word: TypeAlias = "str | bool | int | float"
Directive: TypeAlias = "Word | Sequence[Word]"

_NAME = re.compile(r"[A-Za-z]+")
_MODE = FileMode("root", "root", 0o644)
_FOLDER_MODE = 0o755  # other users may read every unit


@dataclass(frozen=True)
class SandboxRequest:
    """Declaration of a caller.

    Attributes:
        name: the caller; becomes part of the name of its drop-in.
        directives: those of section [Service] in the drop-in; without any, there is no drop-in.
        cover_server: whether ReadWritePaths covers the server's own folders, too, wherever they are.
    """

    version: int
    cluster: str
    name: str
    directives: Mapping[str, Directive]
    restart_allowed: bool = True
    cover_server: bool = False

    @property
    def unit(self) -> str:
        """Return the name of the unit that is sandboxed."""
        return unit_name(self.version, self.cluster)

    @property
    def path(self) -> str:
        """Return the path of the caller's drop-in; it concerns this one cluster only."""
        return f"{drop_in_directory(self.version, self.cluster)}/50-{self.name}.conf"

    @property
    def text(self) -> str | None:
        """Return the text of the drop-in as declared; None if it must not exist."""
        if not self.directives:
            return None
        head = f"# Managed by Ansible, aerovista.postgresql, for {self.name}: changes made here are overwritten.\n"
        return head + "[Service]\n" + "".join(f"{key}={_flat(value)}\n" for key, value in self.directives.items())


@dataclass(frozen=True)
class SandboxOutcome:
    """Changes that were made, or in check mode would be; ``supported`` is whether the host runs systemd.

    ``in_force`` is as before the change; ``exposure`` and ``ip_filter`` are measured after it, if a server answers.
    """

    before: FileState
    text: str | None
    restart_allowed: bool
    in_force: bool
    supported: bool = True
    validated: bool = True
    exposure: float | None = None
    ip_filter: str = "unknown"
    folder_mode: int | None = None

    @property
    def writes(self) -> bool:
        """Return whether the drop-in differs in text, owner or mode."""
        misowned = self.text is not None and not has_mode(self.before, _MODE)
        return self.supported and (self.before.text != self.text or misowned)

    @property
    def opens_folder(self) -> bool:
        """Return whether the folder exists and is closed to other users, as after mkdir with umask 077."""
        is_closed = self.folder_mode is not None and _FOLDER_MODE & ~self.folder_mode != 0
        return self.supported and self.text is not None and is_closed

    @property
    def needs_restart(self) -> bool:
        """Return whether the server runs outside of the declared sandbox."""
        return self.supported and (self.before.text != self.text or not self.in_force)

    @property
    def actions(self) -> list[str]:
        """Return the steps of a run, in order."""
        verb = "remove" if self.text is None else "write"
        steps = [f"chmod {_FOLDER_MODE:04o} {os.path.dirname(self.before.path)}"] if self.opens_folder else []
        steps += [f"{verb} {self.before.path}", "daemon-reload"] if self.writes else []
        return steps + (["restart"] if self.needs_restart and self.restart_allowed else [])

    def as_dict(self) -> SandboxReport:
        """Return the module's return values."""
        header = self.before.path + ("" if self.validated else " (not yet validated by a server)")
        after = "" if self.text is None else f"# {_MODE.owner}:{_MODE.group} {_MODE.mode:04o}\n{self.text}"
        before = f"# folder {self.folder_mode:04o}\n" if self.opens_folder else ""
        before += self.before.describe_mode() + (self.before.text or "")
        if self.needs_restart and not self.writes:
            before += "# the server was started before this file was written\n"
        diff = {"before_header": header, "after_header": header, "before": before, "after": after}
        return {
            "changed": bool(self.actions),
            "actions": self.actions,
            "diff": diff if self.actions else {},
            "file": self.before.path,
            "supported": self.supported,
            "pending_restart": self.needs_restart and not self.restart_allowed,
            "exposure": self.exposure,
            "ip_filter": self.ip_filter,
        }


def manage(request: SandboxRequest, *, check: bool) -> SandboxOutcome:
    """Run the cluster inside the declared sandbox.

    Args:
        request: the declaration.
        check: plan only.

    Raises:
        PgsopError: the sandbox hides the server's files, or the server did not start in it and was put back outside.
    """
    _refuse_bad_declaration(request)
    before = read_state(request.path)
    if not service.has_systemd():
        return SandboxOutcome(before, request.text, request.restart_allowed, in_force=False, supported=False)
    cluster = find_running_cluster(request.version, request.cluster, attempted="sandbox the server", check=check)
    if cluster is None:
        return SandboxOutcome(before, request.text, request.restart_allowed, in_force=False, validated=False)
    with connect(cluster) as session:
        needs = read_needs(session, cluster)
    request = _covering(request, cluster, needs)
    if request.text is not None and request.text != before.text:
        _refuse_unreadable(request)
    in_force = _is_in_force(before, cluster)
    folder_mode = _folder_mode(request.path)
    outcome = SandboxOutcome(before, request.text, request.restart_allowed, in_force, folder_mode=folder_mode)
    if request.text is not None:
        refuse_hidden(request.path, request.text, cluster, needs, starts=outcome.needs_restart)
    if outcome.actions and not check:
        cluster = _apply(request, outcome, cluster)
    return SandboxOutcome(
        before,
        request.text,
        request.restart_allowed,
        in_force,
        exposure=exposure(request.unit),
        ip_filter=ip_filter(cluster.pid),
        folder_mode=folder_mode,
    )


def _folder_mode(path: str) -> int | None:
    """Return the permission bits of the folder of a file; None if the folder does not exist."""
    try:
        return stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode)
    except OSError:
        return None


def _apply(request: SandboxRequest, outcome: SandboxOutcome, cluster: Cluster) -> Cluster:
    restarted: list[bool] = []
    with transaction() as undo:
        undo.callback(_reactivate, cluster, restarted)
        folder = os.path.dirname(request.path)
        if outcome.folder_mode is not None and outcome.opens_folder:
            os.chmod(folder, _FOLDER_MODE)
            undo.callback(os.chmod, folder, outcome.folder_mode)
        if outcome.writes:
            if outcome.folder_mode is None:
                make_folder(folder, _FOLDER_MODE)
                undo.callback(os.rmdir, folder)
            undo.callback(restore, outcome.before)
            if request.text is None:
                remove(request.path)
            else:
                write_atomically(request.path, request.text, _MODE)
            command.run(["systemctl", "daemon-reload"])
        if outcome.needs_restart and request.restart_allowed:
            restarted.append(True)
            cluster = service.restart(cluster)
    return cluster


def _reactivate(cluster: Cluster, restarted: Sequence[bool]) -> None:
    command.run(["systemctl", "daemon-reload"])
    if restarted:
        service.restart(cluster)


def _refuse_unreadable(request: SandboxRequest) -> None:
    """Have systemd read the drop-in, in a temporary folder, before it is put in place."""
    with tempfile.TemporaryDirectory() as folder:
        dropin = os.path.join(folder, f"{request.unit}.d", os.path.basename(request.path))
        os.mkdir(os.path.dirname(dropin), 0o700)
        with open(dropin, "w", encoding="utf-8") as handle:
            handle.write(request.text or "")
        # The colon at the end adds the places where units are otherwise.
        environment = f"SYSTEMD_UNIT_PATH={folder}:"
        answer = command.run(["env", environment, "systemd-analyze", "verify", "--man=no", request.unit])
    complaints = [line.replace(dropin, "line", 1) for line in answer.errors.splitlines() if dropin in line]
    if complaints:
        raise PgsopError(
            attempted="sandbox the server",
            target=request.path,
            answer="; ".join(complaints),
            next_step="correct the directive; systemd.exec(5) and systemd.resource-control(5) list them;"
            " nothing was changed",
        )


def _covering(request: SandboxRequest, cluster: Cluster, needs: Sequence[Need]) -> SandboxRequest:
    """Return the request with the server's own folders in ReadWritePaths, if it is to cover them."""
    name = "ReadWritePaths"
    if not request.cover_server or name not in request.directives:
        return request
    declared = _flat(request.directives[name]).split()
    covered = [os.path.realpath(path.lstrip("-+")) for path in declared]
    # The minus sign lets the server start, and report it, if a disk is not mounted.
    more = [_word(f"-{path}") for path in folders_to_cover(needs, cluster.owner, covered)]
    return replace(request, directives={**request.directives, name: [*declared, *more]})


def _is_in_force(before: FileState, cluster: Cluster) -> bool:
    """Return whether the server was started after the drop-in was written, or after it was removed."""
    changed = before.path if before.text is not None else os.path.dirname(before.path)
    with connect(cluster) as session:
        started = float(session.value("SELECT extract(epoch FROM pg_postmaster_start_time())"))
    return not os.path.exists(changed) or changed_at(changed) <= started


def _word(text: str) -> str:
    """Return a text as one word of a line: % begins a specifier, blanks need quotes (systemd.syntax(7))."""
    escaped = text.replace("%", "%%")
    if not re.search(r"[\s\"'\\]", escaped):
        return escaped
    return '"' + re.sub(r'(["\\])', r"\\\1", escaped) + '"'


def _flat(value: Directive) -> str:
    words = value if isinstance(value, (list, tuple)) else [value]
    return " ".join(("yes" if word else "no") if isinstance(word, bool) else str(word) for word in words)


def _refuse_bad_declaration(request: SandboxRequest) -> None:
    if not CALLER.fullmatch(request.name):
        raise PgsopError(
            attempted="sandbox the server",
            target=request.unit,
            answer=f"the name {request.name!r} becomes part of a file name, so it must be of letters, digits, - and _",
            next_step="choose another name; nothing was changed",
        )
    for name, value in request.directives.items():
        text = _flat(value)
        # systemd.syntax(7): a backslash at the end of a line joins the next one to it.
        if (
            isinstance(value, Mapping)
            or not _NAME.fullmatch(str(name))
            or any(mark in text for mark in "\n\r\0")
            or text.endswith("\\")
        ):
            raise PgsopError(
                attempted="sandbox the server",
                target=request.path,
                answer=f"{name!s}={text!r} is not a name and a value on one line",
                next_step="correct the directive; nothing was changed",
            )
