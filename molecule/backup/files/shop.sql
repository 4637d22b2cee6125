-- Contents of a database `shop`, for dumps and restores that are to be compared: a bit of everything that pg_dump has to get right.
--
--   psql -X -v ON_ERROR_STOP=1 -v scale=1 -d shop -f shop.sql        as a superuser, PostgreSQL 13 to 18, after shop_roles.sql
--
-- scale 1 is 25 MB and some seconds (less than 8 MB of it are the empty database), scale 80 about 1 GB with its indexes and some minutes.
-- With -v enum_hash=1 there is a partitioning by the hash of an enum, too. pg_dump loads it through its root, and after a restore the rows are in
-- other partitions than before: correct, and poison for whoever counts by partition.
-- What is in it does not depend on the moment or the server: random numbers are hashes of row numbers, in integers, no clock.
-- Names that need quotes, rows that look like the end of a COPY, rights with foreign grantors: each has cost somebody a backup.

\set ON_ERROR_STOP on
\if :{?scale} \else \set scale 1 \endif

-- This file is UTF-8 and so is what it stores, whatever the terminal says.
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET timezone = 'UTC';
-- As pg_restore: a name without its schema is a mistake here, and not first when it is restored.
SET search_path = '';
SET standard_conforming_strings = on;
DO $$ BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE 'shop.sql needs a database with encoding UTF8, this one has %', current_setting('server_encoding');
  END IF;
END $$;
SELECT current_setting('server_version_num')::int >= 140000 AS pg14,
       current_setting('server_version_num')::int >= 150000 AS pg15,
       current_setting('server_version_num')::int >= 170000 AS pg17,
       current_setting('server_version_num')::int >= 180000 AS pg18
\gset

-- ---------------------------------------------------------------- random, but the same on every run

