# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that do not work on a host with systemd and Debian's packages: each cause is made, named, and mended as told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bed.server import Server

if TYPE_CHECKING:
    from conftest import Container, PlayRunner, Target
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

    Fresh = Callable[..., Container]
    Snapshot = Callable[[Target], str]

#: These tests do not depend on the platform.
PLATFORM = "first"

PLAYBOOK = "aerovista.postgresql.diagnose_connection"
#: Found nowhere but where somebody put them.
PASSWORD, WRONG = "canary-Zq8wL3mT6vRb", "canary-Hx5nJ9kD2sFy"
DSN = f"postgresql://appuser:{PASSWORD}@localhost:5432/appdb"
SQL = "runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -h /var/run/postgresql -p 5432 -d postgres -c %s"
#: Not through the log: statements are not the business of these tests.
MADE = (
    "SET log_statement = none",
    "DROP DATABASE appdb",
    "DROP ROLE appuser",
    f"CREATE ROLE appuser LOGIN PASSWORD '{PASSWORD}'",
    "CREATE DATABASE appdb OWNER appuser",
)


@dataclass
class DiagnosisHost:
    """A scratch copy of the host, with an application's role and database and a user `ada` of the host."""

    container: Container
    version: str

    @property
    def host(self) -> Host:
        return self.container.host

    @property
    def server(self) -> Server:
        return Server(self.host, self.version)

    @property
    def config(self) -> str:
        return f"/etc/postgresql/{self.version}/main"

    @property
    def unit(self) -> str:
        return f"postgresql@{self.version}-main"

    def sh(self, command: str, *arguments: str) -> str:
        return str(self.host.check_output(command, *arguments))

    def sql(self, *statements: str) -> str:
        return self.sh(SQL + " -c %s" * (len(statements) - 1), *statements)

    def run(self, command: str, *arguments: str) -> CommandResult:
        """A diagnosis; whatever it is, no password is told."""
        answer = self.host.run(command, *arguments)
        assert answer.rc in (0, 1), answer
        for secret in (PASSWORD, WRONG):
            assert secret not in answer.stdout + answer.stderr
        return answer

    def look(self, *arguments: str) -> dict[str, Any]:
        """What the command says, as root."""
        words = " ".join(["%s"] * len(arguments))
        answer = self.run(f"pgsop diagnose --format json {words}", *arguments)
        report: dict[str, Any] = json.loads(answer.stdout)
        assert answer.rc == (0 if report["works"] else 1)
        return report

    def cause(self, *arguments: str) -> str:
        """Identifier of the cause, empty where it works."""
        found = self.look(*arguments)["cause"]
        return str(found["id"]) if found else ""

    def mend(self, report: dict[str, Any]) -> None:
        """Do what is told: there is no sudo in a test, which is root anyhow."""
        self.sh("sh -c %s", report["hint"].replace("sudo ", ""))

    @contextmanager
    def changed(self, path: str) -> Iterator[None]:
        """A file is put back, with the server that reads it."""
        self.sh("cp -p %s /root/kept", path)
        try:
            yield
        finally:
            self.sh("cp -p /root/kept %s", path)
            self.sh("systemctl reset-failed %s; systemctl restart %s", self.unit, self.unit)


@pytest.fixture(scope="module")
def office(
    host: Host, snapshot: Snapshot, fresh_container: Fresh, run_module: Callable[..., dict[str, Any]]
) -> DiagnosisHost:
    container = fresh_container(snapshot(host))
    made = DiagnosisHost(container, container.host.check_output("ls /etc/postgresql"))
    deadline = time.monotonic() + 60
    while made.host.run(SQL, "SELECT 1").rc:
        assert time.monotonic() < deadline, made.host.run("systemctl status %s", made.unit).stdout
        time.sleep(0.2)
    result = run_module("pg_cli", {}, on=container)
    assert not result["failed"], result
    made.sql(*MADE)
    made.sh("useradd --create-home ada")
    return made


def test_it_works(office: DiagnosisHost) -> None:
    report = office.look(DSN)
    assert report["works"]
    assert report["session"]["user"] == "appuser"
    answer = office.run("pgsop diagnose %s", DSN)
    assert answer.stdout.rstrip().endswith("The connection works."), answer.stdout
    assert answer.rc == 0


