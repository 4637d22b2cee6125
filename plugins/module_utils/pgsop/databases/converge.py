# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One transaction: read, plan, run, read again, and commit only if no difference is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError, ServerError
from ..session_options import NOT_LOGGED, not_logged
from .schema import OPTIONS
from .statement import Statement

#: A statement may have to wait for locks on many tables, or copy a template.
STATEMENT_TIMEOUT = "10min"
LOCK_NOT_AVAILABLE = "55P03"
#: Of the warning that a GRANT or REVOKE had no effect.
NO_EFFECT = "01006"
#: Class of what an administrator's shutdown or kill of the session answers.
_GONE = "57P"
#: Answers after which a new snapshot may do better: another session changed the same rows, or held a lock.
_AGAIN = frozenset({"40001", "40P01", LOCK_NOT_AVAILABLE})
_AGAIN_WORDS = (("XX000", "concurrently"), ("23505", "pg_default_acl"), ("23505", "pg_db_role_setting"))
#: Characters of a statement in an error.
_LONGEST = 300
_BLOCKERS = """
SELECT pid, usename::text AS role, application_name AS application
  FROM pg_stat_activity
 WHERE datname = %s AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY xact_start LIMIT 3
"""


@dataclass(frozen=True)
class Tries:
    """Number of attempts, and the seconds (``lock_timeout_s``) that each waits for a lock."""

    attempts: int = OPTIONS["attempts"]["default"]
    lock_timeout_s: int = OPTIONS["lock_timeout_s"]["default"]


def converge(
    cluster: Cluster, database: str, plan: Callable[[Session], Sequence[Statement]], tries: Tries
) -> list[Statement]:
    """Run the statements of a plan in one transaction, and commit only if a second plan is empty.

    Args:
        cluster: the cluster.
        database: the database to connect to.
        plan: reads and compares; called before the statements, and again before the commit.
        tries: attempts after conflicts with others (SQLSTATE 40001, 40P01, 55P03), and the lock timeout of each.

    Returns:
        The statements that were run.

    Raises:
        PgsopError: a statement failed, or a difference was left; the transaction was rolled back.
    """
    for attempt in range(1, tries.attempts + 1):
        running = _Running()
        try:
            return _attempt(cluster, database, plan, tries, running)
        except ServerError as error:
            if attempt == tries.attempts or not _is_passing(error):
                raise _of_transaction(error, cluster, database, running.statement) from error
    raise AssertionError("attempts is at least 1")


@dataclass
class _Running:
    statement: Statement | None = None


def _attempt(
    cluster: Cluster, database: str, plan: Callable[[Session], Sequence[Statement]], tries: Tries, running: _Running
) -> list[Statement]:
    with connect(cluster, database) as session:
        session.execute("BEGIN")
        session.execute(f"SET LOCAL lock_timeout = '{tries.lock_timeout_s}s'")
        session.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        planned = list(plan(session))
        for statement in planned:
            running.statement = statement
            run(session, statement)
        running.statement = None
        left = list(plan(session)) if planned else []
        if left:
            raise PgsopError(
                attempted="bring roles and privileges to what is declared, in one go",
                target=f"database {database}",
                answer=f"after {len(planned)} statements these would still be left: {'; '.join(item.text for item in left[:5])}"
                "; nothing was changed in it",
                next_step="run these by hand if they are right, then run again; and report this as a fault of the collection",
            )
        session.execute("COMMIT")
    return planned


def run(session: Session, statement: Statement) -> None:
    """Run one statement; treat a warning that it had no effect as a failure.

    A statement with a secret is run with statement logging off.

    Args:
        session: in a transaction.
        statement: is run as its ``as_role``, if it has one.

    Raises:
        ServerError: the server refuses it, or warns about a GRANT, REVOKE or ALTER DEFAULT PRIVILEGES.
    """
    session.warnings()
    if statement.shown:
        session.execute(not_logged())
    if statement.as_role:
        session.execute("SELECT set_config('role', %s, true)", (statement.as_role,))
    session.execute(statement.sql)
    if statement.as_role:
        session.execute("RESET ROLE")
    if statement.shown:
        session.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in reversed(list(NOT_LOGGED))))
    warnings = session.warnings()
    if warnings and statement.sql.startswith(("GRANT", "REVOKE", "ALTER DEFAULT")):
        raise ServerError(
            attempted=f"run {statement.text}",
            target="the server",
            answer=f"it warned: {'; '.join(warnings)}",
            next_step="look at who granted what: \\dp, \\l+, \\dn+ and \\drg in psql",
            code=NO_EFFECT,
        )


def _is_passing(error: ServerError) -> bool:
    return error.code in _AGAIN or any(error.code == code and words in error.answer for code, words in _AGAIN_WORDS)


def with_statement(error: ServerError, cluster: Cluster, target: str, statement: Statement | None) -> ServerError:
    """Return the error with the statement that caused it, and the next step.

    Args:
        error: the error of the server.
        cluster: the cluster, for its unit and log file.
        target: the object that the statement was run on.
        statement: the failed one; None for reading and committing.
    """
    next_step = "mend what the server names, then run again"
    if error.code is None or error.code.startswith(_GONE):
        next_step = f"look at 'systemctl status {cluster.unit}' and the end of {cluster.log_file}; the next run completes the rest"
    elif error.code == LOCK_NOT_AVAILABLE:
        next_step = "wait for them, or end them with pg_terminate_backend, or raise lock_timeout_s; then run again"
    return ServerError(
        attempted=f"run {_short(statement.text)}" if statement else "read, compare and commit",
        target=target,
        answer=error.answer.rstrip(". "),
        next_step=next_step,
        code=error.code,
    )


def _of_transaction(error: ServerError, cluster: Cluster, database: str, statement: Statement | None) -> ServerError:
    if error.code == LOCK_NOT_AVAILABLE:
        error.answer += f"; at work there: {_others(cluster, database)}"
    # If the server goes away during the commit, its outcome is not known.
    if statement or error.code:
        error.answer += "; nothing was changed in this database"
    return with_statement(error, cluster, f"database {database}", statement)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _others(cluster: Cluster, database: str) -> str:
    try:
        with connect(cluster) as session:
            rows = session.rows(_BLOCKERS, (database,))
    except PgsopError as error:
        return f"not known, for {error.answer}"
    with_statement = (f"process {row['pid']} of {row['role']} ({row['application'] or 'no name'})" for row in rows)
    return "; ".join(with_statement) or "nobody any more"
