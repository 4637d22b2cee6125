# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries for types, routines and operators; for the abbreviations see abbreviations.py."""

from __future__ import annotations

#: Neither arrays nor multiranges, which come with their type, nor the row types of relations.
_TYPE = """SELECT format('%I.%I', n.nspname, t.typname) AS identity, t.typtype AS kind, t.typcategory AS category, t.typispreferred AS preferred,
    pg_get_userbyid(t.typowner) AS owner, CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
    t.typnotnull AS required, pg_get_expr(t.typdefaultbin, 0) AS x_default,
    CASE WHEN t.typdefaultbin IS NULL THEN t.typdefault END AS default_text,
    CASE WHEN t.typcollation <> 0 THEN t.typcollation::regcollation::text END AS collation,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS o_labels,
    CASE WHEN t.typtype = 'b' THEN concat_ws(' ', t.typlen, t.typbyval, t.typdelim, t.typalign, t.typstorage, t.typinput, t.typoutput,
        t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, [[14 t.typsubscript]], t.typelem::regtype) END AS functions,
    (SELECT concat_ws(' ', r.rngsubtype::regtype, r.rngcollation::regcollation, r.rngcanonical, r.rngsubdiff, o.opcnamespace::regnamespace,
        quote_ident(o.opcname), [[14 r.rngmultitypid::regtype]])
     FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc WHERE r.rngtypid = t.oid) AS range,
    @acl(T, t.typacl, t.typowner) AS privileges, @comment(pg_type, t.oid) AS comment,
    CASE WHEN t.typtype = 'c' THEN @comment(pg_class, t.typrelid) END AS more_comment
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE @ours(n) AND t.typtype <> 'm' AND (c.oid IS NULL OR c.relkind = 'c') AND NOT @member(pg_type, t.oid)
  AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)"""

_DOMAIN_CONSTRAINT = """SELECT format('%I.%I.%I', n.nspname, t.typname, k.conname) AS identity, pg_get_constraintdef(k.oid) AS x_definition,
    k.convalidated AS valid, @comment(pg_constraint, k.oid) AS comment
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE @ours(n) AND k.contype <> 'n' AND NOT @member(pg_type, t.oid)"""

_ROUTINE = """SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity, p.prokind AS kind,
    pg_get_function_arguments(p.oid) AS x_arguments, pg_get_function_result(p.oid) AS result, l.lanname AS language, p.prosrc AS source,
    p.probin AS library, [[14 pg_get_function_sqlbody(p.oid)]] AS x_body, p.provolatile AS volatility, p.proparallel AS parallel,
    p.proisstrict AS strict, p.prosecdef AS definer, p.proleakproof AS leakproof, p.procost AS cost, p.prorows AS rows,
    p.prosupport::text AS support, ARRAY(SELECT unnest(p.proconfig)) AS settings,
    ARRAY(SELECT format_type(t, NULL) FROM unnest(p.protrftypes) t) AS transforms,
    (SELECT concat_ws(' ', a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
        a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify, a.aggmfinalmodify,
        a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype, a.aggmtransspace,
        quote_nullable(a.agginitval), quote_nullable(a.aggminitval)) FROM pg_aggregate a WHERE a.aggfnoid = p.oid) AS aggregate,
    pg_get_userbyid(p.proowner) AS owner, @acl(f, p.proacl, p.proowner) AS privileges, @comment(pg_proc, p.oid) AS comment
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE @ours(n) AND NOT @member(pg_proc, p.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')"""

_OPERATOR = """SELECT o.oid::regoperator::text AS identity, pg_get_userbyid(o.oprowner) AS owner, o.oprkind AS kind, o.oprcanmerge AS merges,
    o.oprcanhash AS hashes, o.oprcode::text AS function, o.oprcom::regoperator::text AS commutator, o.oprnegate::regoperator::text AS negator,
    o.oprrest::text AS restriction, o.oprjoin::text AS join_estimate, @comment(pg_operator, o.oid) AS comment
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE @ours(n) AND o.oprcode <> 0 AND NOT @member(pg_operator, o.oid)"""

_FAMILY = """SELECT format('%I.%I using %I', n.nspname, f.opfname, a.amname) AS identity, pg_get_userbyid(f.opfowner) AS owner,
    @family(f.oid), @comment(pg_opfamily, f.oid) AS comment
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod
WHERE @ours(n) AND NOT @member(pg_opfamily, f.oid)"""

_CLASS = """SELECT format('%I.%I using %I', n.nspname, c.opcname, a.amname) AS identity, pg_get_userbyid(c.opcowner) AS owner,
    c.opcdefault AS is_default, c.opcintype::regtype::text AS type, c.opckeytype::regtype::text AS stored, f.opfname AS family,
    f.opfnamespace::regnamespace::text AS family_schema, @comment(pg_opclass, c.oid) AS comment
FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
JOIN pg_opfamily f ON f.oid = c.opcfamily WHERE @ours(n) AND NOT @member(pg_opclass, c.oid)"""

_CAST = """SELECT format('%s as %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS identity,
    nullif(c.castfunc, 0)::regprocedure::text AS function, c.castcontext AS context, c.castmethod AS method, @comment(pg_cast, c.oid) AS comment
FROM pg_cast c WHERE c.oid >= 16384 AND NOT @member(pg_cast, c.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')"""

_LANGUAGE = """SELECT quote_ident(l.lanname) AS identity, pg_get_userbyid(l.lanowner) AS owner, l.lanpltrusted AS trusted,
    nullif(l.lanplcallfoid, 0)::regprocedure::text AS handler, nullif(l.laninline, 0)::regprocedure::text AS inline_handler,
    nullif(l.lanvalidator, 0)::regprocedure::text AS validator, @acl(l, l.lanacl, l.lanowner) AS privileges,
    @comment(pg_language, l.oid) AS comment
FROM pg_language l WHERE l.lanispl AND NOT @member(pg_language, l.oid)"""

_TRANSFORM = """SELECT format('%s for %I', format_type(t.trftype, NULL), l.lanname) AS identity,
    nullif(t.trffromsql, 0)::regprocedure::text AS from_sql, nullif(t.trftosql, 0)::regprocedure::text AS to_sql
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= 16384 AND NOT @member(pg_transform, t.oid)"""

_METHOD = """SELECT quote_ident(a.amname) AS identity, a.amhandler::text AS handler, a.amtype AS type, @comment(pg_am, a.oid) AS comment
FROM pg_am a WHERE a.oid >= 16384 AND NOT @member(pg_am, a.oid)"""

#: Since which major version, kind, query.
CODE = (
    (13, "type", _TYPE),
    (13, "domain constraint", _DOMAIN_CONSTRAINT),
    (13, "routine", _ROUTINE),
    (13, "operator", _OPERATOR),
    (13, "operator family", _FAMILY),
    (13, "operator class", _CLASS),
    (13, "cast", _CAST),
    (13, "language", _LANGUAGE),
    (13, "transform", _TRANSFORM),
    (13, "access method", _METHOD),
)
