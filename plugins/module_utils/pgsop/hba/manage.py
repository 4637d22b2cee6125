# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage pg_hba.conf as a whole: simulate, write, have the server read it, activate, log in, or go back."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..availability import ABSENT, ANSWERS, REFUSED, STOPPED, availability
from ..cluster import POSTGRES, Cluster, config_directory, find_cluster
from ..configured import client_files
from ..connection import Session, connect, get_running_cluster
from ..files import FileMode, FileState, has_mode, read_state
from ..hba_rules.rule import HbaRule, parse_all, render, without_secrets
from ..paths import group_of
from .activate import Activation, HbaChange
from .ident import IdentFile, Maps, make_file
from .ident import problems as ident_problems
from .logins import from_arguments
from .pairs import server_names, unknown_names
from .policy import problems, unknown_to_version
from .report_types import HbaReport
from .server import has_read, is_loaded, md5_roles, refuse, refuse_on_server


@dataclass(frozen=True)
class HbaRequest:
    """Declaration of a caller: every rule of the file, in order.

    Attributes:
        version: major version of the cluster.
        cluster: its name.
        name: the caller, for the header.
        rules: as module pg_hba documents them.
        pairs: those that became rules, each with database and role, which must be declared or exist, and maybe a reason
            under exception.
        databases: names that are declared.
        roles: the same of roles.
        logins: each with role, database and password; one that works before the change must work after it.
        ident_maps: each with map, system_user and role; None leaves pg_ident.conf unchanged.
        start: whether a stopped server is started with the rules if the file differs.
    """

    version: int
    cluster: str
    name: str
    rules: Sequence[Mapping[str, Any]]
    pairs: Sequence[Mapping[str, Any]] = ()
    databases: Sequence[str] = ()
    roles: Sequence[str] = ()
    logins: Sequence[Mapping[str, Any]] = dataclasses.field(default=(), repr=False)
    ident_maps: Maps | None = None
    start: bool = False


@dataclass(frozen=True)
class HbaOutcome:
    """Changes that were made, or in check mode would be.

    Attributes:
        before: pg_hba.conf as it was.
        text: as declared.
        mode: its owner, group and permission bits as declared.
        rules: those of ``text``, in order.
        loaded: whether the server read its files after their last change.
        md5_roles: login roles with an md5 verifier.
        validated: whether a server was asked.
        state: of the server, before the change.
        ident: the user name maps; None if they are not managed.
        start: whether a stopped server is started with the rules if pg_hba.conf differs.
    """

    before: FileState
    text: str
    mode: FileMode
    rules: tuple[HbaRule, ...]
    loaded: bool
    md5_roles: tuple[str, ...] = ()
    validated: bool = True
    state: str = ANSWERS
    ident: IdentFile | None = None
    start: bool = False

    @property
    def writes(self) -> bool:
        """Return whether pg_hba.conf differs in text, owner or mode."""
        return self.before.text != self.text or not has_mode(self.before, self.mode)

    @property
    def actions(self) -> list[str]:
        """Return the steps of a run, in order."""
        steps = [f"write {self.before.path}"] if self.writes else []
        steps += [f"write {self.ident.before.path}"] if self.ident and self.ident.writes else []
        loads = self.state in (ANSWERS, REFUSED) and (steps or not self.loaded)
        starts = self.start and self.state == STOPPED and self.writes
        return [*steps, *(["reload"] if loads else []), *(["start"] if starts else [])]

    def as_dict(self) -> HbaReport:
        """Return the module's return values."""
        return {
            "changed": bool(self.actions),
            "actions": self.actions,
            "diff": self._diffs() if self.actions else {},
            "file": self.before.path,
            "rules": [without_secrets(rule.line()) for rule in self.rules],
            "md5_roles": list(self.md5_roles),
            "validated": self.validated,
            "server_state": self.state,
            "ident_lines": self.ident.reported if self.ident else [],
        }

    def _diffs(self) -> Any:
        """Return one part, or a list if pg_ident.conf is written too."""
        if self.ident is None or not self.ident.writes:
            return self._diff()
        mark = "" if self.validated else " (not yet validated by a server)"
        own = [self._diff()] if self.writes or not self.loaded else []
        return [*own, self.ident.diff(mark)]

    def _diff(self) -> dict[str, str]:
        mark = "" if self.validated else " (not yet validated by a server)"
        mode = f"# {self.mode.owner}:{self.mode.group} {self.mode.mode:04o}\n"
        written, text = without_secrets(self.before.text or ""), without_secrets(self.text)
        before = self.before.describe_mode() + written
        if not self.writes:
            before = before + "# this file is not loaded yet\n"
        elif written == text and self.before.text != self.text:
            before = before + "# a password differs\n"
        header = self.before.path + mark
        return {"before_header": header, "after_header": header, "before": before, "after": mode + text}