def test_the_password_from_a_file_and_from_standard_input(office: DiagnosisHost) -> None:
    dsn = "postgresql://appuser@localhost/appdb"
    office.sh("umask 077; printf %s %s > /root/secret", "%s\n", PASSWORD)
    assert office.cause(dsn, "--password-file", "/root/secret") == ""
    answer = office.run(f"printf %s {WRONG} | pgsop diagnose --password-stdin --format json %s", "%s", dsn)
    assert json.loads(answer.stdout)["cause"]["id"] == "password.wrong"


def test_a_server_that_was_stopped(office: DiagnosisHost) -> None:
    office.sh("systemctl stop %s", office.unit)
    report = office.look(DSN)
    assert report["cause"]["id"] == "server.down"
    assert report["hint"] == f"sudo systemctl start {office.unit}"
    assert "inactive" in report["cause"]["message"]
    assert office.cause("--user", "postgres", "--as", "postgres") == "server.down"
    office.mend(report)
    assert office.cause(DSN) == ""


def test_a_server_that_refuses_to_start(office: DiagnosisHost) -> None:
    with office.changed(f"{office.config}/pg_hba.conf"):
        office.sh("echo nonsense >> %s/pg_hba.conf", office.config)
        assert office.host.run("systemctl restart %s", office.unit).rc != 0
        report = office.look(DSN)
        assert report["cause"]["id"] == "server.down"
        assert "failed" in report["cause"]["message"]
        assert "pg_hba.conf" in report["cause"]["message"]
    assert office.cause(DSN) == ""


def test_a_cluster_that_is_switched_off(office: DiagnosisHost) -> None:
    office.sh("echo disabled > %s/start.conf; systemctl stop %s", office.config, office.unit)
    try:
        report = office.look(DSN)
        assert report["cause"]["id"] == "server.disabled"
        office.mend(report)
        assert office.cause(DSN) == ""
    finally:
        office.sh("echo auto > %s/start.conf; systemctl start %s", office.config, office.unit)


def test_a_server_that_stands_still(office: DiagnosisHost) -> None:
    pid = office.sh("head -n 1 /var/lib/postgresql/%s/main/postmaster.pid", office.version)
    office.sh("kill -STOP %s", pid)
    report = office.look(DSN)
    assert report["cause"]["id"] == "server.stopped_by_signal"
    office.mend(report)
    assert office.cause(DSN) == ""


def test_a_file_that_is_broken_leaves_the_old_rules_in_force(office: DiagnosisHost) -> None:
    with office.changed(f"{office.config}/pg_hba.conf"):
        office.sh("sed -i '1i host appdb appuser 127.0.0.1/32 nonsense' %s/pg_hba.conf", office.config)
        office.server.reload()
        report = office.look(DSN)
        assert report["works"]
        assert [remark for remark in report["remarks"] if "older rules are in force" in remark]


def test_a_port_that_was_changed(office: DiagnosisHost) -> None:
    with office.changed(f"{office.config}/postgresql.conf"):
        office.sh("mkdir -p %s/conf.d; echo 'port = 5499' > %s/conf.d/zz.conf", office.config, office.config)
        try:
            report = office.look(DSN.replace("5432", "5499"))
            assert report["cause"]["id"] == "port.pending"
            office.mend(report)
            assert office.cause(DSN.replace("5432", "5499")) == ""
            report = office.look(DSN)
            assert report["cause"]["id"] == "port.wrong"
            assert ":5499/appdb" in report["hint"]
        finally:
            office.sh("rm %s/conf.d/zz.conf", office.config)


def test_the_port_of_another_cluster(office: DiagnosisHost) -> None:
    office.sh("pg_createcluster %s other --port 5498 --start", office.version)
    try:
        report = office.look(DSN.replace("5432", "5498"))
        assert report["cause"]["id"] == "port.other_cluster"
        assert ":5432/appdb" in report["hint"]
    finally:
        office.sh("pg_dropcluster --stop %s other", office.version)


def test_a_socket_that_is_not_for_everybody(office: DiagnosisHost) -> None:
    dsn = "host=/var/run/postgresql dbname=appdb user=appuser"
    office.sh("chmod 0700 /var/run/postgresql/.s.PGSQL.5432")
    report = office.look(dsn, "--as", "ada")
    assert report["cause"]["id"] == "socket.denied"
    office.mend(report)
    assert office.cause(dsn, "--as", "ada") != "socket.denied"


