# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes of a connection through PgBouncer: its own refusals, and those of the server behind it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..sql import quote_identifier, quote_literal
from .error_patterns import CAUSES
from .evidence import Cause, Evidence
from .pgbouncer import PROGRAM, PgBouncer, refuses

#: Kinds of answers that only PgBouncer gives begin so.
KIND = "pooler_"
#: Names of databases in a message.
_SHOWN = 10
_UNSEEN = ("the connection through PgBouncer fails", ("pooler.unknown",))
_RELOAD = "sudo systemctl reload pgbouncer"
#: A line of auth_file.
_LINE = 'SELECT format(\'"%s" "%s"\', rolname, rolpassword) FROM pg_authid WHERE rolname = '
_PARAMETER = re.compile(r"unsupported startup parameter(?: in options)?: (\w+)")


def cause(evidence: Evidence, of_server: Callable[[Evidence], Cause]) -> Cause:
    """Return the cause of a connection that does not work through PgBouncer.

    Args:
        evidence: of the client's connection.
        of_server: returns the cause of a connection to a server.

    Returns:
        One of the causes that `CAUSES` has for PgBouncer's answers; pooler.unknown, pooler.down, pooler.auth_user, pooler.not_reloaded,
        pooler.outdated_password, pooler.paused, pooler.pool_full; or the cause at the server.
    """
    seen = evidence.pooler
    if seen is not None and not seen.pooler.pid:
        sentence = f"PgBouncer, which {seen.pooler.config_file} sets up for port {evidence.target.port}, does not run"
        return Cause("pooler.down", sentence, "sudo systemctl start pgbouncer")
    if seen is None or seen.pooler.hidden:
        return _unseen(evidence)
    behind = seen.behind
    explain = _OWN.get(evidence.attempt.kind)
    if explain is not None or behind is None:
        return (explain or _no_database)(evidence, seen.pooler)
    if refuses(evidence.attempt) or evidence.error_is("password", "no_password"):
        return _password(evidence, seen.pooler, behind, of_server)
    if behind.attempt.works:
        return _waiting(evidence, seen.pooler)
    return _behind(evidence, seen.pooler, of_server(behind))


def _unseen(evidence: Evidence) -> Cause:
    """Return what the answer alone shows."""
    own = evidence.attempt.kind.startswith(KIND)
    words, names = CAUSES[evidence.attempt.kind] if own else _UNSEEN
    why = evidence.pooler.pooler.hidden if evidence.pooler else "its process was not found on this host"
    next_step = "sudo pgsop diagnose with the same connection string, on the host of PgBouncer"
    return Cause(names[0], f"{words}: {evidence.attempt.said} ({why})", next_step)


def _behind(evidence: Evidence, pooler: PgBouncer, found: Cause) -> Cause:
    """Return a cause of the server's side; another place or password has to reach PgBouncer's files, too."""
    name, message, hint = evidence.target.database, found.message, found.hint
    if "postgresql://" in hint:
        hint = f"correct the entry of database {name} in {pooler.config_file} ({hint}), then {_RELOAD}"
    elif "\\password" in hint and not pooler.looks_up(name):
        message = f"{message}; {pooler.auth_file} needs a new password, too"
    return replace(found, message=f"behind PgBouncer on port {evidence.target.port}: {message}", hint=hint)


def _no_database(evidence: Evidence, pooler: PgBouncer) -> Cause:
    names = sorted(pooler.databases)
    known = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    name = evidence.target.database
    sentence = (
        f"PgBouncer has no database {name}: section [databases] of {pooler.config_file} has {known or 'no entry'}"
    )
    if pooler.entry(name) is not None:
        sentence = f"{pooler.config_file} has an entry for database {name}, which PgBouncer has not read yet"
        return Cause("pooler.not_reloaded", sentence, _RELOAD)
    add = f"add '{quote_identifier(name)} = host=127.0.0.1 port=5432' to [databases] in {pooler.config_file}, then {_RELOAD}"
    return Cause("pooler.no_database", sentence, add)


def _hba(_evidence: Evidence, pooler: PgBouncer) -> Cause:
    path = pooler.settings.get("auth_hba_file", "auth_hba_file")
    sentence = f"no line of {path}, PgBouncer's own rules, admits the connection"
    return Cause("pooler.hba", sentence, f"add a line for role and database to {path}, then {_RELOAD}")


def _parameter(evidence: Evidence, pooler: PgBouncer) -> Cause:
    found = _PARAMETER.search(evidence.attempt.said)
    name = found[1] if found else "the parameter"
    sentence = f"PgBouncer refuses {name} at the beginning of a session"
    before = pooler.settings.get("ignore_startup_parameters")
    value = f"{before}, {name}" if before else name
    remedy = (
        f"leave it out of the connection string and set it for the role (ALTER ROLE ... SET), or have PgBouncer ignore it:"
        f" ignore_startup_parameters = {value} in {pooler.config_file}, then {_RELOAD}"
    )
    return Cause("pooler.parameter", sentence, remedy)


def _verifier(evidence: Evidence, pooler: PgBouncer) -> Cause:
    sentence = (
        f"{pooler.auth_file} has an MD5 hash for role {_role(evidence)}, and the server asks for a SCRAM password,"
        " which PgBouncer cannot make of it"
    )
    return Cause("pooler.verifier", sentence, _renew(evidence, pooler))


def _disabled(evidence: Evidence, pooler: PgBouncer) -> Cause:
    name = evidence.target.database
    return Cause(
        "pooler.disabled", f"database {name} is disabled in PgBouncer", _console(evidence, pooler, f"ENABLE {name}")
    )


