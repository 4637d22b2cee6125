# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie in authentication: encryption, pg_hba.conf, and the operating system user."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence

from ..debian import SOCKET_DIRECTORY
from ..hba_rules.read import is_managed
from ..hba_rules.rule import KEYWORDS
from . import ident_map
from .causes_network import reload
from .evidence import Cause, Evidence
from .hba_match import ways
from .target import PORT

#: Methods that answer a wrong password with the one sentence of several causes.
PASSWORD_METHODS = ("scram-sha-256", "md5", "password")
#: Kinds of answers by method, which show whether the file is in force.
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
_AGAIN = "run site.yml again, which writes and loads the declared rules"
_ROLE_RUNS = "and run role pg_hardening: it writes the whole file, so a line added by hand is lost"


def ssl(evidence: Evidence) -> Cause | None:
    """Return a cause if the client's sslmode does not fit the server.

    Returns:
        ssl.off if the server has no encryption, ssl.certificate if a certificate is refused.
    """
    if evidence.error_is("no_ssl"):
        sentence = f"sslmode is {evidence.target.sslmode}, and {evidence.label} has ssl off, as is right for a server that is local only"
        uri = evidence.uri()
        return Cause("ssl.off", sentence, f"ask for no encryption: {uri}?sslmode=disable")
    if evidence.error_is("certificate"):
        sentence = f"with sslmode {evidence.target.sslmode} the certificates do not fit: {evidence.attempt.said}"
        return Cause(
            "ssl.certificate", sentence, f"ask for no encryption on this host: {evidence.uri()}?sslmode=disable"
        )
    return None


def owner_refused(evidence: Evidence) -> Cause | None:
    """Return the cause hba.owner_refused if pg_hba.conf refuses the server's owner over the socket."""
    cluster, refused = evidence.place.cluster, evidence.refused
    if cluster is None or refused is None or not evidence.target.socket:
        return None
    if not evidence.target.user == evidence.os_user.name == cluster.owner:
        return None
    return Cause("hba.owner_refused", refused.answer, refused.next_step, declared=_WHOLE)


def stale_rules(evidence: Evidence) -> Cause | None:
    """Return a cause if the server's answer does not come from pg_hba.conf as it is now.

    Returns:
        hba.broken if the file has an error, so that a reload keeps the rules in force; hba.not_loaded if a reload is missing.
    """
    seen = evidence.decision
    if seen is None or seen.certain or not evidence.error_is(*_OF_RULES):
        return None
    if seen.line is None and evidence.error_is("no_rule"):
        expected = not seen.broken
    else:
        expected = seen.line is not None and evidence.attempt.kind in _TELLS.get(seen.method, ("other_method",))
    if expected:
        return None
    if seen.broken:
        sentence = f"{seen.broken[0]}; a reload refuses the whole file for that, so that older rules are in force"
        file = seen.broken[0].partition(" of ")[2].partition(": ")[0]
        by_hand = f"sudoedit {shlex.quote(file)}, and then: {reload(evidence.place.cluster)}"
        remedy = f"{_AGAIN}; or by hand: {by_hand}" if is_managed(file) else by_hand
        return Cause("hba.broken", sentence, remedy, declared=_WHOLE)
    line = f"{seen.line} would let it go on" if seen.line else "it has no line for this connection any more"
    sentence = f"pg_hba.conf was changed and not loaded: {line}, but older rules are in force, and they refuse"
    return Cause(
        "hba.not_loaded", sentence, reload(evidence.place.cluster), declared="role pg_hardening reloads when it writes"
    )


def rejected(evidence: Evidence) -> Cause | None:
    """Return the cause hba.reject if a line with method reject matches."""
    seen = evidence.decision
    if not evidence.error_is("rejected") and not (
        evidence.error_is("") and seen and seen.certain and seen.method == "reject"
    ):
        return None
    if seen is None or seen.line is None:
        return Cause(
            "hba.reject",
            "a line of pg_hba.conf rejects this connection",
            f"{evidence.psql} -c 'TABLE pg_hba_file_rules'",
        )
    sentence = f"{seen.line} rejects this connection"
    if seen.shadowed:
        sentence += f" before {seen.shadowed[0]} could take it"
    file = seen.line.place.partition(" of ")[2]
    what = f"drop the line, or put one for {evidence.target.user} before it"
    remedy = f"sudoedit {shlex.quote(file)} ({what}), and then: {reload(evidence.place.cluster)}"
    if is_managed(file):
        remedy = f"in pg_hardening_hba_rules, {what}, {_ROLE_RUNS}"
    return Cause("hba.reject", sentence, remedy, declared=_DECLARED)


