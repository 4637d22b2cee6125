# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage one drop-in of a cluster's unit: write, restart inside the new sandbox, wait for an answer, or go back."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import command, service
from ..cluster import Cluster, find_cluster
from ..connection import connect, find_running_cluster
from ..errors import PgsopError
from ..files import (
    FileMode,
    FileState,
    changed_at,
    has_mode,
    make_folder,
    read_state,
    remove,
    remove_empty_folder,
    restore,
    write_atomically,
)
from ..transaction import transaction
from .declaration import SandboxRequest, flat, refuse_bad_declaration
from .hidden import folders_to_cover, refuse_hidden
from .needs import Need, read_needs
from .probe import exposure, ip_filter
from .report_types import SandboxReport

_MODE = FileMode("root", "root", 0o644)
_FOLDER_MODE = 0o755  # other users may read every unit


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
        if self.text is None and not self.validated:
            return False
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
    refuse_bad_declaration(request)
    before = read_state(request.path)
    outcome = SandboxOutcome(before, request.text, request.restart_allowed, in_force=False)
    if not service.has_systemd():
        return replace(outcome, supported=False)
    outcome = replace(outcome, folder_mode=_folder_mode(request.path))
    cluster = _find_server(request, check=check)
    if cluster is None:
        return _without_server(request, replace(outcome, validated=False), check=check)
    with connect(cluster) as session:
        needs = read_needs(session, cluster)
    request = _covering(request, cluster, needs)
    if request.text is not None and request.text != before.text:
        _refuse_unreadable(request)
    outcome = replace(outcome, text=request.text, in_force=_is_in_force(before, cluster))
    if request.text is not None:
        refuse_hidden(request.path, request.text, cluster, needs, starts=outcome.needs_restart)
    if outcome.actions and not check:
        cluster = _apply(request, outcome, cluster)
    return replace(outcome, exposure=exposure(request.unit), ip_filter=ip_filter(cluster.pid))


def _find_server(request: SandboxRequest, *, check: bool) -> Cluster | None:
    """Return the cluster; None without a server, in check mode or if the sandbox is to be removed.

    Raises:
        PgsopError: a server is needed and does not answer.
    """
    if request.text is None:
        cluster = find_cluster(request.version, request.cluster)
        if cluster is None or not cluster.running:
            return None
    return find_running_cluster(request.version, request.cluster, attempted="sandbox the server", check=check)


def _without_server(request: SandboxRequest, outcome: SandboxOutcome, *, check: bool) -> SandboxOutcome:
    """Remove a drop-in that no server uses. A sandbox without a server exists in check mode only."""
    if outcome.actions and not check:
        remove(request.path)
        remove_empty_folder(os.path.dirname(request.path))
        command.run(["systemctl", "daemon-reload"])
    return outcome


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
    # The folder's time shows the next run whether a restart is pending.
    if request.text is None and request.restart_allowed:
        remove_empty_folder(folder)
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
    declared = flat(request.directives[name]).split()
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
