# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password and no verifier shows at -vvv, in a diff, an error, the server's log, its sessions or the process list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.tests.conftest import Site
    from conftest import PlayResult, PlayRunner, Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

#: Every password has it, so that one search finds any; long, so that nothing else has it.
CANARY = "canary-Secret-e81c5f"
VERIFIER = "SCRAM-SHA-256$"
MODULE = "aerovista.postgresql.pg_databases"
#: Two hosts' declarations in one: roles of both models, one besides, one that is changed, and later a wrong one.
SAFE: list[dict[str, Any]] = [
    {
        "name": "safe",
        "roles": {"app": {"password": f"{CANARY}-app"}, "readonly": {"password": f"{CANARY}-readonly"}},
    },
    {
        "name": "vault",
        "model": "separated",
        "roles": {"app": {"password": f"{CANARY}-other"}, "migrator": {"password": f"{CANARY}-'quoted\\"}},
    },
]
ROLES: list[dict[str, Any]] = [{"name": "watcher", "password": f"{CANARY}-watcher", "valid_until": "2090-01-01"}]
CHANGED = [{**ROLES[0], "password": f"{CANARY}-changed"}]
#: Everything that a server can log about statements, on top of what the hardening role has set.
LOUD = {
    "log_statement": "all",
    "log_duration": "on",
    "log_min_duration_statement": "0",
    "log_min_error_statement": "debug5",
    "log_min_messages": "debug1",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_error_verbosity": "verbose",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
}
#: Looks at every process until a file is gone, and at every session until that is ended.
WATCH = """
touch /tmp/watched
while [ -e /tmp/watched ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; sleep 0.2; done >/tmp/watched.processes &
echo "SELECT query FROM pg_stat_activity WHERE application_name = 'pgsop' \\\\watch 0.05" |
    PGAPPNAME=watching runuser -u postgres -- psql -XAtq >/tmp/watched.sessions &
"""
FAULTS: dict[str, dict[str, Any]] = {
    "short": {"roles": [{"name": "watcher", "password": CANARY[:10]}]},
    "unknown key": {"roles": [{"name": "watcher", "pasword": f"{CANARY}-typo"}]},
    "list for a password": {"roles": [{"name": "watcher", "password": [f"{CANARY}-list"]}]},
    "password in the wrong place": {"databases": [{"name": "safe", "roles": {"app": f"{CANARY}-text"}}]},
    "owner with a password": {
        "databases": [{"name": "vault", "model": "separated", "roles": {"owner": {"password": f"{CANARY}-owner"}}}]
    },
    "contradiction": {"roles": [*ROLES, {"name": "watcher", "password": f"{CANARY}-twice"}]},
    "part of another model": {"databases": [{"name": "safe", "roles": {"migrator": {"password": f"{CANARY}-part"}}}]},
}


PLACES = "/root /tmp /var/tmp /etc /run /var/log /home /dev/shm"


@dataclass(frozen=True)
class Traces:
    """What was said, by run, and what the host kept of it."""

    runs: dict[str, PlayResult]
    host: dict[str, str]


@pytest.fixture(scope="module")
def loud(server: Server) -> Iterator[str]:
    """The server logs everything it can; where its log ended before."""
    for name, value in LOUD.items():
        server.sql(f"ALTER SYSTEM SET {name} TO '{value}'")
    server.sql("SELECT pg_reload_conf()")
    server.host.check_output("timeout 10 sh -c %s", f"until grep -q log_min_messages {server.log}; do sleep 0.1; done")
    yield server.host.check_output("stat -c %%s %s", server.log)
    for name in LOUD:
        server.sql(f"ALTER SYSTEM RESET {name}")
    server.sql("SELECT pg_reload_conf()")


def module(variables: str) -> dict[str, Any]:
    """A run of the module; what is declared comes from variables, for Ansible itself shows the lines of a task that fails."""
    keys = ("version", "databases", "roles")
    return {MODULE: {key: f"{{{{ {variables}.{key} | default(omit) }}}}" for key in keys}, "ignore_errors": True}


