# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A socket folder that was changed by hand is found and changed back by one run, wherever the socket is meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server

PLATFORM = "last"

SITE = "aerovista.postgresql.site"
ALTER = "runuser -u postgres -- psql -qc \"ALTER SYSTEM SET unix_socket_directories = '/%s'\""
#: By what was done: a folder that the unit has for itself, one that does not exist, and a change that waits for a restart.
EDITS = {
    "private": f"{ALTER % 'tmp'} && systemctl restart {{unit}}",
    "missing": f"{ALTER % 'nonexistent'} && systemctl stop {{unit}}",
    "pending": ALTER % "srv",
}


@pytest.mark.parametrize("edit", EDITS)
def test_one_run_puts_it_back(server: Server, play: PlayRunner, edit: str) -> None:
    server.host.check_output("bash -euc %s", EDITS[edit].format(unit=server.unit))
    health = server.host.run("pgsop health --only service.unit --format json")
    assert (health.rc == 0) is (edit != "missing"), health.stdout + health.stderr
    result: PlayResult = play(SITE, on=server.host)
    assert result.rc == 0, result.output
    assert server.sql("SHOW unix_socket_directories") == "/var/run/postgresql"
    assert "unix_socket_directories" not in server.read(f"{server.data}/postgresql.auto.conf")
    assert server.sql("SELECT count(*) FROM pg_settings WHERE pending_restart") == "0"
