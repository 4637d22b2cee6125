#!/usr/bin/env bash
# Two tables of one name in two schemas; the rows of one of them cannot be restored, for its check calls a function that needs a search path.
# One would expect the error of pg_restore to name the table that failed.
# It names the table without its schema, and the entry of the dump only with --verbose, which prints a line about everything that went well, too.
. "$(dirname "$0")/lib/postgresql_18.sh"

sql -c 'CREATE DATABASE one' -c 'CREATE DATABASE two'
sql -d one <<'SQL'
CREATE TABLE allowed (a int);
INSERT INTO allowed VALUES (1);
CREATE FUNCTION is_allowed(x int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM allowed WHERE a = x); END';
CREATE SCHEMA first;
CREATE SCHEMA second;
CREATE TABLE first.item (a int);
CREATE TABLE second.item (a int CHECK (public.is_allowed(a)));
INSERT INTO first.item VALUES (1);
INSERT INTO second.item VALUES (1);
SQL
run pg_dump -Fc -d one -f "$WORK/one.dump"
quiet=$(run pg_restore -d two "$WORK/one.dump" 2>&1 || true)
sql -c 'DROP DATABASE two' -c 'CREATE DATABASE two'
verbose=$(run pg_restore --verbose -d two "$WORK/one.dump" 2>&1 || true)

run pg_restore --version
echo "Without --verbose:"
grep 'COPY failed' <<<"$quiet"
echo "With --verbose:"
grep -E 'from TOC entry|COPY failed' <<<"$verbose"
grep -q 'COPY failed for table "item"' <<<"$quiet"
if grep -q -e 'TOC entry' -e 'COPY failed.*second' <<<"$quiet"; then exit 1; fi
grep -Eq 'from TOC entry [0-9]+; 0 [0-9]+ TABLE DATA item' <<<"$verbose"
