# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last step of a restore: one transaction, which gives the checked database its name, or changes nothing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..backup import database_properties, names
from ..cluster import Cluster
from ..connection import connect, disable_timeouts
from ..databases.names import REPLACED
from ..errors import PgsopError, ServerError
from ..sql import quote_identifier
from . import properties
from .omitted import Omitted
from .plan import RestorePlan, differs
from .preflight import shortened
from .scratch import Scratch

#: The server's error as long as another session is in the database. It waits for five seconds itself.
_IN_USE = "55006"
_ATTEMPTS = 6
_PAUSE_S = 0.1
_EVERYBODY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def restore_properties(
    scratch: Scratch, plan: RestorePlan, name: str, omitted: list[Omitted] | None = None
) -> list[str]:
    """Restore properties that are in no dump, inside of an open transaction, and compare them.

    Args:
        scratch: the restored database.
        plan: with the properties.
        name: its name by now.
        omitted: gets the properties that the server refuses; if it is None, that is an error.

    Returns:
        Properties that are not as they were, as sentences.

    Raises:
        PgsopError: the server refuses a property.
    """
    wanted, guard = plan.dump.properties, scratch.guard
    refused: set[str] = set()

    def attempt(key: str, description: str, restore: Callable[[], None]) -> None:
        guard.execute("SAVEPOINT property")
        try:
            restore()
        except ServerError as error:
            if omitted is None:
                raise _refused(plan, description, error) from error
            guard.execute("ROLLBACK TO SAVEPOINT property")
            refused.add(key)
            omitted.append(Omitted("database", f"{plan.dump.name}, {description}", "", error.answer))
        guard.execute("RELEASE SAVEPOINT property")

    properties.bring_back(guard, wanted, name, attempt=attempt)
    for statement in properties.allow_connections_sql(wanted, name):
        guard.execute(statement)
    found = database_properties.read(guard, name)
    return properties.differences(wanted, found, tablespace=plan.default_tablespace, without=refused)


def _refused(plan: RestorePlan, description: str, error: ServerError) -> PgsopError:
    return PgsopError(
        attempted="restore a property of the database",
        target=f"{description}, database {plan.dump.name}",
        answer=error.answer,
        next_step=f"to restore everything else, with a list of what is left out: {plan.keep_going}",
    )


@dataclass(frozen=True)
class ReplacedDatabase:
    """A database that was replaced.

    Attributes:
        name: its new name.
        connection_limit: that it had before.
    """

    name: str
    connection_limit: int


def publish(
    scratch: Scratch, plan: RestorePlan, target: str, *, replace: bool, omitted: list[Omitted] | None = None
) -> ReplacedDatabase | None:
    """Give the restored database its name, in one transaction. Sessions in a database that it replaces are ended.

    Args:
        scratch: the restored database.
        plan: with its properties.
        target: its name.
        replace: whether a database that has this name is renamed.
        omitted: an empty list, which gets the properties that the server refuses; if it is None, that is an error.

    Returns:
        The database that was replaced; None if the name was free.

    Raises:
        PgsopError: the server refuses, or a property differs; then everything is as it was before.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _try(scratch, plan, target, replace=replace, omitted=omitted)
        except ServerError as error:
            if error.code != _IN_USE or attempt == _ATTEMPTS:
                raise PgsopError(
                    attempted="put the restored database in its place",
                    target=f"database {target}",
                    answer=f"{error.answer.rstrip('. ')}; everything is as it was before",
                    next_step="stop what is connected to it, then run it again"
                    if error.code == _IN_USE
                    else error.next_step,
                ) from error
    raise AssertionError("the last attempt returns or raises")


def _try(
    scratch: Scratch, plan: RestorePlan, target: str, *, replace: bool, omitted: list[Omitted] | None
) -> ReplacedDatabase | None:
    guard, kept = scratch.guard, None
    if omitted:
        # Of an attempt before.
        omitted.clear()
    guard.execute("BEGIN")
    try:
        live = guard.rows("SELECT datconnlimit AS limit FROM pg_database WHERE datname = %s", [target])
        if replace and live:
            kept = ReplacedDatabase(_free_name(scratch, target), live[0]["limit"])
            # A client that connects after the rename waits for the end of the transaction, and then reaches the new database.
            with _emptied(scratch.cluster, target):
                guard.execute(f"ALTER DATABASE {quote_identifier(target)} RENAME TO {quote_identifier(kept.name)}")
            guard.execute(f"ALTER DATABASE {quote_identifier(kept.name)} CONNECTION LIMIT 0")
        guard.execute(f"ALTER DATABASE {quote_identifier(scratch.name)} RENAME TO {quote_identifier(target)}")
        _verify_rename(scratch, plan, target, omitted)
        guard.execute("COMMIT")
    except BaseException:
        # Where the session is broken, the server has rolled back by itself.
        with contextlib.suppress(PgsopError):
            guard.execute("ROLLBACK")
        raise
    return kept


def _verify_rename(scratch: Scratch, plan: RestorePlan, target: str, omitted: list[Omitted] | None) -> None:
    differences = restore_properties(scratch, plan, target, omitted)
    if differences:
        raise differs(plan, differences)


def _free_name(scratch: Scratch, target: str) -> str:
    stamp = names.stamp(time.time())
    taken = {row["datname"] for row in scratch.guard.rows("SELECT datname FROM pg_database")}
    name, number = shortened(target, f"{REPLACED}{stamp}"), 1
    while name in taken:
        number += 1
        name = shortened(target, f"{REPLACED}{stamp}_{number}")
    return name


@contextlib.contextmanager
def _emptied(cluster: Cluster, database: str) -> Iterator[None]:
    """End every session in a database, again and again, as long as the block lasts."""
    over = threading.Event()
    with connect(cluster) as session:
        disable_timeouts(session)

        def work() -> None:
            with contextlib.suppress(PgsopError):
                while not over.is_set():
                    session.rows(_EVERYBODY, [database])
                    time.sleep(_PAUSE_S)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            over.set()
            worker.join()
