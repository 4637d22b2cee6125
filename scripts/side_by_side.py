"""Break a server in eleven ways, and write what pgsop, check_postgres and check_pgactivity answer into docs/monitoring.md.

usage: .venv/bin/python scripts/side_by_side.py PLATFORM (an image of scripts/converged, such as converged-debian13)

Each program runs all of its checks each time, with the limits of the table in LIMITS where it has no default. A check that is not OK on the
healthy server already does not count, nor do our counters of past events, because the script ends sessions.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "monitoring.md"
BEGIN, END = "<!-- side by side: begin -->\n", "<!-- side by side: end -->\n"
HOST = "pgsop-side-by-side"
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
STATUS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
CRITICAL = STATUS.index("CRITICAL")
#: Checks in one cell of the table.
SHOWN = 2
APPUSER = "canary-Appuser-2b6c9e"
DECLARED = {
    "pg_bootstrap_databases": [
        {"name": "appdb", "schema": "app", "roles": {"app": {"name": "appuser", "password": APPUSER}}}
    ],
    "pg_monitoring_logins": [{"name": "nagios", "os_user": "nagios"}],
    "pg_monitoring_thresholds": {"sessions.idle_in_transaction": {"warn": 20, "crit": 600}},
}
_OF_SERVER = (
    "connection", "backends", "txn_wraparound", "locks --critical=500", "prepared_txns", "hitratio",
    "txn_idle --warning=20s --critical=600s", "txn_time --warning=20s --critical=600s", "query_time --warning=300s --critical=1800s",
    "replication_slots --warning=1GB --critical=5GB", "wal_files --warning=100 --critical=200",
)  # fmt: skip
_OF_DATABASE = ("disabled_triggers", "sequence", "bloat", "last_vacuum")
CHECK_POSTGRES = (
    *(f"{check} --dbname=postgres" for check in _OF_SERVER),
    *(f"{check} --dbname=appdb" for check in _OF_DATABASE),
)
PGACTIVITY = (
    "connection", "backends -w 80% -c 90%", "locks -w 80% -c 90%",
    "longest_query -w 300s -c 1800s", "oldest_idlexact -w 20s -c 600s", "oldest_2pc -w 60s -c 3600s", "invalid_indexes",
    "max_freeze_age", "replication_slots", "sequences_exhausted -w 80% -c 90%", "configuration", "autovacuum", "wal_files",
    "hit_ratio -w 5% -c 1%", "last_vacuum -w 7d -c 14d", "settings",
)  # fmt: skip
_PGACTIVITY = "/usr/lib/nagios/plugins/check_pgactivity"
OTHERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "check_postgres": (
        "check_postgres --host=/var/run/postgresql --dbuser=nagios --action=",
        CHECK_POSTGRES,
    ),
    "check_pgactivity": (
        f"{_PGACTIVITY} -h /var/run/postgresql -U nagios -d postgres --status-file /var/lib/nagios/data -s ",
        PGACTIVITY,
    ),
}
#: The major version of the host's cluster, for a shell.
_MAJOR = "$(pg_lsclusters -h | cut -d' ' -f1)"
#: Status by check.
Answer = dict[str, str]


@dataclass(frozen=True)
class Fault:
    """A way to break a server.

    Attributes:
        name: for the table.
        act: shell commands that break it.
        undo: commands that repair it.
        ours: identifier of our check.
        why: reason for the difference, for the table.
        seconds: how long to wait in between.
    """

    name: str
    act: tuple[str, ...]
    undo: tuple[str, ...]
    ours: str
    why: str
    seconds: float = 0


def _sql(statement: str, database: str = "postgres") -> str:
    return f"runuser -u postgres -- psql -XAtqd {database} -v ON_ERROR_STOP=1 -c {shlex.quote(statement)}"


_APP_ENDS = (_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'appuser'"), "sleep 1")
_RELOAD = (_sql("SELECT pg_reload_conf()"), "sleep 2")
_DROP_TABLE = _sql("DROP TABLE app.t", "appdb")


def _session(*statements: str) -> str:
    """A session of the application that runs these and then stays for ten minutes."""
    lines = "; ".join(f'echo "{statement};"' for statement in statements)
    return f"(({lines}; sleep 600) | PGPASSWORD={APPUSER} setsid psql -Xq -h localhost -U appuser -d appdb >/dev/null 2>&1) >/dev/null 2>&1 &"


FAULTS = (
    Fault(
        "The server is stopped",
        (f"systemctl stop postgresql@{_MAJOR}-main",),
        (f"systemctl start postgresql@{_MAJOR}-main",),
        "service.readiness",
        "no difference",
    ),
    Fault(
        "All connection slots are in use",
        tuple(_session("SELECT 1") for _number in range(97)),
        _APP_ENDS,
        "connections.slots",
        "the others cannot log in, so each of their checks fails; `pgsop` uses a reserved slot",
        seconds=8,
    ),
    Fault(
        "A statement waits 35 s for a lock",
        (
            _sql("CREATE TABLE app.t (i int); ALTER TABLE app.t OWNER TO appuser", "appdb"),
            _session("BEGIN", "LOCK TABLE app.t", "SELECT pg_sleep(200)"),
            "sleep 2",
            _session("SELECT count(*) FROM app.t"),
        ),
        (*_APP_ENDS, _DROP_TABLE),
        "locks.blocked",
        "the others count locks, not the time that a session waits; check_postgres sees the age of the transaction",
        seconds=35,
    ),
    Fault(
        "A transaction is idle for 25 s (limit 20 s for all)",
        (_session("BEGIN", "SELECT 1"),),
        _APP_ENDS,
        "sessions.idle_in_transaction",
        "no difference",
        seconds=25,
    ),
    Fault(
        "An invalid unique index",
        (
            _sql("CREATE TABLE app.t AS SELECT 1 AS i FROM generate_series(1, 2)", "appdb"),
            _sql("CREATE UNIQUE INDEX CONCURRENTLY t_i ON app.t (i)", "appdb"),
        ),
        (_DROP_TABLE,),
        "indexes.invalid",
        "check_postgres has no such check",
    ),
    Fault(
        "A sequence at 98 %",
        (_sql("CREATE SEQUENCE app.s AS smallint; SELECT setval('app.s', 32200)", "appdb"),),
        (_sql("DROP SEQUENCE app.s", "appdb"),),
        "sequences.exhaustion",
        "a member of `pg_monitor` does not see the last value of a sequence; the others take that for 0",
    ),
    Fault(
        "An inactive replication slot",
        (_sql("SELECT pg_create_physical_replication_slot('gone', true)"),),
        (_sql("SELECT pg_drop_replication_slot('gone')"),),
        "replication.slots",
        "check_postgres measures only the WAL that a slot keeps; check_pgactivity needs more than `pg_monitor`",
    ),
    Fault(
        "A broken line in `pg_hba.conf`, not loaded yet",
        (f"echo 'host all all nowhere' >>/etc/postgresql/{_MAJOR}/main/pg_hba.conf",),
        (f"sed -i '$d' /etc/postgresql/{_MAJOR}/main/pg_hba.conf",),
        "settings.hba_errors",
        "the others have no such check; the server would not start again",
    ),
    Fault(
        "A database left by an interrupted `DROP DATABASE`",
        (_sql("CREATE DATABASE torn"), _sql("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'torn'")),
        (_sql("DROP DATABASE torn"),),
        "databases.invalid",
        "the others have no such check; those of check_pgactivity that connect to each database fail",
    ),
    Fault(
        "`fsync` is off",
        (_sql("ALTER SYSTEM SET fsync = off"), *_RELOAD),
        (_sql("ALTER SYSTEM RESET fsync"), *_RELOAD),
        "settings.unsafe",
        "check_postgres has no such check",
    ),
    Fault(
        "A disabled trigger",
        (
            _sql(
                "CREATE TABLE app.t (i int); CREATE TRIGGER u BEFORE UPDATE ON app.t FOR EACH ROW"
                " EXECUTE FUNCTION suppress_redundant_updates_trigger(); ALTER TABLE app.t DISABLE TRIGGER u",
                "appdb",
            ),
        ),
        (_DROP_TABLE,),
        "triggers.disabled",
        "check_pgactivity has no such check",
    ),
)


def run(command: str) -> subprocess.CompletedProcess[str]:
    """The answer of a shell command on the host."""
    return subprocess.run(
        ["docker", "exec", HOST, "bash", "-c", command], capture_output=True, text=True, timeout=600, check=False
    )


def converge() -> None:
    """Create the host with the programs, a declared login and a backup."""
    subprocess.run(["scripts/container", "start", HOST, sys.argv[1]], cwd=ROOT, check=True)
    packages = (
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq check-postgres check-pgactivity"
    )
    done = run(f"{packages} && apt-get install -yqq libtimedate-perl && useradd -m -d /var/lib/nagios nagios")
    assert done.returncode == 0, done.stderr
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "hosts.yml"
        how = {"ansible_connection": "community.docker.docker", "ansible_python_interpreter": "/usr/bin/python3"}
        inventory.write_text(yaml.safe_dump({"postgresql": {"hosts": {HOST: how}}}), encoding="utf-8")
        site = [str(PLAYBOOK), "-i", str(inventory), "playbooks/site.yml", "-e", json.dumps(DECLARED)]
        subprocess.run(site, cwd=ROOT, check=True, capture_output=True)
    # Without any sequence in a database, check_postgres fails.
    sequence = _sql("CREATE SEQUENCE app.first; SELECT nextval('app.first')", "appdb")
    done = run(f"systemctl stop pgsop-health.timer; {sequence} && pgsop backup && pgsop drill")
    assert done.returncode == 0, done.stderr


def of_pgsop() -> Answer:
    """Our checks that are not OK, as root."""
    findings = json.loads(run("pgsop health --format json").stdout)["findings"]
    return {each["id"]: each["status"] for each in findings if each["status"] != "OK"}


def of_other(name: str) -> Answer:
    """The checks of another program that are not OK, as a monitoring login."""
    head, checks = OTHERS[name]
    found = {}
    for check in checks:
        done = run(f"cd /tmp; timeout 60 runuser -u nagios -- {head}{check}")
        if done.returncode:
            found[check.split()[0]] = STATUS[min(done.returncode, 3)]
    return found


def answers() -> dict[str, Answer]:
    """What each of the three programs answers now."""
    return {"pgsop": of_pgsop(), **{name: of_other(name) for name in OTHERS}}


def cell(found: Answer, healthy: Answer, first: str = "") -> str:
    """A verdict for the table: the checks that are not OK and were OK, or had a milder status, on the healthy server."""
    new = {
        check: status
        for check, status in found.items()
        if healthy.get(check) != status and not check.startswith("counters.")
    }
    if not new:
        return "no new finding"
    order = sorted(new, key=lambda check: (check != first, STATUS.index(new[check]) != CRITICAL, check))
    rest = f" and {len(new) - SHOWN} more" if len(new) > SHOWN else ""
    return ", ".join(f"{new[check]} `{check}`" for check in order[:SHOWN]) + rest


def table() -> list[str]:
    """The lines of the table; our own verdict must be the expected check each time."""
    healthy = answers()
    print("healthy:", healthy, flush=True)
    lines = ["| Fault | pgsop | check_postgres | check_pgactivity | Difference |", "|---|---|---|---|---|"]
    for fault in FAULTS:
        done = run("\n".join(fault.act))
        time.sleep(fault.seconds)
        found = answers()
        undone = run("\n".join(fault.undo))
        print(fault.name, done.returncode, found, undone.returncode, undone.stderr, flush=True)
        assert fault.ours in found["pgsop"], f"a false OK of ours: {fault.name}: {done.stderr}"
        cells = [cell(found[name], healthy[name], fault.ours) for name in found]
        lines.append(f"| {fault.name} | {' | '.join(cells)} | {fault.why} |")
    after = of_pgsop()
    assert not after.keys() - healthy["pgsop"].keys() - {"service.crash", "counters.session_ends"}, after
    return lines


def main() -> None:
    """Write the table."""
    converge()
    lines = table()
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}{chr(10).join(lines)}\n{END}{tail}", encoding="utf-8")
    subprocess.run(["scripts/container", "remove", HOST], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