def _full(evidence: Evidence, pooler: PgBouncer) -> Cause:
    sentence = f"PgBouncer has as many clients as it accepts: {evidence.attempt.said}"
    limit = f"end clients that are idle, or raise the limit that is named in {pooler.config_file}, then {_RELOAD}"
    return Cause("pooler.full", sentence, limit)


def _password(evidence: Evidence, pooler: PgBouncer, behind: Evidence, of_server: Callable[[Evidence], Cause]) -> Cause:
    """Return which of three passwords differs: the client's, PgBouncer's, or the server's."""
    role = evidence.target.user
    if evidence.error_is("no_password"):
        return of_server(replace(behind, attempt=evidence.attempt))
    if not refuses(evidence.attempt):
        return _refused_by_server(evidence, pooler, behind, of_server)
    if behind.target.user != role:
        sentence = f"the password is not the one that {pooler.auth_file} has for role {role}"
        correct = f"correct the connection string, or the role's line in {pooler.auth_file}, then {_RELOAD}"
        return Cause("pooler.password", sentence, correct)
    if behind.subjects and not behind.subjects["role"]:
        return _behind(evidence, pooler, of_server(behind))
    looked_up = pooler.looks_up(evidence.target.database)
    if evidence.error_is("pooler_user") or (role not in pooler.secrets and not looked_up):
        why = "its auth_query finds none" if looked_up else f"{pooler.auth_file} has no line for it"
        return Cause("pooler.no_user", f"PgBouncer has no password of role {role}: {why}", _renew(evidence, pooler))
    return _outdated(evidence, pooler) if behind.attempt.works else _behind(evidence, pooler, of_server(behind))


def _refused_by_server(
    evidence: Evidence, pooler: PgBouncer, behind: Evidence, of_server: Callable[[Evidence], Cause]
) -> Cause:
    """Return why the server refused a password that PgBouncer sent."""
    role = f'"{pooler.settings.get("auth_user", "")}"'
    if role in evidence.attempt.said and role != f'"{behind.target.user}"':
        sentence = f"the server refuses the password of PgBouncer's auth_user {role}, which asks for the others"
        correct = f"correct the line of {role} in {pooler.auth_file}, then {_RELOAD}"
        return Cause("pooler.auth_user", sentence, correct)
    if behind.attempt.works:
        return _waiting(evidence, pooler)
    found = of_server(behind)
    return _outdated(evidence, pooler) if found.id == "password.wrong" else _behind(evidence, pooler, found)


def _outdated(evidence: Evidence, pooler: PgBouncer) -> Cause:
    role = _role(evidence)
    sentence = f"PgBouncer has another password for role {role} than the server"
    if role != evidence.target.user and (pooler.entry(evidence.target.database) or {}).get("password"):
        remedy = f"correct password= of database {evidence.target.database} in {pooler.config_file}, then {_RELOAD}"
        return Cause("pooler.outdated_password", sentence, remedy)
    return Cause("pooler.outdated_password", sentence, _renew(evidence, pooler))


def _waiting(evidence: Evidence, pooler: PgBouncer) -> Cause:
    """Return why PgBouncer gets no connection although the server takes one now."""
    state = evidence.pooler.state if evidence.pooler else {}
    name = evidence.target.database
    if state.get("mode") == "paused":
        return Cause("pooler.paused", "PgBouncer is paused", _console(evidence, pooler, "RESUME"))
    if str(state.get("paused", "0")) != "0":
        remedy = _console(evidence, pooler, f"RESUME {name}")
        return Cause("pooler.paused", f"database {name} is paused in PgBouncer", remedy)
    used, size = state.get("current_connections"), state.get("pool_size")
    if isinstance(used, int) and isinstance(size, int) and used >= size > 0:
        sentence = f"all {used} server connections of PgBouncer for database {name} are taken (pool_size {size})"
        remedy = f"sudo pgsop activity shows who has them; pool_size of the database is in {pooler.config_file}"
        return Cause("pooler.pool_full", sentence, remedy)
    retry = pooler.settings.get("server_login_retry", "15")
    sentence = (
        "PgBouncer gave the client no connection to the server, which takes the same login now:"
        f" it is paused, or it waits after a login that failed (server_login_retry, {retry} s)"
    )
    log = (
        f"sudo tail -n 20 {pooler.settings['logfile']}" if pooler.settings.get("logfile") else "journalctl -u pgbouncer"
    )
    return Cause("pooler.waiting", sentence, f"wait {retry} s and try again; PgBouncer's log has the reason: {log}")


def _console(evidence: Evidence, pooler: PgBouncer, command: str) -> str:
    """Return the shell command that gives a command to PgBouncer's console."""
    where = f"-h {shlex.quote(pooler.socket_directory)} -p {evidence.target.port}"
    return f"sudo -u {pooler.owner} psql {where} -U {PROGRAM} {PROGRAM} -c {shlex.quote(command)}"


def _renew(evidence: Evidence, pooler: PgBouncer) -> str:
    """Return the next step for auth_file: the server's own verifier of the role, which PgBouncer passes on."""
    query = _LINE + quote_literal(_role(evidence))
    append = f"{evidence.psql} -XAtc {shlex.quote(query)} | sudo tee -a {shlex.quote(pooler.auth_file)} > /dev/null"
    return f"remove the role's old line from {pooler.auth_file} if there is one, then {append} && {_RELOAD}"


def _role(evidence: Evidence) -> str:
    """Return the role with which PgBouncer logs in at the server."""
    return evidence.server.target.user


_OWN: Mapping[str, Callable[[Evidence, PgBouncer], Cause]] = {
    "pooler_database": _no_database,
    "pooler_hba": _hba,
    "pooler_parameter": _parameter,
    "pooler_verifier": _verifier,
    "pooler_disabled": _disabled,
    "pooler_full": _full,
}
