# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that runs and rejects its own owner by its rules: the line that does so, and the command that repairs it."""

from __future__ import annotations

import os
import pwd
import shlex
from dataclasses import dataclass

from ..cluster import Cluster
from ..configured import client_files
from ..errors import PgsopError
from ..files import read_state
from ..knock import REFUSED, knock
from .read import HbaLine, read_lines
from .simulate import LoginAttempt, first_match


@dataclass(frozen=True)
class Lockout:
    """Reason why the rules refuse the owner.

    Attributes:
        sentence: the line of the file, or the missing rule.
        remedy: the command that repairs it.
    """

    sentence: str
    remedy: str


def find_lockout(cluster: Cluster) -> Lockout | None:
    """Return why the rules refuse the cluster's owner.

    Returns:
        None if they do not, if this process is neither root nor the owner, or if the server's answer is not known.
    """
    try:
        if os.geteuid() not in (0, pwd.getpwnam(cluster.owner).pw_uid) or knock(cluster) != REFUSED:
            return None
    except (KeyError, PgsopError):
        return None
    return explain(cluster)


def explain(cluster: Cluster) -> Lockout:
    """Return the line of pg_hba.conf that decides about the owner's local login, as the file is now, and the repair.

    Args:
        cluster: one with rules that refuse its owner.
    """
    why, by_line = _why(cluster)
    steps = [by_line] if by_line else []
    by_hand = " && ".join([*steps, f"sudo pg_ctlcluster {cluster.version} {cluster.name} reload"])
    return Lockout(
        f"the server runs, but its rules refuse the local login of {cluster.owner}: {why}",
        f"run site.yml again, which writes and loads the declared rules; or by hand: {by_hand}",
    )


def file_problem(cluster: Cluster) -> str:
    """Return why the server cannot start with the file; empty if the file has rules and every line can be read."""
    return _file_problem(cluster)[0]


def _file_problem(cluster: Cluster) -> tuple[str, str]:
    """Return the same with the command that repairs it."""
    path, owner = _path(cluster), cluster.owner
    try:
        text = read_state(path).text
    except PgsopError as error:
        return f"{path} cannot be read: {error.answer}", ""
    if text is None:
        return f"{path} is missing", _add(cluster, text)
    lines = read_lines(text)
    broken = next((line for line in lines if line.rule is None), None)
    if broken is not None:
        where = f"line {broken.number} of {path} ({broken.text})"
        return f"{where} is not a rule: {broken.problem}; {_by_hand(owner)}", f"sudoedit {shlex.quote(path)}"
    return ("", "") if lines else (f"{path} has no rule; {_by_hand(owner)}", _add(cluster, text))


def _add(cluster: Cluster, text: str | None) -> str:
    """Return the command that puts the owner's rule first; the last line may lack a line end, so it is not appended."""
    quoted, rule = shlex.quote(_path(cluster)), f"local all {cluster.owner} peer"
    return f"sudo sed -i --follow-symlinks '1i {rule}' {quoted}" if text else f"echo '{rule}' | sudo tee -a {quoted}"


def _why(cluster: Cluster) -> tuple[str, str]:
    """Return the fault of the file, and the command that repairs it; empty if a reload is enough."""
    problem = _file_problem(cluster)
    if problem[0]:
        return problem
    path, owner = _path(cluster), cluster.owner
    text = read_state(path).text or ""
    line = _decides(read_lines(text), owner)
    if line is None:
        return f"no line of {path} matches it; {_by_hand(owner)}", _add(cluster, text)
    if _accepts(line):
        return f"{path} accepts it, but the server has not loaded the file since it was changed", ""
    return f"line {line.number} of {path} ({line.text}) decides about it; {_by_hand(owner)}", _add(cluster, text)


def _path(cluster: Cluster) -> str:
    return client_files(cluster)[0]


def _by_hand(owner: str) -> str:
    return f"it was edited by hand: this collection starts the file with 'local all {owner} peer'"


def _accepts(line: HbaLine) -> bool:
    rule = line.rule
    return rule is not None and (rule.method == "trust" or (rule.method == "peer" and not rule.options))


def _decides(lines: list[HbaLine], owner: str) -> HbaLine | None:
    attempt = LoginAttempt("local", "postgres", owner)
    return next((line for line in lines if line.rule is not None and first_match([line.rule], attempt)), None)
