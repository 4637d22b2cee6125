# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries for collations, conversions and text search; for the abbreviations see abbreviations.py."""

from __future__ import annotations

#: Not its version: that is of the library the restored one will be used with.
_COLLATION = """SELECT format('%I.%I', n.nspname, c.collname) AS identity, pg_get_userbyid(c.collowner) AS owner, c.collprovider AS provider,
    c.collisdeterministic AS deterministic, c.collencoding AS encoding, c.collcollate AS collate, c.collctype AS ctype,
    to_jsonb(c) ->> 'colliculocale' AS icu_locale, to_jsonb(c) ->> 'colllocale' AS locale, [[16 c.collicurules]] AS rules,
    @comment(pg_collation, c.oid) AS comment
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE @ours(n) AND NOT @member(pg_collation, c.oid)"""

_CONVERSION = """SELECT format('%I.%I', n.nspname, c.conname) AS identity, pg_get_userbyid(c.conowner) AS owner,
    pg_encoding_to_char(c.conforencoding) AS source, pg_encoding_to_char(c.contoencoding) AS target, c.conproc::text AS function,
    c.condefault AS is_default, @comment(pg_conversion, c.oid) AS comment
FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE @ours(n) AND NOT @member(pg_conversion, c.oid)"""

_CONFIGURATION = """SELECT format('%I.%I', n.nspname, c.cfgname) AS identity, pg_get_userbyid(c.cfgowner) AS owner,
    (SELECT format('%s.%I', p.prsnamespace::regnamespace, p.prsname) FROM pg_ts_parser p WHERE p.oid = c.cfgparser) AS parser,
    ARRAY(SELECT concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary) FROM pg_ts_config_map m
          WHERE m.mapcfg = c.oid ORDER BY m.maptokentype, m.mapseqno) AS o_mappings, @comment(pg_ts_config, c.oid) AS comment
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE @ours(n) AND NOT @member(pg_ts_config, c.oid)"""

_DICTIONARY = """SELECT format('%I.%I', n.nspname, d.dictname) AS identity, pg_get_userbyid(d.dictowner) AS owner, d.dictinitoption AS options,
    (SELECT format('%s.%I', t.tmplnamespace::regnamespace, t.tmplname) FROM pg_ts_template t WHERE t.oid = d.dicttemplate) AS template,
    @comment(pg_ts_dict, d.oid) AS comment
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace WHERE @ours(n) AND NOT @member(pg_ts_dict, d.oid)"""

_PARSER = """SELECT format('%I.%I', n.nspname, p.prsname) AS identity, p.prsstart::text AS start, p.prstoken::text AS token, p.prsend::text AS final,
    p.prsheadline::text AS headline, p.prslextype::text AS types, @comment(pg_ts_parser, p.oid) AS comment
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE @ours(n) AND NOT @member(pg_ts_parser, p.oid)"""

_TEMPLATE = """SELECT format('%I.%I', n.nspname, t.tmplname) AS identity, t.tmplinit::text AS init, t.tmpllexize::text AS lexize,
    @comment(pg_ts_template, t.oid) AS comment
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE @ours(n) AND NOT @member(pg_ts_template, t.oid)"""

#: Since which major version, kind, query.
SEARCH = (
    (13, "collation", _COLLATION),
    (13, "conversion", _CONVERSION),
    (13, "text search configuration", _CONFIGURATION),
    (13, "text search dictionary", _DICTIONARY),
    (13, "text search parser", _PARSER),
    (13, "text search template", _TEMPLATE),
)
