# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that an extension's script inserts and that a dump has again, so that the restore meets duplicate keys."""

from __future__ import annotations

from collections.abc import Sequence

from ...connection import Session
from .obstacle import Obstacle

#: Tables of extensions (extconfig) of which a dump has all rows, with a unique key. Rows of the script are those of the transaction that made the
#: table a member of the extension, written before the last member became one: what the same transaction wrote afterwards is a user's.
_TABLES = """
SELECT e.extname AS extension, e.extversion AS version, c.relname AS table, c.oid::regclass::text AS name, d.xmin::text AS transaction,
       (SELECT max(m.cmin::text::bigint) FROM pg_depend m
         WHERE m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid AND m.deptype = 'e' AND m.xmin = d.xmin) AS last_command
  FROM pg_extension e CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS k(relation, condition)
  JOIN pg_class c ON c.oid = k.relation AND c.relkind = 'r'
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
 WHERE k.condition = '' AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid)
 ORDER BY 1, 4
"""
_ROWS = "SELECT EXISTS (SELECT FROM ONLY {table} WHERE xmin::text = %(transaction)s AND cmin::text::bigint < %(last_command)s)"
#: Extensions and tables for which no transaction shows it: after pg_upgrade all members of an extension are of a new transaction. PoWA 5.0.1 and
#: 5.0.2 insert their modules and leave the condition of these tables empty.
_KNOWN = {("powa", "powa_module_config"), ("powa", "powa_module_functions")}


def extension_rows(session: Session) -> Sequence[Obstacle]:
    """Return extensions with a table of which a restore inserts rows twice: by the extension's script, then from the dump."""
    tables: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    for row in session.rows(_TABLES):
        known = (row["extension"], row["table"]) in _KNOWN
        if known or session.value(_ROWS.format(table=row["name"].replace("%", "%%")), row):
            tables.setdefault(row["extension"], []).append(row["name"])
            versions[row["extension"]] = row["version"]
    return [_obstacle(extension, versions[extension], found) for extension, found in tables.items()]


def _obstacle(extension: str, version: str, tables: Sequence[str]) -> Obstacle:
    return Obstacle(
        kind="extension",
        name=extension,
        message=(
            f"version {version} of extension {extension} inserts rows into {', '.join(tables)} when it is created, and a dump has them again:"
            " a restore fails with duplicate keys"
        ),
        hint=f"keep {extension} in a database of its own, or restore this database with: pgsop restore --keep-going",
    )
