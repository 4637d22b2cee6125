# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases with functions that need a search_path, and what a restore of them cannot evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Objects outside of pg_catalog, each in a schema of the search path.
_COMMON = """
CREATE TABLE item (id int PRIMARY KEY);
INSERT INTO item VALUES (1), (2);
CREATE TABLE void (id int);
CREATE TYPE money_type AS ENUM ('eur', 'usd');
CREATE FUNCTION doubled(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
"""
_PLPGSQL = """
CREATE FUNCTION known(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM item WHERE id = i); END';
"""
_SQL = "CREATE FUNCTION four(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT doubled(doubled(i))';"
_SLOW = "CREATE FUNCTION four(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN doubled(doubled(i)); END';"
_CONSTANT = "CREATE FUNCTION eight() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN doubled(4); END';"
_RANGE = """
CREATE FUNCTION twice(float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION diff(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN twice($1 - $2); END';
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = diff);
"""


@dataclass(frozen=True)
class Scene:
    """A database.

    Attributes:
        name: of the scene.
        statements: that make it, besides what all have in common.
        found: kind and name of each obstacle.
        since: the first major version that has the statements.
        until: the last one that accepts them.
    """

    name: str
    statements: str
    found: Sequence[tuple[str, str]] = ()
    since: int = 13
    until: int = 99

    @property
    def script(self) -> str:
        """All statements."""
        return _COMMON + self.statements


