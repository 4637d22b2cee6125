# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All obstacles of the connected database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...connection import Session
from ...errors import ServerError
from .dangling_roles import search as dangling_roles
from .extension_rows import extension_rows
from .null_values import null_values
from .obstacle import Obstacle
from .orphan_rows import orphan_rows
from .reads_tables import reads_tables
from .unqualified_names import unqualified_names

#: Each calls no function of an application.
_SEARCHES: Sequence[Callable[[Session], Sequence[Obstacle]]] = (
    dangling_roles,
    unqualified_names,
    reads_tables,
    extension_rows,
    orphan_rows,
    null_values,
)
#: Class of errors about names and privileges: what the planner answers.
_PLANNING = "42"


def find_obstacles(session: Session) -> tuple[Obstacle, ...]:
    """Return all known obstacles to a restore of the connected database as a whole.

    No search calls a function of an application.

    Args:
        session: of a superuser in the database, in the snapshot that is dumped.
    """
    return tuple(obstacle for search in _SEARCHES for obstacle in _found(session, search))


def _found(session: Session, search: Callable[[Session], Sequence[Obstacle]]) -> Sequence[Obstacle]:
    """Return the obstacles of one search, in a savepoint, so that the snapshot survives an error.

    A query about rows cannot be planned if an index of their table needs a search path. The search for such functions reports that.
    """
    session.execute("SAVEPOINT search")
    try:
        found = search(session)
    except ServerError as error:
        if not (error.code or "").startswith(_PLANNING):
            raise
        session.execute("ROLLBACK TO SAVEPOINT search")
        return ()
    session.execute("RELEASE SAVEPOINT search")
    return found
