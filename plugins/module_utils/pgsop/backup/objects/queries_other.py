# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries for schemas, extensions, privileges, large objects and objects outside of schemas; for the abbreviations see abbreviations.py."""

from __future__ import annotations

_SCHEMA = """SELECT quote_ident(n.nspname) AS identity, pg_get_userbyid(n.nspowner) AS owner, @acl(n, n.nspacl, n.nspowner) AS privileges,
    @comment(pg_namespace, n.oid) AS comment FROM pg_namespace n WHERE @ours(n) AND NOT @member(pg_namespace, n.oid)"""

#: Neither who owns it, which is not dumped, nor its version: a restore makes the one that is installed.
_EXTENSION = """SELECT quote_ident(e.extname) AS identity, e.extnamespace::regnamespace::text AS schema,
    CASE WHEN e.oid >= 16384 THEN @comment(pg_extension, e.oid) END AS comment FROM pg_extension e"""

_EVENT_TRIGGER = """SELECT quote_ident(t.evtname) AS identity, t.evtevent AS event, pg_get_userbyid(t.evtowner) AS owner,
    t.evtfoid::regprocedure::text AS function, t.evtenabled AS enabled, ARRAY(SELECT unnest(t.evttags)) AS tags,
    @comment(pg_event_trigger, t.oid) AS comment
FROM pg_event_trigger t WHERE NOT @member(pg_event_trigger, t.oid)"""

_DEFAULTS = """SELECT format('%I %s %s', pg_get_userbyid(d.defaclrole), coalesce(nullif(d.defaclnamespace, 0)::regnamespace::text, '-'),
    d.defaclobjtype) AS identity, @acl(r, d.defaclacl, d.defaclrole) AS privileges
FROM pg_default_acl d WHERE NOT @dangling(d.defaclacl) OR @acl(r, d.defaclacl, d.defaclrole) <> '{}'"""

_PUBLICATION = """SELECT quote_ident(p.pubname) AS identity, pg_get_userbyid(p.pubowner) AS owner, p.puballtables AS all_tables,
    concat_ws(' ', p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot) AS actions, to_jsonb(p) ->> 'pubgencols' AS generated,
    ARRAY(SELECT concat_ws(' ', r.prrelid::regclass, [[15 pg_get_expr(r.prqual, r.prrelid)]],
        [[15 (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a
              WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))]])
        FROM pg_publication_rel r WHERE r.prpubid = p.oid) AS x_tables,
    [[15 ARRAY(SELECT s.pnnspid::regnamespace::text FROM pg_publication_namespace s WHERE s.pnpubid = p.oid)]] AS schemas,
    @comment(pg_publication, p.oid) AS comment
FROM pg_publication p WHERE NOT @member(pg_publication, p.oid)"""

_WRAPPER = """SELECT quote_ident(w.fdwname) AS identity, pg_get_userbyid(w.fdwowner) AS owner, nullif(w.fdwhandler, 0)::regproc::text AS handler,
    nullif(w.fdwvalidator, 0)::regproc::text AS validator, w.fdwoptions::text[] AS options, @acl(F, w.fdwacl, w.fdwowner) AS privileges,
    @comment(pg_foreign_data_wrapper, w.oid) AS comment
FROM pg_foreign_data_wrapper w WHERE NOT @member(pg_foreign_data_wrapper, w.oid)"""

_SERVER = """SELECT quote_ident(s.srvname) AS identity, pg_get_userbyid(s.srvowner) AS owner, w.fdwname AS wrapper, s.srvtype AS type,
    s.srvversion AS version, s.srvoptions::text[] AS options, @acl(S, s.srvacl, s.srvowner) AS privileges,
    @comment(pg_foreign_server, s.oid) AS comment
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE NOT @member(pg_foreign_server, s.oid)"""

_MAPPING = """SELECT format('%s on %I', CASE m.umuser WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(m.umuser)) END, s.srvname) AS identity,
    m.umoptions::text[] AS options FROM pg_user_mapping m JOIN pg_foreign_server s ON s.oid = m.umserver
WHERE m.umuser = 0 OR m.umuser IN (SELECT oid FROM pg_authid)"""

#: By the thousand: there may be millions of them.
_LARGE_OBJECTS = """SELECT format('%s to %s', l.oid::bigint / 1000 * 1000, l.oid::bigint / 1000 * 1000 + 999) AS identity,
    string_agg(concat_ws(' ', l.oid, quote_ident(pg_get_userbyid(l.lomowner)), @sorted_acl(L, l.lomacl, l.lomowner),
        quote_nullable(@comment(pg_largeobject, l.oid))), ',' ORDER BY l.oid) AS each
FROM pg_largeobject_metadata l GROUP BY l.oid::bigint / 1000"""

_LABEL = """SELECT format('%s by %s', pg_describe_object(l.classoid, l.objoid, l.objsubid), l.provider) AS identity, l.label
FROM pg_seclabel l"""

#: Of what came with the system or an extension a dump has the privileges only, and those only where they are not the first ones any more.
_CHANGED = """SELECT i.type || ' ' || i.identity || CASE WHEN o.subid <> 0 THEN ' ' || o.subid ELSE '' END AS identity,
    @acl(c, o.acl, o.owner) AS privileges
FROM (
    SELECT 'pg_proc'::regclass AS class, p.oid, 0 AS subid, p.proowner AS owner, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl,
        coalesce(@initial(pg_proc, p.oid), acldefault('f', p.proowner)) AS initial
    FROM pg_proc p WHERE p.proacl IS NOT NULL AND (p.pronamespace = 'pg_catalog'::regnamespace OR @member(pg_proc, p.oid))
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, c.relowner, c.relacl, @initial(pg_class, c.oid)
    FROM pg_class c WHERE c.relacl IS NOT NULL
      AND (c.relnamespace = 'pg_catalog'::regnamespace OR @member(pg_class, c.oid))
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum, c.relowner, a.attacl, @initial(pg_class, c.oid, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL
      AND (c.relnamespace = 'pg_catalog'::regnamespace OR @member(pg_class, c.oid))
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, n.nspowner, n.nspacl, @initial(pg_namespace, n.oid)
    FROM pg_namespace n WHERE n.nspacl IS NOT NULL AND (n.nspname = 'pg_catalog' OR @member(pg_namespace, n.oid))
) o, pg_identify_object(o.class, o.oid, 0) i
WHERE (o.initial IS NULL OR NOT (o.acl @> o.initial AND o.initial @> o.acl))
  AND NOT (coalesce(@dangling(o.initial), false) AND @acl(c, o.acl, o.owner) @> @acl(c, o.initial, o.owner)
           AND @acl(c, o.initial, o.owner) @> @acl(c, o.acl, o.owner))"""

#: Since which major version, kind, query.
OTHER = (
    (13, "schema", _SCHEMA),
    (13, "extension", _EXTENSION),
    (13, "event trigger", _EVENT_TRIGGER),
    (13, "default privileges", _DEFAULTS),
    (13, "publication", _PUBLICATION),
    (13, "foreign data wrapper", _WRAPPER),
    (13, "foreign server", _SERVER),
    (13, "user mapping", _MAPPING),
    (13, "large objects", _LARGE_OBJECTS),
    (13, "security label", _LABEL),
    (13, "privileges", _CHANGED),
)
