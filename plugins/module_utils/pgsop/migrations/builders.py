# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that change definitions: a sign of a migration that holds for every tool, also for unknown ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..activity.sessions import Backend
from ..connection import Session

# Applications do these in their daily work, too: temporary tables, partitions, refreshed views, maintenance.
_DDL = re.compile(
    r"(?:/\*.*?\*/\s*)*"
    r"(?:create(?!\s+(?:local\s+|global\s+)?temp|\s+(?:\w+\s+)*table\s[^(]*\spartition\s+of\s)"
    r"|alter|drop|truncate|comment\s+on|grant|revoke)\b",
    re.IGNORECASE | re.DOTALL,
)
# These create relations, too, and put them in the place of the old ones.
_REWRITE = re.compile(r"(?:/\*.*?\*/\s*)*(?:vacuum|cluster|repack|refresh)\b", re.IGNORECASE | re.DOTALL)
#: Applications that create what a dump has; that is no migration.
_RESTORES = ("pg_restore", "pgsop")

# A transaction holds an AccessExclusiveLock on each relation that it creates, and no other transaction sees the relation before it ends. A command that
# names a new relation holds AccessShareLock on the schema too. Up to 18, VACUUM FULL, CLUSTER and REFRESH, which also create relations, do not lock it.
# 19 locks all that a new object depends on, so these lock the schema, and the row type of each new table has AccessShareLock. At their end the new table
# is dropped with the old contents, which takes AccessExclusiveLock on its row type: such types are not of tables that stay.
# Of a temporary table, the schema is the session's own: pg_temp_N, or not visible either before the first transaction that uses it ends.
# CREATE TABLE ... PARTITION OF and ATTACH PARTITION lock the partitioned table as well.
_CREATORS = """
SELECT l.pid
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
  LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = l.objid AND l.classid = 'pg_catalog.pg_namespace'::regclass
  LEFT JOIN pg_catalog.pg_type t ON t.oid = l.objid AND l.classid = 'pg_catalog.pg_type'::regclass
 WHERE l.locktype IN ('relation', 'object') AND l.granted AND l.pid <> pg_backend_pid()
 GROUP BY l.pid
HAVING bool_or(l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND c.oid IS NULL)
   AND coalesce(bool_or(n.nspname !~ '^pg_'), false)
   AND NOT coalesce(
         array_agg(l.objid) FILTER (WHERE l.classid = 'pg_catalog.pg_type'::regclass AND l.mode = 'AccessShareLock' AND t.oid IS NULL)
         <@ array_agg(l.objid) FILTER (WHERE l.classid = 'pg_catalog.pg_type'::regclass AND l.mode = 'AccessExclusiveLock'), false)
   AND NOT coalesce(bool_or(c.relkind = 'p' AND l.mode IN ('AccessExclusiveLock', 'ShareUpdateExclusiveLock')), false)
"""


def changes_definitions(backend: Backend) -> bool:
    """Return whether a session changes definitions, or did so in its open transaction.

    Only its last statement is checked; see :func:`creators` for the ones before. Temporary objects, partitions and
    maintenance do not count.
    """
    at_work = backend.state == "active" or (backend.state or "").startswith("idle in transaction")
    return at_work and backend.application not in _RESTORES and bool(_DDL.match(backend.query))


def creators(session: Session, clients: Mapping[int, Backend]) -> set[int]:
    """Return the sessions of this database that have created relations in their open transaction.

    Temporary relations and partitions do not count, and neither does a restore or a command that rewrites a table or view.

    Args:
        session: on the database.
        clients: its sessions by process.
    """
    found = {row["pid"] for row in session.rows(_CREATORS)} & clients.keys()
    return {pid for pid in found if clients[pid].application not in _RESTORES and not _rewrites(clients[pid])}


def _rewrites(backend: Backend) -> bool:
    return backend.state == "active" and bool(_REWRITE.match(backend.query))
