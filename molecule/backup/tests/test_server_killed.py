# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server is killed in the middle of a dump: the run fails and says so, and what was there before can be restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backup.tests.conftest import Vaults
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "last"

#: Kills the whole cluster as soon as the dump waits for a table; then it is in the middle of it, for sure.
ASSASSIN = """
until [ "$(runuser -u postgres -- psql -XAtqc "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted" 2>/dev/null)" = t ]; do :; done
systemctl kill --signal=KILL "$1"
"""


def test_server_killed_in_the_middle_of_a_dump(vault: Vaults, server: Server) -> None:
    there = vault("server", databases=("appdb", "ledger"))
    there.backup("before")
    before = there.files()
    script = "BEGIN; LOCK TABLE entry; SELECT pg_sleep(120)"
    server.host.check_output("runuser -u postgres -- psql -d ledger -c %s >/dev/null 2>&1 &", script)
    server.host.check_output("timeout 60 bash -c %s assassin %s >/dev/null 2>&1 </dev/null &", ASSASSIN, server.unit)
    answer = there.run("backup", "--scheduled")
    server.host.check_output(f"systemctl reset-failed {server.unit}; systemctl start {server.unit}")
    assert answer.rc == 1, answer
    assert "database ledger): " in answer.stderr
    assert server.unit in answer.stderr.splitlines()[-1]
    status, message = there.look().finding("last_run")
    assert (status, "database ledger" in message) == ("CRITICAL", True)
    assert there.files() == before
    assert there.restored() == ["before"]
    there.backup()
    assert there.look().finding("last_run")[0] == "OK"
