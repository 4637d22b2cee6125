# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse a sandbox that hides a path that the server uses, before the server is restarted in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cluster import Cluster
from ..errors import PgsopError
from ..files import group_name, user_name
from .needs import Need
from .trial import Assignment, Reached, in_running_server, in_trial, on_host
from .unit_lines import names_of, unit_lines

#: Directives that open paths again; each other directive is tried together with these.
_OPENING = ("ReadWritePaths", "BindPaths", "BindReadOnlyPaths")
#: Beginnings of directives that hide no path; each trial takes about 0.1 s.
_HIDE_NOTHING = (
    "Restrict",
    "SystemCall",
    "IPAddress",
    "Capability",
    "Lock",
    "Limit",
    "OOM",
    "UMask",
    "NoNewPrivileges",
)
#: Directives for which ReadWritePaths names exceptions.
_READ_ONLY = ("ProtectSystem", "ReadOnlyPaths")
_WRITE_PATHS = "add the folder to ReadWritePaths (in role pg_hardening: pg_hardening_sandbox_write_paths)"
_DIRECTIVES = "leave out or change {} (in role pg_hardening: pg_hardening_sandbox_directives), or move the path"


@dataclass(frozen=True)
class Lost:
    """A path that the server would lose.

    Attributes:
        need: the path and the access that the server needs.
        directives: directives that take it away, each without the others.
    """

    need: Need
    directives: tuple[str, ...] = ()

    def __str__(self) -> str:
        by = f", because of {' and '.join(self.directives)}" if self.directives else ""
        return f"{self.need.access} access to {self.need.path} ({self.need.why}){by}"


def folders_to_cover(needs: Sequence[Need], owner: str, covered: Sequence[str]) -> list[str]:
    """Return the folders of the cluster's owner that the server writes to and that no covered path contains.

    Args:
        needs: paths that the server uses; those that only a command names do not count.
        owner: user or group of the folders.
        covered: real paths that are writable already.
    """
    result: list[str] = []
    for path in sorted({os.path.realpath(need.path) for need in needs if need.write and not need.named_by_command}):
        if not any(_below(path, top) for top in [*covered, *result]) and _is_folder_of(path, owner):
            result.append(path)
    return result


def refuse_hidden(dropin: str, text: str | None, cluster: Cluster, needs: Sequence[Need], *, starts: bool) -> None:
    """Refuse a drop-in with which the server could not read or write the paths that it uses.

    Args:
        dropin: path of the drop-in.
        text: its text as declared.
        cluster: the cluster.
        needs: the paths that its server uses.
        starts: whether the server is to start with it; otherwise the server already runs with it.

    Raises:
        PgsopError: a path would be lost, or systemd cannot set up the sandbox; the answer names each path, the access
            that the server needs, and the directives that hide it.
    """
    paths = [need.path for need in needs]
    outside = on_host(paths, cluster.owner)
    lines: list[Assignment] = []
    if starts:
        lines = unit_lines(cluster.unit, dropin, text)
        trial = in_trial(paths, cluster.owner, lines)
        _refuse_setup(dropin, trial.setup_status, lines)
        inside = trial.reached
    else:
        inside = in_running_server(paths, cluster.owner, cluster.pid)
    lost = list(_lost(needs, outside, inside))
    if lost:
        named = _with_directives(lost, cluster, lines or unit_lines(cluster.unit, dropin, text))
        raise PgsopError(
            attempted="sandbox the server",
            target=dropin,
            answer=f"the server would be without {'; '.join(map(str, named))}",
            next_step=f"{_next_step(named)}; nothing was changed",
        )


def _lost(needs: Sequence[Need], outside: Reached, inside: Reached | None) -> Iterator[Need]:
    """Yield the needs met on the host and not inside, without those that a lost folder or right implies."""
    found = {
        need: _is_lost(need, before, after) for need, before, after in zip(needs, outside, inside or [], strict=False)
    }
    lost = [need for need, is_lost in found.items() if is_lost]
    for need in lost:
        if not any(other is not need and other.write >= need.write and _below(need.path, other.path) for other in lost):
            yield need


def _is_lost(need: Need, outside: Mapping[str, Any], inside: Mapping[str, Any]) -> bool:
    if not outside[need.access]:
        return False
    return not inside[need.access] or (need.same and inside["id"] != outside["id"])


def _with_directives(lost: Sequence[Need], cluster: Cluster, lines: Sequence[Assignment]) -> list[Lost]:
    """Return the directives that hide each path: each is tried without the others."""
    paths = [need.path for need in lost]
    outside = on_host(paths, cluster.owner)
    found: dict[Need, list[str]] = {need: [] for need in lost}
    for name in names_of(lines):
        if name not in _OPENING and not name.startswith(_HIDE_NOTHING):
            trial = in_trial(paths, cluster.owner, [line for line in lines if line[0] in (name, *_OPENING)])
            for need, before, after in zip(lost, outside, trial.reached or [], strict=False):
                if _is_lost(need, before, after):
                    found[need].append(name)
    return [Lost(need, tuple(names)) for need, names in found.items()]


def _next_step(lost: Sequence[Lost]) -> str:
    names = {name for each in lost for name in each.directives}
    steps = [_WRITE_PATHS] if names & set(_READ_ONLY) or not names else []
    others = sorted(names - set(_READ_ONLY))
    steps += [_DIRECTIVES.format(" and ".join(others))] if others else []
    return "; ".join(steps)


def _refuse_setup(dropin: str, status: int, lines: Sequence[Assignment]) -> None:
    if not status:
        return
    named = [path for name, value in lines if name in _OPENING for path in value.split()]
    missing = [path for path in named if path[0] == "/" and not os.path.exists(path.split(":")[0])]
    why = f": {', '.join(missing)} does not exist" if missing else ""
    raise PgsopError(
        attempted="sandbox the server",
        target=dropin,
        answer=f"systemd cannot set up this sandbox (exit status {status}){why}",
        next_step="correct the directive or create the folder; systemd.exec(5) lists the exit statuses;"
        " nothing was changed",
    )


def _below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


def _is_folder_of(path: str, owner: str) -> bool:
    if not os.path.isdir(path):
        return False
    status = os.stat(path)
    return owner in (user_name(status.st_uid), group_name(status.st_gid))
