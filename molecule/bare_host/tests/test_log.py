# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log tells who came, who left and what was changed, and keeps secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bare_host.tests.conftest import Logins
    from conftest import Server
    from testinfra.host import Host

CANARIES = ("canary-Right-7f3a9c", "canary-Wrong-0b8e2d")
PREFIX = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+ \[\d+\] "
LOGIN = r"app@postgres,app=\S+,client=127\.0\.0\.1 "


@pytest.fixture(scope="module")
def log(host: Host, server: Server, logins: Logins) -> str:
    """What the log says of a login, a refused one, a change, a question, a mistake, and of setting passwords."""
    seen = int(host.check_output(f"stat -c %s {server.log}"))
    logins.attempt("app")
    logins.attempt("app", password=CANARIES[1])
    server.sql("CREATE TABLE noted (id int)")
    server.sql("SELECT 'a question nobody has to keep'")
    host.run("runuser -u postgres -- psql -c 'SELECT 1/0 AS mistake'")
    server.sql("DROP TABLE noted")
    return host.check_output(f"tail -c +{seen + 1} {server.log}")


@pytest.mark.parametrize(
    "line",
    [
        LOGIN + "LOG:  connection authenticated: ",
        LOGIN + "LOG:  connection authorized: user=app ",
        LOGIN + "LOG:  disconnection: session time: ",
        LOGIN + 'FATAL:  password authentication failed for user "app"',
        r"\S+@\S+,app=\S+,client=\S+ LOG:  connection received: host=127\.0\.0\.1",
        r"postgres@postgres,app=psql,client=\[local\] LOG:  statement: CREATE TABLE noted",
        r"postgres@postgres,app=psql,client=\[local\] LOG:  statement: DROP TABLE noted",
        r"postgres@postgres,app=psql,client=\[local\] STATEMENT:  SELECT 1/0 AS mistake",
    ],
)
def test_event_is_in_the_log_with_time_process_role_database_program_and_address(log: str, line: str) -> None:
    assert re.search(PREFIX + line, log, re.MULTILINE), log


def test_what_only_reads_is_not_in_the_log(log: str) -> None:
    assert "a question nobody has to keep" not in log


def test_every_line_begins_with_the_prefix_or_continues_one(log: str) -> None:
    strangers = [line for line in log.splitlines() if not re.match(PREFIX + r"|\t", line)]
    assert strangers == []


def test_no_password_is_in_the_log_or_the_journal(host: Host, logins: Logins) -> None:
    assert logins.attempt("app").rc == 0
    assert logins.attempt("app", password=CANARIES[1]).rc == 2
    for canary in CANARIES:
        assert host.run("grep -rF -e %s /var/log", canary).rc == 1
        assert canary not in host.check_output("journalctl --no-pager")
