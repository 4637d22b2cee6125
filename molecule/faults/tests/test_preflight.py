# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes that only the host can tell are refused before anything changes on a host that has its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bed.mistakes import CANARY, VARIABLES, unnamed

if TYPE_CHECKING:
    from conftest import PlayRunner, Server
    from testinfra.host import Host


def test_all_mistakes_are_named_and_nothing_is_changed(host: Host, server: Server, play: PlayRunner) -> None:
    before = server.state()
    result = play("aerovista.postgresql.site", on=host, extra_vars=dict(VARIABLES))
    failed = result.with_status("failed")
    assert result.rc == 2
    assert [task.action for task in failed] == ["aerovista.postgresql.pg_preflight"]
    assert unnamed(str(failed[0].result["msg"])) == []
    assert result.changed == 0
    assert server.state() == before
    assert CANARY not in result.output
