# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's PgBouncer in front of the server: each fault is made for real, and `pgsop diagnose` finds it through the pooler."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Server
    from testinfra.host import Host

HOST_COPY = "pooler"
PASSWORD, OLD, LOOKUP = "canary-Wd7kP2sM9vXe", "canary-Jt3nB6yQ8zRh", "canary-Lf5cG1uN4wKa"
FOLDER, PORT = "/etc/pgbouncer", 6432
DEFAULTS = {
    "listen_addr": "127.0.0.1",
    "listen_port": str(PORT),
    "unix_socket_dir": "/var/run/postgresql",
    "auth_type": "scram-sha-256",
    "auth_file": f"{FOLDER}/userlist.txt",
    "logfile": "/var/log/postgresql/pgbouncer.log",
    "pidfile": "/var/run/postgresql/pgbouncer.pid",
}
#: PostgreSQL hashes an MD5 password with the name of the role behind it.
MD5 = "md5" + hashlib.md5(f"{PASSWORD}appuser".encode(), usedforsecurity=False).hexdigest()
MADE = (
    "SET log_statement = none",
    f"CREATE ROLE pooled LOGIN PASSWORD '{OLD}'",
    f"CREATE ROLE pgbouncer LOGIN SUPERUSER PASSWORD '{LOOKUP}'",
    f"CREATE ROLE limited LOGIN CONNECTION LIMIT 0 PASSWORD '{PASSWORD}'",
    f"CREATE ROLE missing_in_file LOGIN PASSWORD '{PASSWORD}'",
    "CREATE DATABASE pooldb",
)


@dataclass
class Pooler:
    """A copy of the host with PgBouncer, which each test configures."""

    host: Host
    server: Server

    def configure(self, entry: str, secrets: dict[str, str], **settings: str) -> None:
        """Write its files and restart it."""
        values = {**DEFAULTS, **settings}
        lines = ["[databases]", entry, "[pgbouncer]", *(f"{name} = {value}" for name, value in values.items())]
        self.write("pgbouncer.ini", "\n".join(lines))
        self.write("userlist.txt", "\n".join(f'"{role}" "{secret}"' for role, secret in secrets.items()))
        # In order it waits for clients (1.23 and newer), and a client that waits for a server never leaves.
        self.host.run("systemctl kill --signal=KILL pgbouncer; systemctl reset-failed pgbouncer")
        self.host.check_output("systemctl restart pgbouncer")
        deadline = time.monotonic() + 30
        while self.host.run(f"ss -Hltn 'sport = :{PORT}' | grep -q LISTEN").rc:
            assert time.monotonic() < deadline, self.host.run("journalctl -u pgbouncer -n 20").stdout
            time.sleep(0.1)

    def write(self, name: str, text: str) -> None:
        path = f"{FOLDER}/{name}"
        self.host.check_output("umask 027; echo %s > %s; chown postgres: %s", text, path, path)

    def console(self, command: str) -> None:
        self.host.check_output(
            "runuser -u postgres -- psql -h /var/run/postgresql -p %s -U pgbouncer pgbouncer -c %s", str(PORT), command
        )

    def look(self, dsn: str = "", *, password: str = PASSWORD, role: str = "appuser") -> dict[str, Any]:
        """The report; no password is in it."""
        dsn = dsn or f"postgresql://{role}:{password}@localhost:{PORT}/appdb"
        answer = self.host.run("pgsop diagnose --format json %s", dsn)
        for secret in (PASSWORD, OLD, LOOKUP, MD5):
            assert secret not in answer.stdout + answer.stderr
        report: dict[str, Any] = json.loads(answer.stdout)
        assert answer.rc == (0 if report["works"] else 1)
        return report

    def cause(self, dsn: str = "", **who: str) -> str:
        found = self.look(dsn, **who)["cause"]
        return str(found["id"]) if found else ""

    def fix(self, report: dict[str, Any]) -> None:
        """Run the command that the report gives for a shell; a test is root anyhow."""
        assert report["hint_in"] == "shell"
        self.host.check_output(
            "sh -c %s",
            report["hint"]
            .rpartition(", then ")[2]
            .replace("sudo -u postgres", "runuser -u postgres --")
            .replace("sudo ", ""),
        )


@pytest.fixture(scope="module", name="pooler")
def _pooler(host: Host, server: Server) -> Pooler:
    # The unit of PgBouncer reloads with /bin/kill, which is in procps.
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends pgbouncer procps"
    done = host.run(f"apt-get update -qq && {install}")
    assert done.rc == 0, done.stderr
    for statement in (*MADE, f"ALTER ROLE appuser PASSWORD '{PASSWORD}'"):
        server.sql(statement)
    return Pooler(host, server)


def entry(name: str = "appdb", **changed: str) -> str:
    values = {"host": "127.0.0.1", "port": "5432", **changed}
    return f"{name} = " + " ".join(f"{key}={value}" for key, value in values.items() if value)


GOOD = {"appuser": PASSWORD}


def test_it_works_and_the_steps_are_those_of_the_server(pooler: Pooler) -> None:
    pooler.configure(entry(), GOOD)
    report = pooler.look()
    assert report["works"]
    steps = {step["name"]: step["status"] for step in report["steps"]}
    assert {steps[name] for name in ("pooler", "server", "rules", "role", "database")} == {"OK"}
    assert pooler.cause(f"host=/var/run/postgresql port={PORT} dbname=appdb user=appuser password={PASSWORD}") == ""