def no_rule(evidence: Evidence) -> Cause | None:
    """Return the cause hba.no_rule if no line of pg_hba.conf matches the connection."""
    seen = evidence.decision
    if not evidence.error_is("no_rule") and not (evidence.error_is("") and seen and seen.certain and seen.line is None):
        return None
    line, absent = _line(evidence), _absent(evidence)
    what = f"no line of pg_hba.conf matches this connection ({' '.join(line.split()[:-1])})"
    # No rule is right for names that do not exist, or that are only the defaults of libpq.
    named = evidence.found is not None or "user" in evidence.target.origins
    declared = _DECLARED if named and not absent else ""
    if evidence.target.socket:
        return Cause("hba.no_rule", f"{what}{_by_socket(evidence)}{absent}", not_by_socket(evidence), declared=declared)
    if absent:
        names = f"{evidence.psql} -c '\\du' -c '\\l'"
        return Cause("hba.no_rule", f"{what}{absent}", f"correct the connection string; these are the names: {names}")
    return Cause("hba.no_rule", what, _add_rule(evidence, line), declared=declared)


def _add_rule(evidence: Evidence, line: str) -> str:
    """Return the way to a rule for a connection over TCP."""
    if evidence.found is None:
        if os.geteuid() != 0:
            return "run the same command with sudo, which can read the rules, roles and databases"
        return f"add a line to the pg_hba.conf of that server, and reload: {line}"
    file = str(evidence.found.server["hba_file"])
    if is_managed(file):
        pair = f"{{database: {evidence.target.database}, role: {evidence.target.user}}}"
        return f"add {pair} to pg_hardening_hba_pairs, or a rule to pg_hardening_hba_rules, {_ROLE_RUNS}"
    return f"echo {shlex.quote(line)} | sudo tee -a {shlex.quote(file)} && {reload(evidence.place.cluster)}"


def _absent(evidence: Evidence) -> str:
    """Return which names do not exist, as the end of a sentence; empty if both do or that is not known."""
    kinds = {"role": evidence.target.user}
    if not evidence.target.replication:
        kinds["database"] = evidence.target.database
    found = [f"no {kind} {name}" for kind, name in kinds.items() if evidence.subjects.get(kind) is False]
    return f"; {evidence.label} has {' and '.join(found)}" if found else ""


def _by_socket(evidence: Evidence) -> str:
    """Return whom the rules for the socket are for, as the end of a sentence; empty if not only for the server's owner."""
    cluster, found = evidence.place.cluster, evidence.found
    if cluster is None or found is None:
        return "; over the socket, rules are usually for the administrator only"
    users = {user for row in found.rules if row["type"] == "local" for user in row["user_name"] or ()}
    return f"; over the socket only {cluster.owner} is admitted" if users == {cluster.owner} else ""


def not_by_socket(evidence: Evidence) -> str:
    """Return the other ways to connect, with placeholders for a role and a database that were not given or do not exist."""
    unknown = evidence.found is None
    role = evidence.subjects.get("role", "user" in evidence.target.origins or not unknown)
    database = evidence.subjects.get("database", "dbname" in evidence.target.origins or not unknown)
    uri = evidence.uri(
        host="localhost",
        user=evidence.target.user if role else "ROLE",
        dbname=evidence.target.database if database else "DATABASE",
    )
    return f"use -h localhost (host=localhost in a connection string), as in {uri}; or as the administrator: {short_psql(evidence)}"


def short_psql(evidence: Evidence) -> str:
    """Return the command that opens psql as the server's owner, in its shortest form."""
    cluster = evidence.place.cluster
    if cluster is not None and (cluster.socket_directory, cluster.port) == (SOCKET_DIRECTORY, PORT):
        return f"sudo -u {cluster.owner} psql"
    return evidence.psql


