# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's monitoring programs with declared logins: they work, and the logins can do nothing else and go with their entry.

The tests run in order: programs without a login that may connect, then with declared ones, then with a second database,
then without the entries.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

HOST_COPY = "logins"
SITE = "aerovista.postgresql.site"
PAGE = (Path(__file__).parents[3] / "docs" / "monitoring.md").read_text(encoding="utf-8")
PACKAGES = "curl check-postgres check-pgactivity prometheus-postgres-exporter pg-activity"
CANARY = "canary-Monitoring-9d2e"
APPUSER = "canary-Appuser-2b6c9e"
APPDB: dict[str, Any] = {"name": "appdb", "schema": "app", "roles": {"app": {"name": "appuser", "password": APPUSER}}}
SHOP: dict[str, Any] = {"name": "shop"}
LOGINS = [
    {"name": "nagios", "os_user": "nagios", "password": CANARY},
    {"name": "prometheus", "os_user": "prometheus"},
    {"name": "oncall", "os_user": "ann"},
]
CHECK_POSTGRES = "check_postgres --host=/var/run/postgresql --dbuser=nagios --dbname=postgres"
PGACTIVITY = (
    "/usr/lib/nagios/plugins/check_pgactivity -h /var/run/postgresql -U nagios -d postgres"
    " --status-file /var/lib/nagios/check_pgactivity.data"
)
PG_ACTIVITY = "pg_activity -h /var/run/postgresql -U oncall -d postgres"
EXPORTER = "DATA_SOURCE_NAME='user=prometheus host=/var/run/postgresql dbname=postgres'"
URI = "postgresql://nagios@localhost:5432/postgres?sslmode=disable"
#: Waits for what the exporter answers after its start.
METRICS = """
systemctl reset-failed prometheus-postgres-exporter
systemctl restart prometheus-postgres-exporter
for _ in $(seq 100); do curl -sf http://127.0.0.1:9187/metrics && break; sleep 0.2; done
"""


def as_user(host: Host, user: str, command: str, **environment: str) -> CommandResult:
    variables = " ".join(f"{name}='{value}'" for name, value in environment.items())
    return host.run(f"cd /tmp && runuser -u {user} -- env {variables} {command}")


def psql(host: Host, user: str, role: str, database: str, statement: str = "SELECT current_user") -> CommandResult:
    return as_user(host, user, f'psql -XAtq -h /var/run/postgresql -U {role} -d {database} -c "{statement}"')


def over_tcp(host: Host, database: str, statement: str = "SELECT current_user", role: str = "nagios") -> CommandResult:
    secret = CANARY if role == "nagios" else APPUSER
    return host.run(f'PGPASSWORD={secret} psql -XAtq -h localhost -U {role} -d {database} -c "{statement}"')


def metrics(host: Host) -> dict[str, float]:
    """What the exporter answers, by name with labels."""
    lines = host.check_output(METRICS).splitlines()
    pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, _blank, value in pairs}


def screen(host: Host) -> str:
    """What pg_activity shows on a terminal of 160 columns until somebody ends it after some seconds."""
    shown = f"script -qec 'stty cols 160 rows 40; TERM=xterm {PG_ACTIVITY}' /dev/null"
    return str(host.run(f"cd /tmp; (sleep 8; printf q; sleep 1) | runuser -u ann -- {shown}").stdout)


def site(play: PlayRunner, host: Host, logins: list[dict[str, str]], *more: str, **options: Any) -> PlayResult:
    databases = options.pop("databases", [APPDB])
    declared = {"pg_bootstrap_databases": databases, "pg_monitoring_logins": logins, **options.pop("variables", {})}
    done = play(SITE, on=host, extra_vars=declared, arguments=more, **options)
    assert done.rc == 0, done.output
    return done


@pytest.fixture(scope="module", name="tools")
def _tools(host: Host, server: Server) -> Host:
    """The programs, their users, and a role in pg_monitor as somebody would create it by hand."""
    environment = "DEBIAN_FRONTEND=noninteractive"
    done = host.run(f"apt-get update -qq && {environment} apt-get install -yqq --no-install-recommends {PACKAGES}")
    assert done.rc == 0, done.stderr
    host.check_output("useradd --create-home --home-dir /var/lib/nagios nagios && useradd -m ann && useradd -m eve")
    host.check_output(f'sed -i "s|^DATA_SOURCE_NAME=.*|{EXPORTER}|" /etc/default/prometheus-postgres-exporter')
    server.sql(f"CREATE ROLE nagios LOGIN IN ROLE pg_monitor PASSWORD '{CANARY}'")
    server.sql("CREATE TABLE app.secret AS SELECT 42 AS number; ALTER TABLE app.secret OWNER TO appuser", "appdb")
    server.sql("CREATE DATABASE private")
    server.sql("REVOKE CONNECT ON DATABASE private FROM PUBLIC")
    return host


