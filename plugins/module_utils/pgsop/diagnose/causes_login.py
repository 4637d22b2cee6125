# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie in the role and its password; the server answers several of them alike, on purpose."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence

from ..debian import LOG_ROOT
from ..sql import quote_identifier
from .catalogue import MD5, NONE
from .causes_rules import PASSWORD_METHODS, not_by_socket
from .evidence import Cause, Evidence

#: What one and the same sentence may stand for.
ALIKE = ("password.wrong", "role.missing", "role.expired", "role.no_password", "verifier.md5")
_DECLARED = "if {role} is declared in {where}, set its {key} there and run role pg_bootstrap, which keeps it so"
_WHERE = "pg_bootstrap_databases or pg_bootstrap_roles"


def declared(evidence: Evidence, key: str) -> str:
    """Return the sentence that names the declaration of this collection in which the fix stays.

    Args:
        evidence: the role is its target's.
        key: of the declared role, such as connection_limit.
    """
    return _DECLARED.format(role=evidence.target.user, where=_WHERE, key=key)


def role_missing(evidence: Evidence) -> Cause | None:
    """Return a cause if the role does not exist; the server asks for a password all the same.

    Returns:
        port.other_cluster if another cluster of the host has the role, otherwise role.missing.
    """
    unknown = evidence.found is None
    if not evidence.fits("password", "no_role", "peer") or (
        evidence.subjects.get("role", unknown) and not (unknown and evidence.error_is("no_role"))
    ):
        return None
    role = quote_identifier(evidence.target.user)
    sentence = f"{evidence.label} has no role {evidence.target.user}"
    there = [(label, seen["port"]) for label, seen in evidence.elsewhere.items() if seen.get("role")]
    if there:
        return _other(evidence, sentence, there)
    if evidence.target.socket and "user" not in evidence.target.origins:
        sentence += ", which is the name of the user of this host: no role was named"
        return Cause("role.missing", sentence, not_by_socket(evidence))
    remedy = f"CREATE ROLE {role} LOGIN; \\password {role}"
    return Cause("role.missing", sentence, remedy, sql=True, declared=declared(evidence, "name and password"))


def _other(evidence: Evidence, sentence: str, there: Sequence[tuple[str, int]]) -> Cause:
    """Return the cause port.other_cluster: the role is in another cluster."""
    label, port = there[0]
    sentence = f"{sentence}, but cluster {label} on port {port} has: this is another cluster's port"
    return Cause("port.other_cluster", sentence, f"use that port: {evidence.uri(port=port)}")


def no_password(evidence: Evidence) -> Cause | None:
    """Return the cause role.no_password if the role has no verifier, so that no password is right."""
    if not _asked(evidence) or evidence.found is None or evidence.found.verifier != NONE:
        return None
    sentence = f"role {evidence.target.user} has no password stored, so that no password is right"
    return set_password(evidence, "role.no_password", sentence)


def expired(evidence: Evidence) -> Cause | None:
    """Return the cause role.expired if VALID UNTIL has passed."""
    if not _asked(evidence) or not evidence.subjects.get("expired"):
        return None
    sentence = f"the password of role {evidence.target.user} was valid until {evidence.subjects['valid_until']}"
    remedy = f"ALTER ROLE {quote_identifier(evidence.target.user)} VALID UNTIL 'infinity';"
    return Cause("role.expired", sentence, remedy, sql=True, declared=declared(evidence, "valid_until"))


def md5_verifier(evidence: Evidence) -> Cause | None:
    """Return the cause verifier.md5 if the verifier is md5 and the rule takes SCRAM only."""
    if not _asked(evidence) or evidence.found is None or evidence.found.verifier != MD5:
        return None
    if evidence.decision is None or evidence.decision.method != "scram-sha-256":
        return None
    sentence = f"the stored password of role {evidence.target.user} is an md5 verifier, and {evidence.decision.line} takes SCRAM only"
    return set_password(evidence, "verifier.md5", sentence)


def wrong(evidence: Evidence) -> Cause | None:
    """Return the cause password.wrong if the password that was given does not fit the stored verifier."""
    if not evidence.fits("password") or evidence.found is None or evidence.found.matches is not False:
        return None
    sentence = f"the password is wrong: {evidence.target.password_source.origin} is not what is stored for role {evidence.target.user}"
    return set_password(evidence, "password.wrong", sentence)


