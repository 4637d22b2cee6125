# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries for relations and what hangs on them; for the abbreviations see abbreviations.py."""

from __future__ import annotations

_TABLE = """SELECT c.name AS identity, pg_get_userbyid(c.relowner) AS owner, c.relpersistence AS persistence, c.relrowsecurity AS security,
    c.relforcerowsecurity AS forced, ARRAY(SELECT unnest(c.reloptions)) AS options,
    ARRAY(SELECT unnest(t.reloptions)) AS toast_options, pg_get_partkeydef(c.oid) AS x_key,
    pg_get_expr(c.relpartbound, c.oid) AS x_bound,
    ARRAY(SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS o_parents,
    c.relreplident AS replica, (SELECT amname FROM pg_am a WHERE a.oid = c.relam) AS method, c.relispopulated AS populated,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS x_definition,
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
    (SELECT concat_ws(' ', s.srvname, @options(f.ftoptions)) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
     WHERE f.ftrelid = c.oid) AS server, @acl(r, c.relacl, c.relowner) AS privileges, @comment(pg_class, c.oid) AS comment
FROM @dumped c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relkind = '?'"""

#: That a partition's column is an identity is its parent's doing, and is lost below the second level (17).
#: A child of another table begins with the parent's columns when it is created again, so only others have an order of their own. Servers of versions
#: 15.20 and 17.12 note pg_attver for columns of views and composite types, by themselves and each time another; pg_dump leaves it out.
_COLUMN = """SELECT format('%s.%I', c.name, a.attname) AS identity, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
    pg_get_expr(d.adbin, d.adrelid) AS x_default, a.attgenerated AS generated, CASE WHEN NOT c.relispartition THEN a.attidentity END AS identity_kind,
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation, a.attstorage AS storage,
    nullif([[14 a.attcompression::text]], '') AS compression, coalesce(a.attstattarget, -1) AS target,
    ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o !~ '^pg_attver=') AS options, a.attfdwoptions::text[] AS foreign_options,
    CASE WHEN a.attacl IS NOT NULL THEN @acl(c, a.attacl, c.relowner) ELSE '{}' END AS privileges,
    @comment(pg_class, c.oid, a.attnum) AS comment,
    CASE WHEN i.inhrelid IS NULL THEN row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) END AS position
FROM @dumped c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN (SELECT DISTINCT inhrelid FROM pg_inherits) i ON i.inhrelid = c.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'S'"""

#: References of partitions, and to partitions, are made by the server, with names of its choice; NOT NULL is a column's. What a child inherits as
#: not validated may have been validated there, which is not dumped.
_CONSTRAINT = """SELECT format('%s.%I', c.name, k.conname) AS identity,
    regexp_replace(pg_get_constraintdef(k.oid), CASE WHEN k.coninhcount = 0 THEN '^$' ELSE ' NOT VALID$' END, '') AS x_definition,
    CASE WHEN k.coninhcount = 0 THEN k.convalidated END AS valid, @comment(pg_constraint, k.oid) AS comment
FROM @dumped c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE k.contype NOT IN ('n', 't') AND NOT (k.contype = 'f' AND k.conparentid <> 0)"""

#: One that a CREATE INDEX CONCURRENTLY left behind is not dumped.
_INDEX = """SELECT format('%I.%I', n.nspname, x.relname) AS identity, pg_get_indexdef(i.indexrelid) AS x_definition, i.indisvalid AS valid,
    i.indisclustered AS clustered, i.indisreplident AS replica, ARRAY(SELECT unnest(x.reloptions)) AS options,
    ARRAY(SELECT a.attnum || ' ' || a.attstattarget FROM pg_attribute a
          WHERE a.attrelid = x.oid AND coalesce(a.attstattarget, -1) >= 0 ORDER BY a.attnum) AS targets,
    (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = x.oid) AS parent, @comment(pg_class, x.oid) AS comment
FROM @dumped c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = x.relnamespace WHERE i.indisvalid OR c.relkind = 'p'"""

_SEQUENCE = """SELECT c.name AS identity, pg_get_userbyid(c.relowner) AS owner, c.relpersistence AS persistence,
    format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, s.seqmax AS highest, s.seqmin AS lowest,
    s.seqcache AS cache, s.seqcycle AS cycle,
    (SELECT format('%s %s.%I', d.deptype, d.refobjid::regclass, a.attname)
     FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass
       AND d.deptype IN ('a', 'i')) AS owned_by,
    @acl(s, c.relacl, c.relowner) AS privileges, @comment(pg_class, c.oid) AS comment
FROM @dumped c JOIN pg_sequence s ON s.seqrelid = c.oid"""

_TRIGGER = """SELECT format('%s.%I', c.name, t.tgname) AS identity, pg_get_triggerdef(t.oid) AS x_definition, t.tgenabled AS enabled,
    t.tgparentid <> 0 AS inherited, @comment(pg_trigger, t.oid) AS comment
FROM @dumped c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal"""

_RULE = """SELECT format('%s.%I', c.name, r.rulename) AS identity, pg_get_ruledef(r.oid) AS x_definition, r.ev_enabled AS enabled,
    @comment(pg_rewrite, r.oid) AS comment
FROM @dumped c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN' OR c.relkind NOT IN ('v', 'm')"""

#: Those on tables of extensions are dumped, too; one for roles that do not exist cannot be restored, and applies to no session.
_POLICY = """SELECT format('%I.%I.%I', n.nspname, c.relname, p.polname) AS identity, p.polcmd AS command, p.polpermissive AS permissive,
    ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(r)) END FROM unnest(p.polroles) r
        WHERE r = 0 OR r IN (SELECT oid FROM pg_authid)) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS x_using, pg_get_expr(p.polwithcheck, p.polrelid) AS x_check,
    @comment(pg_policy, p.oid) AS comment
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't'
  AND EXISTS (SELECT FROM unnest(p.polroles) r WHERE r = 0 OR r IN (SELECT oid FROM pg_authid))"""

_STATISTICS = """SELECT format('%I.%I', n.nspname, s.stxname) AS identity, @statistics(s) AS x_definition,
    pg_get_userbyid(s.stxowner) AS owner, coalesce(s.stxstattarget, -1) AS target, @comment(pg_statistic_ext, s.oid) AS comment
FROM @dumped c JOIN pg_statistic_ext s ON s.stxrelid = c.oid JOIN pg_namespace n ON n.oid = s.stxnamespace"""

#: Of its own kind, because a restore may have to do without.
_TABLESPACE = """SELECT c.oid::regclass::text AS identity, s.spcname AS tablespace
FROM pg_class c JOIN pg_tablespace s ON s.oid = c.reltablespace JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND n.nspname !~ '^pg_' AND c.relpersistence <> 't' AND NOT @member(pg_class, c.oid)"""

_KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view", "f": "foreign table"}

#: Since which major version, kind, query.
RELATIONS = (
    *((13, kind, _TABLE.replace("?", letter)) for letter, kind in _KINDS.items()),
    (13, "column", _COLUMN),
    (13, "constraint", _CONSTRAINT),
    (13, "index", _INDEX),
    (13, "sequence", _SEQUENCE),
    (13, "trigger", _TRIGGER),
    (13, "rule", _RULE),
    (13, "policy", _POLICY),
    (13, "statistics", _STATISTICS),
    (13, "tablespace", _TABLESPACE),
)
