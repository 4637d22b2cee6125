# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Own pg_hba.conf as a whole: simulate, write, have the server read it, activate, log in, or go back."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence, Set, Tuple

from ..cluster import POSTGRES, Cluster, config_directory
from ..connection import Session, answering_cluster, connect
from ..errors import PgsopError
from ..files import FileMode, FileState, changed_at, has_mode, read_state, restore, write_atomically
from ..reload import reload
from ..transaction import transaction
from .policy import md5_lockouts, problems, unknown_to_version, unusable_without_ssl
from .rule import Rule, from_server, parse_all, render

_MD5_ROLES = """
WITH RECURSIVE member AS (
    SELECT r.oid AS role, r.oid AS of FROM pg_catalog.pg_authid r
     WHERE r.rolcanlogin AND r.rolpassword LIKE 'md5%'
    UNION
    SELECT member.role, m.roleid FROM member JOIN pg_catalog.pg_auth_members m ON m.member = member.of
)
SELECT r.rolname AS role, array_agg(g.rolname::text) AS groups
  FROM member
  JOIN pg_catalog.pg_authid r ON r.oid = member.role
  JOIN pg_catalog.pg_authid g ON g.oid = member.of
 GROUP BY r.rolname
 ORDER BY r.rolname
"""
_FILE_RULES = """
SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error
  FROM pg_catalog.pg_hba_file_rules
 ORDER BY line_number
"""


@dataclass(frozen=True)
class Request:
    """What a caller declares: every rule of the file, in order."""

    version: int
    cluster: str
    name: str
    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What was, or in check mode would be, done."""

    before: FileState
    text: str
    mode: FileMode
    rules: Tuple[Rule, ...]
    loaded: bool
    md5_roles: Tuple[str, ...] = ()
    validated: bool = True

    @property
    def writes(self) -> bool:
        """Whether the file differs."""
        return self.before.text != self.text or not has_mode(self.before, self.mode)

    @property
    def actions(self) -> List[str]:
        """What an apply does, in order."""
        steps = [f"write {self.before.path}"] if self.writes else []
        return steps + (["reload"] if self.validated and (self.writes or not self.loaded) else [])

    def as_dict(self) -> Dict[str, Any]:
        """The module's return values."""
        return {
            "changed": bool(self.actions),
            "actions": self.actions,
            "diff": self._diff() if self.actions else {},
            "file": self.before.path,
            "rules": [rule.line() for rule in self.rules],
            "md5_roles": list(self.md5_roles),
            "validated": self.validated,
        }

    def _diff(self) -> Dict[str, str]:
        mark = "" if self.validated else " (not yet validated by a server)"
        mode = f"# {self.mode.owner}:{self.mode.group} {self.mode.mode:04o}\n"
        before = self.before.describe_mode() + (self.before.text or "")
        if not self.writes:
            before = before + "# this file is not loaded yet\n"
        header = self.before.path + mark
        return {"before_header": header, "after_header": header, "before": before, "after": mode + self.text}


def manage(request: Request, *, check: bool) -> Outcome:
    """Make the declared rules the ones in force.

    Args:
        request: the declaration.
        check: plan only.

    Raises:
        PgsopError: where the rules are refused, or activating them failed and was undone.
    """
    rules, wrong = parse_all(request.rules)
    path = os.path.join(config_directory(request.version, request.cluster), "pg_hba.conf")
    _refuse(path, wrong)
    cluster = answering_cluster(request.version, request.cluster, attempted="change the HBA rules", check=check)
    owner = cluster.owner if cluster else POSTGRES
    _refuse(path, problems(rules, administrator=owner) + unknown_to_version(rules, request.version))
    text = render(rules, request.name)
    mode = FileMode(owner, owner, 0o640)
    if cluster is None:
        return Outcome(read_state(path), text, mode, tuple(rules), loaded=False, validated=False)
    with connect(cluster) as session:
        path = session.value("SHOW hba_file")
        md5_roles = {row["role"]: set(row["groups"]) for row in session.rows(_MD5_ROLES)}
        _refuse_on_server(path, rules, md5_roles, session)
        outcome = Outcome(read_state(path), text, mode, tuple(rules), _is_loaded(path, session), tuple(md5_roles))
    if outcome.actions and not check:
        _apply(outcome, cluster)
    return outcome


def _apply(outcome: Outcome, cluster: Cluster) -> None:
    with transaction() as undo:
        undo.callback(_reactivate, cluster)
        if outcome.writes:
            undo.callback(restore, outcome.before)
            write_atomically(outcome.before.path, outcome.text, outcome.mode)
        with connect(cluster) as session:
            _refuse_misread(outcome, session)
            reload(session)
        # A new session goes through the new rules.
        with connect(cluster) as session:
            session.value("SELECT 1")


def _reactivate(cluster: Cluster) -> None:
    """Make the file that was put back the one in force.

    The new rules may refuse the very login that is needed to ask for a reload, so the signal goes to the
    postmaster itself.
    """
    if cluster.pid is not None:
        os.kill(cluster.pid, signal.SIGHUP)


def _refuse(path: str, found: Sequence[str]) -> None:
    if found:
        raise PgsopError(
            attempted="declare HBA rules",
            target=path,
            answer="; ".join(found),
            next_step="correct the rules; nothing was changed",
        )


def _refuse_on_server(path: str, rules: Sequence[Rule], md5_roles: Mapping[str, Set[str]], session: Session) -> None:
    if session.value("SHOW ssl") == "off":
        _refuse(path, unusable_without_ssl(rules))
    locked = md5_lockouts(rules, md5_roles)
    if locked:
        raise PgsopError(
            attempted="require SCRAM",
            target=path,
            answer=f"these roles still have an md5 verifier and could not log in: {', '.join(locked)}",
            next_step="set each password again (in psql: \\password ROLE), or let a role in for a while by a rule of its"
            " own before the others, with method md5 and a key exception that says until when",
        )


def _refuse_misread(outcome: Outcome, session: Session) -> None:
    """Have the server read the file before it is told to use it."""
    rows = session.rows(_FILE_RULES)
    broken = [f"line {row['line_number']}: {row['error']}" for row in rows if row["error"]]
    if not broken:
        read = [from_server(row).key() for row in rows]
        if read != [rule.key() for rule in outcome.rules]:
            broken = ["the server reads other rules from it than were declared"]
    if broken:
        raise PgsopError(
            attempted="activate the HBA rules",
            target=outcome.before.path,
            answer="the server refuses " + "; ".join(broken),
            next_step="correct the rule",
        )


def _is_loaded(path: str, session: Session) -> bool:
    """Whether the server read its files after this one was last written."""
    loaded = float(session.value("SELECT extract(epoch FROM pg_conf_load_time())"))
    return os.path.exists(path) and changed_at(path) <= loaded
