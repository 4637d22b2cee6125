# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that a database without connections depends on: only a session in that database can change this."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from ..cluster import Cluster
from ..dsn import conninfo
from ..errors import PgsopError
from ..sql import quote_identifier
from .actual import ClusterState, DatabaseInfo, Dependency
from .invalid import remedy


def refuse_closed(cluster: Cluster, role: str, dependencies: Sequence[Dependency], state: ClusterState) -> None:
    """Refuse to drop a role that a closed database still depends on, forced or not.

    Args:
        cluster: the cluster, for the commands of the next step.
        role: the role to drop.
        dependencies: what the role owns or is granted.
        state: all databases, and the administrator.

    Raises:
        PgsopError: the role depends on one; the next step has the commands that open
            each such database, take the role out of it and close it again.
    """
    closed = {row.database: state.databases[row.database] for row in dependencies if row.database in state.databases}
    closed = {name: info for name, info in closed.items() if not info.open}
    if not closed:
        return
    rows = [row for row in dependencies if row.database in closed]
    things = [
        f"{'owns' if row.owns else 'is granted'} {row.count} in {row.catalogue} of {row.database}" for row in rows
    ]
    steps = "; ".join(_commands(cluster, role, info, state.administrator) for _name, info in sorted(closed.items()))
    raise PgsopError(
        attempted="drop a role",
        target=f"role {role}",
        answer=f"it {', '.join(things)}, and {' and '.join(sorted(closed))} accepts no connections",
        next_step=f"run this on the host, which gives what it owns there to {state.administrator}, and then run again: {steps}",
    )


def _commands(cluster: Cluster, role: str, info: DatabaseInfo, heir: str) -> str:
    """Return the commands; the last one closes the database again, whatever became of the one before it."""
    name = quote_identifier(info.name)
    if info.invalid:
        return _psql(cluster, "postgres", remedy(info.name))
    own, gets = quote_identifier(role), quote_identifier(heir)
    opened = _psql(cluster, "postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    changed = _psql(cluster, info.name, f"REASSIGN OWNED BY {own} TO {gets}", f"DROP OWNED BY {own}")
    closed = _psql(cluster, "postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    return f"{opened} && {changed}; {closed}"


def _psql(cluster: Cluster, database: str, *statements: str) -> str:
    words = [
        "sudo",
        "-u",
        cluster.owner,
        "psql",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        cluster.socket_directory,
        "-p",
        str(cluster.port),
    ]
    # psql takes another name with a = or with :// in it for a connection string.
    words += ["-d", database if re.fullmatch(r"\w[\w.-]*", database) else conninfo(dbname=database)]
    return shlex.join([*words, *(word for statement in statements for word in ("-c", statement))])
