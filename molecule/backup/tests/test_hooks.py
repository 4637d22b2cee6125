# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's own commands: one takes a set off the host, one is told of failures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import PlayRunner

#: These tests do not depend on the platform.
PLATFORM = "first"

#: Copies what it is told to, and checks the copy.
COPY = """#!/bin/sh -e
cp -r "$PGSOP_SET_PATH" /var/lib/test_hooks/away/"$PGSOP_SET"
cmp "$PGSOP_MANIFEST" /var/lib/test_hooks/away/"$PGSOP_SET"/manifest.json
cd /var/lib/test_hooks/away/"$PGSOP_SET" && sha256sum -c --quiet "$PGSOP_CHECKSUMS"
echo "$1 $(id -un)" >/var/lib/test_hooks/argument
"""
TELL = '#!/bin/sh\necho "$PGSOP_ACT in $PGSOP_DIRECTORY: $PGSOP_ERROR" >/var/lib/test_hooks/told\n'

#: Kills a backup as soon as its copy command is at work.
KILLER = """
pgsop backup --config "$1" >/root/said 2>&1 &
until pgrep -fx '/bin/sleep 287' >/dev/null; do kill -0 $! || { cat /root/said; exit; }; sleep 0.1; done
echo at work
kill -KILL $!
wait $! 2>/dev/null
echo killed $?
"""


@pytest.fixture(scope="module")
def there(vault: Vaults) -> Vault:
    made = vault("hooks")
    made.host.check_output("install -d -o postgres %s", f"{made.state}/away")
    for name, text in {
        "copy": COPY,
        "tell": TELL,
        "fail": "#!/bin/sh\necho 'no route to the vault' >&2\nexit 3\n",
    }.items():
        path = f"{made.state}/{name}"
        made.host.check_output("printf %%s %s >%s && chmod 0755 %s", text, path, path)
    return made


def test_copy_gets_the_paths_and_is_noted(there: Vault) -> None:
    there.configure(copy_command=f"{there.state}/copy 'two words'", failure_command=f"{there.state}/tell")
    name = there.backup()
    assert there.server.read(f"{there.state}/argument") == "two words postgres\n"
    assert there.server.exists(f"{there.state}/away/{name}/ledger.dump/toc.dat")
    look = there.look()
    assert look.newest["copies"] == 1
    assert look.finding("copy")[0] == "OK"
    (copied,) = json.loads(there.server.read(f"{there.directory}/{name}/manifest.json"))["copies"]
    assert copied["command"].endswith("copy 'two words'")
    assert not there.server.exists(f"{there.state}/told")


@pytest.mark.parametrize("how", ["it fails", "it takes too long"])
def test_copy_that_fails_fails_the_run_and_the_set_stays(there: Vault, how: str) -> None:
    before = there.newest()
    command = f"{there.state}/fail" if how == "it fails" else "/bin/sleep 60"
    there.configure(copy_command=command, copy_timeout_s=1, failure_command=f"{there.state}/tell")
    problem = there.fails()
    expected = "no route to the vault" if how == "it fails" else "not done within 1 s"
    assert expected in problem
    told = there.server.read(f"{there.state}/told")
    assert told.startswith(f"backup in {there.directory}: ")
    assert expected in told
    look = there.look()
    assert look.verified[0] == there.newest() != before
    assert look.newest["copies"] == 0
    status, message = look.finding("copy")
    assert status == "WARNING"
    assert look.verified[0] in message
    there.sound()


def test_without_a_copy_command_it_is_said_that_there_is_no_copy(there: Vault) -> None:
    there.configure()
    answer = there.run("backup")
    assert answer.rc == 0
    assert "this disk only" in answer.stdout


def test_failure_command_that_fails_is_shown_logged_and_kept(there: Vault) -> None:
    there.configure(failure_command=f"{there.state}/fail secret", copy_command="/bin/false")
    answer = there.run("backup", "--scheduled")
    assert answer.rc == 1
    assert "no route to the vault" in answer.stderr
    assert "secret" not in answer.stderr
    logged = there.host.check_output("journalctl --sync; journalctl -q -t pgsop -p warning -n 4 -o cat")
    assert "pg_backup_failure_command" in logged
    assert "status 3; no route to the vault" in logged
    look = there.look()
    assert look.report["last_notification"]["ok"] is False
    status, message = look.finding("notification")
    assert status == "WARNING"
    assert "no route to the vault" in message


def test_notification_is_tested_without_a_backup(there: Vault) -> None:
    before = there.newest()
    for command, status in (("tell", 0), ("fail", 1), ("missing", 1), ("tell", 0)):
        there.configure(failure_command=f"{there.state}/{command}")
        there.host.run("rm -f %s", f"{there.state}/told")
        assert there.run("backup", "--test-notification").rc == status
        assert there.server.exists(f"{there.state}/told") is (status == 0)
        assert there.look().finding("notification")[0] == ("WARNING" if status else "OK")
    assert there.server.read(f"{there.state}/told").startswith(f"backup in {there.directory}: This is a test")
    assert there.newest() == before
    there.configure()
    assert "no command is declared" in there.run("backup", "--test-notification").stderr


def test_role_refuses_programs_that_the_owner_cannot_run(there: Vault, play: PlayRunner) -> None:
    there.host.check_output("install -m 0700 /dev/null /root/copy")
    before = there.server.state()
    commands = {"pg_backup_failure_command": "/usr/bin/no_mail -s x", "pg_backup_copy_command": "/root/copy x"}
    result = play("aerovista.postgresql.site", on=there.host, check=True, extra_vars=commands)
    assert result.rc == 2
    for words in (
        "pg_backup_failure_command starts with /usr/bin/no_mail: there is no program",
        "pg_backup_copy_command starts with /root/copy: /root/copy is not executable for user postgres",
    ):
        assert words in result.error
    assert there.server.state() == before
    ran = (task.action for task in result.tasks if task.status != "skipped")
    assert {action for action in ran if action.startswith("aerovista")} == {"aerovista.postgresql.pg_preflight"}


def test_run_that_is_killed_leaves_no_program_at_work(there: Vault) -> None:
    """The programs of PostgreSQL are started the same way, but may be through before anybody looks."""
    there.configure(copy_command="/bin/sleep 287")
    killed = there.host.run("bash -c %s killer %s", KILLER, there.config)
    assert killed.stdout == "at work\nkilled 137\n", killed
    there.wait(lambda: there.host.run("pgrep -fx '/bin/sleep 287'").rc == 1, 5)
    there.configure()
    there.sound()
