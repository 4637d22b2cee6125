-- Says what is in a database, so that two of them can be compared: same lines, same contents.
--
--   psql -XAt -v ON_ERROR_STOP=1 -d NAME -f content_hash.sql        as a superuser, PostgreSQL 13 to 18
--
-- One line `schema.table|rows|hash` for each table (partitions, not their roots) and filled materialized view, then one for all sequences and one
-- for all large objects. The hash is an md5 over the number of rows and two sums of 64-bit hashes over the rows' text. A sum does not ask for the
-- order of rows, so nothing has to be sorted, and 1 GB takes seconds; a row too many, too few, or another one changes both sums.
-- What it does not see: definitions, rights, statistics.
-- The text is JSON: how a plain row is quoted depends on the server's version and locale.

\set ON_ERROR_STOP on
\set QUIET on
-- A value's text depends on these, and a database may have its own idea of them.
SET client_encoding = 'UTF8';
SET search_path = '';
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 1;
SET lc_monetary = 'C';
SET xmloption = 'content';
-- Rather an error than a part of the rows.
SET row_security = off;
SET statement_timeout = 0;
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- In a partitioning by the hash of an enum, a row's partition depends on oids that a restore does not keep: such a tree is one table here,
-- as it is for pg_dump.
WITH RECURSIVE by_enum(oid, root) AS (
  SELECT partrelid::oid, partrelid::oid FROM pg_catalog.pg_partitioned_table
  WHERE partstrat = 'h' AND EXISTS (SELECT FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type AS t ON t.oid = atttypid
                                    WHERE attrelid = partrelid AND attnum = ANY (partattrs::int2[]) AND typtype = 'e')
  UNION
  SELECT inhrelid, root FROM by_enum JOIN pg_catalog.pg_inherits ON inhparent = oid
), tables AS (
  SELECT c.oid, pg_catalog.format('%I.%I', nspname, relname) AS name, relkind
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
  WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\_t%' AND relpersistence <> 't'
    AND (relkind = 'r' OR relkind = 'm' AND relispopulated OR relkind = 'p' AND c.oid IN (SELECT root FROM by_enum))
    AND c.oid NOT IN (SELECT oid FROM by_enum WHERE oid <> root)
)
SELECT pg_catalog.format(
  'SELECT %L, count(*), md5(concat_ws('','', count(*), sum(hashtextextended(r.line, 1)), sum(hashtextextended(r.line, 2)))) '
  'FROM (SELECT row_to_json(t.*)::text COLLATE "C" AS line FROM %s %s AS t OFFSET 0) AS r',
  name, CASE relkind WHEN 'p' THEN '' ELSE 'ONLY' END, name)
FROM tables ORDER BY name COLLATE "C"
\gexec

-- Sequences: where they stand. What they are (increment, limits) is part of the definition.
SELECT pg_catalog.format('SELECT %L, count(*), md5(coalesce(string_agg(s.line, E''\n'' ORDER BY s.line), '''')) FROM (%s) AS s', 'sequences',
  coalesce(pg_catalog.string_agg(pg_catalog.format(
             'SELECT concat_ws(''|'', %L, last_value, is_called) COLLATE "C" AS line FROM %s', oid::regclass, oid::regclass), ' UNION ALL '),
           'SELECT ''''::text AS line WHERE false'))
FROM pg_catalog.pg_class WHERE relkind = 'S' AND relpersistence <> 't'
\gexec

-- Large objects by their number: other objects know them by it. Read as a whole, for pages that were never written read as zeros and are written by a restore.
SELECT 'large objects', count(*), md5(coalesce(string_agg(oid || ' ' || md5(pg_catalog.lo_get(oid)), ',' ORDER BY oid), ''))
FROM pg_catalog.pg_largeobject_metadata;
COMMIT;
