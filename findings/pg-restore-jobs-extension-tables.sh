#!/usr/bin/env bash
# An extension with two configuration tables (pg_extension_config_dump) and a foreign key between them, as PgQ, pgAgent or PostGIS topology have.
# One would expect pg_restore --jobs to know the order in which these tables have to be loaded, since a dump restores well without it.
# The foreign key exists before the rows, pg_dump only orders the entries, and no dependency between them is in the archive:
# several jobs load both tables at once, and the smaller one is rejected.
. "$(dirname "$0")/lib/postgresql_18.sh"

folder=$(find "$WORK/venv" -path '*/extension/plpgsql.control' -print -quit | xargs dirname)
printf "default_version = '1.0'\nrelocatable = false\nschema = public\n" >"$folder/queues.control"
cat >"$folder/queues--1.0.sql" <<'SQL'
CREATE TABLE queue (id int PRIMARY KEY, about text);
CREATE TABLE consumer (id int PRIMARY KEY, queue int REFERENCES queue);
SELECT pg_catalog.pg_extension_config_dump('queue', '');
SELECT pg_catalog.pg_extension_config_dump('consumer', '');
SQL
chmod a+r "$folder"/queues*
sql -c 'CREATE DATABASE one'
sql -d one -c 'CREATE EXTENSION queues' \
    -c "INSERT INTO queue SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 200000) i" -c 'INSERT INTO consumer VALUES (1, 200000)'
run pg_dump -Fd -d one -f "$WORK/one.dump"
for jobs in 1 2; do
    sql -c 'DROP DATABASE IF EXISTS two' -c 'CREATE DATABASE two' 2>/dev/null
    run pg_restore --jobs=$jobs -d two "$WORK/one.dump" >"$WORK/jobs-$jobs" 2>&1 || true
    echo "$(run pg_restore --version), $jobs job(s): $(sql -d two -c 'SELECT count(*) FROM consumer') of 1 row in table consumer"
    sed -n 1,2p "$WORK/jobs-$jobs"
done
[ ! -s "$WORK/jobs-1" ]
grep -q 'violates foreign key constraint' "$WORK/jobs-2"
