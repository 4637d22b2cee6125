# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create a database, and drop it again if it could not be completed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError, ServerError
from ..sql import quote_identifier, quote_literal
from .converge import STATEMENT_TIMEOUT, with_statement
from .desired import DesiredDatabase
from .statement import Statement


def create_database(desired: DesiredDatabase) -> Statement:
    """Return the CREATE DATABASE statement of a declared database, with CONNECTION LIMIT 0.

    CREATE DATABASE cannot be part of a transaction, so the limit keeps all but superusers out until the transaction
    that grants and revokes has raised it. A killed run leaves a database with limit 0, which the next run completes
    like any other difference. The encoding of a database from template0 is UTF8 by default.
    """
    words = [f"CREATE DATABASE {quote_identifier(desired.name)} TEMPLATE {desired.template}"]
    if desired.encoding or desired.template == "template0":
        words.append(f"ENCODING {quote_literal(desired.encoding or 'UTF8')}")
    if desired.locale:
        words.append(f"LOCALE {quote_literal(desired.locale)}")
    return Statement(" ".join([*words, "CONNECTION LIMIT 0"]))


class NewDatabases:
    """Databases created in this run, until each is complete."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._incomplete: dict[str, Statement] = {}

    def make(self, wants: Sequence[DesiredDatabase]) -> list[Statement]:
        """Create the databases, empty and with CONNECTION LIMIT 0.

        Returns:
            The statements that were run.

        Raises:
            PgsopError: the server refuses one.
        """
        with connect(self._cluster) as session:
            session.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
            return [self._make(session, desired) for desired in wants]

    def complete(self, name: str) -> None:
        """Keep the database even if a later step of the run fails."""
        self._incomplete.pop(name, None)

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        """Drop the databases that are not complete if the block fails.

        Raises:
            PgsopError: the block's error, with the fate of the new databases in its answer.
        """
        try:
            yield
        except PgsopError as error:
            raise PgsopError(
                attempted=error.attempted,
                target=error.target,
                answer=error.answer.rstrip(". ") + self._undo(),
                next_step=error.next_step,
            ) from error
        except BaseException:
            self._undo()
            raise

    def _make(self, session: Session, desired: DesiredDatabase) -> Statement:
        statement = create_database(desired)
        try:
            session.execute(statement.sql)
        except ServerError as error:
            raise with_statement(error, self._cluster, "the cluster", statement) from error
        self._incomplete[desired.name] = statement
        return statement

    def _undo(self) -> str:
        if not self._incomplete:
            return ""
        names = ", ".join(sorted(self._incomplete))
        try:
            with connect(self._cluster) as session:
                session.execute("SET statement_timeout = 0")
                for name in sorted(self._incomplete):
                    session.execute(f"DROP DATABASE IF EXISTS {quote_identifier(name)}")
        except PgsopError as error:
            return f"; new and not complete, closed to everybody, to be completed by the next run: {names} ({error.answer})"
        return f"; what was new and not complete was dropped again: {names}"
