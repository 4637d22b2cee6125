# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody but the cluster's owner reads what is made, and no secret passes where others look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

CANARY = "canary-Clerk-83b1d0"
#: Everything that is executed, with all arguments, by whatever process of the run.
TRACE = "strace -f -qq -s 20000 -e trace=execve -e signal=none -o %s pgsop %s --config %s"
CREATE = "SET password_encryption = 'scram-sha-256'; CREATE ROLE clerk LOGIN PASSWORD '%s'"
#: What gets out: owner, mode and path of what is not the owner's alone.
OPEN = "find %s -mindepth 1 ! -type l \\( ! -user postgres -o ! -group postgres -o -perm /077 \\) -printf '%%u:%%g %%m %%p\\n'"


@pytest.fixture(scope="module")
def traced(vault: Vaults) -> Vault:
    """A backup, a restore that makes a role with a password, and a drill, with every command line they used in there.state."""
    there = vault("modes")
    server = there.server
    # Other tests have roles with passwords, too, and some of them mean to be seen.
    there.host.check_output(f"stat -c %s {server.log} > {there.state}/log_before")
    server.sql(CREATE % CANARY)
    server.sql("GRANT SELECT ON entry TO clerk", "ledger")
    there.host.check_output(TRACE, f"{there.state}/traced.backup", "backup", there.config)
    server.sql("REVOKE SELECT ON entry FROM clerk", "ledger")
    server.sql("DROP ROLE clerk")
    restore = TRACE.replace("pgsop %s", "pgsop restore --database %s")
    there.host.check_output(restore, f"{there.state}/traced.restore", "ledger", there.config)
    there.host.check_output(TRACE, f"{there.state}/traced.drill", "drill", there.config)
    return there


def test_sets_are_the_owners_alone(traced: Vault) -> None:
    assert traced.host.check_output(OPEN, traced.directory) == ""
    assert traced.server.mode(f"{traced.directory}/latest/globals.sql") == "postgres:postgres 0600"
    assert traced.server.mode(f"{traced.directory}/latest/roles.json") == "postgres:postgres 0600"
    assert traced.server.mode(f"{traced.directory}/{traced.newest()}") == "postgres:postgres 0700"


def test_other_users_read_nothing(traced: Vault) -> None:
    for path in ("latest/globals.sql", "latest/manifest.json", ""):
        assert traced.host.run("runuser -u nobody -- ls %s", f"{traced.directory}/{path}").rc != 0
    answer = traced.host.run("runuser -u nobody -- pgsop backups --config %s", traced.config)
    assert answer.rc == 1
    assert "sudo pgsop backups" in answer.stderr


def test_role_is_back_with_its_password(traced: Vault) -> None:
    login = (
        "PGPASSWORD=%s psql -XAtqw 'host=localhost dbname=ledger_restore user=clerk' -c 'SELECT count(*) FROM entry'"
    )
    assert traced.host.check_output(login, CANARY) == "2000"
    traced.server.sql("DROP DATABASE ledger_restore")
    traced.server.sql("DROP ROLE clerk")


def test_no_password_and_no_verifier_on_a_command_line_or_in_a_log(traced: Vault) -> None:
    assert "pg_dump" in traced.server.read(f"{traced.state}/traced.backup")
    assert "pg_restore" in traced.server.read(f"{traced.state}/traced.restore")
    assert "SCRAM-SHA-256$" in traced.server.read(f"{traced.directory}/latest/globals.sql"), "it would be seen"
    log = f"tail -c +$(cat {traced.state}/log_before) {traced.server.log}"
    traced.host.check_output(f"{log} > {traced.state}/traced.log")
    places = f"{traced.state}/traced.* {traced.state}/backup.json {traced.state}/drill.json"
    answer = traced.host.run(
        f"grep -l 'SCRAM-SHA-256[$]4096' {places}; journalctl -o cat | grep 'SCRAM-SHA-256[$]4096'"
    )
    assert answer.stdout == ""
    assert CANARY not in traced.server.read(f"{traced.state}/traced.restore")


def test_old_stays_readable_for_standard_tools(traced: Vault) -> None:
    """Without this collection: the programs of PostgreSQL and coreutils are enough."""
    script = "cd %s/latest && sha256sum -c --quiet SHA256SUMS && pg_restore --list ledger.dump | grep -q 'TABLE DATA public entry'"
    traced.host.check_output(script, traced.directory)