@pytest.fixture(scope="module", name="declared")
def _declared(tools: Host, play: PlayRunner) -> PlayResult:
    return site(play, tools, LOGINS, verbosity=3, diff=True)


def test_member_of_pg_monitor_cannot_connect(tools: Host) -> None:
    found = tools.run(
        f"PGPASSWORD={CANARY} {CHECK_POSTGRES.replace('/var/run/postgresql', 'localhost')} --action=connection"
    )
    assert found.rc == 2
    assert "permission denied for database" in found.stdout
    assert as_user(tools, "nagios", f"{PGACTIVITY} -s connection").rc != 0
    # That of Debian 12 ends at once.
    assert metrics(tools).get("pg_up", 0) == 0
    assert "SESSIONS" not in screen(tools).upper()


def test_commands_are_those_of_the_page() -> None:
    for command in (CHECK_POSTGRES, PGACTIVITY, PG_ACTIVITY, EXPORTER, URI):
        assert command in PAGE, command


def test_check_mode_shows_the_statements_and_changes_nothing(tools: Host, server: Server, play: PlayRunner) -> None:
    planned = site(play, tools, LOGINS, check=True, diff=True)
    assert "GRANT CONNECT ON DATABASE postgres TO prometheus" in planned.stdout
    assert "local   all             oncall" in planned.stdout
    assert server.sql("SELECT count(*) FROM pg_roles WHERE rolname IN ('prometheus', 'oncall')") == "0"


def test_password_is_in_no_output(declared: PlayResult) -> None:
    assert declared.changed
    assert CANARY not in declared.output