#: By fault: entry of [databases], auth_file, settings, who connects, and the cause.
FAULTS: dict[str, tuple[str, dict[str, str], dict[str, str], dict[str, str], str]] = {
    "wrong password": (entry(), GOOD, {}, {"password": OLD}, "password.wrong"),
    "wrong password, md5": (entry(), GOOD, {"auth_type": "md5"}, {"password": OLD}, "password.wrong"),
    "no such role": (entry(), GOOD, {}, {"role": "stranger"}, "role.missing"),
    "role not in auth_file": (entry(), GOOD, {}, {"role": "missing_in_file"}, "pooler.no_user"),
    "old password in auth_file": (entry(), {"appuser": OLD}, {}, {}, "pooler.outdated_password"),
    "both old": (entry(), {"appuser": OLD}, {}, {"password": OLD}, "pooler.outdated_password"),
    "MD5 hash only": (entry(), {"appuser": MD5}, {"auth_type": "md5"}, {}, "pooler.verifier"),
    "no such database": (entry("other"), GOOD, {}, {}, "pooler.no_database"),
    "server's database is missing": (entry(dbname="gone"), GOOD, {}, {}, "database.missing"),
    "server on another port": (entry(port="5999"), GOOD, {}, {}, "port.wrong"),
    "over the socket, where only its owner is admitted": (entry(host=""), GOOD, {}, {}, "hba.no_rule"),
    "old password of a fixed role": (
        entry(user="pooled", password=PASSWORD),
        GOOD,
        {},
        {},
        "pooler.outdated_password",
    ),
    "wrong password before a fixed role": (
        entry(user="pooled", password=OLD),
        GOOD,
        {},
        {"password": OLD},
        "pooler.password",
    ),
    "connection limit": (entry(), {"limited": PASSWORD}, {}, {"role": "limited"}, "role.limit"),
    "wrong password, looked up": (
        entry(),
        {"pgbouncer": LOOKUP},
        {"auth_user": "pgbouncer"},
        {"password": OLD},
        "password.wrong",
    ),
    "own rules": (
        entry(),
        GOOD,
        {"auth_type": "hba", "auth_hba_file": f"{FOLDER}/rules"},
        {},
        "pooler.hba",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(pooler: Pooler, fault: str) -> None:
    written, secrets, settings, who, expected = FAULTS[fault]
    pooler.write("rules", "host appdb pooled 127.0.0.1/32 scram-sha-256")
    pooler.configure(written, secrets, **settings)
    assert pooler.cause(**who) == expected


@pytest.mark.parametrize(
    ("secrets", "settings", "who", "expected"),
    [
        ({"pooled": OLD}, {}, {}, "pooler.no_user"),
        ({}, {"auth_type": "md5"}, {}, "pooler.no_user"),
    ],
    ids=["scram", "md5"],
)
def test_the_command_for_auth_file_works(
    pooler: Pooler, secrets: dict[str, str], settings: dict[str, str], who: dict[str, str], expected: str
) -> None:
    pooler.configure(entry(), secrets, **settings)
    report = pooler.look(**who)
    assert report["cause"]["id"] == expected
    pooler.fix(report)
    assert pooler.cause(**who) == ""


def test_paused_and_disabled(pooler: Pooler) -> None:
    # PAUSE counts as a failed login, after which it waits: 15 s by default.
    pooler.configure(entry(), GOOD, server_login_retry="1")
    for command, expected in (("PAUSE appdb", "pooler.paused"), ("DISABLE appdb", "pooler.disabled")):
        pooler.console(command)
        report = pooler.look()
        assert report["cause"]["id"] == expected
        pooler.fix(report)
        assert pooler.cause() == "", command


def test_an_entry_that_was_not_read(pooler: Pooler) -> None:
    pooler.configure(entry("other"), GOOD)
    text = pooler.host.check_output(f"cat {FOLDER}/pgbouncer.ini")
    pooler.write("pgbouncer.ini", text.replace("other =", "appdb ="))
    report = pooler.look()
    assert report["cause"]["id"] == "pooler.not_reloaded"
    pooler.fix(report)
    assert pooler.cause() == ""


def test_a_parameter_of_the_session(pooler: Pooler) -> None:
    pooler.configure(entry(), GOOD)
    dsn = f"postgresql://appuser:{PASSWORD}@localhost:{PORT}/appdb?options=-c%20lock_timeout%3D5"
    assert pooler.cause(dsn) == "pooler.parameter"


def test_it_waits_after_a_login_that_failed(pooler: Pooler) -> None:
    pooler.configure(entry(), GOOD)
    pooler.server.sql("ALTER ROLE appuser NOLOGIN")
    try:
        assert pooler.cause() == "role.nologin"
    finally:
        pooler.server.sql("ALTER ROLE appuser LOGIN")
    assert pooler.cause() == "pooler.waiting"


def test_the_server_is_down(pooler: Pooler) -> None:
    pooler.configure(entry(), GOOD)
    unit = f"postgresql@{pooler.server.version}-main"
    pooler.host.check_output(f"systemctl stop {unit}")
    try:
        assert pooler.cause() == "server.down"
    finally:
        pooler.host.check_output(f"systemctl start {unit}")


def test_it_does_not_run(pooler: Pooler) -> None:
    pooler.configure(entry(), GOOD)
    pooler.host.check_output("systemctl stop pgbouncer")
    report = pooler.look()
    assert report["cause"]["id"] == "pooler.down"
    pooler.fix(report)
    assert pooler.cause() == ""


def test_an_ordinary_user_is_given_the_answer_and_the_next_step(pooler: Pooler) -> None:
    pooler.configure(entry("other"), GOOD)
    pooler.host.run("useradd --create-home eve")
    answer = pooler.host.run(
        "runuser -u eve -- pgsop diagnose --format json %s",
        f"host=localhost port={PORT} dbname=appdb user=appuser password={PASSWORD}",
    )
    assert answer.rc == 1
    report = json.loads(answer.stdout)
    assert report["cause"]["id"] == "pooler.no_database"
    assert "pgsop diagnose" in report["hint"]
