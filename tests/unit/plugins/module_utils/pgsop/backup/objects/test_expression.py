# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions as they are compared: as stored, and as the server prints them after it has read them back."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.expression import canonical

#: Printed by servers 13 and 18, before and after.
SAME = (
    # a minus and a number
    ("CHECK ((a > (- 1)))", "CHECK ((a > '-1'::integer))"),
    ("(- 0.5)", "'-0.5'::numeric"),
    ("(- (- 1))", "1"),
    ("(- (- (- 0.50)))", "'-0.50'::numeric"),
    ("(- 0)", "0"),
    ("(- 0.0)", "0.0"),
    ("((- 1))::double precision", "('-1'::integer)::double precision"),
    ("((- 0.5))::numeric(5,2)", "'-0.5'::numeric(5,2)"),
    ("((- 0.0))::numeric(5,2)", "0.0::numeric(5,2)"),
    ("((- 1))::numeric(5,2)", "('-1'::integer)::numeric(5,2)"),
    ("pg_typeof((- 1))", "pg_typeof('-1'::integer)"),
    ("t.ia[(- 1)]", "t.ia['-1'::integer]"),
    ("a integer DEFAULT (- 1), b text", "a integer DEFAULT '-1'::integer, b text"),
    ("VALUES ((- 1),'a'::text)", "VALUES ('-1'::integer,'a'::text)"),
    # a cast of ARRAY[]
    (
        "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
    ),
    ("(ARRAY[s, 1])::numeric(5,2)[]", "ARRAY[(s)::numeric(5,2), (1)::numeric(5,2)]"),
    ("(ARRAY['a'::character varying])::character varying(3)[]", "ARRAY['a'::character varying(3)]"),
    ("(ARRAY['1 day'::interval])::interval day[]", "ARRAY['1 day'::interval day]"),
    ("(ARRAY[1.5, (- 1.5)])::numeric(3,1)[]", "ARRAY[1.5::numeric(3,1), '-1.5'::numeric(3,1)]"),
    ("(ARRAY[(ts)::timestamp(3) without time zone])::text[]", "ARRAY[((ts)::timestamp(3) without time zone)::text]"),
    ("((ARRAY[v])::text[])::character varying[]", "ARRAY[((v)::text)::character varying]"),
    ("ARRAY[(ARRAY[n])::numeric(4,2)[]]", "ARRAY[ARRAY[(n)::numeric(4,2)]]"),
    ("(ARRAY[ARRAY[a], ARRAY[b]])::bigint[]", "ARRAY[ARRAY[(a)::bigint], ARRAY[(b)::bigint]]"),
    ("(ARRAY[va])::text[]", "ARRAY[(va)::text[]]"),
    ('((ARRAY[v])::text[] COLLATE "C")', '(ARRAY[(v)::text] COLLATE "C")'),
    # AND in AND, OR in OR
    ("(((a >= 1) AND (a <= 2)) AND b)", "((a >= 1) AND (a <= 2) AND b)"),
    ("(((a < 1) OR (a > 2)) OR (b AND c))", "((a < 1) OR (a > 2) OR (b AND c))"),
    ("(a AND (b AND c))", "(a AND b AND c)"),
    ("((((a AND b) AND c) AND d) AND e)", "(a AND b AND c AND d AND e)"),
    # names of columns without one
    ("(EXISTS ( SELECT 'x'::text FROM z))", "(EXISTS ( SELECT 'x'::text AS text FROM z))"),
    ("( SELECT (- 1))", "( SELECT '-1'::integer AS int4)"),
    ("( SELECT '1'::numeric, 2 UNION SELECT 3, 4)", "( SELECT '1'::numeric AS \"numeric\", 2 UNION SELECT 3, 4)"),
    ("( SELECT ( SELECT 'a'::text FROM z LIMIT 1))", "( SELECT ( SELECT 'a'::text AS text FROM z LIMIT 1) AS text)"),
    ("( SELECT ('a'::text COLLATE s.\"C\"))", "( SELECT ('a'::text COLLATE s.\"C\") AS text)"),
    ("SELECT 'a'::character varying(3)", "SELECT 'a'::character varying(3) AS \"varchar\""),
    ("SELECT '1 day'::interval day to second(3)", "SELECT '1 day'::interval day to second(3) AS \"interval\""),
    ("SELECT NULL::timestamp(3) without time zone", 'SELECT NULL::timestamp(3) without time zone AS "timestamp"'),
    ("SELECT '{1}'::integer[]", "SELECT '{1}'::integer[] AS int4"),
    ("SELECT 'a'::public.\"My Type\"", 'SELECT \'a\'::public."My Type" AS "My Type"'),
    # columns that a type got later
    ("SELECT a FROM public.f(1) f(a, b)", "SELECT a FROM public.f(1) f(a, b, c)"),
    ("FROM (f() x(a, b) JOIN f() y(a, b) USING (a))", "FROM (f() x(a, b, c) JOIN f() y(a, b, c) USING (a))"),
    ("SELECT n FROM f() WITH ORDINALITY g(n)", "SELECT n FROM f() WITH ORDINALITY g(n, ordinality)"),
    # blanks
    ("SELECT a,\n    b\n   FROM t;", "SELECT a, b FROM t;"),
)
DIFFERENT = (
    ("(- 1)", "(- 2)"),
    ("(- 1)", "'-1'::bigint"),
    ("(- 0.5)", "'-0.50'::numeric"),
    ("(- '1'::bigint)", "'-1'::bigint"),
    ("(- '-1'::integer)", "1"),
    ("(- a)", "a"),
    ("(+ 1)", "1"),
    ("(OPERATOR(public.-) 1)", "(- 1)"),
    ("(a - 1)", "(a + 1)"),
    ("a - (b - c)", "(a - b) - c"),
    ("(a)::text", "a"),
    ("(a)::text", "(a)::character varying"),
    ("(a)::numeric(5,2)", "(a)::numeric(5,1)"),
    ("'1'::integer", "'1'::bigint"),
    ("(ARRAY[a, b])::text[]", "ARRAY[a, b]"),
    ("(ARRAY[a, b])::text[]", "(ARRAY[a, b])::character varying[]"),
    ("ARRAY[(a)::text, b]", "(ARRAY[a, b])::text[]"),
    ("(ARRAY( SELECT 1))::bigint[]", "ARRAY( SELECT (1)::bigint)"),
    ("((a OR b) AND c)", "(a OR b AND c)"),
    ("((NOT a) AND b)", "(a AND b)"),
    ("SELECT 'a'::text AS name", "SELECT 'a'::text"),
    ("SELECT a.b AS text", "SELECT a.b"),
    ("SELECT 'a'::text AS \"?column?\"", "SELECT 'a'::text AS text"),
    ("USING btree (a) INCLUDE (b, c)", "USING btree (a) INCLUDE (b)"),
    ("SELECT a FROM f() f(a, b)", "SELECT a FROM f() f(b, a)"),
    ("SELECT q.a FROM ( SELECT 1, 2) q(a, b)", "SELECT q.a FROM ( SELECT 1, 2) q(a, c)"),
    ("SELECT a FROM f() AS f(a integer, b text)", "SELECT a FROM f() AS f(a integer, b integer)"),
    ("WHERE (a = ANY (b)) OR (c)", "WHERE (a = ANY (b)) OR (d)"),
    ("'(- 1)'", "'''-1''::integer'"),
    ("'a::text'", "'a'"),
    ("'a  b'", "'a b'"),
    ("'it''s'", "'its'"),
    (r"E'a\'b::text'", r"E'a\'b'"),
    ('"A b"', '"A  b"'),
    ('"(- 1)"', "\"'-1'::integer\""),
    ("a < b", "a > b"),
    ("a <= b", "a < = b"),
    ("a.b", "a"),
    ("$1", "$2"),
)


@pytest.mark.parametrize(("stored", "read_back"), SAME)
def test_what_the_server_reads_back_is_the_same(stored: str, read_back: str) -> None:
    assert canonical(stored) == canonical(read_back)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_expression_is_another(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("text", ["", "(", ")", "a)", "(a]", "'", '"', "AS", "x AS", "ARRAY[", "(ARRAY[])::text[]"])
def test_no_text_is_an_error(text: str) -> None:
    assert isinstance(canonical(text), str)


def test_depth_is_no_limit() -> None:
    depth = 20_000
    text = "(" * depth + "a" + " || b)" * depth
    assert canonical(text).count("||") == depth
