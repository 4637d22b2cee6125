# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a schema that do not work as expected."""

from __future__ import annotations

from collections.abc import Iterator

from ..check import DATABASE, Measured, check
from ..context import DatabaseContext

# Since 18 there are constraints that are not to be enforced at all; those are no unfinished work.
_NOT_VALIDATED = """
SELECT format('%I.%I', n.nspname, coalesce(c.relname, t.typname)) AS name, k.conname::text AS constraint_name
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
 WHERE NOT k.convalidated AND k.conparentid = 0
   AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
 ORDER BY 1, 2
"""
_UNLOGGED = """
SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'u'
 ORDER BY 1
"""
# A foreign key has four triggers of its own, two on each side.
_DISABLED = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, t.tgisinternal AS internal,
       coalesce(k.conname, t.tgname)::text AS trigger_name
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint AND t.tgisinternal
 WHERE t.tgenabled = 'D'
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3
"""
_EXTENSIONS = """
SELECT e.extname::text AS name, e.extversion AS installed, a.default_version AS available
  FROM pg_catalog.pg_extension e
  LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = e.extname
 WHERE e.extversion IS DISTINCT FROM a.default_version
 ORDER BY 1
"""


@check(
    "constraints.not_validated",
    sop="7",
    title="constraints that are not validated",
    scope=DATABASE,
    threshold_on_count=True,
)
def not_validated(here: DatabaseContext) -> Iterator[Measured]:
    """Yield constraints that hold for new rows only (NOT VALID), without thresholds: half of a migration is missing."""
    for row in here.session.rows(_NOT_VALIDATED):
        message = f"constraint {row['constraint_name']} on {row['name']} of {here.name} was never validated for the rows before it"
        yield Measured(f"{row['name']}.{row['constraint_name']}", None, message)


@check("tables.unlogged", sop="4", title="unlogged tables", scope=DATABASE, threshold_on_count=True)
def unlogged(here: DatabaseContext) -> Iterator[Measured]:
    """Yield unlogged tables, which a crash empties. Without thresholds: they are chosen on purpose."""
    for row in here.session.rows(_UNLOGGED):
        yield Measured(row["name"], None, f"table {row['name']} of {here.name} is unlogged: a crash empties it")


@check(
    "triggers.disabled",
    sop="4",
    title="disabled triggers",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    ok_message="no trigger is disabled",
    hint="switch it on again with ALTER TABLE ... ENABLE TRIGGER ..., or drop it; what came in meanwhile was not checked",
)
def disabled(here: DatabaseContext) -> Iterator[Measured]:
    """Yield disabled triggers, those of foreign keys too; DISABLE TRIGGER ALL and broken restores leave them."""
    for row in here.session.rows(_DISABLED):
        if row["internal"]:
            message = f"foreign key {row['trigger_name']} is not enforced on {row['name']} of {here.name}: its triggers are disabled"
        else:
            message = f"trigger {row['trigger_name']} on {row['name']} of {here.name} is disabled"
        yield Measured(f"{row['name']}.{row['trigger_name']}", None, message)


@check(
    "extensions.outdated",
    sop="4",
    title="outdated extensions",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    ok_message="every extension has the version that the packages bring",
    hint="run ALTER EXTENSION ... UPDATE in that database, as its owner, after reading its release notes",
)
def outdated(here: DatabaseContext) -> Iterator[Measured]:
    """Yield extensions with another version than the default of their packages, or without files on the host."""
    for row in here.session.rows(_EXTENSIONS):
        if row["available"] is None:
            message = f"extension {row['name']} of {here.name} has no files on this host any more: install the package it came with"
        else:
            message = (
                f"extension {row['name']} of {here.name} is at {row['installed']}, its package at {row['available']}"
            )
        yield Measured(row["name"], None, message)