-- 0 <= result < n. Temporary, so that nothing of it is in the database.
CREATE FUNCTION pg_temp.rnd(seed text, i bigint, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (pg_catalog.hashtextextended(seed, i) & 9223372036854775807) % n $$;

-- The same, small numbers far more often than large ones, as customers and words are. In integers: floats differ between machines.
CREATE FUNCTION pg_temp.skewed(seed text, i bigint, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (r * r / 1000000 * r / 1000000 * n) / 1000000 FROM (SELECT pg_temp.rnd(seed, i, 1000000) AS r) AS x $$;

CREATE TEMPORARY TABLE word (id bigint PRIMARY KEY, word text NOT NULL);
INSERT INTO pg_temp.word
SELECT i, (SELECT string_agg(syllable[1 + pg_temp.rnd('syllable' || k, i, 24)], '' ORDER BY k) FROM generate_series(1, 1 + pg_temp.rnd('length', i, 4)) AS k)
FROM generate_series(0, 1999) AS i,
     (SELECT string_to_array('ka lo mi ren ta su vel or in the st ra di pö el an gu be fro nu qui sch wei zo', ' ')) AS s(syllable);
ANALYZE pg_temp.word;

-- plpgsql keeps the plan; the same in SQL takes ten times as long.
CREATE FUNCTION pg_temp.words(seed text, i bigint, n bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN
  RETURN (SELECT string_agg((SELECT w.word FROM pg_temp.word AS w WHERE w.id = pg_temp.skewed(seed || k, i, 2000)), ' ' ORDER BY k)
          FROM generate_series(1, n) AS k);
END $$;

-- Bytes that no compression makes smaller.
CREATE FUNCTION pg_temp.noise(seed text, i bigint, blocks bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT string_agg(decode(md5(seed || '/' || i || '/' || k), 'hex'), ''::bytea ORDER BY k) FROM generate_series(1, blocks) AS k $$;

-- ---------------------------------------------------------------- schemas, extension, types

CREATE SCHEMA app;
CREATE SCHEMA audit;
CREATE SCHEMA archive;
CREATE SCHEMA ext;
CREATE SCHEMA "Odd / Schäma";
-- Part of Debian's server package; servers without contrib do without.
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS has_trgm
\gset
\if :has_trgm
CREATE EXTENSION pg_trgm SCHEMA ext;
\endif

CREATE TYPE app.order_state AS ENUM ('new', 'paid', 'packed', 'in transit', 'returned');
ALTER TYPE app.order_state ADD VALUE 'on "hold"' BEFORE 'packed';
CREATE TYPE app.address AS (street text, zip varchar(10), city text);
CREATE DOMAIN app.email AS text CONSTRAINT email_has_at CHECK (VALUE LIKE '%_@_%');
CREATE DOMAIN app.money_amount AS numeric(12, 2) DEFAULT 0 NOT NULL;

-- ---------------------------------------------------------------- functions

CREATE FUNCTION app.gross(net numeric, percent numeric DEFAULT 19) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT pg_catalog.round(net * (100 + percent) / 100, 2) $$;

-- A body that looks like a dump's data. Whoever reads a dump line by line falls into it.
CREATE FUNCTION app.looks_like_a_dump(kind text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = app, pg_temp AS $body$
DECLARE
  script text := '
COPY app.customer (id, name) FROM stdin;
1	not a row
\.

-- Data for Name: customer; Type: TABLE DATA; Schema: app; Owner: shop_owner
SELECT pg_catalog.lo_open(''4711'', 131072);
\connect nowhere
';
BEGIN
  RETURN kind || $inner$ : $inner$ || script || E'\\.\n';
END;
$body$;

CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revision := coalesce(OLD.revision, 0) + 1;
  RETURN NEW;
END $$;

CREATE PROCEDURE audit."Forget user's trail"(who text) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM audit.event WHERE actor = who; END $$;

-- ---------------------------------------------------------------- sequences that no column owns

CREATE SEQUENCE app.invoice_number START 100000 INCREMENT 10 CACHE 5;
CREATE SEQUENCE app."Countdown" INCREMENT -3 MINVALUE -9000 MAXVALUE -1 START -1 CYCLE;
CREATE SEQUENCE archive.never_used AS smallint START 7;
SELECT setval('app.invoice_number', 123450) \g /dev/null
SELECT nextval('app."Countdown"'), nextval('app."Countdown"') \g /dev/null

-- ---------------------------------------------------------------- tables and their rows; keys and indexes come afterwards, it is faster

CREATE TABLE app.customer (
  id bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  gone integer,
  email app.email NOT NULL,
  born date,
  token uuid NOT NULL,
  balance app.money_amount,
  home app.address,
  tags text[],
  profile jsonb NOT NULL DEFAULT '{}',
  created timestamptz NOT NULL,
  revision integer NOT NULL DEFAULT 0,
  mail_domain text GENERATED ALWAYS AS (lower(split_part(email::text, '@', 2))) STORED
);
-- A dropped column leaves a gap in the numbering that a restored table does not have.
ALTER TABLE app.customer DROP COLUMN gone;
INSERT INTO app.customer (name, email, born, token, balance, home, tags, profile, created)
SELECT initcap(pg_temp.words('name', i, 2)),
       'c' || i || '@' || pg_temp.words('mail', i, 1) || '.example',
       CASE WHEN i % 11 <> 0 THEN date '1940-01-01' + pg_temp.rnd('born', i, 25000)::int END,
       md5('token' || i)::uuid,
       (pg_temp.skewed('balance', i, 2000000) - 5000) / 100.0,
       CASE WHEN i % 5 <> 0 THEN ROW(initcap(pg_temp.words('street', i, 1)) || ' ' || pg_temp.rnd('number', i, 150), 10000 + pg_temp.rnd('zip', i, 89999),
                                     initcap(pg_temp.words('city', i, 1)))::app.address END,
       CASE i % 7 WHEN 0 THEN ARRAY[pg_temp.words('tag', i, 1), 'a "quoted", one', NULL] WHEN 1 THEN '{}' END,
       jsonb_build_object('lang', (ARRAY['de', 'en', 'fr', 'tr'])[1 + pg_temp.skewed('lang', i, 4)], 'score', pg_temp.rnd('score', i, 100),
                          'note', CASE WHEN i % 4 = 0 THEN pg_temp.words('note', i, 4) END, 'news', i % 3 = 0),
       timestamptz '2019-01-01 00:00+00' + pg_temp.rnd('created', i, 200000000) * interval '1 second'
FROM generate_series(1, 3500 * :scale) AS i;

CREATE TABLE app.category (id serial, parent integer, name text NOT NULL);
INSERT INTO app.category (parent, name)
SELECT CASE WHEN i > 5 THEN 1 + pg_temp.rnd('parent', i, i - 1) END, initcap(pg_temp.words('category', i, 2)) FROM generate_series(1, 60) AS i;

CREATE TABLE app.product (
  id integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1000 INCREMENT BY 1),
  sku varchar(20) NOT NULL,
  category integer NOT NULL,
  title text NOT NULL,
  body text,
  price numeric(10, 2) NOT NULL,
  weight real,
  dimensions double precision[],
  available daterange,
  revision integer NOT NULL DEFAULT 0
);
INSERT INTO app.product (sku, category, title, body, price, weight, dimensions, available)
SELECT 'P-' || lpad(i::text, 8, '0'), 1 + pg_temp.skewed('category', i, 60), pg_temp.words('title', i, 4),
       pg_temp.words('body', i, 20 + pg_temp.rnd('long', i, 80)),
       (99 + pg_temp.skewed('price', i, 100000)) / 100.0, pg_temp.rnd('weight', i, 10000) / 128.0,
       CASE WHEN i % 2 = 0 THEN ARRAY[pg_temp.rnd('x', i, 1000) / 10.0, pg_temp.rnd('y', i, 1000) / 10.0, 'Infinity']::double precision[] END,
       CASE WHEN i % 9 = 0 THEN daterange('2020-01-01', date '2020-01-01' + pg_temp.rnd('until', i, 4000)::int) END
FROM generate_series(1, 700 * :scale) AS i;

-- Partitions: on two levels, one in another schema with its columns in another order, a default one, and one that is empty.
CREATE TABLE app.orders (
  id bigserial NOT NULL,
  placed timestamptz NOT NULL,
  customer bigint NOT NULL,
  state app.order_state NOT NULL DEFAULT 'new',
  total numeric(12, 2),
  remark text
) PARTITION BY RANGE (placed);
CREATE TABLE archive."orders 2021" (
  remark text, dropped integer, customer bigint NOT NULL, id bigint NOT NULL, placed timestamptz NOT NULL, total numeric(12, 2),
  state app.order_state NOT NULL DEFAULT 'returned'
);
ALTER TABLE archive."orders 2021" DROP COLUMN dropped;
ALTER TABLE app.orders ATTACH PARTITION archive."orders 2021" FOR VALUES FROM ('2021-01-01 00:00+00') TO ('2022-01-01 00:00+00');
CREATE TABLE app.orders_2022 PARTITION OF app.orders FOR VALUES FROM ('2022-01-01 00:00+00') TO ('2023-01-01 00:00+00');
CREATE TABLE app.orders_2023 PARTITION OF app.orders FOR VALUES FROM ('2023-01-01 00:00+00') TO ('2024-01-01 00:00+00');
CREATE TABLE app.orders_2024 PARTITION OF app.orders FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE app.orders_2025 PARTITION OF app.orders FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00') PARTITION BY RANGE (placed);
CREATE TABLE app.orders_2025_h1 PARTITION OF app.orders_2025 FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-07-01 00:00+00');
CREATE TABLE app.orders_2025_h2 PARTITION OF app.orders_2025 FOR VALUES FROM ('2025-07-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE app.orders_2026 PARTITION OF app.orders FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
CREATE TABLE app.orders_rest PARTITION OF app.orders DEFAULT;
INSERT INTO app.orders (placed, customer, state, total, remark)
SELECT CASE WHEN i % 2000 = 0 THEN timestamptz '2031-01-01 00:00+00' ELSE timestamptz '2021-01-01 00:00+00' END
         + pg_temp.rnd('placed', i, 157766400) * interval '1 second',
       1 + pg_temp.skewed('buyer', i, 3500 * :scale), (enum_range(NULL::app.order_state))[1 + pg_temp.skewed('state', i, 6)],
       pg_temp.skewed('total', i, 500000) / 100.0, CASE WHEN i % 8 = 0 THEN pg_temp.words('remark', i, 8) END
FROM generate_series(1, 17000 * :scale) AS i;

\if :{?enum_hash}
CREATE TABLE archive.by_state (state app.order_state NOT NULL, n integer) PARTITION BY HASH (state);
CREATE TABLE archive.by_state_0 PARTITION OF archive.by_state FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE archive.by_state_1 PARTITION OF archive.by_state FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE archive.by_state_2 PARTITION OF archive.by_state FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO archive.by_state SELECT (enum_range(NULL::app.order_state))[1 + i % 6], i FROM generate_series(1, 6000) AS i;
\endif

CREATE TABLE app.order_item (
  order_id bigint NOT NULL, placed timestamptz NOT NULL, line smallint NOT NULL,
  product integer NOT NULL, quantity integer NOT NULL, price numeric(10, 2) NOT NULL
);
INSERT INTO app.order_item
SELECT o.id, o.placed, l, 1000 + pg_temp.skewed('product' || l, o.id, 700 * :scale), 1 + pg_temp.skewed('quantity' || l, o.id, 6),
       pg_temp.skewed('price' || l, o.id, 50000) / 100.0
FROM app.orders AS o, generate_series(1, 1 + pg_temp.rnd('lines', o.id, 4)) AS l ORDER BY o.id, l;

-- The big one, narrow enough for very many rows.
CREATE TABLE audit.event (
  id bigserial NOT NULL, at timestamptz NOT NULL, actor text, action text NOT NULL, payload jsonb, client inet
);
INSERT INTO audit.event (at, actor, action, payload, client)
SELECT timestamptz '2023-01-01 00:00+00' + i * interval '7.3 seconds', CASE WHEN i % 50 <> 0 THEN 'user' || pg_temp.skewed('actor', i, 500) END,
       (ARRAY['view', 'search', 'login', 'order', 'pay', 'logout'])[1 + pg_temp.skewed('action', i, 6)],
       CASE WHEN i % 6 <> 0 THEN jsonb_build_object('request', left(md5('request' || i), 16), 'path', '/shop/' || pg_temp.skewed('path', i, 5000),
                                                    'ms', pg_temp.skewed('ms', i, 3000),
                                                    'query', (SELECT w.word FROM pg_temp.word AS w WHERE w.id = i % 1999)) END,
       ('10.' || pg_temp.skewed('net', i, 4) || '.' || pg_temp.rnd('host', i, 65536) / 256 || '.' || pg_temp.rnd('host', i, 256))::inet
FROM generate_series(1, 18000 * :scale) AS i;

-- Large values: out of line, some of them compressible.
CREATE TABLE archive.document (
  id integer NOT NULL, name text NOT NULL, content bytea, plain text, seen timestamp, took interval, checked time, flags bit varying(16)
);
INSERT INTO archive.document
SELECT i, pg_temp.words('document', i, 3), CASE WHEN i % 10 <> 0 THEN pg_temp.noise('document', i, 20 + pg_temp.skewed('pages', i, 600)) ELSE ''::bytea END,
       CASE WHEN i % 4 = 0 THEN repeat(pg_temp.words('plain', i, 20) || E'\n', 5 + pg_temp.rnd('plain', i, 200)::int) END,
       timestamp '2020-02-29 23:59:59.999999' + i * interval '1 hour', i * interval '1 day 00:00:01.5', time '00:00' + i * interval '61 s', (i % 65536)::bit(16)
FROM generate_series(1, 400 * :scale) AS i;

-- Rows that look like COPY's own syntax. One column only: an empty string is an empty line here, and a NULL is \N.
CREATE TABLE app.one_column (value text);
INSERT INTO app.one_column VALUES
  (NULL), (''), (' '), ('\N'), ('\\N'), ('\.'), (E'\\.\n'), (E'\n\\.\n'), (E'a\tb'), (E'line 1\nline 2\r\nline 3'), (E'\b\f\x0B\\'), ('\'), (E'ends with \\'),
  ('COPY app.customer (id, name) FROM stdin;'), (E'\nCOPY app.customer (id, name) FROM stdin;\n1\tx\n\\.\n'), ('-- PostgreSQL database dump complete'),
  ('Grüße, ğüşıöç, 中文, 🐘, ' || U&'\00A0\200B\FEFF' || 'e' || U&'\0301'),
  ('''quotes'' "double" $$dollar$$ `back`'), (repeat('x', 20000)), (repeat('lo🐘ng ', 9000));

CREATE TABLE app.numbers (
  n numeric, d double precision, r real, b boolean, i8 bigint, ts timestamptz, dt date, c "char", ch char(5), m money, j json, p point, v bit(3)
);
INSERT INTO app.numbers VALUES
  ('NaN', 'NaN', '-Infinity', true, 9223372036854775807, 'infinity', '-infinity', 'x', 'ab', 12.34, '{"b": 1,  "a": 1, "a": 2}', '(1.5,-2)', b'101'),
  (1e100, 1.1e-300, 0.1, false, -9223372036854775808, '0044-03-15 12:00:00+00 BC', '4714-11-24 BC', NULL, '', -0.01, NULL, NULL, NULL),
  (0.10, 0.1::float8 + 0.2::float8, 1e-40, NULL, 0, '2024-02-29 23:59:60+00', '9999-12-31', '"', NULL, 0, '[]', '(0,-0)', b'000'),
  (-123456789012345678901234567890.000000000000000000000000001000, '-0', '-0', true, NULL, '1883-11-18 17:00:00+00', '2000-01-01', '''', '  z', NULL,
   'null', '(1e300,1e-300)', b'111');

CREATE TABLE app.empty (id serial, note text DEFAULT 'nothing');
-- No column at all, and yet three rows.
CREATE TABLE archive.nothing ();
INSERT INTO archive.nothing DEFAULT VALUES;
INSERT INTO archive.nothing SELECT FROM archive.nothing;
INSERT INTO archive.nothing SELECT FROM archive.nothing LIMIT 1;

-- Not WAL-logged: empty after a crash, but part of a dump.
CREATE UNLOGGED TABLE app.session (token uuid NOT NULL, customer bigint NOT NULL, data jsonb);
INSERT INTO app.session
SELECT md5('session' || i)::uuid, 1 + pg_temp.rnd('session', i, 3500 * :scale), jsonb_build_object('cart', i) FROM generate_series(1, 500 * :scale) AS i;

-- Two tables that need each other: no order of loading with keys in place would do.
CREATE TABLE app.department (id integer NOT NULL, name text NOT NULL, head integer NOT NULL);
CREATE TABLE app.employee (id integer NOT NULL, name text NOT NULL, department integer NOT NULL, salary numeric(10, 2));
INSERT INTO app.department SELECT i, initcap(pg_temp.words('department', i, 1)), i * 10 FROM generate_series(1, 12) AS i;
INSERT INTO app.employee
SELECT i, initcap(pg_temp.words('employee', i, 2)), 1 + pg_temp.rnd('department', i, 12), 2000 + pg_temp.skewed('salary', i, 9000)
FROM generate_series(1, 240) AS i;

-- Inheritance of the old kind: the parent has rows of its own.
CREATE TABLE archive.note (id integer NOT NULL, text text);
CREATE TABLE archive.signed_note (signature bytea) INHERITS (archive.note);
INSERT INTO archive.note SELECT i, pg_temp.words('note', i, 6) FROM generate_series(1, 300) AS i;
INSERT INTO archive.signed_note SELECT i, pg_temp.words('signed', i, 6), pg_temp.noise('signed', i, 4) FROM generate_series(1, 200) AS i;

CREATE TABLE app.room_booking (room integer NOT NULL, during tstzrange NOT NULL, who text NOT NULL);
INSERT INTO app.room_booking
SELECT 1, tstzrange(timestamptz '2025-01-01 00:00+00' + i * interval '2 hours', timestamptz '2025-01-01 01:00+00' + i * interval '2 hours'), 'user' || i % 9
FROM generate_series(1, 400) AS i;

CREATE TABLE app.customer_note (id integer GENERATED BY DEFAULT AS IDENTITY, customer bigint NOT NULL, author name NOT NULL, note text);
INSERT INTO app.customer_note (customer, author, note)
SELECT 1 + pg_temp.rnd('about', i, 3500 * :scale), (ARRAY['shop_app', 'shop_auditor', 'shop_owner'])[1 + i % 3], pg_temp.words('about', i, 7)
FROM generate_series(1, 900) AS i;
CREATE TABLE app.invoice (number bigint NOT NULL DEFAULT nextval('app.invoice_number'), customer bigint NOT NULL, amount app.money_amount);
INSERT INTO app.invoice
SELECT 100000 + 10 * i, 1 + pg_temp.skewed('invoice', i, 3500 * :scale), pg_temp.skewed('amount', i, 90000) / 100.0 FROM generate_series(1, 2000) AS i;

CREATE TABLE "Odd / Schäma"."Order ""Items"" ä/ö\ü" ("Größe in cm" numeric, "select" text, "it's; -- a column" integer DEFAULT 5, "UPPER" text, t text);
INSERT INTO "Odd / Schäma"."Order ""Items"" ä/ö\ü"
SELECT i / 8.0, 'select ' || i, i, upper(pg_temp.words('odd', i, 2)), md5(i::text) FROM generate_series(1, 250) AS i;
CREATE TABLE "Odd / Schäma"."TABLE DATA x; 0 0" (id serial, value text);
INSERT INTO "Odd / Schäma"."TABLE DATA x; 0 0" (value) SELECT pg_temp.words('toc', i, 2) FROM generate_series(1, 77) AS i;
CREATE TABLE "Odd / Schäma"." leading, trailing " ("%s $1 :scale" integer);
INSERT INTO "Odd / Schäma"." leading, trailing " VALUES (1), (2), (NULL);

\if :pg14
-- What newer servers have besides.
CREATE TABLE archive.since_14 (id integer, spans int4multirange, fields text COMPRESSION pglz);
INSERT INTO archive.since_14 SELECT i, int4multirange(int4range(1, 2 + i), int4range(1000, 1001 + i)), repeat('p', i * 100) FROM generate_series(1, 50) AS i;
CREATE STATISTICS archive.by_expression ON (id % 7), (length(fields)) FROM archive.since_14;
\endif
\if :pg15
ALTER TABLE archive.since_14 ADD CONSTRAINT once UNIQUE NULLS NOT DISTINCT (id);
CREATE VIEW archive.as_caller WITH (security_invoker = true) AS SELECT id FROM archive.since_14;
\endif
\if :pg18
ALTER TABLE archive.since_14 ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL;
ALTER TABLE archive.since_14 ADD CONSTRAINT fields_there NOT NULL fields NOT VALID;
\endif

-- ---------------------------------------------------------------- large objects, with owner, rights, comment: empty, one byte, large, with a hole

SELECT lo_from_bytea(900000, '') , lo_from_bytea(900001, '\x00') \g /dev/null
-- Longer than what pg_dump copies at once, and with a hole in it.
SELECT lo_from_bytea(900002, pg_temp.noise('large', 2, 65536)), lo_from_bytea(900003, 'before') \g /dev/null
SELECT lo_put(900003, 100000, 'after') \g /dev/null
SELECT count(lo_from_bytea((900003 + i)::oid, pg_temp.noise('large', i, 200 + pg_temp.skewed('large', i, 2000))
                                              || convert_to(repeat(pg_temp.words('large', i, 10), 100), 'UTF8')))
FROM generate_series(1, 10 + 2 * :scale) AS i \g /dev/null
ALTER LARGE OBJECT 900001 OWNER TO shop_app;
ALTER LARGE OBJECT 900002 OWNER TO shop_owner;
GRANT SELECT ON LARGE OBJECT 900001 TO shop_reader;
GRANT SELECT, UPDATE ON LARGE OBJECT 900002 TO shop_app WITH GRANT OPTION;
GRANT SELECT ON LARGE OBJECT 900004 TO PUBLIC;
COMMENT ON LARGE OBJECT 900002 IS 'A picture, two lines
of comment';
CREATE TABLE archive.picture (name text NOT NULL, content oid);
INSERT INTO archive.picture VALUES ('empty', 900000), ('byte', 900001), ('large', 900002), ('none', NULL);

-- ---------------------------------------------------------------- keys, constraints, indexes

ALTER TABLE app.customer ADD PRIMARY KEY (id);
ALTER TABLE app.customer ADD CONSTRAINT customer_email_key UNIQUE (email) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE app.category ADD PRIMARY KEY (id), ADD FOREIGN KEY (parent) REFERENCES app.category;
ALTER TABLE app.product ADD PRIMARY KEY (id), ADD UNIQUE (sku), ADD FOREIGN KEY (category) REFERENCES app.category ON UPDATE CASCADE,
  ADD CONSTRAINT price_is_positive CHECK (price > 0);
-- Some rows break it, and may: it holds for new rows only.
ALTER TABLE app.product ADD CONSTRAINT price_is_sane CHECK (price < 500) NOT VALID;
ALTER TABLE app.orders ADD PRIMARY KEY (id, placed);
ALTER TABLE app.order_item ADD PRIMARY KEY (order_id, line);
ALTER TABLE app.order_item ADD FOREIGN KEY (product) REFERENCES app.product;
ALTER TABLE app.order_item ADD CONSTRAINT order_item_order_fkey FOREIGN KEY (order_id, placed) REFERENCES app.orders (id, placed) ON DELETE CASCADE;
ALTER TABLE app.orders ADD FOREIGN KEY (customer) REFERENCES app.customer;
ALTER TABLE audit.event ADD PRIMARY KEY (id);
ALTER TABLE archive.document ADD PRIMARY KEY (id);
ALTER TABLE app.department ADD PRIMARY KEY (id);
ALTER TABLE app.employee ADD PRIMARY KEY (id), ADD FOREIGN KEY (department) REFERENCES app.department DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE app.department ADD FOREIGN KEY (head) REFERENCES app.employee DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE app.room_booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (room = 1);
ALTER TABLE app.customer_note ADD PRIMARY KEY (id), ADD FOREIGN KEY (customer) REFERENCES app.customer NOT VALID;
ALTER TABLE app.invoice ADD PRIMARY KEY (number), ADD FOREIGN KEY (customer) REFERENCES app.customer;
ALTER TABLE "Odd / Schäma"."Order ""Items"" ä/ö\ü" ADD CONSTRAINT "a key; with ""quotes""" PRIMARY KEY ("select", "it's; -- a column");

CREATE INDEX orders_customer_idx ON app.orders (customer);
\if :has_trgm
CREATE INDEX product_title_idx ON app.product USING gin (title ext.gin_trgm_ops);
COMMENT ON INDEX app.product_title_idx IS 'for search';
\endif
CREATE INDEX customer_profile_idx ON app.customer USING gin (profile jsonb_path_ops);
CREATE INDEX customer_lower_name_idx ON app.customer (lower(name) text_pattern_ops, born DESC NULLS LAST);
CREATE INDEX customer_in_debt_idx ON app.customer (balance) INCLUDE (name) WHERE balance::numeric < 0;
CREATE INDEX product_gross_idx ON app.product (app.gross(price));
CREATE INDEX order_item_product_idx ON app.order_item (product);
CREATE INDEX event_at_idx ON audit.event USING brin (at);
CREATE INDEX event_actor_idx ON audit.event (actor, at);
CREATE INDEX one_column_idx ON app.one_column USING hash (value);
CREATE UNIQUE INDEX "Größe idx" ON "Odd / Schäma"."Order ""Items"" ä/ö\ü" ("Größe in cm") WHERE "UPPER" IS NOT NULL;
ALTER TABLE app.customer CLUSTER ON customer_pkey;
ALTER TABLE app.category REPLICA IDENTITY FULL;
ALTER TABLE audit.event SET (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 95);
ALTER TABLE audit.event ALTER COLUMN actor SET STATISTICS 500;
ALTER TABLE archive.document ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE STATISTICS app.orders_customer_state (dependencies, ndistinct) ON customer, state FROM app.orders;

-- ---------------------------------------------------------------- triggers, views

CREATE TRIGGER touch BEFORE UPDATE ON app.customer FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER touch BEFORE UPDATE OF title, body ON app.product FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION app.touch();
ALTER TABLE app.product DISABLE TRIGGER touch;
-- A trigger that fired: a restore that fires it again would show a higher revision.
UPDATE app.customer SET balance = balance WHERE id % 100 = 7;

CREATE VIEW app.customer_public WITH (security_barrier = true) AS SELECT id, name, mail_domain FROM app.customer WHERE balance >= 0 WITH LOCAL CHECK OPTION;
-- `name` is not grouped by; that works only as long as `id` is the primary key, so the view has to be restored after the key.
CREATE VIEW app.customer_spend AS
SELECT c.id, c.name, count(o.id) AS orders, sum(o.total) AS spent FROM app.customer AS c LEFT JOIN app.orders AS o ON o.customer = c.id GROUP BY c.id;
CREATE MATERIALIZED VIEW archive.month AS
SELECT date_trunc('month', placed AT TIME ZONE 'UTC') AS month, state, count(*) AS orders, sum(total) AS total, app.gross(sum(total)) AS gross
FROM app.orders GROUP BY 1, 2;
CREATE UNIQUE INDEX month_idx ON archive.month (month, state);
CREATE MATERIALIZED VIEW archive.not_filled AS SELECT count(*) FROM audit.event WITH NO DATA;

-- ---------------------------------------------------------------- comments

COMMENT ON SCHEMA app IS 'The shop itself';
COMMENT ON TABLE app.orders IS 'Orders;
COPY app.orders (id) FROM stdin;
\.
-- end of a comment that looks like data';
COMMENT ON COLUMN app.customer.home IS 'It''s where "they" live: Straße/Hausnummer';
COMMENT ON CONSTRAINT price_is_sane ON app.product IS 'NOT VALID on purpose';
COMMENT ON FUNCTION app.gross(numeric, numeric) IS 'net to gross';
COMMENT ON TYPE app.order_state IS 'from new to returned';
COMMENT ON TRIGGER touch ON app.customer IS 'counts changes';

-- ---------------------------------------------------------------- owners: three roles, and what stays with the superuser

SELECT format('ALTER SCHEMA %I OWNER TO %I', n, o)
FROM (VALUES ('app', 'shop_owner'), ('archive', 'shop_owner'), ('audit', 'shop_auditor'), ('Odd / Schäma', 'Shop "Report"')) AS v(n, o)
\gexec
-- Tables, views and free sequences follow their schema; a sequence of a column follows its table by itself. archive.document stays with the superuser.
SELECT format('ALTER %s %s OWNER TO %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
              c.oid::regclass, nspowner::regrole)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE nspname IN ('app', 'archive', 'audit', 'Odd / Schäma') AND relkind IN ('r', 'p', 'v', 'm', 'S') AND c.oid <> 'archive.document'::regclass
  AND NOT EXISTS (SELECT FROM pg_depend
                  WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i') AND refclassid = 'pg_class'::regclass AND refobjsubid > 0)
ORDER BY c.oid
\gexec
SELECT format('ALTER ROUTINE %s OWNER TO %s', p.oid::regprocedure, nspowner::regrole)
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname IN ('app', 'audit')
\gexec
ALTER TYPE app.order_state OWNER TO shop_owner;
ALTER TYPE app.address OWNER TO shop_owner;
ALTER DOMAIN app.email OWNER TO shop_owner;
-- A schema's objects of another owner than the schema.
ALTER TABLE app.session OWNER TO shop_app;
ALTER TABLE app.orders_2023 OWNER TO shop_app;
ALTER SEQUENCE app."Countdown" OWNER TO shop_app;

-- ---------------------------------------------------------------- rights

GRANT USAGE ON SCHEMA app TO shop_app, shop_reader WITH GRANT OPTION;
GRANT USAGE ON SCHEMA app, audit, archive, ext, "Odd / Schäma" TO shop_auditor, shop_grants;
GRANT CREATE ON SCHEMA archive TO shop_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA app TO shop_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA app TO shop_app;
GRANT INSERT ON audit.event TO shop_app;
GRANT USAGE ON SEQUENCE audit.event_id_seq TO shop_app;
GRANT SELECT ON app.customer_public TO PUBLIC;
REVOKE ALL ON app.one_column FROM shop_owner;
REVOKE EXECUTE ON FUNCTION app.looks_like_a_dump(text) FROM PUBLIC;
REVOKE USAGE ON TYPE app.address FROM PUBLIC;
GRANT USAGE ON TYPE app.address TO shop_app;
-- Single columns, also of a table that the role may not read otherwise.
GRANT SELECT (id, name, created), UPDATE (name) ON app.customer TO shop_auditor;
GRANT SELECT ("it's; -- a column") ON "Odd / Schäma"."Order ""Items"" ä/ö\ü" TO shop_grants;
-- A chain: the owner grants, one grantee passes on, and so does the next.
GRANT SELECT, UPDATE ON app.product TO shop_reader WITH GRANT OPTION;
SET ROLE shop_reader;
GRANT SELECT ON app.product TO shop_auditor WITH GRANT OPTION;
GRANT UPDATE (title) ON app.product TO shop_grants;
SET ROLE shop_auditor;
GRANT SELECT ON app.product TO shop_grants;
RESET ROLE;
\if :pg17
GRANT MAINTAIN ON app.orders TO shop_app;
\endif

ALTER TABLE app.customer_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.customer_note USING (author = current_user) WITH CHECK (author = current_user);
CREATE POLICY auditor_reads ON app.customer_note AS PERMISSIVE FOR SELECT TO shop_auditor USING (true);
-- Holds for the owner as well: a dump by the owner would be empty, or refused.
ALTER TABLE app.invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.invoice FORCE ROW LEVEL SECURITY;
CREATE POLICY "small ones; only" ON app.invoice AS RESTRICTIVE FOR ALL TO shop_app, "Shop ""Report""" USING (amount < 100);
COMMENT ON POLICY own ON app.customer_note IS 'everybody their own';

-- Last, or they would apply to everything above.
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA app GRANT SELECT ON TABLES TO shop_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA app GRANT USAGE ON SEQUENCES TO shop_app WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_auditor GRANT USAGE ON TYPES TO shop_app;

ANALYZE;