def through_role(name: str) -> dict[str, Any]:
    """A fault by way of the role, whose answer is kept."""
    declared = {f"pg_bootstrap_{key}": f"{{{{ faults[{name!r}].{key} }}}}" for key in FAULTS[name]}
    include = {"ansible.builtin.include_role": {"name": "aerovista.postgresql.pg_bootstrap"}, "vars": declared}
    keep = {"name": f"role, {name}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}
    return {"name": name, "block": [include], "rescue": [keep]}


@pytest.fixture(scope="module")
def traces(site: Site, server: Server, play: PlayRunner, loud: str) -> Traces:
    since = server.host.check_output("date +%s")
    server.host.check_output("bash -c %s", f"({WATCH}) >/dev/null 2>&1 </dev/null")
    version = int(server.version)
    known: dict[str, Any] = {
        "postgresql_version": version,
        "change": {"version": version, "databases": SAFE, "roles": CHANGED},
        "faults": {name: {"version": version, **fault} for name, fault in FAULTS.items()},
    }
    loudly: dict[str, Any] = {"on": server.host, "diff": True, "verbosity": 3, "extra_vars": known}
    runs = {"role": site.role(SAFE, ROLES, diff=True, verbosity=3)}
    runs["module"] = play([{"name": "Run", **module("change")}] * 2, **loudly)
    by_module = [{"name": name, **module(f"faults[{name!r}]")} for name in FAULTS if name != "list for a password"]
    runs["faults of the module"] = play(by_module, **loudly)
    runs["faults of the role"] = play([through_role(name) for name in FAULTS], **loudly)
    server.sql("ALTER ROLE watcher CONNECTION LIMIT 0; ALTER ROLE safe_app PASSWORD 'somebody-knows-it'")
    runs["role, check"] = site.role(SAFE, CHANGED, check=True, diff=True, verbosity=3)
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'watching'")
    host = {
        "server log": server.host.check_output("tail -c +%s %s", str(int(loud) + 1), server.log),
        "journal": server.host.check_output("journalctl --no-pager -o cat --since %s", f"@{since}"),
        "processes": server.host.check_output("rm /tmp/watched; cat /tmp/watched.processes"),
        "sessions": server.host.check_output("cat /tmp/watched.sessions; rm /tmp/watched.*"),
        "files": server.host.run(f"grep -rlI -e {CANARY} {PLACES} 2>/dev/null").stdout,
    }
    return Traces(runs, host)


RUNS = ["role", "module", "faults of the module", "faults of the role", "role, check"]


def found(text: str) -> list[str]:
    """Lines with a secret, cut short around it."""
    return [line[:300] for line in text.splitlines() if CANARY in line or VERIFIER in line or CANARY[:10] in line]


@pytest.mark.parametrize("name", RUNS)
def test_run_does_not_tell(traces: Traces, name: str) -> None:
    assert found(traces.runs[name].output) == []


@pytest.mark.parametrize("name", ["server log", "journal", "processes", "sessions", "files"])
def test_host_does_not_keep(traces: Traces, name: str) -> None:
    assert found(traces.host[name]) == []


def test_these_runs_really_set_passwords(traces: Traces) -> None:
    assert traces.runs["role"].rc == 0, traces.runs["role"].output
    assert traces.runs["role"].stdout.count("PASSWORD '********'") >= 5
    assert [task.status for task in traces.runs["module"].tasks] == ["changed", "ok"]
    assert "+ALTER ROLE safe_app PASSWORD '********';" in traces.runs["role, check"].stdout


def test_faults_are_told_in_words(traces: Traces) -> None:
    by_module = {task.task: task for task in traces.runs["faults of the module"].tasks}
    assert {name: task.status for name, task in by_module.items()} == dict.fromkeys(by_module, "ignored")
    assert "shorter than 12" in by_module["short"].result["msg"]
    by_role = {
        task.task: task.result["msg"] for task in traces.runs["faults of the role"].tasks if "msg" in task.result
    }
    assert {f"role, {name}" for name in FAULTS} <= set(by_role)
    assert "has no key pasword" in by_role["role, unknown key"]


def test_the_watch_was_kept(traces: Traces) -> None:
    assert "CREATE DATABASE safe" in traces.host["server log"]
    assert "statement: ALTER ROLE watcher" in traces.host["server log"]
    assert "python3" in traces.host["processes"]
    assert len(traces.host["sessions"]) > 100


@pytest.mark.usefixtures("traces")
@pytest.mark.parametrize(("role", "password"), [("safe_readonly", "-readonly"), ("vault_migrator", "-'quoted\\")])
def test_password_gets_in(site: Site, role: str, password: str) -> None:
    answer = site.login(role, "SELECT session_user", role.split("_", maxsplit=1)[0], f"{CANARY}{password}")
    assert answer.stdout == f"{role}\n", answer.stderr