@pytest.mark.usefixtures("declared")
class TestDeclared:
    def test_second_run_changes_nothing(self, tools: Host, play: PlayRunner) -> None:
        again = site(play, tools, LOGINS)
        assert again.changed == 0, [task.task for task in again.with_status("changed")]
        assert not [line for line in again.output.splitlines() if "nagios" in line and "not declared" in line]

    @pytest.mark.parametrize(
        "action",
        ["connection", "backends", "hitratio", "txn_wraparound", "last_vacuum", "bloat", "locks --critical=500"],
    )
    def test_check_postgres(self, tools: Host, action: str) -> None:
        found = as_user(tools, "nagios", f"{CHECK_POSTGRES} --action={action}")
        assert found.rc in {0, 1}, found.stdout
        assert found.stdout.startswith(f"POSTGRES_{action.split(maxsplit=1)[0].upper()} "), found.stdout

    @pytest.mark.parametrize(
        "service",
        [
            "connection",
            "backends -w 80% -c 90%",
            "hit_ratio -w 5% -c 1%",
            "max_freeze_age",
            "invalid_indexes --dbexclude private",
            "wal_files",
        ],
    )
    def test_check_pgactivity(self, tools: Host, service: str) -> None:
        found = as_user(tools, "nagios", f"{PGACTIVITY} -s {service}")
        assert found.rc == 0, found.stdout + found.stderr
        assert " OK" in found.stdout

    def test_check_pgactivity_goes_through_declared_databases(self, tools: Host) -> None:
        found = as_user(tools, "nagios", f"{PGACTIVITY} -s invalid_indexes --dbexclude private")
        assert "appdb" in found.stdout

    def test_exporter(self, tools: Host) -> None:
        found = metrics(tools)
        assert (found["pg_up"], found["pg_exporter_last_scrape_error"]) == (1, 0)
        collectors = {name: value for name, value in found.items() if name.startswith("pg_scrape_collector_success")}
        # 2 of the one of Debian 12.
        assert len(collectors) >= 2
        assert {*collectors.values()} == {1}, collectors
        # The one of Debian 12 has the server as a second label.
        sizes = [value for name, value in found.items() if name.startswith('pg_database_size_bytes{datname="appdb"')]
        assert [size > 1_000_000 for size in sizes] == [True]

    def test_pg_activity_shows_the_statements_of_others(self, tools: Host) -> None:
        tools.check_output(
            f"PGPASSWORD={APPUSER} psql -h localhost -U appuser -d appdb -c 'SELECT pg_sleep(20) AS canary_nap' >/dev/null 2>&1 &"
        )
        shown = screen(tools)
        assert "canary_nap" in shown
        assert "oncall@/var/run/postgresql" in shown

    def test_login_over_tcp(self, tools: Host) -> None:
        found = tools.run(f"PGPASSWORD={CANARY} psql -XAtqc 'SELECT current_user' '{URI}'")
        assert found.stdout.strip() == "nagios", found.stderr

    @pytest.mark.parametrize(
        ("statement", "answer"),
        [
            ("SELECT number FROM app.secret", "permission denied for schema app"),
            ("CREATE TABLE app.mine ()", "read-only transaction"),
            ("SET TRANSACTION READ WRITE; CREATE TABLE app.mine ()", "permission denied for schema app"),
            ("SET TRANSACTION READ WRITE; DELETE FROM app.secret", "permission denied for schema app"),
            ("SELECT pg_read_file('/etc/passwd')", "permission denied for function pg_read_file"),
            (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
                "permission denied|must be",
            ),
        ],
        ids=str,
    )
    def test_login_can_do_nothing_else(self, tools: Host, statement: str, answer: str) -> None:
        found = psql(tools, "nagios", "nagios", "appdb", statement)
        if "pg_terminate" in statement and found.rc == 0:
            # No such session at this moment.
            assert not found.stdout.strip()
            return
        assert found.rc != 0, found.stdout
        assert any(words in found.stderr for words in answer.split("|")), found.stderr

    @pytest.mark.parametrize("database", ["private", "template1"])
    def test_undeclared_database_is_closed(self, tools: Host, database: str) -> None:
        found = psql(tools, "nagios", "nagios", database)
        assert f'permission denied for database "{database}"' in found.stderr

    @pytest.mark.parametrize(
        ("user", "role"), [("eve", "nagios"), ("nagios", "oncall"), ("ann", "prometheus"), ("root", "oncall")]
    )
    def test_other_user_cannot_use_the_map(self, tools: Host, user: str, role: str) -> None:
        found = psql(tools, user, role, "postgres")
        assert f'Peer authentication failed for user "{role}"' in found.stderr

    def test_login_without_password_cannot_use_tcp(self, tools: Host) -> None:
        assert over_tcp(tools, "postgres", role="oncall").rc != 0

    def test_database_declared_later_has_them_too(self, tools: Host, play: PlayRunner) -> None:
        site(play, tools, LOGINS, "--tags", "pg_bootstrap", databases=[APPDB, SHOP])
        assert psql(tools, "ann", "oncall", "shop").stdout.strip() == "oncall"
        assert as_user(tools, "nagios", f"{CHECK_POSTGRES} --action=connection --dbname=shop").rc == 0

    def test_with_declared_pairs_they_can_still_log_in(self, tools: Host, play: PlayRunner) -> None:
        pairs = {"pg_hardening_hba_pairs": [{"database": "appdb", "role": "appuser"}]}
        site(play, tools, LOGINS, "--tags", "pg_hardening", databases=[APPDB, SHOP], variables=pairs)
        assert [over_tcp(tools, name).stdout.strip() for name in ("postgres", "appdb", "shop")] == ["nagios"] * 3
        assert psql(tools, "ann", "oncall", "postgres").rc == 0
        assert "no pg_hba.conf entry" in over_tcp(tools, "postgres", role="appuser").stderr

    def test_user_that_the_host_does_not_have_is_refused(self, tools: Host, play: PlayRunner) -> None:
        declared = {"pg_monitoring_logins": [{"name": "icinga", "os_user": "nosuchuser"}]}
        refused = play(SITE, on=tools, extra_vars=declared)
        assert refused.rc != 0
        assert "nosuchuser" in refused.error
        assert refused.changed == 0

    def test_removed_entry_takes_all_of_it_away(self, tools: Host, server: Server, play: PlayRunner) -> None:
        site(play, tools, [], databases=[APPDB, SHOP])
        assert server.sql("SELECT count(*) FROM pg_roles WHERE rolname IN ('nagios', 'prometheus', 'oncall')") == "0"
        # What refers to a role that was dropped would show its number.
        assert (
            server.sql("SELECT count(*) FROM pg_database WHERE datacl::text ~ 'nagios|oncall|prometheus|[{,][0-9]+='")
            == "0"
        )
        for file in ("pg_hba.conf", "pg_ident.conf"):
            assert "nagios" not in server.read(f"{server.config}/{file}")
        again = site(play, tools, [], databases=[APPDB, SHOP])
        assert again.changed == 0, [task.task for task in again.with_status("changed")]


