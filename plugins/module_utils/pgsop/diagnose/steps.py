# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was examined on the way from the connection string to the session, a line for each, in that order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..finding import CRITICAL, OK, UNKNOWN, WARNING
from . import ident_map, steps_network
from .catalogue import MD5, NONE
from .causes_rules import PASSWORD_METHODS
from .evidence import Evidence
from .report_types import StepReport
from .steps_network import PROBLEM, Seen


@dataclass(frozen=True)
class Step:
    """One step on the way to a session.

    Attributes:
        name: of the step.
        status: OK, WARNING, CRITICAL or UNKNOWN.
        message: what was found.
    """

    name: str
    status: str
    message: str

    def as_dict(self) -> StepReport:
        """Return the step as reports have it."""
        return {"name": self.name, "status": self.status, "message": self.message}


def steps(evidence: Evidence) -> list[Step]:
    """Return the steps of a connection, in its order; steps that do not apply are left out."""
    found = []
    for name, inspect in _STEPS:
        seen = inspect(evidence.server if name in _OF_SERVER else evidence)
        if seen is not None:
            status, message = seen
            if status == PROBLEM:
                status = WARNING if evidence.attempt.works else CRITICAL
            found.append(Step(name, status, message))
    others = [Step(*each.as_step(works=bool(evidence.attempt.works))) for each in evidence.other_hosts]
    return [*found[:1], *others, *found[1:]]


def _server(evidence: Evidence) -> Seen:
    place = evidence.place
    if place.cluster is None:
        return UNKNOWN, "no cluster of this host belongs to it"
    unit = dict(place.unit)
    state = f", {place.cluster.unit} is {unit.get('ActiveState')} ({unit.get('SubState')})" if unit else ""
    at_boot = "" if place.start == "auto" else f", start.conf says {place.start}"
    if place.down:
        log = "".join(f"; log: {line}" for line in place.log[-2:])
        return PROBLEM, f"cluster {place.cluster.label} is down{state}{at_boot}{log}"
    if place.frozen:
        return PROBLEM, f"cluster {place.cluster.label}: its main process {place.cluster.pid} is stopped{state}"
    phase = place.phase or "running"
    return (
        OK if phase in ("ready", "standby", "running") else PROBLEM
    ), f"cluster {place.cluster.label} is {phase}{state}{at_boot}"


def _attempt(evidence: Evidence) -> Seen:
    tried = evidence.attempt
    if tried.works is None:
        return UNKNOWN, tried.said
    if not tried.works:
        return PROBLEM, f"as {evidence.os_user.name} of this host, after {tried.seconds * 1000:.0f} ms: {tried.said}"
    session = tried.session or {}
    encrypted = "encrypted" if session.get("encrypted") else "not encrypted"
    who = f"{session.get('user')} in {session.get('database')} of PostgreSQL {session.get('version')}"
    return OK, f"works after {tried.seconds * 1000:.0f} ms: {who}, {encrypted}"


def _ssl(evidence: Evidence) -> Seen | None:
    if evidence.target.socket:
        return None
    mode = f"sslmode {evidence.target.sslmode}"
    if evidence.found is None:
        return (
            (PROBLEM, f"{mode}, and the server has none")
            if evidence.error_is("no_ssl")
            else (UNKNOWN, _hidden(evidence))
        )
    on = "on" if evidence.found.server["ssl"] else "off"
    return (PROBLEM if evidence.error_is("no_ssl", "certificate") else OK), f"{mode}, ssl of the server is {on}"


def _rules(evidence: Evidence) -> Seen:
    seen = evidence.decision
    if seen is None:
        return UNKNOWN, _hidden(evidence)
    first = f"first match is {seen.line}" if seen.line else "no line matches"
    shadowed = f"; it shadows {'; '.join(map(str, seen.shadowed))}" if seen.shadowed else ""
    if seen.broken:
        return PROBLEM, f"{'; '.join(seen.broken)}; older rules are in force. As the file is: {first}{shadowed}"
    if not seen.loaded:
        return (
            PROBLEM,
            f"the file is newer than the last reload; older rules are in force. As the file is: {first}{shadowed}",
        )
    refuses = seen.line is None or seen.method == "reject"
    return (PROBLEM if refuses else OK), f"{first}{shadowed}"


def _person(evidence: Evidence) -> Seen | None:
    seen = evidence.decision
    if seen is None or seen.method not in ("peer", "ident") or evidence.found is None:
        return None
    if seen.map and evidence.found.maps is None:
        return UNKNOWN, f"{evidence.os_user.name}, by user name map {seen.map}, which this version does not show"
    fits = ident_map.lets_in(
        evidence.found.maps or (), seen.map, evidence.os_user.name, evidence.target.user, evidence.found.groups
    )
    by = f"by user name map {seen.map}" if seen.map else "which has to be the role's name"
    return (OK if fits else PROBLEM), f"{evidence.os_user.name} for role {evidence.target.user}, {by}"


