#!/usr/bin/env bash
# PgBouncer just started, and its database is paused. A client connects and gives up; then the database is resumed, and a second client connects.
# One would expect RESUME to let the second client in at once: the server is up, and no login has failed.
# PgBouncer ended its own connection to the server in PAUSE, and counts that as a login that failed. RESUME does not reset it, so the
# second client waits until server_login_retry (15 s by default) has passed. Applications with a shorter timeout fail after the maintenance.
. "$(dirname "$0")/lib/postgresql_18.sh"

mkdir "$WORK/bouncer" && cd "$WORK/bouncer"
apt-get -qq -o APT::Sandbox::User=root download pgbouncer=1.18.0-1+deb12u1 libevent-2.1-7 libc-ares2=1.18.1-3
for file in *.deb; do dpkg-deb -x "$file" .; done
printf '"app" "example"\n' >users
cat >bouncer.ini <<INI
[databases]
postgres = host=$WORK
[pgbouncer]
unix_socket_dir = $WORK/bouncer
listen_port = 6432
auth_type = plain
auth_file = $WORK/bouncer/users
logfile = $WORK/bouncer/log
INI
[ "$(id -u)" != 0 ] || chown -R nobody .
sql -c "CREATE ROLE app LOGIN PASSWORD 'example'"
LD_LIBRARY_PATH=$PWD/usr/lib/x86_64-linux-gnu "${RUN[@]}" usr/sbin/pgbouncer -q bouncer.ini 2>/dev/null &
bouncer=$!
trap 'kill -9 "$bouncer"; stop' EXIT
through() { PGHOST=$WORK/bouncer PGPORT=6432 PGPASSWORD=example run psql -XAtqw "$@"; }
client() { PGCONNECT_TIMEOUT=$1 through -U app -c 'SELECT 1' 2>/dev/null || echo "no answer within $1 s"; }
until through -U pgbouncer pgbouncer -c 'SHOW VERSION' 2>/dev/null; do sleep 0.1; done

through -U pgbouncer pgbouncer -c 'PAUSE postgres'
first=$(client 2)
through -U pgbouncer pgbouncer -c 'RESUME postgres'
at_once=$(client 5)
later=$(client 20)

echo "PostgreSQL $(sql -c 'SHOW server_version'); first client, paused: $first"
echo "second client, right after RESUME: $at_once; the next one: $later"
[ "$first" = "no answer within 2 s" ] && [ "$at_once" = "no answer within 5 s" ] && [ "$later" = 1 ]
