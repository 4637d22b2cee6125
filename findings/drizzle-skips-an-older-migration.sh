#!/usr/bin/env bash
# Two branches each add a migration. The one that was generated later is merged and applied first, then the other one is merged.
# One would expect the migration that the database does not have to be applied, as its row is not in __drizzle_migrations, or an error.
# Drizzle compares the time in its journal with that of the newest row only: an older migration is skipped, without a message, now and for good.
. "$(dirname "$0")/lib/postgresql_18.sh"

mkdir -p "$WORK/app/drizzle/meta"
cd "$WORK/app"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts drizzle-orm@0.45.4 pg@8.23.1
cat >migrate.js <<'JS'
import {drizzle} from 'drizzle-orm/node-postgres'
import {migrate} from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
const pool = new pg.Pool()
await migrate(drizzle(pool), {migrationsFolder: 'drizzle'})
await pool.end()
JS
entry() { printf '{"idx": %d, "version": "7", "when": %d, "tag": "%s", "breakpoints": true}' "$@"; }
journal() { printf '{"version": "7", "dialect": "postgresql", "entries": [%s]}' "$1" >drizzle/meta/_journal.json; }
echo 'CREATE TABLE customer (id int);' >drizzle/0000_customer.sql
echo 'CREATE TABLE invoice (id int);' >drizzle/0001_invoice.sql
echo 'CREATE TABLE address (id int);' >drizzle/0002_address.sql
customer=$(entry 0 1764000000000 0000_customer)
invoice=$(entry 1 1764200000000 0001_invoice)
address=$(entry 2 1764100000000 0002_address)

journal "$customer, $invoice"
node migrate.js
journal "$customer, $invoice, $address"
node migrate.js
status=$?
tables=$(sql -c "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
rows=$(sql -c 'SELECT count(*) FROM drizzle.__drizzle_migrations')

echo "drizzle-orm $(node -p "require('./node_modules/drizzle-orm/package.json').version"), pg $(node -p "require('./node_modules/pg/package.json').version")"
echo "Migrations in the journal: customer, invoice, address (older than invoice). Exit status of the second run: $status"
echo "Tables: $tables; rows in __drizzle_migrations: $rows"
[ "$status" = 0 ] && [ "$tables" = "customer invoice" ] && [ "$rows" = 2 ]
