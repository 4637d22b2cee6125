# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables that autovacuum does not reach: dead rows that stay, and a planner that guesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..check import DATABASE, HiddenError, Measured, check
from ..context import DatabaseContext

# A table's storage parameters override the server's settings; TOAST without any goes by those of its table.
# The formula is that of relation_needs_vacanalyze() in autovacuum.c; since 18 it has an upper limit, and new rows count against the part of the
# table that is not frozen. 19 shows the same ratios in pg_stat_autovacuum_scores, multiplied by weights, so a test compares them. The questions in
# brackets are asked of the few that are left: joins would go through the whole catalogue.
_DUE = """
, named AS MATERIALIZED (
  SELECT counted.*,
         CASE WHEN relkind <> 't' THEN oid ELSE (
           SELECT d.refobjid FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = counted.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' LIMIT 1
         ) END AS owner
    FROM counted
), seen AS MATERIALIZED (
  SELECT named.*, greatest(reltuples, 0)::float8 AS tuples, (
           SELECT jsonb_object_agg(o.option_name, o.option_value)
             FROM pg_options_to_table(coalesce(named.reloptions, (SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = named.owner))) o
         ) AS options, (
           SELECT format('%%I.%%I', n.nspname, c.relname)
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = named.owner
         ) AS name
    FROM named
), server AS MATERIALIZED (
  SELECT current_setting('autovacuum_vacuum_threshold')::float8 AS base, current_setting('autovacuum_vacuum_scale_factor')::float8 AS scale,
         current_setting('autovacuum_vacuum_max_threshold', true)::float8 AS most,
         current_setting('autovacuum_vacuum_insert_threshold')::float8 AS insert_base,
         current_setting('autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
         current_setting('autovacuum_analyze_threshold')::float8 AS analyze_base,
         current_setting('autovacuum_analyze_scale_factor')::float8 AS analyze_scale
), due AS MATERIALIZED (
  SELECT seen.*, relkind = 't' AS toast, coalesce((options ->> 'autovacuum_enabled')::boolean, true) AS enabled,
         least(coalesce((options ->> 'autovacuum_vacuum_threshold')::float8, base)
           + coalesce((options ->> 'autovacuum_vacuum_scale_factor')::float8, scale) * tuples,
           nullif(coalesce((options ->> 'autovacuum_vacuum_max_threshold')::float8, most), -1)) AS dead_due,
         nullif(coalesce((options ->> 'autovacuum_vacuum_insert_threshold')::float8, insert_base), -1)
           + coalesce((options ->> 'autovacuum_vacuum_insert_scale_factor')::float8, insert_scale) * tuples * unfrozen AS insert_due,
         coalesce((options ->> 'autovacuum_analyze_threshold')::float8, analyze_base)
           + coalesce((options ->> 'autovacuum_analyze_scale_factor')::float8, analyze_scale) * tuples AS analyze_due
    FROM seen, server
)
"""

# Fewer rows than these never matter, whatever the storage parameters are.
_CHANGED = """
WITH counted AS MATERIALIZED (
  SELECT oid, relkind, reltuples, reloptions, {unfrozen} AS unfrozen, pg_stat_get_dead_tuples(oid)::float8 AS dead,
         pg_stat_get_ins_since_vacuum(oid)::float8 AS inserted,
         extract(epoch FROM now() - greatest(pg_stat_get_last_autovacuum_time(oid), pg_stat_get_last_vacuum_time(oid)))::float8 AS since
    FROM pg_catalog.pg_class
   WHERE relkind IN ('r', 'm', 't') AND relpersistence <> 't'
     AND (pg_stat_get_dead_tuples(oid) >= 20 OR pg_stat_get_ins_since_vacuum(oid) >= 100)
)
"""
#: The part of a table that is not frozen; pages are counted as such since 18.
_FROZEN_SINCE = 18
_UNFROZEN = "CASE WHEN relpages > 0 THEN 1 - least(relallfrozen, relpages)::float8 / relpages ELSE 1 END"
_OVERDUE = """
SELECT oid::bigint AS oid, name, toast, dead, dead_due, inserted, insert_due, dead > 2 * dead_due AS by_dead, enabled, since
  FROM due
 WHERE (dead > 2 * dead_due OR inserted > 2 * insert_due)
   AND coalesce(since > %s, true)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum p WHERE p.relid = due.oid AND p.datname = current_database())
 ORDER BY dead DESC, inserted DESC, 1
"""

