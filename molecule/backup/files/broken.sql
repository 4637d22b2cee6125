-- A database that no restore brings back as it is: every kind of statement that a server accepts once, and refuses in a restore.
SELECT current_setting('server_version_num')::int < 170000 AS old \gset

CREATE TABLE ref (a int PRIMARY KEY);
INSERT INTO ref VALUES (1), (2);

-- Names without a schema: a restore has an empty search path.
CREATE FUNCTION known(x int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RETURN EXISTS (SELECT FROM ref WHERE a = x); END $$;
CREATE FUNCTION label(x int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RETURN (SELECT 'l' || a FROM ref WHERE a = x); END $$;
CREATE TABLE checked (id int PRIMARY KEY, v int CONSTRAINT v_known CHECK (known(v)), note text);
INSERT INTO checked VALUES (1, 1, 'one'), (2, 2, 'two');
CREATE DOMAIN known_int AS int CONSTRAINT known_only CHECK (known(VALUE));
CREATE TABLE domains (id int PRIMARY KEY, d known_int, many known_int[]);
INSERT INTO domains VALUES (1, 1, '{1,2}');
CREATE TABLE generated (id int PRIMARY KEY, v int, l text GENERATED ALWAYS AS (label(v)) STORED);
INSERT INTO generated (id, v) VALUES (1, 1), (2, 2);
\if :old
-- From version 17 on such an index, or such a view, cannot be built in the first place.
CREATE TABLE pairs (id int PRIMARY KEY, v int);
INSERT INTO pairs VALUES (1, 1), (2, 2);
CREATE INDEX labels ON pairs (label(v));
CREATE MATERIALIZED VIEW labelled AS SELECT id, label(v) AS l FROM pairs;
CREATE UNIQUE INDEX ON labelled (id);
-- The planner reads such an index for any query of its table.
CREATE FUNCTION inlined(x int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT label(x)';
CREATE INDEX at_once ON pairs (inlined(v));
\endif
-- Two jobs write about so many failures at the same time.
CREATE TABLE many (id int PRIMARY KEY, v int);
INSERT INTO many VALUES (1, 1), (2, 2);
SELECT format('CREATE INDEX many_%s ON many (label(v + %s))', n, n) FROM generate_series(1, 20) AS n WHERE :'old' \gexec

-- A child may drop what its parent demands, and no dump says so.
CREATE TABLE above (id int, code text NOT NULL);
CREATE TABLE below () INHERITS (above);
ALTER TABLE below ALTER code DROP NOT NULL;
INSERT INTO below VALUES (1, NULL);

-- Rows without their parent.
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT child_parent REFERENCES parent);
INSERT INTO child VALUES (1, 1);
SET session_replication_role = replica;
INSERT INTO child VALUES (2, 77);
SET session_replication_role = origin;

-- Functions that became stricter than the rows.
CREATE FUNCTION large(x int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x > 0';
CREATE FUNCTION half(x int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN x / 2; END';
CREATE TABLE strict (id int PRIMARY KEY, v int CONSTRAINT v_large CHECK (large(v)), CONSTRAINT v_positive CHECK (v > 0));
INSERT INTO strict VALUES (1, 5), (2, 50);
CREATE TABLE parts (id int, v int, CONSTRAINT parts_large CHECK (large(v))) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
INSERT INTO parts VALUES (1, 5), (2, 50);
CREATE TABLE halves (id int PRIMARY KEY, v int, h int NOT NULL GENERATED ALWAYS AS (half(v)) STORED);
INSERT INTO halves (id, v) VALUES (1, 3), (2, 8);
CREATE DOMAIN large_int AS int CONSTRAINT only_large CHECK (large(VALUE));
CREATE TABLE first (v large_int);
CREATE TABLE second (v large_int);
INSERT INTO first VALUES (5);
INSERT INTO second VALUES (5);
CREATE TABLE numbers (id int PRIMARY KEY, v int);
INSERT INTO numbers VALUES (1, 3), (2, 8);
CREATE INDEX by_half ON numbers (half(v));
CREATE MATERIALIZED VIEW halved AS SELECT id, half(v) AS h FROM numbers;
CREATE OR REPLACE FUNCTION large(x int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x > 10';
CREATE OR REPLACE FUNCTION half(x int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE WARNING 'canary %', x; IF x % 2 = 1 THEN RAISE EXCEPTION 'odd: %', x; END IF; RETURN x / 2; END $$;
