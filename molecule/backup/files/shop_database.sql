-- What the cluster keeps about the database `shop`: settings, rights, comment. Not in its contents.
--
--   psql -X -v ON_ERROR_STOP=1 -d shop -f shop_database.sql        after shop_roles.sql and CREATE DATABASE
--
-- Runs again without a change.

\set ON_ERROR_STOP on

ALTER DATABASE shop OWNER TO shop_owner;
ALTER DATABASE shop CONNECTION LIMIT 50;
-- `app` first: objects and functions that name no schema work here, and do not where the setting is lost.
ALTER DATABASE shop SET search_path = app, public;
ALTER DATABASE shop SET timezone = 'Europe/Berlin';
ALTER ROLE shop_app IN DATABASE shop SET lock_timeout = '3s';
ALTER ROLE shop_app IN DATABASE shop SET application_name = 'shop ''n'' go';

REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_reader, shop_auditor, "Shop ""Report""";
-- A right that is passed on, and so has another grantor than the owner.
GRANT CONNECT, TEMPORARY ON DATABASE shop TO shop_app WITH GRANT OPTION;
SET ROLE shop_app;
GRANT TEMPORARY ON DATABASE shop TO shop_auditor;
RESET ROLE;

COMMENT ON DATABASE shop IS E'The shop: orders, customers, audit.\nSecond line of the comment, with ''quotes'' and a \\ backslash.';
