# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie in how the server lets people in: encryption, pg_hba.conf, and who one is on the host."""

from __future__ import annotations

import shlex
from typing import Callable, Optional, Sequence

from ..hba_rules.rule import KEYWORDS
from . import ident_map
from .case import Case, Cause
from .causes_reach import reload
from .rules import ways

#: Methods whose answer to a wrong password is the one sentence of the four causes.
PASSWORD_METHODS = ("scram-sha-256", "md5", "password")
#: What is told under which method, so that one can see whether the file is what is in force.
_TELLS = {
    "peer": ("peer",),
    "ident": ("peer",),
    "reject": ("rejected",),
    **dict.fromkeys(PASSWORD_METHODS, ("password", "no_password")),
}
#: Answers that come from the rules and what they ask for.
_OF_RULES = ("no_rule", "rejected", "peer", "password", "no_password", "other_method")
_DECLARED = (
    "declare the rule in pg_hardening_hba_rules (or a pair in pg_hardening_hba_pairs), and run role pg_hardening"
)
_WHOLE = "role pg_hardening writes the whole file, and proves it"


def ssl(case: Case) -> Optional[Cause]:
    """The client wants encryption, and the server has none, or none that the client trusts."""
    if case.told("no_ssl"):
        sentence = f"sslmode is {case.target.sslmode}, and {case.label} has ssl off, as is right for a server that is local only"
        uri = case.uri()
        return Cause("ssl.off", sentence, f"ask for no encryption: {uri}?sslmode=disable")
    if case.told("certificate"):
        sentence = f"with sslmode {case.target.sslmode} the certificates do not fit: {case.attempt.said}"
        return Cause("ssl.certificate", sentence, f"ask for no encryption on this host: {case.uri()}?sslmode=disable")
    return None


def owner_refused(case: Case) -> Optional[Cause]:
    """The rules refuse the server's owner, which this collection never writes."""
    cluster, refused = case.place.cluster, case.refused
    if cluster is None or refused is None or not case.target.socket:
        return None
    if not case.target.user == case.someone.name == cluster.owner:
        return None
    return Cause("hba.owner_refused", refused.answer, refused.next_step, declared=_WHOLE)


def stale_rules(case: Case) -> Optional[Cause]:
    """The files are not what is in force, and what is in force refuses."""
    seen = case.decision
    if seen is None or seen.certain or not case.told(*_OF_RULES):
        return None
    if seen.line is None and case.told("no_rule"):
        expected = not seen.broken
    else:
        expected = seen.line is not None and case.attempt.kind in _TELLS.get(seen.method, ("other_method",))
    if expected:
        return None
    if seen.broken:
        sentence = f"{seen.broken[0]}; a reload refuses the whole file for that, so that older rules are in force"
        file = shlex.quote(seen.broken[0].partition(" of ")[2].partition(": ")[0])
        remedy = f"sudoedit {file}, and then: {reload(case.place.cluster)}"
        return Cause("hba.broken", sentence, remedy, declared=_WHOLE)
    line = f"{seen.line} would let it go on" if seen.line else "it has no line for this connection any more"
    sentence = f"pg_hba.conf was changed and not loaded: {line}, but older rules are in force, and they refuse"
    return Cause(
        "hba.not_loaded", sentence, reload(case.place.cluster), declared="role pg_hardening reloads when it writes"
    )


def rejected(case: Case) -> Optional[Cause]:
    """A line says reject."""
    seen = case.decision
    if not case.told("rejected") and not (case.told("") and seen and seen.certain and seen.method == "reject"):
        return None
    if seen is None or seen.line is None:
        return Cause(
            "hba.reject", "a line of pg_hba.conf rejects this connection", f"{case.psql} -c 'TABLE pg_hba_file_rules'"
        )
    sentence = f"{seen.line} rejects this connection"
    if seen.shadowed:
        sentence += f" before {seen.shadowed[0]} could take it"
    file = shlex.quote(seen.line.place.partition(" of ")[2])
    remedy = f"sudoedit {file} (drop the line, or put one for {case.target.user} before it), and then: {reload(case.place.cluster)}"
    return Cause("hba.reject", sentence, remedy, declared=_DECLARED)


