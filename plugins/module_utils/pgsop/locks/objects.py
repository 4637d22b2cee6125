# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of locks, in words; names of tables are known only in their own database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from ..migrations.keys import joined
from ..migrations.registry import owner_of_lock
from ..session_options import reader_options
from .read import Lock

#: By OIDs of a database and a relation in it, its name.
Names = Mapping[tuple[int, int], str]

_NAMES = """
SELECT c.oid::bigint AS oid, format('%%I.%%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = ANY (%s::oid[])
"""
_BIG_KEY = 1


def names_of(
    locks: Iterable[Lock], databases: Mapping[int, str], cluster: Cluster, *, session: Session, database: str, dsn: str
) -> Names:
    """Return the names of the relations that locks are on.

    A database that cannot be read, or no longer exists, gives no names.

    Args:
        locks: all that are reported.
        databases: names by OID.
        cluster: of the server.
        session: on one of the databases.
        database: its name.
        dsn: connection string of another role than the cluster's owner; empty for the owner.

    Returns:
        (OID of the database, OID of the relation) -> qualified name; the first is 0 for shared catalogs.
    """
    wanted: dict[int, set[int]] = {}
    for lock in locks:
        for oid in (lock.relation, lock.classid if lock.kind == "object" else None):
            if oid:
                wanted.setdefault(lock.database, set()).add(oid)
    names: dict[tuple[int, int], str] = {}
    for oid, relations in wanted.items():
        # What belongs to no database is in the catalogue of each.
        name = databases.get(oid, "" if oid else database)
        rows = _read(relations, name, session if name == database else None, cluster, dsn)
        names.update({(oid, relation): found for relation, found in rows})
    return names


def _read(relations: set[int], name: str, session: Session | None, cluster: Cluster, dsn: str) -> list[tuple[int, str]]:
    try:
        if session is not None:
            return _asked(session, relations)
        with connect(cluster, name, reader_options(), dsn=dsn) as own:
            return _asked(own, relations)
    except PgsopError:
        return []


def _asked(session: Session, relations: set[int]) -> list[tuple[int, str]]:
    return [(row["oid"], row["name"]) for row in session.rows(_NAMES, [sorted(relations)])]


def described(lock: Lock, names: Names, databases: Mapping[int, str]) -> str:
    """Return the object of a lock in words, such as a table or a row.

    Args:
        lock: held or requested.
        names: of relations, as far as they are known.
        databases: names by OID.
    """
    database = databases.get(lock.database, "")

    def relation(oid: object) -> str:
        found = names.get((lock.database, int(str(oid or 0))))
        return found or f"relation {oid}{f' of database {database}' if database else ''}"

    kinds: Mapping[str, Callable[[], str]] = {
        "relation": lambda: relation(lock.relation),
        "extend": lambda: f"extension of {relation(lock.relation)}",
        "page": lambda: f"page {lock.page} of {relation(lock.relation)}",
        "tuple": lambda: f"row ({lock.page},{lock.tuple_number}) of {relation(lock.relation)}",
        "transactionid": lambda: f"transaction {lock.transaction}",
        "virtualxid": lambda: f"snapshot of transaction {lock.virtualxid}",
        "object": lambda: f"object {lock.objid} of {relation(lock.classid)}",
        "advisory": lambda: advisory(database, lock.classid or 0, lock.objid or 0, lock.objsubid or 0),
    }
    return kinds.get(lock.kind, lambda: lock.kind)()


def advisory(database: str, classid: int, objid: int, objsubid: int) -> str:
    """Return an advisory lock in words: its number as it was given, and the migration tool that uses it, if known.

    Args:
        database: its name.
        classid: as in pg_locks.
        objid: as in pg_locks.
        objsubid: as in pg_locks; 1 for a lock with one 64-bit number.
    """
    number = str(joined(classid, objid)) if objsubid == _BIG_KEY else f"({classid}, {objid})"
    tool = owner_of_lock(database, classid, objid, objsubid)
    return f"advisory lock {number}{f' of {tool}' if tool else ''}"
