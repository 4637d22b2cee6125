-- Roles of the database `shop`: what belongs to the cluster and is in no dump of a database.
--
--   psql -X -v ON_ERROR_STOP=1 -f shop_roles.sql        before the database is created or restored
--
-- Runs again without a change: a restore test needs the roles on a server that may have them.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
-- A verifier, not a password, is what the server keeps; md5 would be refused by the hardened HBA rules.
SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I', wanted.name)
FROM unnest(ARRAY['shop_owner', 'shop_app', 'shop_reader', 'shop_auditor', 'shop_grants', 'Shop "Report"']) AS wanted(name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
\gexec

ALTER ROLE shop_owner NOLOGIN;
-- The password of a throw-away test host. It has a quote and a blank, as real ones do.
ALTER ROLE shop_app LOGIN PASSWORD 'it''s only a test';
ALTER ROLE shop_reader NOLOGIN;
ALTER ROLE shop_auditor LOGIN NOINHERIT CONNECTION LIMIT 3;
-- Nothing but grants hangs on it: a role that is easily forgotten, because it owns nothing.
ALTER ROLE shop_grants NOLOGIN;
ALTER ROLE "Shop ""Report""" LOGIN CONNECTION LIMIT 2 VALID UNTIL '2031-12-31 23:59:59+00';
ALTER ROLE "Shop ""Report""" SET statement_timeout = '5min';
ALTER ROLE "Shop ""Report""" SET application_name = 'report, nightly';

GRANT shop_reader TO shop_app;
GRANT shop_reader TO "Shop ""Report""";
GRANT shop_reader TO shop_auditor WITH ADMIN OPTION;

COMMENT ON ROLE shop_owner IS 'Owns the shop''s objects; nobody logs in as it.';