def test_whoever_calls_sudo_is_who_connects(office: DiagnosisHost) -> None:
    dsn = "host=/var/run/postgresql dbname=appdb user=ada"
    office.sql("CREATE ROLE ada LOGIN", "GRANT CONNECT ON DATABASE appdb TO ada")
    with office.changed(f"{office.config}/pg_hba.conf"):
        office.sh("echo 'local appdb ada peer' >> %s/pg_hba.conf", office.config)
        office.server.reload()
        answer = office.run("SUDO_USER=ada pgsop diagnose --format json %s", dsn)
        assert json.loads(answer.stdout)["works"], answer.stdout
        assert office.cause(dsn) == "peer.user"


def test_a_password_file_that_others_may_read(office: DiagnosisHost) -> None:
    dsn = "postgresql://appuser@localhost/appdb"
    office.sh("printf %s %s > /home/ada/.pgpass; chown ada: /home/ada/.pgpass", "*:*:*:appuser:%s\n", PASSWORD)
    office.sh("chmod 0644 /home/ada/.pgpass")
    report = office.look(dsn, "--as", "ada")
    assert (report["cause"]["id"], report["hint"]) == ("pgpass.mode", "chmod 0600 /home/ada/.pgpass")
    office.mend(report)
    assert office.cause(dsn, "--as", "ada") == ""
    office.sh("sed -i s/canary/other/ /home/ada/.pgpass")
    report = office.look(dsn, "--as", "ada")
    assert report["cause"]["id"] == "password.wrong"
    assert "line 1 of /home/ada/.pgpass" in report["cause"]["message"]


@contextmanager
def service(office: DiagnosisHost, text: str) -> Iterator[str]:
    """A service `app` of user ada that runs for a while, with more lines in its unit."""
    unit = f"[Service]\nUser=ada\nExecStart=/bin/sleep 600\n{text}"
    office.sh("printf %s %s > /etc/systemd/system/app.service && systemctl daemon-reload", "%s", unit)
    try:
        yield "app"
    finally:
        office.sh(
            "systemctl stop app; rm -rf /etc/systemd/system/app.service /etc/systemd/system/app.service.d /root/app.env"
        )
        office.sh("systemctl daemon-reload")


def written(office: DiagnosisHost, path: str, text: str) -> None:
    office.sh(f"umask 077; mkdir -p $(dirname {path}); printf %s %s > {path}", "%s", text)


def test_the_environment_of_a_service(office: DiagnosisHost) -> None:
    """Environment= and EnvironmentFile= with all that their quoting can do, and its user for the socket."""
    lines = "Environment=\"DB_HOST=localhost\" DB_NAME=other 'DB_USER=appuser'\nEnvironmentFile=-/root/missing\nEnvironmentFile=/root/app.e*\n"
    with service(office, lines):
        written(
            office,
            "/root/app.env",
            f"# the application\nDB_NAME='appdb' \nDB_PASSWORD=\"{PASSWORD[:6]}\"'{PASSWORD[6:]}'\n",
        )
        report = office.look("--unit", "app")
        assert report["works"], report
        assert report["target"] == {"host": "localhost", "port": 5432, "database": "appdb", "user": "appuser"}
        assert office.cause("--unit", "app.service", "--database", "nodb") == "database.missing"
        office.sh("systemctl start app")
        assert len(office.look("--unit", "app")["remarks"]) == len(report["remarks"])
        written(office, "/root/app.env", f"DB_NAME=appdb\nDB_PASSWORD={WRONG}\n")
        report = office.look("--unit", "app")
        assert report["cause"]["id"] == "password.wrong"
        assert [remark for remark in report["remarks"] if "systemctl restart app.service" in remark]


def test_a_service_that_systemd_has_not_read_again(office: DiagnosisHost) -> None:
    with service(office, f"Environment=DATABASE_URL={DSN}\n"):
        # A unit that does not run is read again whenever it is asked for.
        office.sh("systemctl start app")
        assert office.cause("--unit", "app") == ""
        written(office, "/etc/systemd/system/app.service.d/zz.conf", f"[Service]\nEnvironment=DATABASE_URL={DSN}x\n")
        report = office.look("--unit", "app")
        assert report["works"]
        assert [remark for remark in report["remarks"] if "daemon-reload" in remark]
        office.sh("systemctl daemon-reload")
        assert office.cause("--unit", "app") == "database.missing"


