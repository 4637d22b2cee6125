# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names count at the places where SQL needs one of an object, and nowhere else."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.body_names import names_in
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.sql_text import tokens

_KINDS = {
    "relation": "r",
    "function": "f",
    "type": "t",
    "operator": "o",
    "text search configuration": "c",
    "text search dictionary": "d",
}


def found(body: str, *, plpgsql: bool = False, operators: bool = False) -> list[str]:
    """Names with the first letter of their kind; without operators, which are in most bodies."""
    names = names_in(tokens(body), plpgsql=plpgsql, known={"argument"})
    texts = [f"{_KINDS[each.kind]}:{each.schema}{'.' if each.schema else ''}{each.name}" for each in names]
    return [text for text in texts if operators or not text.startswith("o:")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("SELECT a, b FROM t, u x JOIN s.v ON a = b, w", ["r:t", "r:u", "r:s.v", "r:w"]),
        ("SELECT 1 FROM (t JOIN u USING (a)), ONLY (v), ONLY w", ["r:t", "r:u", "r:v", "r:w"]),
        ("SELECT 1 FROM (SELECT a, b FROM t) x, (VALUES (1)) v(b)", ["r:t"]),
        ("SELECT 1 FROM f(1) AS g(a), LATERAL h(a), ROWS FROM (i(1), j(2)) k", ["f:f", "f:h", "f:i", "f:j"]),
        ("WITH q AS (SELECT 1), r(a) AS MATERIALIZED (SELECT 2) SELECT 1 FROM q, r, t", ["r:t"]),
        ("WITH RECURSIVE q(a, b) AS (SELECT 1 UNION SELECT a FROM q) SELECT 1 FROM q", []),
        ("SELECT extract(year FROM a), substring(b FROM 1), trim(both FROM c)", []),
        ("SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM t", ["r:t"]),
        ("INSERT INTO t (a, b) VALUES (f(1), 2)", ["r:t", "f:f"]),
        ("UPDATE t SET a = b FROM u WHERE c", ["r:t", "r:u"]),
        ("DELETE FROM t WHERE a IN (SELECT b FROM u)", ["r:t", "r:u"]),
        ("SELECT 1 FROM t FOR UPDATE OF t", ["r:t"]),
        ("SELECT a::t, CAST(b AS u), c::s.v[], point '1,1', d::int", ["t:t", "t:u", "t:s.v", "t:point"]),
        ("SELECT now() AT TIME ZONE 'UTC'", ["f:now"]),
        ("SELECT left(a, 1), coalesce(b, c), greatest(1, 2)", ["f:left"]),
        (
            "SELECT to_tsvector('ours', a), to_tsvector('text'), unaccent('d', a)",
            ["f:to_tsvector", "c:ours", "f:to_tsvector", "f:unaccent", "d:d"],
        ),
        ("SELECT nextval('s'), 'r'::regclass, 'A b'::regclass", ["f:nextval", "r:s", "r:r", "t:regclass"]),
        ('SELECT "F"(1), s."G"(2)', ["f:F", "f:s.G"]),
    ],
)
def test_names_in_sql(body: str, expected: list[str]) -> None:
    assert found(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("DECLARE v t; w CONSTANT int := f(1); BEGIN RETURN v; END", ["t:t", "f:f"]),
        (
            "DECLARE a t%ROWTYPE; b u.c%TYPE; c a.x%TYPE; d argument.x%TYPE; e b%TYPE; f s.v.c%TYPE; BEGIN END",
            ["r:t", "r:u", "r:s.v"],
        ),
        ("DECLARE c CURSOR FOR SELECT 1 FROM t; BEGIN FETCH FROM c; END", ["r:t"]),
        ("BEGIN SELECT 1 INTO v FROM t; RETURN v; END", ["r:t"]),
        ("BEGIN FOR r IN SELECT 1 FROM t LOOP FETCH NEXT FROM c; END LOOP; END", ["r:t"]),
        ("BEGIN v := count(*) FROM t; PERFORM f(1); PERFORM 1 FROM u; END", ["f:count", "r:t", "f:f", "r:u"]),
        ("BEGIN IF NOT EXISTS (SELECT FROM t) THEN RAISE NOTICE 'x %', f(1); END IF; END", ["r:t", "f:f"]),
        ("BEGIN RAISE log 'x'; RETURN item; END", []),
        ("BEGIN EXECUTE 'SELECT 1 FROM t' USING f(1); END", ["f:f"]),
        ("BEGIN CREATE TEMP TABLE t (a int); RETURN QUERY SELECT a FROM t, u; END", ["r:u"]),
        ("BEGIN RETURN QUERY SELECT 1 FROM argument; END", ["r:argument"]),
    ],
)
def test_names_in_plpgsql(body: str, expected: list[str]) -> None:
    assert found(body, plpgsql=True) == expected


def test_operators_without_a_schema() -> None:
    assert found("SELECT a === b, c OPERATOR(s.<<<) d, e->>'f'", operators=True) == ["o:===", "o:->>"]


def test_arguments_are_counted() -> None:
    names = names_in(tokens("SELECT f(), g(a, h(b, c), ARRAY[1, 2]), i(VARIADIC x)"))
    assert [(each.name, each.arguments) for each in names if each.kind == "function"] == [
        ("f", 0),
        ("g", 3),
        ("h", 2),
        ("i", 1),
    ]


@pytest.mark.parametrize(
    ("body", "operands"),
    [
        ("SELECT $1 -> 'a'", {"->": "$1"}),
        ("SELECT argument -> 'a'", {"->": "argument"}),
        ("SELECT other -> 'a', t.argument ? 'a'", {"->": "", "?": ""}),
        ("SELECT argument -> 'a' FROM t", {"->": ""}),
        ("SELECT $1 -> 'a' FROM t WHERE $1 ? 'b'", {"->": "$1", "?": "$1"}),
        ("SELECT 'x' || $1 -> 'a'", {"||": "", "->": ""}),
        ("SELECT $1::text -> 'a', f($1) ? 'a', - $1", {"->": "", "?": "", "-": ""}),
        ("SELECT ($1 -> 'a') ? 'b'", {"->": "$1", "?": ""}),
    ],
)
def test_argument_on_the_left_of_an_operator(body: str, operands: dict[str, str]) -> None:
    names = names_in(tokens(body), known={"argument"})
    assert {each.name: each.operand for each in names if each.kind == "operator"} == operands
