"""A full look at a crowded server: 10,000 tables, 50 databases, 200 connections. What it takes, and the slowest of its statements."""

from __future__ import annotations

import json
import re
from functools import cache

from measure import Bench, Numbers, wall_seconds

DATABASES, TABLES, CONNECTIONS = 50, 10_000, 200
#: With an identity column, a key and an index each.
MAKE_TABLES = """
DO $$ BEGIN
  FOR number IN {first}..{last} LOOP
    EXECUTE format('CREATE TABLE t%s (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, remark text)', number);
    EXECUTE format('CREATE INDEX ON t%s (at)', number);
    EXECUTE format('INSERT INTO t%s (remark) VALUES (''x'')', number);
    -- Each takes locks on what it makes; the lock table is not that large.
    COMMIT;
  END LOOP;
END $$
"""
HOLD = """
import psycopg2, time
held = [psycopg2.connect("dbname=d%d" % (number % {databases})) for number in range({connections})]
print("held", flush=True)
time.sleep(3600)
"""
RUN = """
import resource, subprocess, sys
done = subprocess.run(["pgsop", "health", "--format", "json"], stdout=subprocess.PIPE)
sys.stdout.buffer.write(done.stdout)
sys.stdout.flush()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
DURATION = re.compile(r"^pgsop .*?duration: ([0-9.]+) ms", re.MULTILINE)


def heaped(bench: Bench) -> Numbers:
    """All tables in one of the databases."""
    crowd(bench, each=(TABLES,))
    return look(bench)


def spread(bench: Bench) -> Numbers:
    """As many tables in each database."""
    crowd(bench, each=(TABLES // DATABASES,) * DATABASES)
    return look(bench)


def look(bench: Bench) -> Numbers:
    """One look as people and timers have it."""
    log = bench.run("pg_lsclusters", "-h").split()[-1]
    begin = int(bench.run("stat", "-c", "%s", log))
    said: list[str] = []
    wall = wall_seconds(lambda: said.append(bench.run("python3", "-c", RUN)))
    report, _line, peak = said[0].rstrip().rpartition("\n")
    found = json.loads(report)
    durations = [float(each) for each in DURATION.findall(bench.run("tail", "-c", f"+{begin + 1}", log))]
    return {
        "wall [s]": wall,
        "of that, looking [s]": found["duration_s"],
        "memory [MB]": int(peak) / 1024,
        "slowest statement [ms]": max(durations),
        "statements": len(durations),
        "not known": sum(each["status"] == "UNKNOWN" for each in found["findings"]),
    }


@cache
def crowd(bench: Bench, each: tuple[int, ...]) -> None:
    """Databases with so many tables each (none, where no number is given), connections, and a log of every statement."""
    for setting in ("max_connections = 300", "log_min_duration_statement = 0", "log_line_prefix = '%a '"):
        sql(bench, f"ALTER SYSTEM SET {setting}")
    # The connections of an earlier crowd end with the server.
    bench.run("sh", "-c", "pg_ctlcluster $(pg_lsclusters -h | awk '{print $1, $2}') restart -m fast")
    for number in range(DATABASES):
        tables = each[number] if number < len(each) else 0
        sql(bench, f"DROP DATABASE IF EXISTS d{number}")
        alike = number > 0 and tables == each[0]
        sql(bench, f"CREATE DATABASE d{number} TEMPLATE {'d0' if alike else 'template0'}")
        if tables and not alike:
            sql(bench, MAKE_TABLES.format(first=1, last=tables), f"d{number}")
            sql(bench, "ANALYZE", f"d{number}")
    hold = HOLD.format(databases=DATABASES, connections=CONNECTIONS)
    begin = (
        'rm -f /tmp/held; python3 -c "$0" >/tmp/held 2>&1 & sleep 0.5; until grep -q held /tmp/held; do sleep 0.2; done'
    )
    bench.run("sh", "-c", begin, hold, user="postgres")
    sql(bench, "CHECKPOINT")


def sql(bench: Bench, statement: str, database: str = "postgres") -> None:
    """Run a statement as the administrator."""
    bench.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement, user="postgres")