def test_the_user_of_a_service_connects(office: DiagnosisHost) -> None:
    """Its password file, its home and the variables of libpq."""
    office.sh(
        "printf %s %s > /home/ada/.pgpass; chown ada: /home/ada/.pgpass; chmod 600 /home/ada/.pgpass",
        "*:*:*:appuser:%s\n",
        PASSWORD,
    )
    variables = "Environment=PGHOST=localhost PGDATABASE=appdb PGUSER=appuser"
    with service(office, f"{variables}\n"):
        assert office.cause("--unit", "app") == ""
        assert office.cause("--unit", "app", "--as", "root") != ""
    with service(office, f"{variables} HOME=/srv\n"):
        assert office.cause("--unit", "app") != ""
    with service(office, f"{variables} PGPASSFILE=/home/ada/.pgpass HOME=/srv\n"):
        assert office.cause("--unit", "app") == ""


def test_a_variable_that_systemd_ignores(office: DiagnosisHost) -> None:
    """Measured: a % with a digit behind it is no specifier. systemd drops the variable and writes it into its log, so here is no canary."""
    for password, dropped in (("x%%40y", False), ("x%40y", True)):
        with service(office, f"Environment=DATABASE_URL=postgresql://appuser:{password}@localhost/appdb\n"):
            answer = office.host.run("pgsop diagnose --unit app")
            assert answer.rc == (3 if dropped else 1), answer
            assert ("is written %%" in answer.stderr) is dropped
            assert "password is wrong" in answer.stdout or dropped
            assert "40y" not in answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("lines", "words"), [("", "DATABASE_URL"), ("EnvironmentFile=/root/missing\n", "/root/missing")]
)
def test_a_service_without_a_connection(office: DiagnosisHost, lines: str, words: str) -> None:
    with service(office, lines):
        answer = office.host.run("pgsop diagnose --unit app")
        assert answer.rc == 3
        assert words in answer.stderr
        assert "Next step: " in answer.stderr
    answer = office.host.run("pgsop diagnose --unit app")
    assert answer.rc == 3
    assert "there is no such unit" in answer.stderr


def test_a_file_of_variables(office: DiagnosisHost) -> None:
    written(office, "/home/ada/.env", f"export DATABASE_URL='{DSN}'\n")
    assert office.look("--env-file", "/home/ada/.env")["works"]
    answer = office.run("pgsop diagnose --format json --dsn-file - < /home/ada/.env")
    assert json.loads(answer.stdout)["works"]
    answer = office.host.run("runuser -u ada -- pgsop diagnose --env-file /home/ada/.env")
    assert answer.rc == 3
    assert "Permission denied" in answer.stderr


def test_the_module_and_the_playbook_take_a_service(
    office: DiagnosisHost, run_module: Callable[..., dict[str, Any]], play: PlayRunner, tmp_path: Path
) -> None:
    with service(office, f"Environment=DATABASE_URL={DSN.replace(PASSWORD, WRONG)}\n"):
        found = run_module("pg_connection_info", {"unit": "app"}, on=office.container)
        assert found["cause"]["id"] == "password.wrong"
        assert WRONG not in json.dumps(found)
        run = play(
            PLAYBOOK,
            on=office.container,
            extra_vars={"connection_unit": "app"},
            env={"PWD": str(tmp_path)},
            verbosity=3,
        )
        assert run.rc == 0, run.output
        assert "password is wrong" in run.output
        assert WRONG not in run.output
    failed = run_module("pg_connection_info", {"unit": "app", "dsn": DSN}, on=office.container)
    assert failed["failed"]
    assert PASSWORD not in json.dumps(failed)


def test_a_certificate_that_nobody_vouches_for(office: DiagnosisHost) -> None:
    assert office.cause(f"{DSN}?sslmode=verify-full") in ("ssl.off", "ssl.certificate")


def test_without_root_only_the_clients_side_is_known(office: DiagnosisHost) -> None:
    dsn = DSN.replace(PASSWORD, WRONG)
    answer = office.run("runuser -u ada -- pgsop diagnose --format json %s", dsn)
    report = json.loads(answer.stdout)
    assert report["cause"]["id"] == "password.unclear"
    assert report["cause"]["candidates"] == [
        "password.wrong",
        "role.missing",
        "role.expired",
        "role.no_password",
        "verifier.md5",
    ]
    assert {step["name"]: step["status"] for step in report["steps"]}["role"] == "UNKNOWN"
    assert office.cause(dsn) == "password.wrong"
    answer = office.run("runuser -u ada -- pgsop diagnose --format json %s", DSN)
    assert json.loads(answer.stdout)["works"], answer.stdout


