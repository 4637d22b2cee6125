# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of SOP 4 and 7 print what the command prints on the host, and fail for what the module fails for."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server

#: These tests do not depend on the platform.
PLATFORM = "last"

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
CANARY = "canary-Wp4tN8sB2yKd"
#: Of two runs, ages, durations, ports and process ids differ, and with them the width of columns.
NUMBERS, GAPS = re.compile(r"\d+(?:[.,]\d+)*"), re.compile(r"  +")
#: A reader that holds up an ALTER TABLE that holds up a reader.
HELD_UP = """
psql() { PGAPPNAME=$1 runuser -u postgres -- psql -XAtq -d postgres -c "$2" >/dev/null 2>&1 & sleep 1; }
psql idle "BEGIN; SELECT count(*) FROM held; SELECT pg_sleep(300)"
psql alter "ALTER TABLE held ADD b int"
psql reader "SELECT count(*) FROM held"
"""


@pytest.fixture(scope="module")
def run(server: Server, play: PlayRunner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`run("check_health", health_only=["disk.*"])`: one of the playbooks; its reports go below a folder of the tests."""
    folder = tmp_path_factory.mktemp("controller")

    def run_playbook(name: str, *, check: bool = False, **variables: Any) -> PlayResult:
        env = {"PWD": str(folder)}
        return play(PLAYBOOKS / f"{name}.yml", on=server.host, check=check, extra_vars=variables, env=env)

    yield run_playbook


def shown(result: PlayResult) -> list[str]:
    """The lines that a playbook prints."""
    (message,) = [task.result["msg"] for task in result.tasks if task.action.endswith("debug")]
    return list(message)


def printed(server: Server, *arguments: str) -> list[str]:
    """The lines that the command prints on the host."""
    return str(server.host.run(f"pgsop {shlex.join(arguments)}").stdout).splitlines()


def alike(lines: list[str]) -> list[str]:
    return [GAPS.sub(" ", NUMBERS.sub("0", line)) for line in lines]


@pytest.mark.parametrize("check", [False, True])
def test_health_is_what_the_command_prints(server: Server, run: Any, check: bool) -> None:
    only = ["disk.*", "roles.*", "service.*", "version.*"]
    result = run("check_health", check=check, health_only=only, health_fail_on="never")
    assert result.rc == 0, result.output
    command = ["health", *(word for name in only for word in ("--only", name))]
    assert alike(shown(result)) == alike(printed(server, *command))
    assert len(shown(result)) > 2


@pytest.mark.parametrize(("fail_on", "fails"), [(None, False), ("critical", False), ("warning", True)])
def test_health_fails_at_the_level_that_is_asked_for(
    server: Server, run: Any, fail_on: str | None, fails: bool
) -> None:
    server.sql("CREATE ROLE former LOGIN VALID UNTIL '2020-01-01'")
    try:
        asked = {} if fail_on is None else {"health_fail_on": fail_on}
        result = run("check_health", health_only=["roles.expired"], **asked)
        (finding,) = json.loads(server.host.run("pgsop health --only roles.expired --format json").stdout)["findings"]
    finally:
        server.sql("DROP ROLE former")
    assert finding["status"] == "WARNING"
    assert [task.task for task in result.with_status("failed")] == ["Fail where that is not good enough"] * fails
    assert (finding["message"] in result.error) is fails
    assert any(finding["message"] in line for line in shown(result))


def test_a_level_that_does_not_exist_is_refused(run: Any) -> None:
    result = run("check_health", health_fail_on="warn")
    assert result.rc != 0
    assert "fail_on" in result.error


@pytest.fixture
def without_autovacuum(server: Server) -> Iterator[None]:
    """No worker comes or goes between two looks."""
    server.sql("ALTER SYSTEM SET autovacuum = off")
    server.sql("SELECT pg_reload_conf()")
    workers = "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'autovacuum %'"
    server.host.check_output('until [ "$(runuser -u postgres -- psql -XAtc %s)" = 0 ]; do sleep 0.2; done', workers)
    yield
    server.sql("ALTER SYSTEM RESET autovacuum")
    server.sql("SELECT pg_reload_conf()")


@pytest.mark.usefixtures("without_autovacuum")
def test_activity_is_what_the_commands_print(server: Server, run: Any) -> None:
    server.sql("CREATE TABLE held (a int)")
    server.host.check_output("sh -c %s", HELD_UP)
    try:
        result = run("show_activity", activity_limit=3)
        assert result.rc == 0, result.output
        expected = [*printed(server, "activity", "--limit", "3"), "", *printed(server, "locks")]
    finally:
        server.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'idle'")
        server.sql("DROP TABLE held")
    assert alike(shown(result)) == alike(expected)
    assert [line for line in shown(result) if "pg_cancel_backend" in line or "pg_terminate_backend" in line]


@pytest.mark.parametrize("database", ["postgres", "nowhere"])
def test_connection_is_what_the_command_prints_and_has_no_password(server: Server, run: Any, database: str) -> None:
    dsn = f"host=localhost dbname={database} user=nobody_here password={CANARY}"
    result = run("diagnose_connection", connection_dsn=dsn)
    assert result.rc == 0, result.output
    expected = printed(server, "diagnose", dsn)
    assert alike(shown(result)) == alike(expected)
    assert expected[-1]
    assert CANARY not in "".join([*shown(result), *expected])
    assert run("diagnose_connection", connection_dsn=dsn, connection_fail_on="critical").rc != 0
