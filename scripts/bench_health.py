"""What `pgsop health` takes: on a crowded server (10,000 tables, 50 databases, 200 connections), and on a small idle one beside 0.4.0."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path

from checkout import checkout
from measure import ROOT, Bench, Numbers, wall_seconds

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
#: The release that others are compared with.
BASELINE = "8023947"
#: Builds the command from a folder of the collection; 0.4.0 had the module elsewhere.
BUILD = """
import importlib, os, sys, tempfile
tree, program = sys.argv[1:]
parent = os.path.join(tempfile.mkdtemp(), "ansible_collections", "aerovista")
os.makedirs(parent)
os.symlink(tree, os.path.join(parent, "postgresql"))
sys.path.insert(0, os.path.dirname(os.path.dirname(parent)))
package = "ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop"
try:
    zipapp = importlib.import_module(package + ".cli.zipapp")
except ModuleNotFoundError:
    zipapp = importlib.import_module(package + ".zipapp")
with open(program, "wb") as file:
    file.write(zipapp.build())
os.chmod(program, 0o755)
"""
#: One run: wall time and CPU time of the program and of all that it started in seconds, its memory in MB.
COST = """
import json, os, subprocess, sys, time
began = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_pid, _status, used = os.wait4(child.pid, 0)
print(json.dumps([time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
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


def beside_baseline(bench: Bench) -> Numbers:
    """One run on the small host beside one of 0.4.0, in turn."""
    _install_both(bench)
    before, today = _cost(bench, "/opt/bench/baseline"), _cost(bench, "/opt/bench/today")
    ratios = {f"{name}, times 0.4.0": today[f"{name} [s]"] / before[f"{name} [s]"] for name in ("wall", "CPU")}
    return ratios | today


def _cost(bench: Bench, program: str) -> Numbers:
    log = bench.run("pg_lsclusters", "-h").split()[-1]
    begin = int(bench.run("stat", "-c", "%s", log))
    wall, processor, memory = json.loads(bench.run("python3", "-c", COST, program, "health"))
    lines = bench.run("tail", "-c", f"+{begin + 1}", log)
    return {
        "wall [s]": wall,
        "CPU [s]": processor,
        "memory [MB]": memory,
        "connections": lines.count("connection received"),
    }


@cache
def _install_both(bench: Bench) -> None:
    with checkout("baseline", BASELINE) as folder:
        for name, tree in (("baseline", folder), ("today", ROOT)):
            _copy(bench, tree, f"/opt/bench/{name}.tree")
            bench.run("python3", "-c", BUILD, f"/opt/bench/{name}.tree", f"/opt/bench/{name}")


def _copy(bench: Bench, tree: Path, target: str) -> None:
    """Put the plugins of a tree on the host."""
    pack = subprocess.run(["tar", "-c", "--exclude=__pycache__", "plugins"], cwd=tree, check=True, capture_output=True)
    unpack = f"mkdir -p {target} && tar -xC {target}"
    subprocess.run(["docker", "exec", "-i", bench.host, "sh", "-c", unpack], input=pack.stdout, check=True)


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
