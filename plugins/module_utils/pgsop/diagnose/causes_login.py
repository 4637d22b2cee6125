# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes that lie in the role and its password; four of them look alike to the client, on purpose."""

from __future__ import annotations

import os
import shlex
from typing import Callable, Optional, Sequence, Tuple

from ..debian import LOG_ROOT
from ..sql import quote_identifier
from .case import Case, Cause
from .catalogue import MD5, NONE
from .causes_rules import PASSWORD_METHODS

#: What one and the same sentence may stand for.
ALIKE = ("password.wrong", "role.missing", "role.expired", "role.no_password", "verifier.md5")
_DECLARED = "if {role} is declared in {where}, set its {key} there and run role pg_bootstrap, which keeps it so"
_WHERE = "pg_bootstrap_databases or pg_bootstrap_roles"


def declared(case: Case, key: str) -> str:
    """Where this collection keeps it."""
    return _DECLARED.format(role=case.target.user, where=_WHERE, key=key)


def role_missing(case: Case) -> Optional[Cause]:
    """There is no such role; the server asks for a password all the same."""
    unknown = case.found is None
    if not case.fits("password", "no_role", "peer") or (
        case.subjects.get("role", unknown) and not (unknown and case.told("no_role"))
    ):
        return None
    role = quote_identifier(case.target.user)
    sentence = f"{case.label} has no role {case.target.user}"
    there = [(label, seen["port"]) for label, seen in case.elsewhere.items() if seen.get("role")]
    if there:
        return _other(case, sentence, there)
    remedy = f"CREATE ROLE {role} LOGIN; \\password {role}"
    return Cause("role.missing", sentence, remedy, sql=True, declared=declared(case, "name and password"))


def _other(case: Case, sentence: str, there: Sequence[Tuple[str, int]]) -> Cause:
    """It is the wrong cluster."""
    label, port = there[0]
    sentence = f"{sentence}, but cluster {label} on port {port} has: this is another cluster's port"
    return Cause("port.other_cluster", sentence, f"use that port: {case.uri(port=port)}")


def no_password(case: Case) -> Optional[Cause]:
    """The role has none stored, so that none is right."""
    if not _asked(case) or case.found is None or case.found.verifier != NONE:
        return None
    sentence = f"role {case.target.user} has no password stored, so that no password is right"
    return _set_password(case, "role.no_password", sentence)


def expired(case: Case) -> Optional[Cause]:
    """VALID UNTIL has passed."""
    if not _asked(case) or not case.subjects.get("expired"):
        return None
    sentence = f"the password of role {case.target.user} was valid until {case.subjects['valid_until']}"
    remedy = f"ALTER ROLE {quote_identifier(case.target.user)} VALID UNTIL 'infinity';"
    return Cause("role.expired", sentence, remedy, sql=True, declared=declared(case, "valid_until"))


def md5_verifier(case: Case) -> Optional[Cause]:
    """A SCRAM rule can do nothing with an md5 verifier."""
    if not _asked(case) or case.found is None or case.found.verifier != MD5:
        return None
    if case.decision is None or case.decision.method != "scram-sha-256":
        return None
    sentence = (
        f"the stored password of role {case.target.user} is an md5 verifier, and {case.decision.line} takes SCRAM only"
    )
    return _set_password(case, "verifier.md5", sentence)


def wrong(case: Case) -> Optional[Cause]:
    """It is not the stored one."""
    if not case.fits("password") or case.found is None or case.found.matches is not False:
        return None
    sentence = f"the password is wrong: {case.target.secret.origin} is not what is stored for role {case.target.user}"
    return _set_password(case, "password.wrong", sentence)


def _asked(case: Case) -> bool:
    """Whether the password of the role is what it was about."""
    by_password = case.decision is None or not case.decision.certain or case.decision.method in PASSWORD_METHODS
    return bool(case.fits("password") and case.subjects.get("role") and by_password)


def _set_password(case: Case, name: str, sentence: str) -> Cause:
    remedy = f"\\password {quote_identifier(case.target.user)}"
    return Cause(name, sentence, remedy, sql=True, declared=declared(case, "password"))


def one_of_them(case: Case) -> Optional[Cause]:
    """The client alone cannot tell them apart."""
    if not case.told("password"):
        return None
    if case.found is not None:
        said = f": {case.log[0]}" if case.log else ""
        sentence = f"the server refused the password, though it is the stored one{said}"
        log = case.place.cluster.log_file if case.place.cluster else LOG_ROOT
        return Cause("password.refused", sentence, f"sudo tail -n 50 {shlex.quote(log)}")
    sentence = (
        f"one of: the password is wrong, there is no role {case.target.user}, it has no password or only an md5 verifier, or its"
        " VALID UNTIL has passed; to the client all of them look alike"
    )
    remedy = "run it with sudo, which can tell them apart"
    if os.geteuid() == 0:
        remedy = f"look at the log of that server: {case.hidden}"
    return Cause("password.unclear", sentence, remedy, candidates=ALIKE)


def no_login(case: Case) -> Optional[Cause]:
    """The role is none to log in with."""
    if not case.told("no_login") and not (case.fits("no_login") and case.subjects.get("may_login") is False):
        return None
    sentence = f"role {case.target.user} may not log in: it has NOLOGIN"
    remedy = f"ALTER ROLE {quote_identifier(case.target.user)} LOGIN;"
    return Cause("role.nologin", sentence, remedy, sql=True, declared=declared(case, "login"))


def replication(case: Case) -> Optional[Cause]:
    """Replication takes an attribute of its own."""
    if not case.told("no_replication"):
        return None
    sentence = f"role {case.target.user} may not replicate: {case.attempt.said}"
    remedy = f"ALTER ROLE {quote_identifier(case.target.user)} REPLICATION;"
    return Cause("role.no_replication", sentence, remedy, sql=True, declared=declared(case, "attributes"))


def none_given(case: Case) -> Optional[Cause]:
    """A password was asked for, and there was none."""
    if not case.told("no_password"):
        return None
    secret = case.target.secret
    seen = (
        f"{secret.file} is not read: {secret.passed_over}"
        if secret.passed_over
        else f"{secret.file} has no line for it"
    )
    # A server that keeps silent about the rest is no evidence that the rest is well.
    rest = "" if case.found is None else "; role and database are as they should be"
    sentence = f"the server asks for a password and there is none: {seen}{rest}"
    if secret.named:
        return Cause("pgpass.mode", sentence, f"chmod 0600 {shlex.quote(secret.file)}")
    host = "localhost" if case.target.socket else case.target.host
    line = f"{host}:{case.target.port}:{case.target.database}:{case.target.user}:PASSWORD"
    remedy = f"add this line to {shlex.quote(secret.file)}, mode 0600, with the password: {line}"
    return Cause("password.missing", sentence, remedy)


#: None given comes last of all: what nothing can be given for is to be told first.
REASONS: Sequence[Callable[[Case], Optional[Cause]]] = (
    role_missing,
    no_password,
    expired,
    md5_verifier,
    wrong,
    one_of_them,
    no_login,
    replication,
)
