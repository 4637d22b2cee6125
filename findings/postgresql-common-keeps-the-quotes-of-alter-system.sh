#!/usr/bin/env bash
# postgresql-common 248+deb12u2 and PostgreSQL 18.6: after ALTER SYSTEM SET unix_socket_directories, Debian's tools look for the socket in a
# folder whose name has double quotes.
#
# One would expect: the folder that was set, since postgresql-common reads postgresql.auto.conf as the server does.
# What happens: the server writes a list with each member in double quotes inside of the single ones. postgresql-common takes off the single
# quotes only, so pg_lsclusters shows "/srv/sockets" with quotes, and the wrapper psql takes that for the name of a host. ALTER SYSTEM alone, without a
# restart, is enough: psql without -h then fails on a server that still has its old socket.
. "$(dirname "$0")/lib/postgresql_18.sh"

package=postgresql-common=248+deb12u2
(cd "$WORK" && apt-get download "$package" >/dev/null 2>&1)
dpkg -x "$WORK"/postgresql-common_*.deb "$WORK/common"
sql -c "ALTER SYSTEM SET unix_socket_directories = '/srv/sockets'"
echo "$package; $(run postgres --version)"
echo "The server wrote:"
grep unix_socket "$WORK/data/postgresql.auto.conf"

configuration=$WORK/etc/18/main
mkdir -p "$configuration"
echo "data_directory = '$WORK/data'" >"$configuration/postgresql.conf"
seen=$(PG_CLUSTER_CONF_ROOT=$WORK/etc PERL5LIB=$WORK/common/usr/share/perl5 perl -MPgCommon -e 'print get_cluster_socketdir("18", "main")')
echo "postgresql-common reads: $seen"
[ "$seen" = '"/srv/sockets"' ]