def _role(evidence: Evidence) -> Seen:
    subjects = evidence.subjects
    if evidence.found is None:
        return UNKNOWN, _hidden(evidence)
    if not subjects["role"]:
        there = [f"{label} (port {seen['port']})" for label, seen in evidence.elsewhere.items() if seen.get("role")]
        return PROBLEM, f"there is no role {evidence.target.user}{'; it is in ' + ', '.join(there) if there else ''}"
    limit = (
        f"{subjects['role_sessions']} of {subjects['role_limit']}"
        if subjects["role_limit"] >= 0
        else f"{subjects['role_sessions']}"
    )
    words = [
        "may log in" if subjects["may_login"] else "may not log in",
        f"verifier: {evidence.found.verifier}",
        f"{'expired' if subjects['expired'] else 'valid until'} {subjects['valid_until']}"
        if subjects["valid_until"]
        else "no expiry",
        f"sessions: {limit}",
    ]
    full = evidence.found.role_full and not evidence.attempt.works
    wrong = not subjects["may_login"] or full or _useless(evidence)
    return (PROBLEM if wrong else OK), f"{evidence.target.user}: {', '.join(words)}"


def _useless(evidence: Evidence) -> bool:
    """Whether no password can be right, under the rule that asks for one."""
    if evidence.found is None or evidence.decision is None or evidence.decision.method not in PASSWORD_METHODS:
        return False
    verifier = evidence.found.verifier
    of_no_use = verifier == NONE or (verifier == MD5 and evidence.decision.method == "scram-sha-256")
    return bool(of_no_use or evidence.subjects["expired"])


def _database(evidence: Evidence) -> Seen | None:
    subjects, name = evidence.subjects, evidence.target.database
    if evidence.target.replication:
        return None
    if evidence.found is None:
        return UNKNOWN, _hidden(evidence)
    if not subjects["database"]:
        there = [f"{label} (port {seen['port']})" for label, seen in evidence.elsewhere.items() if seen.get("database")]
        return PROBLEM, f"there is no database {name}{'; it is in ' + ', '.join(there) if there else ''}"
    limit = f" of {subjects['database_limit']}" if subjects["database_limit"] >= 0 else ""
    connects = "has CONNECT" if subjects["may_connect"] else "has no CONNECT"
    words = [
        "accepts connections" if subjects["open"] else "accepts no connections",
        f"{evidence.target.user} {connects}" if subjects["role"] else "",
        f"sessions: {subjects['database_sessions']}{limit}",
    ]
    full = evidence.found.database_full and not evidence.attempt.works
    wrong = not subjects["open"] or (subjects["role"] and not subjects["may_connect"]) or full
    return (PROBLEM if wrong else OK), f"{name}: {', '.join(word for word in words if word)}"


def _slots(evidence: Evidence) -> Seen:
    if evidence.found is None:
        return (PROBLEM, evidence.attempt.said) if evidence.error_is("slots") else (UNKNOWN, _hidden(evidence))
    server = evidence.found.server
    reserved = f"{server['kept']} reserved for superusers" + (
        f", {server['reserved']} for others" if server["reserved"] else ""
    )
    free = f"{evidence.found.free} free of {server['slots']} ({reserved}), {server['used']} taken"
    return (PROBLEM if not evidence.found.free and not evidence.attempt.works else OK), free


def _password(evidence: Evidence) -> Seen:
    password_source = evidence.target.password_source
    if not password_source.password:
        why = (
            f": {password_source.passed_over}"
            if password_source.passed_over
            else ", it has no line for this connection"
        )
        needed = evidence.error_is("no_password")
        return (PROBLEM if needed or password_source.named else OK), f"none; {password_source.file}{why}"
    if evidence.found is None:
        return UNKNOWN, f"from {password_source.origin}; {_hidden(evidence)}"
    if evidence.found.matches is None:
        return UNKNOWN, f"from {password_source.origin}; the server has nothing to compare it with"
    return (
        (OK, f"from {password_source.origin}, is the stored one")
        if evidence.found.matches
        else (PROBLEM, f"from {password_source.origin}, is not the stored one")
    )


def _log(evidence: Evidence) -> Seen | None:
    return (PROBLEM, "; ".join(evidence.log)) if evidence.log and not evidence.attempt.works else None


def _hidden(evidence: Evidence) -> str:
    return evidence.hidden or "only the server's owner sees it"


_STEPS: Sequence[tuple[str, Callable[[Evidence], Seen | None]]] = (
    ("connection string", steps_network.dsn),
    ("name", steps_network.name),
    ("listener", steps_network.listener),
    ("pooler", steps_network.pooler),
    ("server", _server),
    ("attempt", _attempt),
    ("encryption", _ssl),
    ("rules", _rules),
    ("user of the host", _person),
    ("role", _role),
    ("database", _database),
    ("slots", _slots),
    ("password", _password),
    ("server log", _log),
)
#: Behind a pooler, these are about the connection that it makes.
_OF_SERVER = (
    "server",
    "encryption",
    "rules",
    "user of the host",
    "role",
    "database",
    "slots",
    "password",
    "server log",
)
