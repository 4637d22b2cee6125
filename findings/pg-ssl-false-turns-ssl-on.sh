#!/usr/bin/env bash
# A server without SSL, and a URL with ?ssl=false.
# One would expect the URL to switch SSL off: ?ssl=true switches it on, and other drivers (postgres.js, pgJDBC) read it so.
# node's pg keeps the text "false", which is true for JavaScript, asks for SSL, and fails. ?ssl=0 and ?sslmode=disable work.
. "$(dirname "$0")/lib/postgresql_18.sh"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
run pg_ctl -D "$WORK/data" -m fast stop >/dev/null
run pg_ctl -D "$WORK/data" -o "-k $WORK -p $port -c listen_addresses=127.0.0.1" -l "$WORK/log" -w start >/dev/null
mkdir "$WORK/node"
npm install --silent --no-audit --no-fund --prefix "$WORK/node" pg@8.23.1 postgres@3.4.9
cat >"$WORK/node/connect.js" <<'JS'
const [name, url] = process.argv.slice(2)
const done = (text) => { console.log(`${name}, ${url.split('?')[1]}: ${text}`); process.exit() }
const failed = (error) => done(error.message)
if (name === 'pg') new (require('pg').Client)(url).connect().then(() => done('connected'), failed)
else require('postgres')(url, { max: 1 })`select 1`.then(() => done('connected'), failed)
JS
connect() { node "$WORK/node/connect.js" "$1" "postgresql://postgres@127.0.0.1:$port/postgres?$2"; }

found=$(connect pg ssl=false; connect pg ssl=0; connect pg sslmode=disable; connect postgres.js ssl=false)
echo "$found"
grep -q 'pg, ssl=false: The server does not support SSL connections' <<<"$found"
test "$(grep -c ': connected' <<<"$found")" = 3