def no_rule(case: Case) -> Optional[Cause]:
    """No line matches."""
    seen = case.decision
    if not case.told("no_rule") and not (case.told("") and seen and seen.certain and seen.line is None):
        return None
    line = _line(case)
    what = f"no line of pg_hba.conf matches this connection ({' '.join(line.split()[:-1])})"
    if case.found is None:
        return Cause("hba.no_rule", what, f"add a line to pg_hba.conf, and reload: {line}", declared=_DECLARED)
    if case.target.socket:
        return Cause("hba.no_rule", what, _not_by_socket(case), declared=_DECLARED)
    file = shlex.quote(str(case.found.server["hba_file"]))
    remedy = f"echo {shlex.quote(line)} | sudo tee -a {file} && {reload(case.place.cluster)}"
    return Cause("hba.no_rule", what, remedy, declared=_DECLARED)


def _not_by_socket(case: Case) -> str:
    """The other ways: over the socket the owner of the server is usually the only one with a rule."""
    role = case.target.user if case.subjects["role"] else "ROLE"
    database = case.target.database if case.subjects["database"] else "DATABASE"
    uri = case.uri(host="localhost", user=role, dbname=database)
    return f"connect over TCP, with the password: {uri}; or as the administrator: {case.psql}"


def _line(case: Case) -> str:
    database = "replication" if case.target.replication else _word(case.target.database)
    user = _word(case.target.user)
    if case.target.socket:
        return f"local {database} {user} scram-sha-256"
    tried = ways(case.target, ssl=bool(case.found.server["ssl"]) if case.found else False)
    client = case.reach.client or "127.0.0.1"
    return f"{'hostssl' if tried == ('ssl',) else 'host'} {database} {user} {client}/{128 if ':' in client else 32} scram-sha-256"


def _word(name: str) -> str:
    """A name that the file takes for a name."""
    plain = name.replace("_", "").replace("-", "").isalnum() and name not in KEYWORDS
    return name if plain else f'"{name}"'


def peer(case: Case) -> Optional[Cause]:
    """The user of the operating system is not the role, and no map says otherwise."""
    seen = case.decision
    if not case.told("peer") and not (
        case.told("") and seen and seen.certain and seen.method == "peer" and not _let_in(case)
    ):
        return None
    if case.subjects.get("role") is False:
        # Whoever one is, that role nobody can be.
        return None
    who, role = case.someone.name, case.target.user
    if seen is not None and seen.map:
        return _by_map(case, seen.map)
    rule = f" ({seen.line})" if seen and seen.line else ""
    sentence = f"over the socket one has to be the user {role} of the operating system to be role {role}, and you are {who}{rule}"
    uri = case.uri(host="localhost")
    return Cause("peer.user", sentence, f"connect over TCP, with the password: {uri}", declared=_DECLARED)


def _let_in(case: Case) -> bool:
    if case.found is None or case.decision is None or (case.decision.map and case.found.maps is None):
        return True
    return ident_map.lets_in(
        case.found.maps or (), case.decision.map, case.someone.name, case.target.user, case.found.groups
    )


def _by_map(case: Case, name: str) -> Cause:
    who, role = case.someone.name, case.target.user
    rows = (case.found.maps if case.found else None) or ()
    named = ident_map.roles_of(rows, name, who)
    others = f"; it lets {who} be {', '.join(named)}" if named else f"; it has no line for {who}"
    file = str(case.found.server["ident_file"]) if case.found else "pg_ident.conf"
    sentence = f"the user name map {name} in {file} does not let {who} be role {role}{others if rows else ''}"
    if any(row["error"] for row in rows):
        sentence += ", and one of its lines is broken"
    line = shlex.quote(f"{name} {_word(who)} {_word(role)}")
    return Cause(
        "ident.map", sentence, f"echo {line} | sudo tee -a {shlex.quote(file)} && {reload(case.place.cluster)}"
    )


def other_method(case: Case) -> Optional[Cause]:
    """Something outside of the server decides."""
    if not case.told("other_method"):
        return None
    rule = f" by {case.decision.line}" if case.decision and case.decision.line else ""
    log = f": {case.log[0]}" if case.log else ""
    sentence = f"the server leaves it to somebody else who is let in{rule}, and that refused{log}"
    return Cause("method.other", sentence, f"use a line with scram-sha-256: {_line(case)}", declared=_DECLARED)


REASONS: Sequence[Callable[[Case], Optional[Cause]]] = (
    ssl,
    owner_refused,
    stale_rules,
    rejected,
    no_rule,
    peer,
    other_method,
)
