#!/usr/bin/env bash
# PostgreSQL 18.6: a file sets a parameter that needs a restart to the value that it has already; after a reload, pg_settings names no file for it.
#
# One would expect: pg_settings.sourcefile and sourceline say which line the value comes from, as they do at once for a parameter that a
# reload can change, or pending_restart says that the server waits for something.
# What happens: source stays 'default' and sourcefile stays NULL until the next restart, pending_restart is false, and only pg_file_settings knows
# the line. Who proves by sourcefile that a managed file is the one in force sees a difference that no reload takes away.
. "$(dirname "$0")/lib/postgresql_18.sh"

cat >>"$WORK/data/postgresql.conf" <<'END'
data_sync_retry = off
zero_damaged_pages = off
END
seen() {
    sql -F ' ' -c "SELECT name, source, sourcefile IS NOT NULL AS has_file, pending_restart FROM pg_settings
                    WHERE name IN ('data_sync_retry', 'zero_damaged_pages') ORDER BY 1"
}
sql -c 'SELECT version()' -c 'SELECT pg_reload_conf()' >"$WORK/version"
head -n 1 "$WORK/version" | cut -d, -f1
until sql -c "SELECT sourcefile IS NOT NULL FROM pg_settings WHERE name = 'zero_damaged_pages'" | grep -q t; do sleep 0.1; done
echo "After the reload (name, source, has a file, pending restart):"
seen | tee "$WORK/reload"
echo "pg_file_settings:"
sql -F ' ' -c "SELECT name, setting, applied, error FROM pg_file_settings WHERE name = 'data_sync_retry'"
run pg_ctl -D "$WORK/data" -o "-k $WORK -c listen_addresses=''" -l "$WORK/log" -w restart >/dev/null
echo "After a restart:"
seen | tee "$WORK/restart"
grep -qx 'data_sync_retry default f f' "$WORK/reload"
grep -qx 'zero_damaged_pages configuration file t f' "$WORK/reload"
grep -qx 'data_sync_retry configuration file t f' "$WORK/restart"