FAILING = (
    Scene(
        "check",
        f"{_PLPGSQL} CREATE TABLE t (a int CONSTRAINT k CHECK (known(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "check_sql",
        f"{_SQL} CREATE TABLE t (a int CONSTRAINT k CHECK (four(a) > 0)); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "check_of_partitions",
        f"{_PLPGSQL} CREATE TABLE t (a int CONSTRAINT k CHECK (known(a))) PARTITION BY LIST (a);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); INSERT INTO t VALUES (1), (2);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "check_of_quoted_names",
        'CREATE SCHEMA "My App"; CREATE FUNCTION "My App"."Known?"(i int) RETURNS bool LANGUAGE sql AS $f$ SELECT doubled(i) > 0 $f$;'
        'CREATE TABLE "My App"."T.t" (a int CONSTRAINT "K k" CHECK ("My App"."Known?"(a))); INSERT INTO "My App"."T.t" VALUES (1);',
        [("constraint", '"My App"."T.t"."K k"')],
    ),
    Scene(
        "generated",
        f"{_SLOW} CREATE TABLE t (a int, b int GENERATED ALWAYS AS (four(a)) STORED); INSERT INTO t VALUES (1);",
        [("column", "public.t.b")],
    ),
    Scene(
        "index",
        f"{_SLOW} CREATE TABLE t (a int); CREATE INDEX i ON t (four(a)); INSERT INTO t VALUES (1);",
        [("index", "public.i")],
    ),
    Scene(
        "index_predicate",
        f"{_SLOW} CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE four(a) > 0; INSERT INTO t VALUES (1);",
        [("index", "public.i")],
    ),
    Scene(
        "index_of_no_rows",
        f"{_SQL} CREATE TABLE t (a int); CREATE INDEX i ON t (four(a));",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "exclusion_of_no_rows",
        f"{_SQL} CREATE TABLE t (a int, CONSTRAINT k EXCLUDE (four(a) WITH =));",
        [("constraint", "public.t.k")],
        until=16,
    ),
    Scene(
        "constant_in_index_of_no_rows",
        f"{_SLOW} CREATE TABLE t (a int); CREATE INDEX i ON t ((a + four(1)));",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "constant_in_predicate_of_no_rows",
        f"{_CONSTANT} CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE a > eight();",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "constant_of_operator_in_index_of_no_rows",
        f"{_SLOW} CREATE OPERATOR ### (RIGHTARG = int, FUNCTION = four); CREATE TABLE t (a int); CREATE INDEX i ON t ((a + ### 1));",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "constant_in_merged_function_of_no_rows",
        f"{_CONSTANT} CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + public.eight()';"
        "CREATE TABLE t (a int); CREATE INDEX i ON t (f(a));",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "constant_in_partition_key_of_no_rows",
        f"{_CONSTANT} CREATE TABLE t (a int) PARTITION BY LIST ((a + eight()));",
        [("table", "public.t")],
    ),
    Scene(
        "index_of_partitions",
        f"{_SLOW} CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT; CREATE INDEX i ON t (four(a));"
        "INSERT INTO t VALUES (1);",
        [("index", "public.i")],
    ),
    Scene(
        "operator_class",
        "CREATE FUNCTION cmp(int, int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN doubled($1) - doubled($2); END';"
        "CREATE OPERATOR CLASS by_double FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 3 =, OPERATOR 5 >, FUNCTION 1 cmp(int, int);"
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a by_double); INSERT INTO t VALUES (2), (1);",
        [("index", "public.i")],
    ),
    Scene(
        "exclusion",
        f"{_SLOW} CREATE TABLE t (a int, CONSTRAINT k EXCLUDE (four(a) WITH =)); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "statistics",
        f"{_SLOW} CREATE TABLE t (a int, b int); CREATE STATISTICS s ON (four(a)), b FROM t; INSERT INTO t VALUES (1, 2);",
        [("statistics", "public.s")],
        since=14,
    ),
    Scene(
        "partition_key",
        f"{_SLOW} CREATE TABLE t (a int) PARTITION BY LIST (four(a)); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (4); INSERT INTO t VALUES (1);",
        [("table", "public.t")],
    ),
    Scene(
        "partition_key_of_no_rows",
        f"{_SQL} CREATE TABLE t (a int) PARTITION BY LIST (four(a));",
        [("table", "public.t")],
    ),
    Scene(
        "materialized_view",
        f"{_PLPGSQL} CREATE MATERIALIZED VIEW m AS SELECT known(id) FROM item;",
        [("materialized view", "public.m")],
        until=16,
    ),
    Scene(
        "materialized_view_made_before",
        "CREATE FUNCTION known(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END';"
        "CREATE MATERIALIZED VIEW m AS SELECT known(id) FROM item;" + _PLPGSQL.replace("CREATE", "CREATE OR REPLACE"),
        [("materialized view", "public.m")],
    ),
    Scene(
        "materialized_view_of_view",
        f"{_PLPGSQL} CREATE VIEW v AS SELECT known(id) FROM item; CREATE VIEW w AS SELECT * FROM v; CREATE MATERIALIZED VIEW m AS SELECT * FROM w;",
        [("materialized view", "public.m")],
        until=16,
    ),
    *(
        Scene(
            f"materialized_view_of_function_of_view_{name}",
            f"{_PLPGSQL} CREATE VIEW v AS SELECT known(id) AS k FROM item; CREATE VIEW w AS SELECT k FROM v;"
            f"CREATE FUNCTION f() RETURNS bool {function}; CREATE MATERIALIZED VIEW m AS SELECT f();",
            [("materialized view", "public.m")],
            since=since,
            until=16,
        )
        for name, since, function in (
            ("in_sql", 13, "LANGUAGE sql AS 'SELECT bool_and(k) FROM public.w'"),
            ("in_plpgsql", 13, "LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT bool_and(k) FROM public.w); END'"),
            ("parsed", 14, "RETURN (SELECT bool_and(k) FROM w)"),
        )
    ),
    Scene(
        "check_of_function_of_view",
        f"{_SLOW} CREATE VIEW v AS SELECT four(1) AS k; CREATE FUNCTION f(int) RETURNS bool LANGUAGE sql AS 'SELECT k = 4 FROM public.v';"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "check_of_function_of_view_with_operator",
        f"{_SLOW} CREATE OPERATOR ### (RIGHTARG = int, FUNCTION = four); CREATE VIEW v AS SELECT ### 1 AS k;"
        "CREATE FUNCTION f(int) RETURNS bool LANGUAGE sql AS 'SELECT k = 4 FROM public.v';"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    *(
        Scene(
            f"operator_of_type_{name}",
            "CREATE EXTENSION hstore;"
            f"CREATE FUNCTION f(h hstore) RETURNS text IMMUTABLE LANGUAGE {language} AS $f$ {body} $f$;"
            "CREATE TABLE t (a hstore, b text GENERATED ALWAYS AS (f(a)) STORED); INSERT INTO t VALUES ('a=>1');",
            [("column", "public.t.b")],
        )
        for name, language, body in (
            ("by_number", "sql", "SELECT $1 -> 'a'"),
            ("by_name", "sql", "SELECT upper(h -> 'a')"),
            ("in_plpgsql", "plpgsql", "BEGIN IF h @> '' THEN RETURN 1; END IF; RETURN 2; END"),
            ("that_is_equal", "sql", "SELECT CASE WHEN $1 = $1 THEN 'x' END"),
        )
    ),
    Scene(
        "range",
        f"{_RANGE} CREATE TABLE t (a span); CREATE INDEX i ON t USING gist (a); INSERT INTO t SELECT span(x, x + 1) FROM generate_series(1, 900) x;",
        [("column", "public.t.a"), ("index", "public.i")],
    ),
    Scene(
        "range_exclusion",
        f"{_RANGE} CREATE TABLE t (a span, CONSTRAINT k EXCLUDE USING gist (a WITH &&));"
        "INSERT INTO t SELECT span(x, x + 1) FROM generate_series(1, 900) x;",
        [("column", "public.t.a"), ("constraint", "public.t.k")],
    ),
    Scene(
        "range_of_expression",
        f"{_RANGE} CREATE TABLE t (a float8); CREATE INDEX i ON t USING gist (span(a, a + 1));"
        "INSERT INTO t SELECT x FROM generate_series(1, 9) x;",
        [("index", "public.i")],
    ),
    Scene(
        "range_of_domain",
        f"{_RANGE} CREATE DOMAIN d AS span; CREATE TABLE t (a d); CREATE INDEX i ON t USING gist (a); INSERT INTO t VALUES ('[1,2)');",
        [("column", "public.t.a")],
    ),
    Scene(
        "multirange",
        f"{_RANGE} CREATE TABLE t (a spans); INSERT INTO t VALUES ('{{[1,2)}}');".replace(
            "subtype =", "multirange_type_name = spans, subtype ="
        ),
        [("column", "public.t.a")],
        since=14,
    ),
    Scene(
        "range_of_materialized_view",
        f"{_RANGE} CREATE MATERIALIZED VIEW m AS SELECT span(x, x + 1) AS a FROM generate_series(1, 9) x;",
        [("column", "public.m.a")],
    ),
    Scene(
        "index_of_materialized_view",
        f"{_SLOW} CREATE MATERIALIZED VIEW m AS SELECT id FROM item; CREATE INDEX i ON m (four(id));",
        [("index", "public.i")],
        until=16,
    ),
    Scene(
        "aggregate",
        "CREATE FUNCTION step(int, int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $1 + doubled($2); END';"
        "CREATE AGGREGATE doubles(int) (SFUNC = step, STYPE = int, INITCOND = '0'); CREATE MATERIALIZED VIEW m AS SELECT doubles(id) FROM item;",
        [("materialized view", "public.m")],
        until=16,
    ),
    Scene(
        "operator_of_expression",
        "CREATE FUNCTION same(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN doubled($1) = doubled($2); END';"
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a === 1)); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "domain",
        f"{_PLPGSQL} CREATE DOMAIN d AS int CONSTRAINT k CHECK (known(VALUE)); CREATE TABLE t (a d); INSERT INTO t VALUES (1);",
        [("domain constraint", "public.d.k")],
    ),
    Scene(
        "domain_inside",
        f"{_PLPGSQL} CREATE DOMAIN d AS int CONSTRAINT k CHECK (known(VALUE)); CREATE TYPE c AS (x d[]); CREATE TABLE t (a c);"
        "INSERT INTO t VALUES (row(ARRAY[1]));",
        [("domain constraint", "public.d.k")],
    ),
    Scene(
        "nested",
        f"{_PLPGSQL} CREATE FUNCTION outer_one(i int) RETURNS bool LANGUAGE sql AS 'SELECT public.known($1)';"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (outer_one(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "nested_in_parsed",
        f"{_PLPGSQL} CREATE FUNCTION outer_one(i int) RETURNS bool BEGIN ATOMIC SELECT known(i); END;"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (outer_one(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
        since=14,
    ),
    Scene(
        "cast",
        "CREATE FUNCTION f(t text) RETURNS bool LANGUAGE sql AS $f$ SELECT t::money_type = 'eur' $f$;"
        "CREATE TABLE t (a text CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES ('eur');",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "declared_type",
        "CREATE FUNCTION f(t text) RETURNS bool LANGUAGE plpgsql AS $f$ DECLARE m money_type := t; BEGIN RETURN true; END $f$;"
        "CREATE TABLE t (a text CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES ('eur');",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "declared_row",
        "CREATE FUNCTION f(t int) RETURNS bool LANGUAGE plpgsql AS $f$ DECLARE a item%ROWTYPE; b item.id%TYPE; BEGIN RETURN true; END $f$;"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "operator_in_body",
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);"
        "CREATE FUNCTION f(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN i === 1; END';"
        "CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);",
        [("constraint", "public.t.k")],
    ),
    Scene(
        "text_search_configuration",
        "CREATE TEXT SEARCH CONFIGURATION ours (COPY = simple);"
        "CREATE FUNCTION f(t text) RETURNS tsvector IMMUTABLE LANGUAGE plpgsql AS $f$ BEGIN RETURN to_tsvector('ours', t); END $f$;"
        "CREATE TABLE t (a text, b tsvector GENERATED ALWAYS AS (f(a)) STORED); INSERT INTO t VALUES ('x');",
        [("column", "public.t.b")],
    ),
    Scene(
        "path_of_database",
        "CREATE SCHEMA app; CREATE TABLE app.thing (id int); INSERT INTO app.thing VALUES (1);"
        "DO $d$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $d$;"
        "CREATE FUNCTION app.f(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM thing WHERE id = i); END';"
        "SET search_path = app; CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);",
        [("constraint", "app.t.k")],
    ),
)

_CHECKED = "CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1);"
_F = "CREATE FUNCTION f(i int) RETURNS bool LANGUAGE"
#: In statements that a body may contain, the names are of other things.
_HARMLESS_BODIES = {
    "qualified": "BEGIN RETURN NOT EXISTS (SELECT FROM public.void WHERE id = i) AND public.doubled(i) > 0; END",
    "local_variable": "DECLARE item int := i; doubled int := 1; BEGIN item := item + doubled; RETURN item > 0; END",
    "column": "BEGIN RETURN (SELECT item FROM (SELECT i AS item, i AS doubled) x WHERE doubled > 0) > 0; END",
    "alias": "BEGIN RETURN (SELECT count(*) FROM public.void item, generate_series(1, 2) AS doubled(item)) = 0; END",
    "with_query": "BEGIN RETURN EXISTS (WITH item AS (SELECT 1), doubled(a) AS (SELECT 2) SELECT FROM item, doubled); END",
    "string": "BEGIN RETURN length('SELECT FROM item') > 0 AND length($q$ doubled(1) FROM item $q$) > 0; END",
    "comment": "BEGIN /* FROM item /* x */ JOIN item */ RETURN true; -- SELECT FROM item\n END",
    "distinct_from": "DECLARE item int; BEGIN RETURN i IS DISTINCT FROM item; END",
    "extract_from": "DECLARE item date := '2020-01-01'; BEGIN RETURN extract(year FROM item) > 0 AND substring('abc' FROM 1) <> ''; END",
    "raise": "BEGIN RAISE DEBUG 'item %', i; RETURN true; END",
    "caught": "BEGIN RETURN EXISTS (SELECT FROM item); EXCEPTION WHEN undefined_table THEN RETURN true; END",
    "own_setting": "BEGIN PERFORM set_config('search_path', 'public', true); RETURN NOT EXISTS (SELECT FROM void); END",
    "dynamic": "BEGIN EXECUTE 'SELECT FROM public.item'; RETURN true; END",
    "shadowed": "BEGIN RETURN lower('X') = 'x' AND abs(i) > 0 AND EXISTS (SELECT FROM pg_class); END",
    "temporary": "BEGIN CREATE TEMP TABLE IF NOT EXISTS item (a int); RETURN EXISTS (SELECT FROM item) OR true; END",
}
PASSING = (
    Scene(
        "path_of_function",
        f"{_F} plpgsql SET search_path = public AS 'BEGIN RETURN NOT EXISTS (SELECT FROM void); END'; {_CHECKED}",
    ),
    Scene(
        "path_of_outer_function",
        f"{_SLOW} {_F} sql SET search_path FROM CURRENT AS 'SELECT four(i) > 0'; {_CHECKED}",
    ),
    Scene(
        "path_of_parsed_function",
        f"{_SLOW} {_F[:-9]} SET search_path = public RETURN four(i) > 0; {_CHECKED}",
        since=14,
    ),
    Scene(
        "path_of_parsed_function_of_view",
        f"{_SLOW} CREATE VIEW v AS SELECT four(1) AS k; {_F[:-9]} SET search_path = public RETURN (SELECT k = 4 FROM v); {_CHECKED}",
        since=14,
    ),
    Scene(
        "path_of_function_of_view",
        f"{_SLOW} CREATE VIEW v AS SELECT four(1) AS k; {_F} sql SET search_path = public AS 'SELECT k = 4 FROM public.v'; {_CHECKED}",
    ),
    Scene(
        "view_with_path",
        f"{_SLOW} ALTER FUNCTION four SET search_path = public; CREATE VIEW v AS SELECT four(1) AS k;"
        f"{_F} sql AS 'SELECT k = 4 FROM public.v'; {_CHECKED}",
    ),
    Scene("parsed", "CREATE FUNCTION f(i int) RETURNS bool RETURN doubled(i) > 0; " + _CHECKED, since=14),
    *(Scene(name, f"{_F} plpgsql AS $f$ {body} $f$; {_CHECKED}") for name, body in _HARMLESS_BODIES.items()),
    Scene(
        "same_name_in_pg_catalog",
        f"CREATE FUNCTION abs(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; {_F} sql AS 'SELECT abs(i) > 0'; {_CHECKED}",
    ),
    Scene(
        "not_valid",
        f"{_PLPGSQL} CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER TABLE t ADD CONSTRAINT k CHECK (known(a)) NOT VALID;",
    ),
    Scene("no_rows", f"{_PLPGSQL} CREATE TABLE t (a int CONSTRAINT k CHECK (known(a)));"),
    Scene(
        "index_without_rows", f"{_SLOW} CREATE TABLE t (a int); CREATE INDEX i ON t (four(a)) WHERE four(a + 1) > 0;"
    ),
    Scene(
        "merged_function_of_no_rows",
        f"{_SLOW} CREATE FUNCTION f(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT public.four($1)';"
        "CREATE TABLE t (a int); CREATE INDEX i ON t (f(a));",
    ),
    Scene("default", f"{_SQL} CREATE TABLE t (a int DEFAULT four(1), b int); INSERT INTO t VALUES (1);"),
    Scene(
        "view",
        f"{_PLPGSQL} CREATE VIEW v AS SELECT known(id) FROM item; CREATE RULE r AS ON INSERT TO v DO INSTEAD SELECT known(1);",
    ),
    Scene(
        "policy_and_trigger",
        f"{_PLPGSQL} CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (known(a));"
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM item; RETURN new; END';"
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (known(new.a)) EXECUTE FUNCTION tf(); INSERT INTO t VALUES (1);",
    ),
    *(
        Scene(
            f"operator_{name}",
            f"CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE FUNCTION f(h {argument}) RETURNS text IMMUTABLE"
            f" LANGUAGE sql AS $f$ {body} $f$; CREATE TABLE t (a {argument}, b text GENERATED ALWAYS AS (f(a)) STORED);"
            "INSERT INTO t VALUES ('a=>1');",
        )
        for name, argument, body in (
            ("of_cast_type", "citext", "SELECT CASE WHEN $1 = 'a' OR h ~~ 'b' THEN 'x' END"),
            ("with_schema", "hstore", "SELECT $1 OPERATOR(public.->) 'a'"),
            ("of_cast_argument", "hstore", "SELECT $1::text || 'a'"),
            ("of_any_type", "hstore", "SELECT $1 || 'a'::text"),
            ("of_column", "hstore", """SELECT h -> 'a' FROM (VALUES ('{"a": 1}'::json)) v(h)"""),
            ("behind_operator", "hstore", "SELECT public.hstore_to_json($1) -> 'a' ->> 'b'"),
        )
    ),
    Scene("range_without_rows", f"{_RANGE} CREATE TABLE t (a span); CREATE INDEX i ON t USING gist (a);"),
    Scene(
        "range_of_expression_without_rows",
        f"{_RANGE} CREATE OR REPLACE FUNCTION diff(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT twice($1 - $2)';"
        "CREATE TABLE t (a float8); CREATE INDEX i ON t USING gist (span(a, a + 1));",
    ),
    Scene(
        "operator_class_without_rows",
        "CREATE FUNCTION cmp(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT doubled($1) - doubled($2)';"
        "CREATE OPERATOR CLASS by_double FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 3 =, OPERATOR 5 >, FUNCTION 1 cmp(int, int);"
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a by_double); CREATE TABLE p (a int) PARTITION BY RANGE (a by_double);",
    ),
    Scene("unused_range", f"{_RANGE} CREATE TABLE t (a numrange); INSERT INTO t VALUES ('[1,2)');"),
    Scene("not_populated", f"{_PLPGSQL} CREATE MATERIALIZED VIEW m AS SELECT known(id) FROM item WITH NO DATA;"),
    Scene(
        "materialized_view_of_table",
        f"{_PLPGSQL} CREATE TABLE t AS SELECT known(1) AS k; CREATE MATERIALIZED VIEW m AS SELECT * FROM t;",
    ),
    Scene(
        "unused_domain",
        f"{_PLPGSQL} CREATE DOMAIN d AS int CONSTRAINT k CHECK (known(VALUE)); CREATE TABLE t (a int); INSERT INTO t VALUES (1);",
    ),
    Scene(
        "view_of_domain",
        f"{_PLPGSQL} CREATE DOMAIN d AS int CONSTRAINT k CHECK (known(VALUE)); CREATE VIEW v AS SELECT id::d FROM item;",
    ),
    Scene(
        "view_of_table_with_domain",
        f"{_PLPGSQL} CREATE DOMAIN d AS int CONSTRAINT k CHECK (known(VALUE)); CREATE TABLE t (a d); CREATE MATERIALIZED VIEW m AS SELECT a::int FROM t;",
    ),
)
SCENES = FAILING + PASSING
