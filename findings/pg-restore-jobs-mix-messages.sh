#!/usr/bin/env bash
# One would expect: each line on the standard error of pg_restore is a whole message, also with several jobs.
# What happens: each job writes program name, severity and text one by one into the same file, so the parts of lines stand between each other's: a line
# can begin with "pg_restore: pg_restore: from TOC entry", and the text of an error can stand in a line without a prefix. A tool that reads lines overlooks failed
# entries. The sender of each part can be told apart if standard error is a socket (SO_PASSCRED).
. "$(dirname "$0")/lib/postgresql_18.sh"

run createdb source
sql -d source <<'END'
CREATE TABLE a (v int); CREATE TABLE b (v int);
INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);
SELECT format('CREATE UNIQUE INDEX %s_%s ON %s ((v + %s))', t, n, t, n) FROM unnest('{a,b}'::text[]) t, generate_series(1, 40) n \gexec
END
run pg_dump -Fc -f "$WORK/dump" source
run createdb target
run pg_restore --section=pre-data -d target "$WORK/dump"
# The same rows twice: every unique index fails.
for _ in 1 2; do run pg_restore --section=data -d target "$WORK/dump"; done

mixed=0
for _ in $(seq 30); do
    run pg_restore --verbose --jobs=4 --section=post-data -d target "$WORK/dump" 2>"$WORK/errors" || true
    mixed=$(grep -cE '^pg_restore: ?(error: )?pg_restore:|^(could not execute query|from TOC entry)' "$WORK/errors" || true)
    [ "$mixed" = 0 ] || break
done
failed=$(grep -c 'Key (' "$WORK/errors")
run pg_restore --version
echo "entries that failed: $failed, lines that begin like several or like none: $mixed"
grep -E '^pg_restore: ?(error: )?pg_restore:|^(could not execute query|from TOC entry)' "$WORK/errors" | head -5
[ "$failed" = 80 ] && [ "$mixed" -gt 0 ]
