# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sort orders that an upgrade of the system's libraries changed under the indexes."""

from __future__ import annotations

from collections.abc import Iterator

from ...finding import CRITICAL
from ..check import DATABASE, Measured, check
from ..context import DatabaseContext

# Users of a collation depend on it; to read the version of the many hundred others would be slow. C and POSIX have no version.
_COLLATIONS = """
WITH used AS MATERIALIZED (
  SELECT DISTINCT refobjid FROM pg_catalog.pg_depend WHERE refclassid = 'pg_collation'::regclass AND deptype = 'n'
), changed AS MATERIALIZED (
  SELECT c.oid, format('%I.%I', n.nspname, c.collname) AS name, c.collversion AS recorded, pg_collation_actual_version(c.oid) AS actual
    FROM used u
    JOIN pg_catalog.pg_collation c ON c.oid = u.refobjid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
   WHERE c.collversion IS NOT NULL AND c.collversion IS DISTINCT FROM pg_catalog.pg_collation_actual_version(c.oid)
)
SELECT name, recorded, actual, (
         SELECT count(*) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
           JOIN pg_catalog.pg_am m ON m.oid = i.relam
          WHERE m.amname = 'btree' AND i.relkind = 'i' AND changed.oid = ANY (x.indcollation::oid[])
       ) AS indexes
  FROM changed
 ORDER BY 1
"""

#: Since when the server records the version of the collation of a database.
DATABASE_SINCE = 15

# Templates are not examined themselves, but no database can be created from one with a wrong version.
_DATABASES = """
WITH changed AS MATERIALIZED (
  SELECT datname::text AS name, datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual
    FROM pg_catalog.pg_database
   WHERE (datname = current_database() OR (datistemplate AND %s))
     AND datcollversion IS NOT NULL AND datcollversion IS DISTINCT FROM pg_catalog.pg_database_collation_actual_version(oid)
)
SELECT name, recorded, actual, CASE WHEN name = current_database() THEN (
         SELECT count(*) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
           JOIN pg_catalog.pg_am m ON m.oid = i.relam
          WHERE m.amname = 'btree' AND i.relkind = 'i' AND 'pg_catalog."default"'::regcollation::oid = ANY (x.indcollation::oid[])
       ) ELSE 0 END AS indexes
  FROM changed
 ORDER BY 1
"""


@check(
    "collations.mismatch",
    sop="4",
    title="collations of another version",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    hint="find what uses it with pg_amcheck, REINDEX it, and only then run ALTER COLLATION ... REFRESH VERSION",
)
def mismatch(here: DatabaseContext) -> Iterator[Measured]:
    """Yield collations of another version than at the time of their creation; CRITICAL if a btree index is sorted by it.

    After an upgrade of the C library or ICU text sorts otherwise than in the indexes: rows are not found, and duplicates come in.
    Until 14 the server records the version of the collations that columns name, but not of the database's own.
    """
    for row in here.session.rows(_COLLATIONS):
        message = f"collation {row['name']} of {here.name} was of version {row['recorded']} when it was made and is of {row['actual']} now"
        yield Measured(row["name"], None, *_verdict(message, row["indexes"]))
    if here.version >= DATABASE_SINCE:
        for row in here.session.rows(_DATABASES, [here.name == here.config.database]):
            message = f"database {row['name']} was made with version {row['recorded']} of its collation, which is {row['actual']} now"
            hint = "REINDEX DATABASE ..., and only then run ALTER DATABASE ... REFRESH COLLATION VERSION"
            yield Measured(f"database {row['name']}", None, *_verdict(message, row["indexes"]), hint=hint)


def _verdict(message: str, indexes: int) -> tuple[str, str]:
    if not indexes:
        return message, ""
    return f"{message}; {indexes} indexes are sorted by it", CRITICAL