# The order in which autovacuum takes the tables of a database.
_QUEUE = """
SELECT queue.* FROM (
  SELECT relid::bigint AS oid, score, rank() OVER (ORDER BY score DESC) AS place, count(*) OVER () AS length
    FROM pg_catalog.pg_stat_autovacuum_scores
   WHERE do_vacuum OR do_analyze
) queue
 WHERE oid = ANY (%s)
"""
_QUEUE_SINCE = 19

# Counters are reset by a crash and by pg_upgrade; then only the scans of a table show how many rows it has, if anything does.
_BIG = """
WITH counted AS MATERIALIZED (
  SELECT oid, relkind, reltuples, reloptions, 1 AS unfrozen, pg_stat_get_mod_since_analyze(oid)::float8 AS modified,
         extract(epoch FROM now() - greatest(pg_stat_get_last_autoanalyze_time(oid), pg_stat_get_last_analyze_time(oid)))::float8 AS since
    FROM pg_catalog.pg_class
   WHERE relkind IN ('r', 'm') AND relpersistence <> 't'
     AND relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
     AND (pg_stat_get_mod_since_analyze(oid) >= %(rows)s OR reltuples >= %(rows)s OR pg_stat_get_live_tuples(oid) >= %(rows)s
          OR pg_stat_get_tuples_returned(oid) >= %(rows)s * greatest(pg_stat_get_numscans(oid), 1))
)
"""
_STALE = """
, late AS (
  SELECT due.*, modified > 2 * analyze_due AND modified >= %(rows)s AS changed FROM due
)
SELECT oid::bigint AS oid, name, modified, analyze_due, changed, since
  FROM late
 WHERE CASE WHEN changed THEN coalesce(since > %(seconds)s, true) ELSE since IS NULL END
 ORDER BY modified DESC, 2
"""
_MAY_READ = "SELECT has_table_privilege('pg_catalog.pg_statistic'::regclass::oid, 'SELECT')"
_WITHOUT = """
SELECT oid::bigint AS oid
  FROM unnest(%s::oid[]) AS o(oid)
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_statistic s WHERE s.starelid = o.oid)
"""
#: So many of the tables that were never vacuumed are remembered.
_REMEMBERED = 100


@check(
    "vacuum.overdue",
    sop="4",
    title="tables overdue for vacuum",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    extra_limits={"since_s": 86400, "never_s": 1800},
    ok_message="autovacuum gets to every table",
    hint="run VACUUM (VERBOSE) on it and read what it says; then look at vacuum.horizon, and whether autovacuum has workers and cost enough",
)
def overdue(here: DatabaseContext) -> Iterator[Measured]:
    """Yield tables with twice as many dead or new rows as trigger autovacuum, and no vacuum for since_s (a day).

    A table that was never vacuumed may be new, and the catalogue does not record when it was created. So it counts if it was as overdue
    in a run never_s (half an hour) ago: by then autovacuum has come, if it can.
    """
    _need_counters(here)
    limits = here.limits["vacuum.overdue"]
    changed = _CHANGED.format(unfrozen=_UNFROZEN if here.version >= _FROZEN_SINCE else "1")
    rows = here.session.rows(f"{changed}{_DUE}{_OVERDUE}", [limits["since_s"]])
    queue = _queue(here, [row["oid"] for row in rows])
    for row in rows:
        row["queue"] = queue.get(row["oid"], "")
        if row["since"] is not None:
            yield _late(here, row, f"was last vacuumed {row['since'] / 3600:.0f} h ago")
    never = {row["name"]: row for row in rows if row["since"] is None}
    if never:
        now = here.server.host.now
        remembered = list(never)[:_REMEMBERED]
        window = here.server.window(f"vacuum.overdue {here.name}", dict.fromkeys(remembered, now), "never")
        for name in remembered:
            if window.grown[name] >= (limits["never_s"] or 0):
                yield _late(here, never[name], "was never vacuumed")