def _asked(evidence: Evidence) -> bool:
    """Whether the password of the role is what it was about."""
    by_password = (
        evidence.decision is None or not evidence.decision.certain or evidence.decision.method in PASSWORD_METHODS
    )
    return bool(evidence.fits("password") and evidence.subjects.get("role") and by_password)


def set_password(evidence: Evidence, name: str, sentence: str) -> Cause:
    """Return a cause with another password as the next step.

    Args:
        evidence: the role is its target's.
        name: id of the cause.
        sentence: its message.
    """
    remedy = f"\\password {quote_identifier(evidence.target.user)}"
    return Cause(name, sentence, remedy, sql=True, declared=declared(evidence, "password"))


def one_of_them(evidence: Evidence) -> Cause | None:
    """Return a cause for a refused password if the evidence does not show which one it is.

    Returns:
        password.refused if the catalogue is known: it has no fault. Otherwise password.unclear, with the causes of ALIKE.
    """
    if not evidence.error_is("password"):
        return None
    if evidence.found is not None:
        said = f": {evidence.log[0]}" if evidence.log else ""
        sentence = f"the server refused the password, though it is the stored one{said}"
        log = evidence.place.cluster.log_file if evidence.place.cluster else LOG_ROOT
        return Cause("password.refused", sentence, f"sudo tail -n 50 {shlex.quote(log)}")
    sentence = (
        f"one of: the password is wrong, there is no role {evidence.target.user}, it has no password or only an md5 verifier, or its"
        " VALID UNTIL has passed; to the client all of them look alike"
    )
    remedy = "run it with sudo, which can tell them apart"
    if os.geteuid() == 0:
        remedy = f"look at the log of that server: {evidence.hidden}"
    return Cause("password.unclear", sentence, remedy, candidates=ALIKE)


def no_login(evidence: Evidence) -> Cause | None:
    """Return the cause role.nologin if the role has NOLOGIN."""
    if not evidence.error_is("no_login") and not (
        evidence.fits("no_login") and evidence.subjects.get("may_login") is False
    ):
        return None
    sentence = f"role {evidence.target.user} may not log in: it has NOLOGIN"
    remedy = f"ALTER ROLE {quote_identifier(evidence.target.user)} LOGIN;"
    return Cause("role.nologin", sentence, remedy, sql=True, declared=declared(evidence, "login"))


def replication(evidence: Evidence) -> Cause | None:
    """Return the cause role.no_replication if the server refuses a replication connection."""
    if not evidence.error_is("no_replication"):
        return None
    sentence = f"role {evidence.target.user} may not replicate: {evidence.attempt.said}"
    remedy = f"ALTER ROLE {quote_identifier(evidence.target.user)} REPLICATION;"
    return Cause("role.no_replication", sentence, remedy, sql=True, declared=declared(evidence, "attributes"))


def none_given(evidence: Evidence) -> Cause | None:
    """Return a cause if the server asked for a password and the client had no password.

    Returns:
        pgpass.mode if a password file has one but libpq does not read the file, otherwise password.missing.
    """
    if not evidence.error_is("no_password"):
        return None
    password_source = evidence.target.password_source
    seen = (
        f"{password_source.file} is not read: {password_source.passed_over}"
        if password_source.passed_over
        else f"{password_source.file} has no line for it"
    )
    # A server that keeps silent about the rest is no evidence that the rest is well.
    rest = "" if evidence.found is None else "; role and database are as they should be"
    sentence = f"the server asks for a password and there is none: {seen}{rest}"
    if password_source.named:
        return Cause("pgpass.mode", sentence, f"chmod 0600 {shlex.quote(password_source.file)}")
    host = "localhost" if evidence.target.socket else evidence.target.host
    line = f"{host}:{evidence.target.port}:{evidence.target.database}:{evidence.target.user}:PASSWORD"
    remedy = f"add this line to {shlex.quote(password_source.file)}, mode 0600, with the password: {line}"
    return Cause("password.missing", sentence, remedy)


#: A missing password comes last of all: causes that no password can fix come first.
REASONS: Sequence[Callable[[Evidence], Cause | None]] = (
    role_missing,
    no_password,
    expired,
    md5_verifier,
    wrong,
    one_of_them,
    no_login,
    replication,
)
