# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All obstacles of the connected database."""

from __future__ import annotations

from typing import Callable, Sequence, Tuple

from ...connection import Session
from .dangling_roles import search as dangling_roles
from .obstacle import Obstacle

#: Each reads catalogs only: no function of an application is called, and no row of a table is read.
_SEARCHES: Sequence[Callable[[Session], Sequence[Obstacle]]] = (dangling_roles,)


def find(session: Session) -> Tuple[Obstacle, ...]:
    """Everything that is known to keep the dump of this database from being restored as a whole.

    Args:
        session: of a superuser in the database, in the snapshot that is dumped.
    """
    return tuple(obstacle for search in _SEARCHES for obstacle in search(session))
