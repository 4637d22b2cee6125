# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was looked at on the way from the connection string to the session, a line for each, in that order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from ..cluster import Cluster
from . import ident_map
from .case import Case
from .catalogue import MD5, NONE
from .causes_rules import PASSWORD_METHODS
from .place import port
from .reach import THERE

OK, PROBLEM, UNKNOWN = "ok", "problem", "not known"

#: A status and what was seen.
Seen = Tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One thing that was looked at.

    Attributes:
        name: of it.
        status: ok, problem or not known.
        seen: what was seen, as a sentence.
    """

    name: str
    status: str
    seen: str

    def as_dict(self) -> Dict[str, str]:
        """For programs."""
        return {"name": self.name, "status": self.status, "seen": self.seen}


def steps(case: Case) -> List[Step]:
    """All of them."""
    found = []
    for name, look in _STEPS:
        seen = look(case)
        if seen is not None:
            found.append(Step(name, *seen))
    return found


def _dsn(case: Case) -> Seen:
    target = case.target
    more = f"; of {target.hosts} hosts only the first is looked at" if target.hosts > 1 else ""
    defaults = [key for key in ("host", "port", "user", "dbname") if key not in target.origins]
    assumed = f" (default: {', '.join(defaults)})" if defaults else ""
    place = target.socket or f"{target.host} port {target.port}"
    return OK, f"role {target.user}, database {target.database}, {place}{assumed}{more}"


def _name(case: Case) -> Optional[Seen]:
    if case.target.socket:
        return None
    if case.reach.unresolved:
        return PROBLEM, f"{case.target.host} does not resolve: {case.reach.unresolved}"
    elsewhere = "" if case.reach.local else ", which is not this host"
    return (OK if case.reach.local else UNKNOWN), f"{case.target.host} is {', '.join(case.reach.addresses)}{elsewhere}"


def _listener(case: Case) -> Optional[Seen]:
    if case.target.socket:
        return _socket(case)
    if case.reach.unresolved or not case.reach.local:
        return UNKNOWN, "only listeners of this host can be seen"
    there = [
        f"{each.address} ({each.program or 'unknown'} {each.pid or ''})".replace(" )", ")")
        for each in case.reach.listening
    ]
    if case.reach.open:
        return OK, f"on port {case.target.port}: {', '.join(there)}"
    others = [f"{each.label} on {at}" for each, at in _all(case)]
    known = f"; clusters: {', '.join(others)}" if others else "; this host has no other cluster"
    return PROBLEM, f"nobody at that address; on port {case.target.port}: {', '.join(there) or 'nobody'}{known}"


def _socket(case: Case) -> Seen:
    if case.reach.socket == THERE:
        return OK, f"{case.target.socket} is there"
    others = f"; others: {', '.join(case.reach.other_sockets)}" if case.reach.other_sockets else ""
    state = {"missing": "is not there", "no folder": "is not there, nor is its folder"}
    return (
        PROBLEM,
        f"{case.target.socket} {state.get(case.reach.socket, 'is not open to ' + case.someone.name)}{others}",
    )


def _all(case: Case) -> List[Tuple[Cluster, int]]:
    mine = [(case.place.cluster, port(case.place.cluster))] if case.place.cluster else []
    return [*mine, *case.place.others]


def _server(case: Case) -> Seen:
    place = case.place
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


def _attempt(case: Case) -> Seen:
    tried = case.attempt
    if tried.works is None:
        return UNKNOWN, tried.said
    if not tried.works:
        return PROBLEM, f"as {case.someone.name} of this host, after {tried.seconds * 1000:.0f} ms: {tried.said}"
    session = tried.session or {}
    encrypted = "encrypted" if session.get("encrypted") else "not encrypted"
    who = f"{session.get('user')} in {session.get('database')} of PostgreSQL {session.get('version')}"
    return OK, f"works after {tried.seconds * 1000:.0f} ms: {who}, {encrypted}"


def _ssl(case: Case) -> Optional[Seen]:
    if case.target.socket:
        return None
    mode = f"sslmode {case.target.sslmode}"
    if case.found is None:
        return (PROBLEM, f"{mode}, and the server has none") if case.told("no_ssl") else (UNKNOWN, _hidden(case))
    on = "on" if case.found.server["ssl"] else "off"
    return (PROBLEM if case.told("no_ssl", "certificate") else OK), f"{mode}, ssl of the server is {on}"


def _rules(case: Case) -> Seen:
    seen = case.decision
    if seen is None:
        return UNKNOWN, _hidden(case)
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


def _person(case: Case) -> Optional[Seen]:
    seen = case.decision
    if seen is None or seen.method not in ("peer", "ident") or case.found is None:
        return None
    if seen.map and case.found.maps is None:
        return UNKNOWN, f"{case.someone.name}, by user name map {seen.map}, which this version does not show"
    fits = ident_map.lets_in(case.found.maps or (), seen.map, case.someone.name, case.target.user, case.found.groups)
    by = f"by user name map {seen.map}" if seen.map else "which has to be the role's name"
    return (OK if fits else PROBLEM), f"{case.someone.name} for role {case.target.user}, {by}"


def _role(case: Case) -> Seen:
    subjects = case.subjects
    if case.found is None:
        return UNKNOWN, _hidden(case)
    if not subjects["role"]:
        there = [f"{label} (port {seen['port']})" for label, seen in case.elsewhere.items() if seen.get("role")]
        return PROBLEM, f"there is no role {case.target.user}{'; it is in ' + ', '.join(there) if there else ''}"
    limit = (
        f"{subjects['role_sessions']} of {subjects['role_limit']}"
        if subjects["role_limit"] >= 0
        else f"{subjects['role_sessions']}"
    )
    words = [
        "may log in" if subjects["may_login"] else "may not log in",
        f"verifier: {case.found.verifier}",
        f"{'expired' if subjects['expired'] else 'valid until'} {subjects['valid_until']}"
        if subjects["valid_until"]
        else "no expiry",
        f"sessions: {limit}",
    ]
    full = case.found.role_full and not case.attempt.works
    wrong = not subjects["may_login"] or full or _useless(case)
    return (PROBLEM if wrong else OK), f"{case.target.user}: {', '.join(words)}"


def _useless(case: Case) -> bool:
    """Whether no password can be right, under the rule that asks for one."""
    if case.found is None or case.decision is None or case.decision.method not in PASSWORD_METHODS:
        return False
    verifier = case.found.verifier
    of_no_use = verifier == NONE or (verifier == MD5 and case.decision.method == "scram-sha-256")
    return bool(of_no_use or case.subjects["expired"])


def _database(case: Case) -> Optional[Seen]:
    subjects, name = case.subjects, case.target.database
    if case.target.replication:
        return None
    if case.found is None:
        return UNKNOWN, _hidden(case)
    if not subjects["database"]:
        there = [f"{label} (port {seen['port']})" for label, seen in case.elsewhere.items() if seen.get("database")]
        return PROBLEM, f"there is no database {name}{'; it is in ' + ', '.join(there) if there else ''}"
    limit = f" of {subjects['database_limit']}" if subjects["database_limit"] >= 0 else ""
    connects = "has CONNECT" if subjects["may_connect"] else "has no CONNECT"
    words = [
        "accepts connections" if subjects["open"] else "accepts no connections",
        f"{case.target.user} {connects}" if subjects["role"] else "",
        f"sessions: {subjects['database_sessions']}{limit}",
    ]
    full = case.found.database_full and not case.attempt.works
    wrong = not subjects["open"] or (subjects["role"] and not subjects["may_connect"]) or full
    return (PROBLEM if wrong else OK), f"{name}: {', '.join(word for word in words if word)}"


def _slots(case: Case) -> Seen:
    if case.found is None:
        return (PROBLEM, case.attempt.said) if case.told("slots") else (UNKNOWN, _hidden(case))
    server = case.found.server
    reserved = f"{server['kept']} reserved for superusers" + (
        f", {server['reserved']} for others" if server["reserved"] else ""
    )
    free = f"{case.found.free} free of {server['slots']} ({reserved}), {server['used']} taken"
    return (PROBLEM if not case.found.free and not case.attempt.works else OK), free


def _password(case: Case) -> Seen:
    secret = case.target.secret
    if not secret.password:
        why = f": {secret.passed_over}" if secret.passed_over else ", it has no line for this connection"
        needed = case.told("no_password")
        return (PROBLEM if needed or secret.named else OK), f"none; {secret.file}{why}"
    if case.found is None:
        return UNKNOWN, f"from {secret.origin}; {_hidden(case)}"
    if case.found.matches is None:
        return UNKNOWN, f"from {secret.origin}; the server has nothing to compare it with"
    return (
        (OK, f"from {secret.origin}, is the stored one")
        if case.found.matches
        else (PROBLEM, f"from {secret.origin}, is not the stored one")
    )


def _log(case: Case) -> Optional[Seen]:
    return (PROBLEM, "; ".join(case.log)) if case.log and not case.attempt.works else None


def _hidden(case: Case) -> str:
    return case.hidden or "only the server's owner sees it"


_STEPS: Sequence[Tuple[str, Callable[[Case], Optional[Seen]]]] = (
    ("connection string", _dsn),
    ("name", _name),
    ("listener", _listener),
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
