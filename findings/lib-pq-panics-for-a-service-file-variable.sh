#!/usr/bin/env bash
# A host sets PGSERVICEFILE for everybody (psql and libpq read it), and a Go program with lib/pq connects with a complete URL.
# One would expect lib/pq to ignore a variable that it does not support, or to return an error from Ping, as for any other fault.
# It panics, and the program ends: no caller that checks err sees it. The same holds for PGSERVICE, PGHOSTADDR, PGSYSCONFDIR and seven others.
set -euo pipefail

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
# Debian's packages of its stable release, unpacked and not installed.
apt-get download -q golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 golang-github-lib-pq-dev=1.10.7-2 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" root; done
mkdir goroot
ln -s "$WORK"/root/usr/lib/go-1.19/{bin,pkg} "$WORK"/root/usr/share/go-1.19/src goroot/
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/lib/pq"
)

func main() {
	pool, err := sql.Open("postgres", "postgresql://app:secret@127.0.0.1:1/app?sslmode=disable")
	if err == nil {
		err = pool.Ping()
	}
	fmt.Println("an error that the program can handle:", err)
}
GO
export GOROOT=$WORK/goroot GOPATH=$WORK/root/usr/share/gocode GO111MODULE=off GOCACHE=$WORK/cache CGO_ENABLED=0
goroot/bin/go build -o main main.go

echo "lib/pq $(dpkg-deb -f golang-github-lib-pq-dev_*.deb Version), without the variable:"
./main
echo "With PGSERVICEFILE:"
status=0
PGSERVICEFILE=/etc/postgresql-common/pg_service.conf ./main >with 2>&1 || status=$?
grep -m1 panic with
echo "Exit status: $status"
[ "$status" = 2 ] && grep -q 'panic: .*PGSERVICEFILE' with
