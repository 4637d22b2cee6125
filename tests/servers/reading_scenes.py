# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases with functions that read tables, and what a restore evaluates before it has filled them.

Each was restored with the data of its tables in the order of their names, and in the reverse order.
"""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.tests.servers.obstacle_scenes import Scene

_CODES = "CREATE TABLE codes (c text PRIMARY KEY); INSERT INTO codes VALUES ('a'), ('b');"
_OK = "CREATE FUNCTION ok(text) RETURNS bool LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.codes WHERE c = $1)';"
_CHECKED = "CREATE TABLE t (x text CONSTRAINT k CHECK (ok(x))); INSERT INTO t VALUES ('a');"
_RATE = (
    "CREATE TABLE rates (k int, v int); INSERT INTO rates VALUES (1, 10); CREATE FUNCTION rate(int) RETURNS int IMMUTABLE LANGUAGE plpgsql"
    " AS 'BEGIN RETURN (SELECT v FROM public.rates WHERE k = $1); END';"
)
_K = [("constraint", "public.t.k")]


def _ok(body: str, *, language: str = "sql", more: str = "") -> str:
    return f"CREATE FUNCTION ok(text) RETURNS bool LANGUAGE {language} {more} AS $f$ {body} $f$;"


FAILING = (
    Scene("check", _CODES + _OK + _CHECKED, _K),
    Scene(
        "generated",
        f"{_RATE} CREATE TABLE a (x int, y int GENERATED ALWAYS AS (rate(x)) STORED); INSERT INTO a VALUES (1);",
        [("column", "public.a.y")],
    ),
    Scene(
        "generated_quoted",
        f'{_RATE} CREATE TABLE "A.a" (x int, "y.""z" int GENERATED ALWAYS AS (rate(x)) STORED); INSERT INTO "A.a" VALUES (1);',
        [("column", 'public."A.a"."y.""z"')],
    ),
    Scene(
        "partition_key",
        f"{_RATE} CREATE TABLE a (x int) PARTITION BY LIST (rate(x)); CREATE TABLE a1 PARTITION OF a FOR VALUES IN (10); INSERT INTO a VALUES (1);",
        [("table", "public.a")],
    ),
    Scene(
        "domain",
        f"{_CODES} {_OK} CREATE DOMAIN d AS text CONSTRAINT k CHECK (ok(VALUE)); CREATE TABLE t (x d); INSERT INTO t VALUES ('a');",
        [("domain constraint", "public.d.k")],
    ),
    Scene(
        "own_path",
        _CODES + _ok("SELECT EXISTS (SELECT FROM codes WHERE c = $1)", more="SET search_path = public") + _CHECKED,
        _K,
    ),
    Scene(
        "parsed",
        f"{_CODES} CREATE FUNCTION ok(text) RETURNS bool RETURN EXISTS (SELECT FROM codes WHERE c = $1); {_CHECKED}",
        _K,
        since=14,
    ),
    Scene(
        "called",
        f"{_CODES} {_OK.replace('ok(', 'inner_one(')}" + _ok("SELECT public.inner_one($1)") + _CHECKED,
        _K,
    ),
    Scene(
        "called_by_path",
        f"{_CODES} {_OK.replace('ok(', 'inner_one(')}"
        + _ok("BEGIN RETURN inner_one($1); END", language="plpgsql", more="SET search_path = public")
        + _CHECKED,
        _K,
    ),
    Scene(
        "called_by_parsed",
        f"{_CODES} {_OK.replace('ok(', 'inner_one(')} CREATE FUNCTION ok(text) RETURNS bool RETURN inner_one($1); {_CHECKED}",
        _K,
        since=14,
    ),
    Scene(
        "parsed_called",
        f"{_CODES} CREATE FUNCTION inner_one(text) RETURNS bool RETURN EXISTS (SELECT FROM codes WHERE c = $1);"
        + _ok("SELECT public.inner_one($1)")
        + _CHECKED,
        _K,
        since=14,
    ),
    Scene(
        "view",
        f"{_CODES} CREATE VIEW v AS SELECT c FROM codes; CREATE VIEW w AS SELECT c FROM v;"
        + _ok("SELECT EXISTS (SELECT FROM public.w WHERE c = $1)")
        + _CHECKED,
        _K,
    ),
    Scene(
        "function_of_view",
        f"{_CODES} {_OK.replace('ok(', 'inner_one(')} CREATE VIEW v AS SELECT c FROM (VALUES ('a'), ('z')) w(c) WHERE inner_one(c);"
        + _ok("SELECT EXISTS (SELECT FROM public.v WHERE c = $1)")
        + _CHECKED,
        _K,
    ),
    Scene(
        "materialized_view_unfilled",
        f"{_CODES} CREATE MATERIALIZED VIEW m AS SELECT c FROM codes;"
        + _ok("SELECT EXISTS (SELECT FROM public.m WHERE c = $1)")
        + _CHECKED,
        _K,
    ),
    Scene(
        "partitions",
        "CREATE TABLE codes (c text) PARTITION BY LIST (c); CREATE TABLE codes_1 PARTITION OF codes DEFAULT; INSERT INTO codes VALUES ('a');"
        + _OK
        + _CHECKED,
        _K,
    ),
    Scene(
        "check_of_partitions",
        f"{_CODES} {_OK} CREATE TABLE t (x text CONSTRAINT k CHECK (ok(x))) PARTITION BY LIST (x); CREATE TABLE t1 PARTITION OF t DEFAULT;"
        "INSERT INTO t VALUES ('a');",
        _K,
    ),
    Scene(
        "quoted_names",
        'CREATE SCHEMA "My App"; CREATE TABLE "My App"."C.c" (c text); INSERT INTO "My App"."C.c" VALUES (\'a\');'
        + _ok('SELECT EXISTS (SELECT FROM "My App"."C.c" WHERE c = $1)')
        + 'CREATE TABLE "My App"."T t" (x text CONSTRAINT "K k" CHECK (ok(x))); INSERT INTO "My App"."T t" VALUES (\'a\');',
        [("constraint", '"My App"."T t"."K k"')],
    ),
)
PASSING = (
    Scene(
        "table_without_rows",
        "CREATE TABLE codes (c text);" + _ok("SELECT NOT EXISTS (SELECT FROM public.codes)") + _CHECKED,
    ),
    Scene(
        "type_only_parsed",
        f"{_CODES} CREATE FUNCTION f(r codes) RETURNS text IMMUTABLE RETURN (r).c;"
        "CREATE TABLE t (x text, y text GENERATED ALWAYS AS (f(row(x)::codes)) STORED); INSERT INTO t VALUES ('a');",
        since=14,
    ),
    Scene("object_without_rows", f"{_CODES} {_OK} CREATE TABLE t (x text CONSTRAINT k CHECK (ok(x)));"),
    Scene(
        "not_valid",
        f"{_CODES} {_OK} CREATE TABLE t (x text); INSERT INTO t VALUES ('a'); ALTER TABLE t ADD CONSTRAINT k CHECK (ok(x)) NOT VALID;",
    ),
    Scene(
        "own_table",
        "CREATE TABLE t (x text);"
        + _ok("SELECT count(*) < 9 FROM public.t")
        + "ALTER TABLE t ADD CHECK (ok(x)); INSERT INTO t VALUES ('a');",
    ),
    Scene("index", f"{_RATE} CREATE TABLE a (x int); CREATE INDEX i ON a (rate(x)); INSERT INTO a VALUES (1);"),
    Scene(
        "materialized_view",
        f"{_RATE} CREATE TABLE a AS SELECT 1 AS x; CREATE MATERIALIZED VIEW m AS SELECT rate(x) FROM a;",
    ),
    Scene("exclusion", f"{_RATE} CREATE TABLE a (x int, EXCLUDE (rate(x) WITH =)); INSERT INTO a VALUES (1);"),
    Scene("default", f"{_RATE} CREATE TABLE a (x int DEFAULT rate(1), y int); INSERT INTO a VALUES (1);"),
    Scene(
        "catalogs",
        _ok("SELECT EXISTS (SELECT FROM pg_class) AND EXISTS (SELECT FROM information_schema.schemata)") + _CHECKED,
    ),
    Scene(
        "type_only",
        _CODES + _ok("DECLARE r public.codes%ROWTYPE; BEGIN RETURN true; END", language="plpgsql") + _CHECKED,
    ),
    Scene(
        "foreign_key",
        f"{_RATE} CREATE FUNCTION same(int, int) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN rate(1) = 10 AND $1 = $2; END';"
        "ALTER FUNCTION same SET search_path = public; CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same, COMMUTATOR = ===);"
        "CREATE OPERATOR CLASS odd FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 3 ===, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);"
        "CREATE TABLE p (a int); CREATE UNIQUE INDEX ON p (a odd); CREATE TABLE f (a int REFERENCES p (a)); INSERT INTO p VALUES (1);"
        "INSERT INTO f VALUES (1);",
    ),
    Scene(
        "domain_not_valid",
        f"{_CODES} {_OK} CREATE DOMAIN d AS text; ALTER DOMAIN d ADD CONSTRAINT k CHECK (ok(VALUE)) NOT VALID;"
        "CREATE TABLE t (x d); INSERT INTO t VALUES ('a');",
    ),
    Scene(
        "check_of_partitions_not_valid",
        f"{_CODES} {_OK} CREATE TABLE t (x text) PARTITION BY LIST (x); CREATE TABLE t1 PARTITION OF t DEFAULT;"
        "INSERT INTO t VALUES ('a'); ALTER TABLE t ADD CONSTRAINT k CHECK (ok(x)) NOT VALID;",
    ),
    Scene(
        "filled_by_trigger",
        f"{_RATE} CREATE TABLE a (x int, y int GENERATED ALWAYS AS (rate(x)) STORED); INSERT INTO a VALUES (1);"
        "ALTER TABLE a ALTER COLUMN y DROP EXPRESSION;"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.y := rate(new.x); RETURN new; END';"
        "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();",
    ),
    Scene(
        "trigger",
        f"{_CODES} {_OK} CREATE TABLE t (x text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (ok(new.x)) EXECUTE FUNCTION f(); INSERT INTO t VALUES ('a');",
    ),
)
SCENES = FAILING + PASSING