def test_what_is_no_connection_string_is_not_repeated(
    office: DiagnosisHost, run_module: Callable[..., dict[str, Any]]
) -> None:
    """Three ways in: as people paste it, in the wrong option, and in the module; the log of the host has it from none of them."""
    broken = (f'"{DSN}', f"<{DSN}", DSN.replace("//", "/"), f"host=localhost;user=appuser;password={PASSWORD};x")
    for text in broken:
        assert office.cause(text) == "dsn.invalid"
    for option in ("--host", "--database", "--user"):
        assert office.cause(option, DSN) == "dsn.invalid"
    usage = office.host.run("pgsop diagnose appdb %s", DSN)
    assert usage.rc == 2
    assert PASSWORD not in usage.stdout + usage.stderr
    for option in ("host", "port", "database", "user"):
        found = run_module("pg_connection_info", {option: DSN, "password": WRONG}, on=office.container)
        assert found["cause"]["id"] == "dsn.invalid"
        assert PASSWORD not in json.dumps(found)
    told = office.host.run_expect([0], "cat /var/log/postgresql/*.log; journalctl --no-pager").stdout_bytes
    assert b"Invoked with" in told
    assert PASSWORD.encode() not in told


def test_nothing_is_changed_and_nothing_is_told(office: DiagnosisHost) -> None:
    state = "md5sum %s/*.conf; systemctl show -p ActiveEnterTimestamp %s; ls -la /var/run/postgresql"
    before = office.sh(state, office.config, office.unit) if "*" not in office.config else ""
    for dsn in (DSN, DSN.replace(PASSWORD, WRONG), "host=localhost user=ghost"):
        office.look(dsn)
    assert office.sh(state, office.config, office.unit) == before
    logs = "cat /var/log/postgresql/*.log; journalctl --no-pager -t pgsop -t postgresql"
    # As bytes: a server writes its log in the encodings of its databases.
    told = office.host.run_expect([0], logs).stdout_bytes
    assert b"password authentication failed" in told
    assert PASSWORD.encode() not in told
    assert WRONG.encode() not in told


@pytest.mark.parametrize("check", [False, True])
def test_the_playbook(office: DiagnosisHost, play: PlayRunner, tmp_path: Path, check: bool) -> None:
    variables = {"connection_dsn": DSN.replace(PASSWORD, WRONG)}
    run = play(
        PLAYBOOK, on=office.container, extra_vars=variables, check=check, env={"PWD": str(tmp_path)}, verbosity=3
    )
    assert run.rc == 0, run.output
    assert run.changed == 0
    assert "password is wrong" in run.output
    # The command line of the test itself is shown at this verbosity, with the variable in it.
    shown = [line for line in run.output.splitlines() if WRONG in line and "ansible-playbook" not in line]
    assert shown == []
    kept = list((tmp_path / "reports").rglob("diagnose-*.json"))
    assert len(kept) == (0 if check else 1)
    for path in kept:
        assert WRONG not in path.read_text(encoding="utf-8")
        assert json.loads(path.read_text(encoding="utf-8"))["cause"]["id"] == "password.wrong"


def test_the_playbook_fails_where_asked_to(office: DiagnosisHost, play: PlayRunner, tmp_path: Path) -> None:
    variables = {"connection_dsn": DSN.replace("appdb", "nodb"), "connection_fail_on": "critical"}
    run = play(PLAYBOOK, on=office.container, extra_vars=variables, env={"PWD": str(tmp_path)})
    assert run.rc != 0
    assert "has no database nodb" in run.error
    variables["connection_dsn"] = DSN
    assert play(PLAYBOOK, on=office.container, extra_vars=variables, env={"PWD": str(tmp_path)}).rc == 0


def test_the_playbook_refuses_what_it_does_not_know(office: DiagnosisHost, play: PlayRunner) -> None:
    run = play(PLAYBOOK, on=office.container, extra_vars={"connection_dns": "x"})
    assert run.rc != 0
    assert "This playbook has no variable connection_dns" in run.error


def test_the_module(office: DiagnosisHost, run_module: Callable[..., dict[str, Any]]) -> None:
    asked = {"host": "localhost", "database": "appdb", "user": "appuser", "password": WRONG, "fail_on": "critical"}
    for check in (False, True):
        result = run_module("pg_connection_info", asked, on=office.container, check=check)
        assert result["failed"]
        assert result["cause"]["id"] == "password.wrong"
        assert WRONG not in json.dumps(result)
    result = run_module("pg_connection_info", {**asked, "password": PASSWORD}, on=office.container)
    assert (result["failed"], result["changed"], result["works"]) == (False, False, True)
