# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hand edit of pg_hba.conf that keeps postgres out, or the server from starting, is repaired by one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import PlayResult, PlayRunner, Server

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

SITE = "aerovista.postgresql.site"
KEPT_OUT = "while runuser -u postgres -- psql -Atc 'SELECT 1'; do sleep 0.1; done"
LOCKED = "sed -i 's/^local.*peer$/local all postgres scram-sha-256/' {config}/pg_hba.conf && systemctl reload {unit}"
#: What else leaves the file wrong; the module repairs each as the play does.
EDITS = {
    "map": "sed -i 's/^local.*peer$/local all postgres peer map=x/' {config}/pg_hba.conf && systemctl reload {unit}",
    "reject": "sed -i '1i local all all reject' {config}/pg_hba.conf && systemctl reload {unit}",
    # After the server has read the line: it does not read an empty file, and keeps the rules that it has.
    "emptied since": LOCKED + " && {kept_out} && truncate -s 0 {config}/pg_hba.conf",
    "gone since": LOCKED + " && {kept_out} && rm {config}/pg_hba.conf",
    "broken, and stopped": "sed -i '1i locl all all peer' {config}/pg_hba.conf && systemctl stop {unit}",
    "gone, and stopped": "rm {config}/pg_hba.conf && systemctl stop {unit}",
}
RULES = [
    {"type": "local", "user": ["postgres"], "method": "peer"},
    {"type": "host", "address": "127.0.0.1/32", "method": "scram-sha-256"},
]


def alter(server: Server, command: str) -> None:
    """Run the command and wait until it has kept postgres out: a reload takes a moment."""
    command = command.format(config=server.config, unit=server.unit, kept_out=KEPT_OUT)
    server.host.check_output("timeout 20 bash -uc %s", f"{command} && {KEPT_OUT}")


def lets_in(server: Server) -> bool:
    return server.host.run("runuser -u postgres -- psql -Atc 'SELECT 1'").rc == 0


@pytest.fixture(scope="module")
def rules(server: Server) -> str:
    return server.files()[f"{server.config}/pg_hba.conf"]


@pytest.fixture(scope="module")
def checked(rules: str, server: Server, play: PlayRunner) -> PlayResult:
    """A check run on a host that is locked out."""
    assert rules
    alter(server, LOCKED)
    return play(SITE, on=server.host, check=True, diff=True)


def test_check_shows_the_repair_and_no_new_database(server: Server, checked: PlayResult) -> None:
    assert checked.rc == 0, checked.output
    assert "-local all postgres scram-sha-256" in checked.stdout
    assert "+CREATE" not in checked.stdout
    assert not lets_in(server)


@pytest.mark.parametrize("command", ["pgsop health", "pgsop diagnose --user postgres --as postgres", "pgsop locks"])
def test_commands_name_the_line_and_the_repair(server: Server, checked: PlayResult, command: str) -> None:
    assert checked.rc == 0
    answer = server.host.run(command)
    told = " ".join((answer.stdout + answer.stderr).split())
    assert "(local all postgres scram-sha-256) decides about it" in told
    assert "sed -i --follow-symlinks '1i local all postgres peer'" in told
    assert ".pgpass, mode" not in told


def test_converge_repairs_it_without_a_restart(
    server: Server, checked: PlayResult, rules: str, play: PlayRunner
) -> None:
    assert checked.rc == 0
    pid = server.host.check_output("head -n 1 %s", f"{server.data}/postmaster.pid")
    converged = play(SITE, on=server.host)
    assert converged.rc == 0, converged.output
    assert lets_in(server)
    assert server.files()[f"{server.config}/pg_hba.conf"] == rules
    assert server.host.check_output("head -n 1 %s", f"{server.data}/postmaster.pid") == pid


@pytest.mark.parametrize("edit", EDITS)
def test_module_repairs_every_such_edit(
    server: Server, run_module: Callable[..., dict[str, object]], edit: str
) -> None:
    alter(server, EDITS[edit])
    arguments = {"version": int(server.version), "name": "pg_hardening", "rules": RULES, "start": True}
    result = run_module("pg_hba", arguments, on=server.host)
    assert result.get("changed") is True, result
    assert lets_in(server)


def test_server_that_does_not_start_is_started_by_a_run(server: Server, play: PlayRunner) -> None:
    alter(server, EDITS["broken, and stopped"])
    converged = play(SITE, on=server.host)
    assert converged.rc == 0, converged.output
    assert lets_in(server)
