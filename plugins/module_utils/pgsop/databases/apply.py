# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out a plan: one transaction for the cluster, one for each database, drops last, then verify the logins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError, ServerError
from .actual import ClusterState
from .converge import LOCK_NOT_AVAILABLE, Tries, converge
from .create import NewDatabases
from .desired import DesiredDatabase
from .login_check import Proof, verify_login
from .logins import logins_of
from .plan import Survey, scope_of
from .plan_database import plan_database
from .plan_object import Scope
from .plan_roles import passwords_match, plan_roles
from .read_cluster import read_cluster
from .read_database import read_database
from .remove import remove
from .statement import Statement

Done = list[tuple[str, Statement]]
#: Held for the length of a run, so that two runs do not plan on what the other is about to change.
_LOCK = 0x7067736F70


@contextlib.contextmanager
def one_run_at_a_time(cluster: Cluster, tries: Tries) -> Iterator[None]:
    """Hold an advisory lock, so that no other run of pgsop changes databases and roles at the same time.

    Args:
        cluster: the cluster; the lock is taken in database postgres.
        tries: number of attempts, each of which waits ``lock_timeout_s`` seconds.

    Raises:
        PgsopError: another run does not end in time.
    """
    with connect(cluster) as guard:
        guard.execute(f"SET lock_timeout = '{tries.lock_timeout_s}s'; SET statement_timeout = 0")
        for attempt in range(1, tries.attempts + 1):
            try:
                guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            except ServerError as error:
                if error.code != LOCK_NOT_AVAILABLE:
                    raise
                if attempt == tries.attempts:
                    raise PgsopError(
                        attempted="change databases and roles",
                        target=f"cluster {cluster.label}, waited {tries.attempts} times {tries.lock_timeout_s} s",
                        answer="another run is at work on this cluster",
                        next_step="wait for it to end (in pg_stat_activity its application is pgsop), then run again",
                    ) from error
            else:
                break
        yield


def apply(cluster: Cluster, found: Survey, tries: Tries) -> Done:
    """Change what differs: create databases, then roles, then each database, then drop absent databases and roles.

    Args:
        cluster: the cluster to change.
        found: the plan.
        tries: attempts and lock timeout of each transaction.

    Returns:
        The statements that were run, each with its database; an empty name for the whole cluster.

    Raises:
        PgsopError: a step failed; each database is then as it was, or as declared.
    """
    new = NewDatabases(cluster)
    with new.undone():
        done: Done = [("", statement) for statement in new.make(found.new)]
        done += _cluster(cluster, found, tries)
        scope = scope_of(found.declaration, found.state)
        for name, plan in found.databases.items():
            if plan.statements:
                done += _database(cluster, found.declaration.databases[name], found.state, scope, tries)
            new.complete(name)
    for removal in found.removals:
        done += remove(cluster, removal, tries)
    return done


def prove_roles(cluster: Cluster, found: Survey, done: Done) -> list[Proof]:
    """Log in as each role that was touched and has a declared password, in each database to which it may connect.

    Logins to a database with changes count, too.

    Args:
        cluster: the cluster.
        found: the plan that was applied.
        done: the statements that were run, as :func:`apply` returns them.

    Raises:
        PgsopError: the server refuses a login.
    """
    places = {place for place, _statement in done if place}
    touched = set(found.roles.touched)
    logins = [login for login in logins_of(found.declaration) if login.role in touched or login.database in places]
    # One after the other: a role, or a database, may be limited to one session.
    return [verify_login(cluster, login) for login in logins]


def _cluster(cluster: Cluster, found: Survey, tries: Tries) -> Done:
    if not found.roles.statements:
        return []
    answers: dict[tuple[str, str], bool] = {}

    def plan(session: Session) -> list[Statement]:
        state = read_cluster(session, list(found.declaration.roles), extensions=False)
        same = passwords_match(found.declaration.roles, state, answers)
        return plan_roles(found.declaration, state, same).statements

    return [("", statement) for statement in converge(cluster, "postgres", plan, tries)]


def _database(cluster: Cluster, desired: DesiredDatabase, state: ClusterState, scope: Scope, tries: Tries) -> Done:
    def plan(session: Session) -> list[Statement]:
        return plan_database(desired, read_database(session, desired), state, scope).statements

    return [(desired.name, statement) for statement in converge(cluster, desired.name, plan, tries)]