def _line(evidence: Evidence) -> str:
    database = "replication" if evidence.target.replication else _word(evidence.target.database)
    user = _word(evidence.target.user)
    if evidence.target.socket:
        return f"local {database} {user} scram-sha-256"
    tried = ways(evidence.target, ssl=bool(evidence.found.server["ssl"]) if evidence.found else False)
    client = evidence.reach.client or "127.0.0.1"
    return f"{'hostssl' if tried == ('ssl',) else 'host'} {database} {user} {client}/{128 if ':' in client else 32} scram-sha-256"


def _word(name: str) -> str:
    """Return a name as pg_hba.conf reads it, in quotes if it may be a keyword."""
    plain = name.replace("_", "").replace("-", "").isalnum() and name not in KEYWORDS
    return name if plain else f'"{name}"'


def peer(evidence: Evidence) -> Cause | None:
    """Return a cause if peer or ident authentication does not accept the operating system user for the role.

    Returns:
        ident.map if the line names a user name map, otherwise peer.user.
    """
    seen = evidence.decision
    if not evidence.error_is("peer") and not (
        evidence.error_is("") and seen and seen.certain and seen.method == "peer" and not _let_in(evidence)
    ):
        return None
    if evidence.subjects.get("role") is False:
        # No user can be a role that does not exist.
        return None
    who, role = evidence.os_user.name, evidence.target.user
    if seen is not None and seen.map:
        return _by_map(evidence, seen.map)
    rule = f" ({seen.line})" if seen and seen.line else ""
    sentence = f"over the socket one has to be the user {role} of the operating system to be role {role}, and you are {who}{rule}"
    uri = evidence.uri(host="localhost")
    hint = f"use -h localhost (host=localhost in a connection string), with the password: {uri}"
    return Cause("peer.user", sentence, hint, declared=_DECLARED)


def _let_in(evidence: Evidence) -> bool:
    if evidence.found is None or evidence.decision is None or (evidence.decision.map and evidence.found.maps is None):
        return True
    return ident_map.lets_in(
        evidence.found.maps or (),
        evidence.decision.map,
        evidence.os_user.name,
        evidence.target.user,
        evidence.found.groups,
    )


def _by_map(evidence: Evidence, name: str) -> Cause:
    who, role = evidence.os_user.name, evidence.target.user
    rows = (evidence.found.maps if evidence.found else None) or ()
    named = ident_map.roles_of(rows, name, who)
    others = f"; it lets {who} be {', '.join(named)}" if named else f"; it has no line for {who}"
    file = str(evidence.found.server["ident_file"]) if evidence.found else "pg_ident.conf"
    sentence = f"the user name map {name} in {file} does not let {who} be role {role}{others if rows else ''}"
    if any(row["error"] for row in rows):
        sentence += ", and one of its lines is broken"
    line = shlex.quote(f"{name} {_word(who)} {_word(role)}")
    remedy = f"echo {line} | sudo tee -a {shlex.quote(file)} && {reload(evidence.place.cluster)}"
    if is_managed(file):
        remedy = f"add {{map: {name}, system_user: {who}, role: {role}}} to pg_hardening_ident_maps, {_ROLE_RUNS}"
    return Cause("ident.map", sentence, remedy)


def other_method(evidence: Evidence) -> Cause | None:
    """Return the cause method.other if an external method (LDAP, GSSAPI, certificates and so on) refused."""
    if not evidence.error_is("other_method"):
        return None
    rule = f" by {evidence.decision.line}" if evidence.decision and evidence.decision.line else ""
    log = f": {evidence.log[0]}" if evidence.log else ""
    sentence = f"the server leaves it to somebody else who is let in{rule}, and that refused{log}"
    return Cause("method.other", sentence, f"use a line with scram-sha-256: {_line(evidence)}", declared=_DECLARED)


REASONS: Sequence[Callable[[Evidence], Cause | None]] = (
    ssl,
    owner_refused,
    stale_rules,
    rejected,
    no_rule,
    peer,
    other_method,
)