def _queue(here: DatabaseContext, tables: list[int]) -> dict[int, str]:
    """Return the place of tables in autovacuum's order, as the end of a sentence, by OID; since 19."""
    if not tables or here.version < _QUEUE_SINCE:
        return {}
    return {
        row[
            "oid"
        ]: f"; autovacuum has it in place {row['place']} of {row['length']}, with a score of {row['score']:.1f}"
        for row in here.session.rows(_QUEUE, [tables])
    }


def _late(here: DatabaseContext, row: dict[str, Any], when: str) -> Measured:
    of = "the TOAST of table" if row["toast"] else "table"
    rows = (
        f"{row['dead']:.0f} dead rows, and {row['dead_due']:.0f} call autovacuum"
        if row["by_dead"]
        else f"{row['inserted']:.0f} new rows, and {row['insert_due']:.0f} call autovacuum"
    )
    off = "" if row["enabled"] else ", which its storage parameters have switched off"
    return Measured(row["name"], None, f"{of} {row['name']} of {here.name} {when}; it has {rows}{off}{row['queue']}")


@check(
    "vacuum.statistics",
    sop="6",
    title="tables without good statistics",
    scope=DATABASE,
    threshold_on_count=True,
    warn=0,
    extra_limits={"least_rows": 10000, "since_s": 3600},
    ok_message="the planner has statistics of every table that needs some",
    hint="run 'vacuumdb --analyze-in-stages DATABASE', as after each restore and upgrade",
)
def statistics(here: DatabaseContext) -> Iterator[Measured]:
    """Yield tables of at least least_rows rows with bad statistics.

    They were never analysed, or twice as many rows as trigger autovacuum have changed since an ANALYZE older than since_s.
    """
    _need_counters(here)
    limits = here.limits["vacuum.statistics"]
    rows = here.session.rows(f"{_BIG}{_DUE}{_STALE}", {"rows": limits["least_rows"], "seconds": limits["since_s"]})
    for row in rows:
        if row["changed"]:
            when = (
                "was never analysed" if row["since"] is None else f"was last analysed {row['since'] / 3600:.0f} h ago"
            )
            changes = f"{row['modified']:.0f} rows have changed, and {row['analyze_due']:.0f} call autovacuum"
            yield Measured(row["name"], None, f"table {row['name']} of {here.name} {when}; {changes}")
    yield from _without(here, [row for row in rows if not row["changed"]])


def _without(here: DatabaseContext, suspects: list[dict[str, Any]]) -> Iterator[Measured]:
    """Yield those without any statistics; that there was no ANALYZE may only mean that the counters were reset."""
    if not suspects:
        return
    if not here.session.value(_MAY_READ):
        raise HiddenError(f"whether there are statistics of {len(suspects)} tables may only be seen by superusers")
    bare = {row["oid"] for row in here.session.rows(_WITHOUT, [[row["oid"] for row in suspects]])}
    for row in suspects:
        if row["oid"] in bare:
            yield Measured(row["name"], None, f"table {row['name']} of {here.name} has rows and no statistics")


def _need_counters(here: DatabaseContext) -> None:
    if not here.session.value("SELECT current_setting('track_counts')::boolean"):
        raise HiddenError("track_counts is off, so nobody counts what changes in tables")
