# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary user of the host is advised, and what a terminal of 80 columns shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

PLATFORM = "last"
HOST_COPY = "users"
#: oncall has no role; watcher has one with a rule and pg_monitor, as somebody would do it by hand, but no CONNECT.
PREPARE = """
set -e
useradd --create-home oncall
useradd --create-home watcher
runuser -u postgres -- psql -qc 'CREATE ROLE watcher LOGIN IN ROLE pg_monitor'
sed -i '1i local all watcher peer' /etc/postgresql/*/main/pg_hba.conf
runuser -u postgres -- psql -qtc 'SELECT pg_reload_conf()'
sleep 1
"""
GRANT = "sudo -u postgres psql -p 5432 -c 'GRANT CONNECT ON DATABASE postgres TO watcher'"
READERS = ["activity", "locks", "health"]
COMMANDS = [*READERS, "backup", "backups", "drill", "restore --database appdb"]


@pytest.fixture(scope="module", name="users")
def _users(host: Host) -> Host:
    done = host.run(PREPARE)
    assert done.rc == 0, done.stderr
    return host


def run(users: Host, name: str, command: str) -> CommandResult:
    return users.run(f"runuser -u {name} -- /usr/local/bin/pgsop {command}")


def lines(done: CommandResult) -> list[str]:
    return [line.strip() for line in (done.stdout + done.stderr).splitlines() if line]


@pytest.mark.parametrize("command", [*COMMANDS, "activity --limit 5", "health --only 'service.*'"])
def test_next_step_is_sudo_and_the_command_that_was_typed(users: Host, command: str) -> None:
    done = run(users, "oncall", command)
    steps = [line for line in lines(done) if line.startswith("Next step:")]
    assert steps == [f"Next step: run it with sudo: sudo pgsop {command}"]
    assert done.rc == (3 if command.startswith("health") else 1)
    assert len(lines(done)) <= 4


@pytest.mark.parametrize("command", READERS)
def test_missing_connect_is_the_cause(users: Host, command: str) -> None:
    done = run(users, "watcher", command)
    steps = [line for line in lines(done) if line.startswith("Next step:")]
    assert len(steps) == 1
    assert GRANT in steps[0]
    assert steps[0].endswith(f"sudo pgsop {command}")


def test_programs_get_every_check_all_the_same(users: Host) -> None:
    done = run(users, "oncall", "health --format json")
    report = json.loads(done.stdout)
    assert (done.rc, report["status"]) == (3, "UNKNOWN")
    assert len(report["findings"]) > 40


def test_with_connect_the_rest_is_one_line(users: Host) -> None:
    assert users.run("runuser -u postgres -- psql -qc 'GRANT CONNECT ON DATABASE postgres TO watcher'").rc == 0
    done = run(users, "watcher", "health")
    assert lines(done)[-2:-1] == ["Next step: run it with sudo: sudo pgsop health"], done.stdout
    assert run(users, "watcher", "activity").rc == 0


def test_psql_as_root_leads_to_tcp_or_to_postgres(users: Host) -> None:
    found = json.loads(users.run("pgsop diagnose --format json").stdout)
    assert found["cause"]["id"] == "hba.no_rule"
    assert "no role root and no database root" in found["cause"]["message"]
    assert found["hint"].startswith("use -h localhost (host=localhost in a connection string)")
    assert found["hint"].endswith("; or as the administrator: sudo -u postgres psql")
    assert (found["hint_in"], found["declared"]) == ("shell", "")


@pytest.mark.parametrize("command", ["activity", "locks", "health --all", "diagnose", "backups", "--help"])
def test_real_terminal_gets_no_line_that_is_too_long(users: Host, command: str) -> None:
    shown = users.run(f"script -qec 'stty cols 80; NO_COLOR=1 pgsop {command}' /dev/null").stdout
    found = [line.rstrip("\r") for line in shown.splitlines()]
    assert len(found) > 1
    assert [line for line in found if len(line) > 80 and len(line.split()) > 1] == []


def test_drill_before_the_first_backup_leaves_no_failure(users: Host) -> None:
    users.run("rm -rf /var/backups/postgresql/2*")
    for arguments in ("drill", "drill --dry-run"):
        done = users.run(f"pgsop {arguments}")
        assert (done.rc, lines(done)[-1]) == (1, "Next step: run 'sudo pgsop backup', then 'sudo pgsop drill'")
    restored = users.run("pgsop restore --database appdb")
    assert (restored.rc, "'sudo pgsop backup'" in lines(restored)[-1]) == (1, True)
    findings = json.loads(users.run("pgsop health --only 'backup.*' --format json").stdout)["findings"]
    assert "backup.drill" not in {each["id"] for each in findings if each["status"] == "CRITICAL"}