def manage(request: HbaRequest, *, check: bool) -> HbaOutcome:
    """Bring the declared rules into force.

    Args:
        request: the declaration.
        check: plan only.

    Raises:
        PgsopError: the rules are refused, or their activation failed and was undone.
    """
    rules, wrong = parse_all(request.rules)
    path = os.path.join(config_directory(request.version, request.cluster), "pg_hba.conf")
    refuse(path, wrong + ident_problems(request.ident_maps or ()))
    cluster = find_cluster(request.version, request.cluster)
    state = availability(cluster)
    owner = cluster.owner if cluster else POSTGRES
    ident_path = os.path.join(os.path.dirname(path), "pg_ident.conf")
    if cluster is not None and state != ANSWERS:
        path, ident_path = client_files(cluster)
    refuse(path, problems(rules, administrator=owner) + unknown_to_version(rules, request.version))
    mode = FileMode(owner, group_of(owner), 0o640)
    text = render(rules, request.name)
    outcome = HbaOutcome(
        read_state(path), text, mode, tuple(rules), loaded=False, validated=False, state=state, start=request.start
    )
    if request.ident_maps or state != ABSENT:
        # The packages create the file with the cluster, without maps.
        outcome = _with_ident(outcome, request, ident_path)
    if state == ABSENT:
        refuse(path, unknown_names(request.pairs, request.databases, request.roles, asked=False))
    if state != ANSWERS and not check and not _can_be_repaired(outcome, request):
        cluster = get_running_cluster(request.version, request.cluster, attempted="change the HBA rules")
        outcome = dataclasses.replace(outcome, state=ANSWERS)
    if cluster is not None and outcome.state == ANSWERS:
        with connect(cluster) as session:
            outcome = _asked(outcome, request, session)
    if cluster is None or check or not outcome.actions:
        return outcome
    return _apply(outcome, request, cluster)


def _with_ident(outcome: HbaOutcome, request: HbaRequest, path: str) -> HbaOutcome:
    if request.ident_maps is None:
        return outcome
    found = make_file(read_state(path), outcome.mode, outcome.rules, request.ident_maps, request.name)
    return dataclasses.replace(outcome, ident=found)


def _can_be_repaired(outcome: HbaOutcome, request: HbaRequest) -> bool:
    """Return whether the file may be the reason that the owner is refused or the server does not start."""
    return outcome.state == REFUSED or (outcome.state == STOPPED and request.start and outcome.writes)


def _asked(outcome: HbaOutcome, request: HbaRequest, session: Session) -> HbaOutcome:
    """Return the outcome against a server that answers."""
    path = session.value("SHOW hba_file")
    roles = md5_roles(session)
    refuse_on_server(path, outcome.rules, roles, session)
    if request.pairs:
        databases, known = server_names(session)
        refuse(
            path, unknown_names(request.pairs, [*request.databases, *databases], [*request.roles, *known], asked=True)
        )
    found, loaded = outcome, is_loaded(path, session)
    if request.ident_maps is not None:
        ident_path = session.value("SHOW ident_file")
        found = _with_ident(outcome, request, ident_path)
        loaded = loaded and has_read(read_state(ident_path), session)
    return dataclasses.replace(found, before=read_state(path), loaded=loaded, md5_roles=tuple(roles), validated=True)


def _apply(outcome: HbaOutcome, request: HbaRequest, cluster: Cluster) -> HbaOutcome:
    logins = from_arguments(request.logins)
    maps = request.ident_maps or ()
    change = HbaChange(outcome.before, outcome.text, outcome.mode, outcome.rules, outcome.ident, maps)
    found = Activation(change, logins).run(cluster, outcome.state)
    return dataclasses.replace(outcome, md5_roles=found, validated=True)