#: What the test does: connections of appuser, statements that fail, one that waits for a lock, DDL, and a database with an odd name.
WORK = """
set -e
export PGPASSWORD=$1
as_app() { psql -XAtq -h 127.0.0.1 -U appuser -d appdb "$@"; }
for _ in 1 2 3 4 5; do as_app -c 'SELECT 1'; done
for _ in 1 2 3; do as_app -c 'SELECT no_such_column' || true; done
as_app -c 'CREATE TABLE app.badger ()'
coproc HOLDER { as_app; }
echo 'BEGIN; LOCK TABLE app.badger; SELECT 1;' >&"${HOLDER[1]}"
read -r _held <&"${HOLDER[0]}"
as_app -c 'SELECT count(*) FROM app.badger' &
for _ in $(seq 300); do tail -c "+$3" "$2" | grep -q 'still waiting' && break; sleep 0.1; done
echo 'COMMIT;' >&"${HOLDER[1]}"
exec {HOLDER[1]}>&-
wait
as_owner() { runuser -u postgres -- psql -XAtq "$@"; }
as_owner -c 'CREATE DATABASE "odd db/1"'
as_owner -d 'odd db/1' -c 'SELECT 1/0' || true
as_owner -d 'odd db/1' -c 'SET log_min_duration_statement = 0' -c 'SELECT pg_sleep(0.3) AS badger_nap'
as_owner -c 'DROP DATABASE "odd db/1"'
"""


@pytest.fixture(scope="module", name="log")
def _log(host: Host, server: Server) -> str:
    """The part of the server's log that the test makes."""
    done = host.run(
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends pgbadger"
    )
    assert done.rc == 0, done.stderr
    size = host.check_output("stat -c %%s %s", server.log)
    done = host.run("bash -c %s work %s %s %s >/dev/null", WORK, APPUSER, server.log, size)
    assert done.rc == 0, done.stderr
    host.check_output(f"tail -c +{int(size) + 1} {server.log} >/root/badger.log")
    return "/root/badger.log"


class TestPgBadger:
    """Its JSON has what the test did, if it is called as docs/monitoring.md says."""

    def report(self, host: Host, log: str, options: str = "-f stderr") -> dict[str, Any]:
        command = f"pgbadger -q {options} -x json -o -"
        if options == "-f stderr":
            assert command.replace("-x json -o -", "").strip() in PAGE
        done = host.run(f"{command} {log}")
        assert done.rc == 0, done.stderr
        return dict(json.loads(done.stdout))

    def test_connections_errors_and_locks_are_those_of_the_test(self, host: Host, log: str) -> None:
        found = self.report(host, log)
        connections = found["connection_info"]["postgres"]
        assert connections["database_user"]["appdb"] == {"appuser": 11}
        # pgBadger cuts the name at its blank.
        assert connections["database"]["odd"] == 2
        errors = {text: error["count"] for text, error in found["error_info"]["postgres"].items()}
        assert sum(count for text, count in errors.items() if "column" in text) == 3
        assert sum(count for text, count in errors.items() if "division by zero" in text) == 1
        assert found["user_info"]["postgres"]["appuser"]["ddl"] == 1
        assert found["lock_info"]["postgres"]["AccessShareLock"]["count"] == 1

    def test_durations_are_there_only_where_the_server_logs_them(self, host: Host, log: str) -> None:
        """log_min_duration_statement is -1 as long as pg_hardening_settings does not have it."""
        slowest = self.report(host, log)["top_slowest"]["postgres"]
        assert [row[2] for row in slowest if "badger_nap" in row[2]]
        assert not [row for row in slowest if "app.badger" in row[2]]

    def test_with_the_prefix_it_loses_lines_without_a_warning(self, host: Host, log: str) -> None:
        found = self.report(host, log, "-f stderr -p '%m [%p] %q%u@%d,app=%a,client=%h '")
        assert found["connection_info"]["postgres"]["database_user"]["appdb"] == {"appuser": 11}
        assert "odd" not in found["connection_info"]["postgres"]["database"]
        assert not [text for text in found["error_info"]["postgres"] if "division by zero" in text]

    def test_with_another_prefix_the_report_is_empty(self, host: Host, log: str) -> None:
        assert self.report(host, log, "-f stderr -p '%t [%p]: '")["connection_info"] == {}
