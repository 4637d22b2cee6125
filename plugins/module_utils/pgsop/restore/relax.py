# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that their table rejects: loaded without the table's conditions, which are added again afterwards as far as that is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..connection import Session
from ..errors import ServerError
from .omitted import Omitted

#: The table and all it inherits from, the farthest first: a condition is dropped from the table that defines it.
_FAMILY = """
WITH RECURSIVE family AS (
    SELECT %(table)s::regclass::oid AS oid, 0 AS depth
    UNION SELECT i.inhparent, f.depth + 1 FROM pg_inherits i JOIN family f ON f.oid = i.inhrelid
)
"""
_CHECKS = (
    _FAMILY
    + """
SELECT k.conrelid::regclass::text AS of, quote_ident(k.conname) AS name, pg_get_constraintdef(k.oid) AS definition
  FROM family f JOIN pg_constraint k ON k.conrelid = f.oid WHERE k.contype = 'c' AND k.conislocal ORDER BY f.depth DESC, 1, 2
"""
)
_DOMAIN_CHECKS = """
WITH RECURSIVE used AS (
    SELECT a.atttypid AS oid FROM pg_attribute a WHERE a.attrelid = %(table)s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid FROM used u JOIN pg_type t ON t.oid = u.oid CROSS JOIN LATERAL (
        SELECT t.typbasetype AS oid UNION SELECT t.typelem UNION SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
        UNION SELECT a.atttypid FROM pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) part WHERE part.oid <> 0
)
SELECT format_type(u.oid, NULL) AS of, quote_ident(k.conname) AS name, pg_get_constraintdef(k.oid) AS definition
  FROM used u JOIN pg_constraint k ON k.contypid = u.oid WHERE k.contype = 'c' ORDER BY 1, 2
"""
_GENERATED = (
    _FAMILY
    + """
SELECT DISTINCT ON (a.attname) a.attrelid::regclass::text AS of, quote_ident(a.attname) AS name, a.attnotnull AS required,
       format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS definition
  FROM family f JOIN pg_attribute a ON a.attrelid = f.oid JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attgenerated = 's' AND NOT a.attisdropped ORDER BY a.attname, f.depth DESC
"""
)
#: From version 18 on such a condition is a constraint, which a child cannot drop. A partition never could.
_NOT_NULL = """
SELECT c.oid::regclass::text AS of, quote_ident(a.attname) AS name
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.oid = %(table)s::regclass AND NOT c.relispartition AND current_setting('server_version_num')::int < 180000
   AND a.attnum > 0 AND a.attnotnull AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.attisdropped
   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
 ORDER BY a.attnum
"""
_NOT_SUPPORTED = "0A000"


@dataclass(frozen=True)
class Relaxed:
    """Conditions that were dropped for the time of loading.

    Attributes:
        session: of a superuser in the database.
        again: statements that add them again, by kind and name.
        omitted: those that cannot be added again.
    """

    session: Session
    again: dict[str, Omitted] = field(default_factory=dict)
    omitted: list[Omitted] = field(default_factory=list)

    def load(self, table: str, attempt: Callable[[], str], answer: str) -> str:
        """Load the rows of a table that rejected them.

        First without checks, then without NOT NULL, then without expressions of generated columns.

        Args:
            table: its name, quoted if needed.
            attempt: loads them, and returns the server's error, or an empty text.
            answer: the server's error before.

        Returns:
            The server's last error; empty if the rows are loaded.
        """
        if self.again or self.omitted:
            # The condition may have been one that another table has too: of a domain, a parent or a sibling.
            answer = attempt()
        for relax in (self._drop_checks, self._drop_not_null, self._drop_expressions):
            if answer and relax(table):
                answer = attempt()
        return answer

    def add_again(self, search_path: str) -> None:
        """Add the conditions again, once all rows are loaded; those that the server refuses are omitted.

        Args:
            search_path: of the database, for names in the conditions.
        """
        with self.session.verbatim():
            self.session.rows("SELECT set_config('search_path', %s, false)", [search_path])
        for condition in self.again.values():
            try:
                self.session.execute(condition.statement)
            except ServerError as error:
                self.omitted.append(self._refused(condition, error))
        self.session.execute("SET search_path TO pg_catalog")

    def _refused(self, condition: Omitted, error: ServerError) -> Omitted:
        if error.code != _NOT_SUPPORTED:
            return replace(condition, message=error.answer)
        # Whatever the rows are: the server does not check a domain's values in arrays and in composite types.
        self.session.execute(f"{condition.statement} NOT VALID")
        return replace(
            condition, statement="", message="it is there and not validated: arrays or composite types use the domain"
        )

    def _drop_checks(self, table: str) -> bool:
        found = list(self._checks(table, _DOMAIN_CHECKS, "DOMAIN")) + list(self._checks(table, _CHECKS, "TABLE"))
        for drop, condition in found:
            self.session.execute(drop)
            self.again.setdefault(condition.statement, condition)
        return bool(found)

    def _checks(self, table: str, query: str, of: str) -> Iterator[tuple[str, Omitted]]:
        kind = "constraint" if of == "TABLE" else "domain constraint"
        for row in self.session.rows(query, {"table": table}):
            add = f"ALTER {of} {row['of']} ADD CONSTRAINT {row['name']} {row['definition']}"
            drop = f"ALTER {of} {row['of']} DROP CONSTRAINT IF EXISTS {row['name']}"
            yield drop, Omitted(kind, f"{row['of']}.{row['name']}", add, "")

    def _drop_not_null(self, table: str) -> bool:
        """Drop NOT NULL. A child that allowed nulls has the condition of its parent in the dump, up to version 17."""
        rows = self.session.rows(_NOT_NULL, {"table": table})
        for row in rows:
            column = f"ALTER TABLE {row['of']} ALTER COLUMN {row['name']}"
            again = f"{column} SET NOT NULL"
            self.session.execute(f"{column} DROP NOT NULL")
            self.again.setdefault(again, Omitted("not null", f"{row['of']}.{row['name']}", again, ""))
        return bool(rows)

    def _drop_expressions(self, table: str) -> bool:
        """Their values are lost: the column stays, without values and without its expression."""
        rows = self.session.rows(_GENERATED, {"table": table})
        for row in rows:
            column = f"ALTER TABLE {row['of']} ALTER COLUMN {row['name']}"
            self.session.execute(f"{column} DROP EXPRESSION")
            if row["required"]:
                self.session.execute(f"{column} DROP NOT NULL")
            generated = f"{row['name']} {row['type']} GENERATED ALWAYS AS ({row['definition']}) STORED"
            required = " NOT NULL" if row["required"] else ""
            statement = f"ALTER TABLE {row['of']} DROP COLUMN {row['name']}, ADD COLUMN {generated}{required}"
            message = (
                "the server rejected rows while it computed this column; the column is empty and no longer generated. The"
                " statement also drops indexes, constraints and privileges of the column: create them again from the dump"
            )
            self.omitted.append(Omitted("generated column", f"{row['of']}.{row['name']}", statement, message))
        return bool(rows)
